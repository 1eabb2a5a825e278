"""VAT on bad debts: the worked cases through the real verbs, every edge a day before and after, and no cent twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.tools.vectors import cases
from voldaan.queries.bad_debt_vat import lines, workpaper
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Receivable
from voldaan.rules.bad_debt_vat import Filing, NotAPeriod, Workpaper, bounds, filed_by
from voldaan.rules.money import Money
from voldaan.rules.permissions import MATRIX, Deed, NotAllowed, Role
from voldaan.rules.terms import TermBasis
from voldaan.usecases import administrations, invoices, vat_reclaims
from voldaan.usecases.vat_reclaims import (
    CertainInFuture,
    InReturn,
    LaterReturnFirst,
    NothingPutIn,
    NothingToPutIn,
    NotSaidCertain,
    ReturnNotOver,
    WhyNotInReturn,
)
from voldaan.usecases.write_offs import ReasonMissing

DAY = timedelta(1)


@pytest.fixture
def house(db: None) -> House:
    house = House.opened(today=date(2027, 3, 1))
    house.debtor("Klant", number="1")
    return house


def sold(house: House, number: str = "F1", *, due: str = "2025-03-01", cents: int = 12_100, vat: int | None = 2_100,
         issued: str = "2020-01-01", basis: TermBasis = TermBasis.STATED) -> None:  # fmt: skip
    invoices.receive(
        debtor="1", number=number, amount=Money(cents), vat_cents=vat, issue_date=date.fromisoformat(issued),
        due_date=date.fromisoformat(due), term_basis=basis, actor=house.actor, today=house.today,
    )  # fmt: skip


def files(house: House, filing: str) -> None:
    administrations.change(name="vat_filing", value=filing, actor=house.actor, today=house.today)


def paper(house: House, period: str) -> Workpaper:
    return workpaper(period=period, actor=house.actor, today=house.today)


def claimed(house: House, period: str) -> dict[str, int | None]:
    return {line.invoice: line.vat_cents for line in paper(house, period).claims}


def due_again(house: House, period: str) -> dict[str, int | None]:
    return {line.invoice: line.vat_cents for line in paper(house, period).due_again}


def put_in(house: House, period: str) -> int:
    return vat_reclaims.put_in(period=period, actor=house.actor, today=house.today)


@pytest.mark.parametrize("case", cases("nl_vat_bad_debt"))
def test_the_worked_cases_through_the_books(house: House, case: dict[str, str]):
    files(house, case["filing"])
    received = case["invoice_received_if_no_term"]
    sold(house, due=case["due_date"] or case["expected_due_date"], issued=received or "2020-01-01",
         basis=TermBasis.AGREED if case["due_date"] else TermBasis.NONE)  # fmt: skip
    moment = date.fromisoformat(case["expected_deemed_uncollectible_on"])
    period = case["expected_claim_in_period"]
    (line,) = paper(house.on(moment), period).claims
    assert (line.due_date.isoformat(), line.moment, line.vat_cents) == (case["expected_due_date"], moment, 2_100)
    assert paper(house.on(moment - DAY), period).claims == []  # not yet certain
    assert paper(house.on(moment + DAY), period).claims == [line]
    following = Filing[case["filing"].upper()].period_of(bounds(period)[1] + DAY)
    is_last = bounds(period)[1] == moment
    assert line.other_period == (following if is_last else "")  # both are shown
    far = house.on(bounds(following)[1])
    assert claimed(far, following) == ({"F1": 2_100} if is_last else {})


def test_an_unpaid_invoice_of_1_march_2025_is_of_the_period_of_1_march_2026_and_of_no_other(house: House):
    sold(house)
    assert claimed(house, "2026-Q1") == {"F1": 2_100}
    assert claimed(house, "2025-Q4") == claimed(house, "2026-Q2") == {}
    files(house, "month")
    assert claimed(house, "2026-03") == {"F1": 2_100}
    assert claimed(house, "2026-02") == claimed(house, "2026-04") == {}
    files(house, "year")
    assert claimed(house, "2026") == {"F1": 2_100}


@pytest.mark.parametrize(
    ("paid_on", "claim", "again"),
    [
        ("2025-06-01", 1_400, {}),  # before the moment: never claimed
        ("2026-03-31", 1_400, {}),  # within the period
        ("2026-04-01", 2_100, {"2026-Q2": -700}),  # the day after it
        ("2026-12-31", 2_100, {"2026-Q4": -700}),
    ],
)
def test_a_part_that_is_paid_counts_in_the_period_of_its_day(house: House, paid_on, claim, again):
    sold(house)
    house.pay("F1", "40.33", on=paid_on)
    assert claimed(house, "2026-Q1") == {"F1": claim}
    put_in(house, "2026-Q1")
    for period in ("2026-Q2", "2026-Q3", "2026-Q4"):
        assert due_again(house, period) == ({"F1": again[period]} if period in again else {})


def test_what_is_paid_in_parts_gives_back_exactly_what_was_claimed(house: House):
    sold(house, cents=10_001, vat=1_736)
    put_in(house, "2026-Q1")
    house.pay("F1", "33.33", on="2026-05-01")
    house.pay("F1", "33.34", on="2026-08-01")
    house.pay("F1", "33.34", on="2026-11-01")
    back = [due_again(house, period)["F1"] or 0 for period in ("2026-Q2", "2026-Q3", "2026-Q4")]
    assert sum(back) == -1_736
    for period in ("2026-Q2", "2026-Q3", "2026-Q4"):
        put_in(house, period)
        (line,) = paper(house, period).due_again
        assert line.is_recorded
    assert [due_again(house, period)["F1"] for period in ("2026-Q2", "2026-Q3", "2026-Q4")] == back
    assert due_again(house, "2027-Q1") == {}


def test_a_payment_that_came_to_be_known_after_the_return_is_due_in_the_next_one(house: House):
    sold(house)
    then = house.on("2026-04-10")
    put_in(then, "2026-Q1")
    house.pay("F1", "121.00", on="2026-03-20")  # of the period, but it was not known
    assert due_again(house, "2026-Q2") == {"F1": -2_100}
    assert claimed(house, "2026-Q1") == {"F1": 2_100}  # as it was put in


def test_a_payment_that_bounces_brings_the_claim_back(house: House):
    sold(house)
    put_in(house, "2026-Q1")
    house.on("2026-05-01").pay("F1", "121.00", on="2026-05-01")
    assert due_again(house, "2026-Q2") == {"F1": -2_100}
    put_in(house, "2026-Q2")
    house.undo(house.last_allocation().id)
    assert claimed(house, "2026-Q3") == {
        "F1": 2_100
    }  # what was told in the return before stands: put right in the next
    put_in(house, "2026-Q3")
    assert claimed(house, "2026-Q4") == due_again(house, "2026-Q4") == {}


def test_a_write_off_pays_nothing_and_a_credit_note_does(house: House):
    sold(house)
    sold(house, "F2")
    house.on("2025-12-01").write_off("F1")
    house.on("2025-12-01").credit_note("1", "C2", "121.00", corrects="F2")
    assert claimed(house, "2026-Q1") == {"F1": 2_100}


def test_interest_and_costs_carry_no_vat_and_stay_out(house: House):
    sold(house)
    sold(house, "R1")
    Receivable.objects.of(house.actor.administration_id).filter(invoice__number="R1").update(kind="interest")
    assert claimed(house, "2026-Q1") == {"F1": 2_100}


def test_vat_that_nobody_knows_is_listed_apart_and_never_guessed(house: House):
    sold(house, vat=None)
    found = paper(house, "2026-Q1")
    assert [(line.invoice, line.vat_cents, line.unpaid_cents) for line in found.unknown] == [("F1", None, 12_100)]
    assert found.claims == []
    with house.refuses(NothingToPutIn):
        put_in(house, "2026-Q1")


def test_an_invoice_without_vat_is_not_listed(house: House):
    sold(house, vat=0)
    found = paper(house, "2026-Q1")
    assert found.claims == found.unknown == []


def test_instalments_divide_the_vat_to_the_cent(house: House):
    sold(house, cents=10_000, vat=1_736)
    whose = house.actor.administration_id
    first = Receivable.objects.of(whose).get()
    for instalment in (2, 3):
        Receivable.objects.of(whose).create(
            administration_id=whose, debtor=first.debtor, invoice=first.invoice, instalment=instalment, currency="EUR",
            due_date=first.due_date, term_basis=first.term_basis, open_cents=0,
        )  # fmt: skip
    from voldaan.rules.ledger import EntryKind
    from voldaan.usecases import ledger
    from voldaan.usecases.ledger import NewEntry

    parts = Receivable.objects.of(whose).filter(instalment__gt=1)
    ledger.post(
        entries=[NewEntry(debtor_id=first.debtor_id, kind=EntryKind.INVOICED, currency="EUR", amount_cents=10_000,
                          value_date=date(2020, 1, 1), source=f"test:{part.pk}", receivable_id=part.pk)
                 for part in parts],
        actor=house.actor, today=house.today,
    )  # fmt: skip
    Invoice.objects.of(whose).update(amount_cents=30_000, vat_cents=5_207)
    assert sorted(line.vat_cents or 0 for line in paper(house, "2026-Q1").claims) == [1_735, 1_736, 1_736]


@pytest.mark.parametrize(("day", "is_missed"), [("2026-04-30", False), ("2026-05-01", True)])
def test_what_was_not_claimed_in_time_is_told_as_missed(house: House, day, is_missed):
    sold(house)
    then = house.on(day)
    assert [line.invoice for line in paper(then, "2026-Q2").missed] == (["F1"] if is_missed else [])
    put_in(then, "2026-Q1")
    assert paper(then, "2026-Q2").missed == []


def test_what_is_certain_sooner_is_claimed_sooner_and_once(house: House):
    sold(house, due="2026-11-01")
    then = house.on("2026-12-15")
    for _ in range(2):
        vat_reclaims.certain(
            invoice="F1", day=date(2026, 12, 10), reason="surseance", actor=then.actor, today=then.today
        )
    assert claimed(house, "2026-Q4") == {"F1": 2_100}
    assert [line.reason for line in paper(house, "2026-Q4").claims] == ["surseance"]
    put_in(house, "2026-Q4")
    assert claimed(house.on("2028-01-31"), "2027-Q4") == {}
    assert house.events().count("vat.certain") == 1
    with house.refuses(ReasonMissing):
        vat_reclaims.certain(invoice="F1", day=date(2026, 12, 10), reason=" ", actor=house.actor, today=house.today)
    with house.refuses(CertainInFuture):
        vat_reclaims.certain(invoice="F1", day=date(2027, 3, 2), reason="x", actor=house.actor, today=house.today)


def test_what_was_said_to_be_certain_is_taken_back_and_can_be_said_again(house: House):
    sold(house, due="2026-11-01")
    words: dict[str, Any] = {"invoice": "F1", "actor": house.actor, "today": house.today}
    for _ in range(2):
        vat_reclaims.certain(day=date(2026, 12, 10), reason="surseance", **words)
        assert claimed(house, "2026-Q4") == {"F1": 2_100}
        vat_reclaims.not_certain(reason="toch niet", **words)
        assert claimed(house, "2026-Q4") == {}
    with house.refuses(NotSaidCertain):
        vat_reclaims.not_certain(reason="toch niet", **words)
    with house.refuses(ReasonMissing):
        vat_reclaims.not_certain(reason=" ", **words)
    vat_reclaims.certain(day=date(2026, 12, 11), reason="vonnis", is_bankrupt=True, **words)
    put_in(house, "2026-Q4")
    with house.refuses(InReturn):
        vat_reclaims.not_certain(reason="toch niet", **words)
    take_back(house, "2026-Q4")
    vat_reclaims.not_certain(reason="toch niet", **words)
    assert claimed(house, "2026-Q4") == {}
    assert house.events().count("vat.not_certain") == 3


def test_a_return_is_written_down_once_and_not_before_it_is_over(house: House):
    sold(house)
    with house.refuses(NotAPeriod):
        put_in(house, "2026-Q5")
    early = house.on("2026-03-31")
    with early.refuses(ReturnNotOver):
        put_in(early, "2026-Q1")
    assert put_in(house.on("2026-04-01"), "2026-Q1") == 1
    with house.refuses(NothingToPutIn):
        put_in(house, "2026-Q1")
    assert house.broken() == {}


def test_on_the_last_day_of_a_period_both_are_shown_and_either_is_claimed_once(house: House):
    sold(house, due="2025-03-31")
    assert claimed(house, "2026-Q1") == claimed(house, "2026-Q2") == {"F1": 2_100}
    put_in(house, "2026-Q2")
    assert claimed(house, "2026-Q1") == {}
    assert claimed(house, "2026-Q2") == {"F1": 2_100}


def test_in_belgium_only_what_is_certain_comes_back(db):
    house = House.opened(country="BE", today=date(2027, 3, 1))
    house.debtor("Klant", number="1")
    for number in ("F1", "F2", "F3"):
        sold(house, number)
    assert claimed(house, "2026-Q1") == {}  # there is no rule of a year
    house.on("2026-05-05").write_off("F1", reason="niet te vinden")
    vat_reclaims.certain(invoice="F2", day=date(2026, 6, 1), reason="vonnis van 1 juni", is_bankrupt=True,
                         actor=house.actor, today=house.today)  # fmt: skip
    found = paper(house, "2026-Q2")
    assert not found.has_fixed_moment
    assert [(line.invoice, line.why, line.moment.isoformat(), line.vat_cents) for line in found.claims] == [
        ("F1", "written_off", "2026-05-05", 2_100), ("F2", "bankrupt", "2026-06-01", 2_100),
    ]  # fmt: skip


def test_the_periods_are_those_of_the_calendar():
    assert bounds("2026-02") == (date(2026, 2, 1), date(2026, 2, 28))
    assert bounds("2026-Q4") == (date(2026, 10, 1), date(2026, 12, 31))
    assert bounds("2026") == (date(2026, 1, 1), date(2026, 12, 31))
    assert [filed_by(one).isoformat() for one in ("2026-12", "2026-Q1", "2026")] == [
        "2027-01-31", "2026-04-30", "2027-03-31",
    ]  # fmt: skip
    for wrong in ("", "2026-Q0", "2026-13", "26", "2026-Q1 ", "２０２６"):
        with pytest.raises(NotAPeriod):
            bounds(wrong)


def test_the_questions_are_as_many_for_many_items(house: House):
    def asks() -> int:
        with CaptureQueriesContext(connection) as asked:
            paper(house, "2026-Q1")
        return len(asked)

    sold(house)
    few = asks()
    for n in range(2, 20):
        sold(house, f"F{n}")
        house.pay(f"F{n}", "1.00")
    assert asks() == few <= 7
    assert len(lines(period="2026-Q1", actor=house.actor, today=house.today)) == 19


def test_who_may_not_read_the_books_sees_none(house: House):
    caller: Any = replace(house.actor, deeds=MATRIX[Role.CALLER])
    with pytest.raises(NotAllowed, match=Deed.READ_BOOKS.value):
        workpaper(actor=caller, today=house.today)


def take_back(house: House, period: str, reason: str = "niet ingediend") -> int:
    return vat_reclaims.take_back(period=period, reason=reason, actor=house.actor, today=house.today)


def test_what_was_put_in_and_taken_back_is_as_if_it_had_never_been_put_in(house: House):
    sold(house)  # a year after 2025-03-01: the first quarter of 2026
    before = paper(house, "2026-Q1")
    for _ in range(2):
        assert put_in(house, "2026-Q1") == 1
        assert take_back(house, "2026-Q1") == 1
        assert paper(house, "2026-Q1") == before
    house.pay("F1", "121.00")
    assert due_again(house, "2027-Q1") == {}  # nothing stands claimed
    with pytest.raises(NothingPutIn):
        take_back(house, "2026-Q1")
    with pytest.raises(WhyNotInReturn):
        take_back(house, "2026-Q1", reason=" ")
    with pytest.raises(NotAPeriod):
        take_back(house, "2026-Q9")


def test_a_return_on_which_a_later_one_rests_is_taken_back_after_it(house: House):
    sold(house)
    put_in(house, "2026-Q1")
    house.on("2026-11-01").pay("F1", "121.00")
    put_in(house, "2026-Q4")
    with pytest.raises(LaterReturnFirst) as refused:
        take_back(house, "2026-Q1")
    assert refused.value.facts == {"later": "2026-Q4", "period": "2026-Q1"}
    take_back(house, "2026-Q4")
    take_back(house, "2026-Q1")
    assert due_again(house, "2026-Q4") == {}
