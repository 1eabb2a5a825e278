"""Handed over to the bookkeeping: each booking once, what is taken back as its opposite, and again as it was."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.db import transaction

from tests.tools.files import PAYER, Item, Movement, bring, camt053, items
from tests.tools.house import House
from voldaan.queries import bank_inbox, bookings
from voldaan.queries import exports as questions
from voldaan.queries.moments import NOW
from voldaan.records.exports import Export
from voldaan.rules.money import Money
from voldaan.rules.permissions import NotAllowed, Role
from voldaan.usecases import administrations, doubles, exports, receipts_by_hand

DAY = date(2027, 3, 1)


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    zee = house.debtor("Café Zee", number="10")
    for number in ("20270001", "20270002", "20270003"):
        house.invoice(zee, number, "100.00", issued="2027-02-01", due="2027-02-15")
    receive(house, "20270001")
    return house


def receive(house: House, invoice: str, cents: int = 10_000) -> None:
    bring(house, camt053([Movement(DAY, cents, PAYER, "Zee", invoice, end_to_end=invoice)], number=invoice))


def hand_over(house: House, layout: str = "csv") -> str:
    return exports.hand_over(layout=layout, actor=house.actor, today=house.today)


def content(house: House, id_: str) -> bytes:
    _, opened = questions.again(id=id_, actor=house.actor)
    with opened:
        return opened.read()


def rows(house: House, id_: str) -> list[tuple[str, str, str]]:
    read = csv.DictReader(io.StringIO(content(house, id_).decode(), newline=""), delimiter=";")
    return [(row["invoice"], row["amount"], row["reverses"]) for row in read]


def told(house: House, **codes: str) -> None:
    for name, value in codes.items():
        administrations.change(name=f"ledger_{name}", value=value, actor=house.actor, today=house.today)


def test_each_payment_leaves_once(house):
    first = hand_over(house)
    assert rows(house, first) == [("20270001", "100.00", "")]
    with pytest.raises(exports.NothingNew):
        hand_over(house)
    receive(house, "20270002")
    assert rows(house, hand_over(house)) == [("20270002", "100.00", "")]
    assert [(one.number, one.rows, one.totals) for one in questions.runs(actor=house.actor)] == [
        (2, 1, [Money(10_000)]), (1, 1, [Money(10_000)]),
    ]  # fmt: skip


def test_what_is_taken_back_after_it_left_comes_out_as_its_opposite(house):
    booked = house.last_allocation()
    hand_over(house)
    house.undo(booked.id)
    assert rows(house, hand_over(house)) == [("20270001", "-100.00", str(booked.id))]


def test_what_is_taken_back_before_it_left_stands_beside_it(house):
    booked = house.last_allocation()
    house.undo(booked.id)
    assert [amount for _, amount, _ in rows(house, hand_over(house))] == ["100.00", "-100.00"]


def test_an_export_can_be_had_again_exactly_as_it_was(house):
    first = hand_over(house)
    before = content(house, first)
    house.undo(house.last_allocation().id)
    told(house, receipts="1100", debtors="1301")
    hand_over(house)
    assert content(house, first) == content(house, "1") == before


def test_nothing_is_marked_where_the_file_does_not_come(house, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("voldaan.records.documents.keep", full)
        with pytest.raises(OSError):
            hand_over(house)
    assert Export.objects.of(house.actor.administration_id).count() == 0
    assert rows(house, hand_over(house)) == [("20270001", "100.00", "")]


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_nothing_is_marked_where_the_transaction_does_not_hold(house):
    with transaction.atomic():
        hand_over(house)
        transaction.set_rollback(True)
    assert rows(house, hand_over(house)) == [("20270001", "100.00", "")]


def test_a_package_asks_for_its_codes_and_for_those_of_what_is_there(house):
    with pytest.raises(exports.CodesMissing) as refused:
        hand_over(house, "snelstart")
    assert refused.value.facts["codes"] == "ledger_journal, ledger_receipts"
    told(house, journal="60", receipts="2000")
    assert b"60;" in content(house, hand_over(house, "snelstart"))
    receive(house, "20270002", 9_998)
    with pytest.raises(exports.CodesMissing) as refused:
        hand_over(house, "snelstart")
    assert refused.value.facts["codes"] == "ledger_differences"
    told(house, differences="4720")
    assert content(house, hand_over(house, "snelstart")).count(b";4720;") == 1


def test_a_customer_without_a_number_is_named_where_the_package_needs_one(house):
    house.invoice(house.debtor("Naamloos"), "X1", "10.00")
    house.pay("X1", "10.00")
    told(house, receipts="2000")
    with pytest.raises(exports.CustomersWithoutNumber) as refused:
        hand_over(house, "exact")
    assert refused.value.facts["customers"] == "Naamloos"
    told(house, debtors="400000")
    assert b"Naamloos" in content(house, hand_over(house, "odoo"))


def test_other_money_goes_only_where_it_can(house):
    house.invoice(house.debtor("Zee UK", number="11"), "U1", "10.00", currency="USD")
    house.pay("U1", "10.00", currency="USD")
    told(house, receipts="2000")
    with pytest.raises(exports.OnlyEuros):
        hand_over(house, "exact")
    hand_over(house)
    (one,) = questions.runs(actor=house.actor)
    assert one.totals == [Money(10_000), Money(1_000, "USD")]


def test_what_is_new_is_summed_before_it_leaves(house):
    receive(house, "20270002", 9_998)
    found = questions.overview(most=9, actor=house.actor)
    assert (found.new_rows, found.new_totals, found.exports) == (3, [Money(20_000)], [])
    hand_over(house)
    found = questions.overview(most=9, actor=house.actor)
    assert (found.new_rows, found.new_totals) == (0, [])
    assert found.last is not None
    assert found.last.totals == [Money(20_000)]


def test_an_unknown_layout_and_an_unknown_export_are_refused(house):
    with pytest.raises(exports.NoSuchLayout):
        hand_over(house, "../csv")
    for id_ in ("7", "nobody", "9" * 30):
        with pytest.raises(questions.NoSuchExport):
            questions.again(id=id_, actor=house.actor)


def test_who_only_reads_takes_no_payment_out_of_what_is_new(house):
    id_ = hand_over(house)
    reader = house.as_role(Role.AUDITOR)
    with pytest.raises(NotAllowed):
        hand_over(reader)
    assert content(reader, id_)


def test_the_books_stay_whole(house):
    hand_over(house)
    assert house.broken() == {}
    assert "payments.exported" in house.events()


def test_what_the_bookkeeping_told_itself_does_not_go_back(house):
    listed = [Item("1", "Klant 1", number, cents) for number, cents in (("L1", 1_000), ("L2", 2_000), ("C1", -400))]
    for rows_of_it in (listed, listed[1:]):
        bring(house, items(rows_of_it))
    hand_over(house)
    (gone,) = bank_inbox.proposals(actor=house.actor)
    receipts_by_hand.accept(proposal=gone.id, actor=house.actor, today=house.today)
    settled = house.last_allocation()
    credit = next(row for row in bookings.entries(moment=NOW, actor=house.actor) if row.cents == -400)
    house.allocate(credit.number, "L2")
    house.undo(settled.id)
    with house.refuses(exports.NothingNew):
        hand_over(house)


def test_what_was_booked_on_a_double_leaves_by_the_number_that_it_handed_over(house):
    into = house.debtor("Zee")
    doubles.merge(double="10", into=into, actor=house.actor, today=house.today)
    assert {row.debtor_number for row in questions.payments(since=None, actor=house.actor)} == {"10"}
    told(house, receipts="2000", journal="60")
    assert hand_over(house, "snelstart")
