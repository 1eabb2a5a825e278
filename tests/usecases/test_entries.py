"""Stories of taking back: a counter-entry that names the one it takes back, once, and only of what is not used."""

from __future__ import annotations

import pytest

from tests.tools.house import House
from voldaan.rules.money import Money
from voldaan.usecases import doubles
from voldaan.usecases.entries import AlreadyTakenBack, GivenUpSince, IsReversal, NoSuchEntry, StillAllocated
from voldaan.usecases.ledger import PeriodClosed
from voldaan.usecases.payments import LONGEST_KEY
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


def test_what_was_given_up_since_is_taken_back_first(house):
    house.write_off("F1", "30.00")  # 2
    with pytest.raises(GivenUpSince) as refused:
        house.take_back(1)
    assert (refused.value.facts["amount"], refused.value.facts["by"]) == (Money(3000), 2)
    house.take_back(2)
    house.take_back(1)
    assert (house.open(), house.broken()) == ({}, {})


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


def test_a_payment_under_the_longest_key_goes_back(house):
    """`reversal:payment-key:` and the key are more than the column holds."""
    for key in ("k" * LONGEST_KEY, "k" * (LONGEST_KEY - 1) + "l"):
        number = house.pay("F1", "10.00", key=key).number
        assert house.pay("F1", "10.00", key=key).known
        house.undo(number + 1)
        house.take_back(number)
        assert house.pay("F1", "10.00", key=key).known, "also once it was taken back"
    assert (house.open(), house.broken()) == ({"F1": 10000}, {})


def test_of_a_double_too_whatever_its_key(house):
    house.debtor("Café Zee", number="8")
    house.invoice("8", "F2", "10.00", issued="2027-02-01")
    for end in "ab":  # what is too much stays as credit, and moves: 'moved:1:from:payment-key:…'
        house.pay("F2", "30.00", key="k" * (LONGEST_KEY - 1) + end)
    doubles.merge(double="8", into="7", actor=house.actor, today=house.today)
    assert house.broken() == {}


def test_the_longest_names_and_numbers_fit_however_they_are_folded(house):
    """`ß` is two letters without its capital."""
    house.debtor("ß" * 300, number="9")
    number = house.invoice("9", "1" + "ß" * 59, "10.00", issued="2027-02-01")
    assert house.open()[number] == 1000
