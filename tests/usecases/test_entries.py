"""Stories of taking back: a counter-entry that names the one it takes back, once, and only of what is not used."""

from __future__ import annotations

import pytest

from tests.tools.house import House
from voldaan.usecases.entries import AlreadyTakenBack, IsReversal, NoSuchEntry, StillAllocated
from voldaan.usecases.ledger import PeriodClosed
from voldaan.usecases.write_offs import ReasonMissing


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    house.invoice(house.debtor("Café Zéé", number="7"), "F1", "100.00", issued="2027-02-01")  # 1
    return house


def test_a_counter_entry_is_the_opposite_on_the_same_day(house):
    counter = house.take_back(1)
    row = house.last()
    assert (row.number, row.kind, row.cents, row.reverses, row.invoice) == (counter, "reversal", -10000, 1, "F1")
    assert row.value_date.isoformat() == "2027-02-01"
    assert (house.open(), house.broken()) == ({}, {})


def test_a_write_off_comes_back_open(house):
    house.write_off("F1")
    house.take_back(2)
    assert house.open() == {"F1": 10000}


def test_a_receipt_goes_back_after_its_allocation(house):
    house.pay("F1", "30.00")  # 2, 3
    with house.refuses(StillAllocated):
        house.take_back(2)
    house.undo(3)
    house.take_back(2)
    assert house.open() == {"F1": 10000}
    assert house.reports()["aging"][0].credits_cents == 0


def test_what_is_partly_used_does_not_go_back(house):
    house.pay("F1", "0.01")
    with house.refuses(StillAllocated):
        house.take_back(1)
    house.credit_note("7", "C1", "5.00", corrects="F1")
    with house.refuses(StillAllocated):
        house.take_back(house.entry("invoice:C1").number)


def test_refusals_change_nothing(house):
    house.pay("F1", "10.00")  # 2, 3
    for number in (0, 3, 99, -1):  # 3 is an allocation
        with house.refuses(NoSuchEntry):
            house.take_back(number)
    with house.refuses(ReasonMissing):
        house.take_back(1, reason=" ")
    house.write_off("F1")  # 4
    house.take_back(4)  # 5
    with house.refuses(AlreadyTakenBack):
        house.take_back(4)
    with house.refuses(IsReversal):
        house.take_back(5)
    other = House.opened("Andere")
    with other.refuses(NoSuchEntry):
        other.take_back(1)


def test_not_on_a_closed_day(house):
    house.on("2027-03-10").close("2027-03-05")
    with house.on("2027-03-05").refuses(PeriodClosed):
        house.on("2027-03-05").take_back(1)


def test_a_receipt_under_the_longest_of_names_goes_back(house):
    number = "N" * 60
    house.invoice("7", number, "9999999999.99")
    paid = house.pay(number, "9999999999.99", again=True)
    house.undo(house.last_allocation().id)
    house.take_back(paid.number)
    house.write_off(number)
    house.take_back(house.last().number)
    assert house.open()[number] == 999999999999
