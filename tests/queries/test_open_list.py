"""The lists of the reports: page by page the same items as in one go, and to the cent what the ageing says of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.queries.test_as_of import EXAMPLES, HISTORY, START, playing
from tests.tools import files
from tests.tools.house import House
from voldaan.queries import aging_list, credit_list, open_list
from voldaan.queries.aging import AgingRow, aging
from voldaan.queries.aging_list import AgedList, Order
from voldaan.queries.moments import NOW, Moment
from voldaan.queries.open_items import open_items
from voldaan.queries.open_list import ListedItem
from voldaan.queries.open_then import Sum, Which
from voldaan.rules.aging import BUCKETS, bucket_of
from voldaan.rules.permissions import NotAllowed, Role
from voldaan.rules.unknown import NoSuchDebtor
from voldaan.usecases import doubles


@pytest.fixture
def house(db: None) -> House:
    return House.opened(today=START)


def items(house: House, moment: Moment = NOW, *, most: int = 7, **which: Any) -> list[ListedItem]:
    """Read the list page by page to its end."""
    found: list[ListedItem] = []
    while True:
        page = open_list.listed(moment=moment, which=Which(**which), after=found[-1].key if found else None, most=most,
                                actor=house.actor, today=house.today)  # fmt: skip
        found += page
        if len(page) < most:
            return found


def sums(house: House, moment: Moment = NOW, **which: Any) -> dict[str, int]:
    found = open_list.sums(moment=moment, which=Which(**which), actor=house.actor, today=house.today)
    return {one.currency: one.open_cents for one in found}


def credits_of(house: House, moment: Moment = NOW, **which: Any) -> int:
    """Sum the credits in two ways: added up by the database, and read page by page."""
    asked: dict[str, Any] = {"moment": moment, "which": Which(**which), "actor": house.actor, "today": house.today}
    rows: list[credit_list.ListedCredit] = []
    while some := credit_list.listed(after=rows[-1].key if rows else None, most=2, **asked):
        rows += some
    total = sum(one.open_cents for one in rows)
    assert sum(one.open_cents for one in credit_list.sums(**asked)) == total
    assert list(credit_list.every(**asked)) == rows
    assert all(one.used_cents >= 0 for one in rows)
    return total


def agrees(house: House, moment: Moment) -> None:
    """Hold every figure of the ageing against the items that stand behind it."""
    rows = aging(moment=moment, actor=house.actor, today=house.today)
    on = moment.as_of or house.today
    mine = items(house, moment)
    for row in rows:
        whose: dict[str, Any] = {"debtor": row.debtor_id} if row.debtor_id else {}
        for bucket in BUCKETS:
            asked = whose | {"currency": row.currency, "days_from": bucket.first, "days_to": bucket.last}
            assert sums(house, moment, **asked).get(row.currency, 0) == getattr(row, bucket.column)
            there = [one for one in mine if one.currency == row.currency and bucket_of(one.days_overdue) == bucket
                     and one.debtor_id == (row.debtor_id or one.debtor_id)]  # fmt: skip
            assert sum(one.open_cents for one in there) == getattr(row, bucket.column)
            assert all((on - one.due_date).days == one.days_overdue for one in there)
        asked = whose | {"currency": row.currency}
        assert credits_of(house, moment, **asked) == row.credits_cents
    total = {row.currency: row.total_cents + row.credits_cents for row in rows if row.debtor_id is None}
    assert total | sums(house, moment) == total  # a currency in which only credit is left has no items


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=HISTORY, later=HISTORY, back=st.integers(0, 90), merges=st.booleans())
def test_every_figure_of_the_ageing_is_the_sum_of_its_items_at_any_moment(db, history, later, back, merges):
    with playing() as player:
        player.play(history)
        if merges:
            doubles.merge(double=player.debtors[0], into=player.debtors[1], actor=player.house.actor,
                          today=player.house.today)  # fmt: skip
            player.debtors[0] = player.debtors[1]
        player.play(later)
        day = player.house.today - timedelta(days=back)
        for moment in (NOW, Moment(as_of=day), Moment(as_of=day, known_on=day), Moment(known_number=back),
                       Moment(as_of=START)):  # fmt: skip
            agrees(player.house, moment)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=HISTORY, back=st.integers(0, 90), most=st.integers(1, 3), order=st.sampled_from(Order))
def test_the_customers_page_by_page_are_those_of_the_ageing(db, history, back, most, order):
    with playing() as player:
        player.play(history)
        house = player.house
        asked: dict[str, Any] = {"actor": house.actor, "today": house.today}
        for moment in (NOW, Moment(as_of=house.today - timedelta(days=back))):
            rows = aging(moment=moment, **asked)
            expected = {row.debtor_id: row for row in rows if row.debtor_id}
            seen: list[AgingRow] = []
            while len(seen) < len(expected):
                (one,) = aging_list.aged(moment=moment, order=order, currency="EUR", skip=len(seen), most=most, **asked)
                assert one.customers == len(expected)
                assert (one.total.debtor, one.total) == (None, rows[-1])
                assert adds_up(one)
                seen += one.rows
            assert {row.debtor_id: row for row in seen} == expected
            assert len(seen) == len(expected)
            assert list(aging_list.every(moment=moment, order=order, **asked)) == seen


def adds_up(one: AgedList) -> bool:
    rows = [*one.rows, one.others]
    return all(sum(getattr(row, name) for row in rows) == getattr(one.total, name) for name in aging_list.CENTS)


def test_without_a_filter_the_list_is_that_of_the_command_line(house: House):
    zee, aal = house.debtor("Zee"), house.debtor("Aal")
    for n, due in enumerate(("2027-01-15", "2027-02-20", "2027-03-20", "2027-01-10"), 1):
        house.invoice(zee if n % 2 else aal, f"F{n}", f"{n}0.00", issued="2027-01-01", due=due)
    house.pay("F1", "4.00")
    told = open_items(moment=NOW, actor=house.actor, today=house.today)
    mine = items(house, most=1)
    assert [(one.invoice, one.debtor_id, one.issue_date, one.due_date, one.amount_cents, one.open_cents,
             max(one.days_overdue, 0)) for one in mine] == [
        (one.invoice, one.debtor_id, one.issue_date, one.due_date, one.original_cents, one.open_cents,
         one.days_overdue) for one in told
    ]  # fmt: skip
    assert [one.settled_cents for one in mine] == [0, 400, 0, 0]
    assert list(open_list.every(moment=NOW, which=Which(), actor=house.actor, today=house.today)) == mine


def test_an_instalment_has_an_amount_of_its_own(house: House):
    rows = [files.Item("1", "Zee", "F1", 30_000, due=due) for due in ("15-02-2027", "15-03-2027", "15-04-2027")]
    files.bring(house, files.items(rows), "lijst.csv")
    assert [(one.instalment, one.amount_cents, one.settled_cents) for one in items(house)] == [
        (1, 30_000, 0), (2, 30_000, 0), (3, 30_000, 0),
    ]  # fmt: skip


def test_what_a_later_list_claims_more_is_no_payment_and_not_known_before(house: House):
    files.bring(house, files.items([files.Item("1", "Zee", "F1", 30_000)]), "lijst.csv")
    later = house.on("2027-03-05")
    files.bring(later, files.items([files.Item("1", "Zee", "F1", 40_000)]), "lijst-2.csv")
    assert [(one.amount_cents, one.settled_cents) for one in items(later)] == [(40_000, 0)]
    assert [(one.amount_cents, one.settled_cents) for one in items(later, Moment(as_of=START))] == [(30_000, 0)]


def test_what_a_double_owed_before_it_was_merged_is_its_own_then(house: House):
    zee, other = house.debtor("Zee"), house.debtor("De Zee")
    house.invoice(zee, "F1", "10.00", issued="2027-02-01")
    later = house.on("2027-03-05")
    doubles.merge(double=zee, into=other, actor=later.actor, today=later.today)
    assert sums(later, debtor=other) == {"EUR": 1000}
    assert sums(later, debtor=zee) == {}
    then = Moment(as_of=START)
    assert sums(later, then, debtor=zee) == {"EUR": 1000}
    assert sums(later, then, debtor=other) == {}
    assert open_list.called(zee, actor=later.actor) == "Zee"
    agrees(later, then)


@pytest.mark.parametrize(("typed", "found"), [("zée", ["F1"]), ("", ["F1", "F2"]), ("%", []), ("_", ["F2"]),
                                              ("niemand", [])])  # fmt: skip
def test_a_customer_is_found_by_part_of_the_name_and_no_sign_means_anything(house: House, typed, found):
    house.invoice(house.debtor("Zee BV"), "F1", "10.00", due="2027-03-02")
    house.invoice(house.debtor("A_B"), "F2", "10.00", due="2027-03-03")
    assert [one.invoice for one in items(house, name=typed)] == found


def test_a_credit_says_where_it_is_from_and_what_is_left_of_it(house: House):
    zee = house.debtor("Zee")
    house.invoice(zee, "F1", "100.00", issued="2027-02-01")
    house.pay("F1", "130.00", on="2027-02-20")
    house.credit_note(zee, "C1", "25.00")
    house.allocate(house.last().number, house.invoice(zee, "F2", "5.00"))
    asked: dict[str, Any] = {"which": Which(), "most": 9, "actor": house.actor, "today": house.today}
    assert [(one.note, one.is_banked, one.amount_cents, one.used_cents, one.open_cents)
            for one in credit_list.listed(moment=NOW, **asked)] == [
        ("", False, 13_000, 10_000, 3_000), ("C1", False, 2_500, 500, 2_000)
    ]  # fmt: skip
    assert [one.open_cents for one in credit_list.listed(moment=Moment(as_of=date(2027, 2, 20)), **asked)] == [3_000]


def test_currencies_are_never_added(house: House):
    zee = house.debtor("Zee")
    house.invoice(zee, "F1", "10.00", due="2027-03-02")
    house.invoice(zee, "F2", "7.00", due="2027-02-02", issued="2027-01-02", currency="USD")
    assert open_list.sums(moment=NOW, which=Which(), actor=house.actor, today=house.today) == [
        Sum("EUR", 1, 1000), Sum("USD", 1, 700)
    ]  # fmt: skip
    assert [one.invoice for one in items(house, currency="USD")] == ["F2"]
    assert {one.currency for one in aging_list.aged(moment=NOW, most=5, actor=house.actor, today=house.today)} == {
        "EUR", "USD"
    }  # fmt: skip


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the other engine chooses well by itself")
def test_what_is_open_is_read_from_the_index_that_holds_it_all(house: House):
    house.invoice(house.debtor("Zee"), "F1", "10.00")
    with CaptureQueriesContext(connection) as asked:
        items(house)
        sums(house)
        sums(house, Moment(as_of=START))
    for one in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {one['sql']}")
            assert "COVERING INDEX receivable_open " in str(cursor.fetchall())


def test_the_books_of_others_are_not_read(house: House):
    house.invoice(house.debtor("Zee"), "F1", "10.00")
    other = House.opened("Ander", owner_email="a@b.example", today=START)
    assert items(other) == []
    assert aging_list.aged(moment=NOW, most=5, actor=other.actor, today=START) == []
    (zee,) = (row.debtor_id for row in aging(moment=NOW, actor=house.actor, today=START) if row.debtor_id)
    assert sums(other, debtor=zee) == {}
    with pytest.raises(NoSuchDebtor):
        open_list.called(zee, actor=other.actor)


def test_who_may_not_read_or_export_is_refused(house: House):
    caller = house.as_role(Role.CALLER)
    asked: dict[str, Any] = {"moment": Moment(as_of=date(2027, 2, 1)), "actor": caller.actor, "today": START}
    for question in (
        lambda: open_list.listed(which=Which(), most=1, **asked),
        lambda: open_list.sums(which=Which(), **asked),
        lambda: open_list.every(which=Which(), **asked),
        lambda: credit_list.listed(which=Which(), most=1, **asked),
        lambda: credit_list.sums(which=Which(), **asked),
        lambda: credit_list.every(which=Which(), **asked),
        lambda: open_list.called("x", actor=caller.actor),
        lambda: aging_list.aged(most=1, **asked),
        lambda: aging_list.every(**asked),
    ):
        with pytest.raises(NotAllowed):
            question()


def test_a_customer_without_a_name_is_one_of_them(house: House):
    house.invoice(house.debtor(""), "F1", "10.00")
    (one,) = aging_list.aged(moment=NOW, most=9, actor=house.actor, today=house.today)
    assert one.customers == len(one.rows)
