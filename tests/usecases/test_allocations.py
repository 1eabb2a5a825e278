"""Stories of allocations: money of a credit pays an invoice, and an undoing leaves both rows."""

from __future__ import annotations

import pytest

from tests.tools.house import House
from voldaan.rules.money import CurrenciesDiffer, Money
from voldaan.rules.unknown import NoSuchInvoice
from voldaan.usecases.allocations import (
    AlreadyUndone,
    IsCounterRow,
    MoreThanOpen,
    NoSuchAllocation,
    NoSuchCredit,
    NothingOpen,
    OtherDebtor,
)  # fmt: skip
from voldaan.usecases.invoices import AmountNotPositive
from voldaan.usecases.ledger import PeriodClosed


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    zee = house.debtor("Café Zéé", number="7")
    house.invoice(zee, "F1", "100.00")  # 1
    house.invoice(zee, "F2", "50.00")  # 2
    house.pay("F1", "120.00")  # 3, 4: 20.00 left
    return house


def test_as_much_as_is_open_on_both(house):
    assert house.allocate(3, "F2") == 2000
    assert house.open() == {"F2": 3000}
    with house.refuses(NothingOpen):
        house.allocate(3, "F2")


def test_a_part(house):
    assert house.allocate(3, "F2", Money(500)) == 500
    assert house.open() == {"F2": 4500}


def test_a_credit_note_pays_more_than_one_invoice(house):
    house.credit_note("7", "C1", "60.00")
    number = house.last().number
    assert house.allocate(number, "F2") == 5000
    house.invoice("7", "F3", "40.00")
    assert house.allocate(number, "F3") == 1000
    assert house.broken() == {}


def test_an_undoing_opens_both_sides_and_keeps_both_rows(house):
    house.undo(4)
    assert house.open() == {"F1": 10000, "F2": 5000}
    row = house.last_allocation()
    assert (row.cents, row.reverses, row.by) == (-10000, 4, "person")
    assert house.allocate(3, "F2") == 5000
    assert house.allocate(3, "F1") == 7000
    assert house.broken() == {}


def test_refusals_change_nothing(house):
    house.invoice(house.debtor("Berg"), "B1", "10.00")
    house.invoice("7", "U1", "10.00", currency="USD")
    for number in (0, 1, 4, 99, -3):
        with house.refuses(NoSuchCredit):
            house.allocate(number, "F2")
    with house.refuses(NoSuchInvoice):
        house.allocate(3, "F9")
    for invoice in ("B1", "U1"):
        with house.refuses(OtherDebtor):
            house.allocate(3, invoice)
    with house.refuses(NothingOpen):
        house.allocate(3, "F1")
    with house.refuses(MoreThanOpen):
        house.allocate(3, "F2", Money(2001))
    for cents in (0, -1):
        with house.refuses(AmountNotPositive):
            house.allocate(3, "F2", Money(cents))
    with house.refuses(CurrenciesDiffer):
        house.allocate(3, "F2", Money(100, "USD"))


def test_more_than_the_invoice_has_open(house):
    house.credit_note("7", "C1", "500.00")
    with house.refuses(MoreThanOpen):
        house.allocate(house.last().number, "F2", Money(5001))


def test_a_credit_note_is_not_paid(house):
    house.credit_note("7", "C1", "5.00")
    with house.refuses(NothingOpen):
        house.allocate(3, "C1")


def test_what_cannot_be_undone(house):
    for number in (0, 1, 3, 99):
        with house.refuses(NoSuchAllocation):
            house.undo(number)
    house.undo(4)
    with house.refuses(AlreadyUndone):
        house.undo(4)
    with house.refuses(IsCounterRow):
        house.undo(5)


def test_in_a_closed_period_nothing_is_allocated_or_undone(house):
    later = house.on("2027-03-10")
    later.close("2027-03-05")
    early = house.on("2027-03-05")
    with early.refuses(PeriodClosed):
        early.allocate(3, "F2")
    with early.refuses(PeriodClosed):
        early.undo(4)
    later.undo(4)
    assert later.broken() == {}


def test_bookings_of_other_books_are_not_there(house):
    other = House.opened("Andere")
    zee = other.debtor("Zee")
    other.invoice(zee, "F2", "5.00")
    with other.refuses(NoSuchCredit):
        other.allocate(3, "F2")
    with other.refuses(NoSuchAllocation):
        other.undo(4)


def test_an_allocation_counts_from_the_later_of_its_two_days(house):
    house.invoice("7", "F3", "10.00", issued="2027-03-20")
    house.allocate(3, "F3")
    assert house.last_allocation().value_date.isoformat() == "2027-03-20"
