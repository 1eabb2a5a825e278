"""What goes back to the bookkeeping: each match once, what was undone as its opposite, nothing that moved no money."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.files import PAYER, Movement, bring, camt053
from tests.tools.house import House
from voldaan.queries import exports
from voldaan.rules.exports import MatchedPayment
from voldaan.rules.permissions import NotAllowed, Role

DAY = date(2027, 3, 1)


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    zee = house.debtor("Café Zee", number="10")
    house.invoice(zee, "20270001", "100.00", issued="2027-02-01", due="2027-02-15")
    house.invoice(zee, "20270002", "50.00", issued="2027-02-01", due="2027-02-20")
    bring(house, camt053([Movement(DAY, 10_000, PAYER, "Zee", "20270001", end_to_end="E1")]))
    return house


def matched(house: House, since: date | None = None) -> list[MatchedPayment]:
    return exports.payments(since=since, actor=house.actor)


def test_a_match_of_the_bank_says_all_that_the_bookkeeping_needs(house):
    (row,) = matched(house)
    assert (row.invoice, row.cents, row.currency, row.value_date, row.debtor_number) == (
        "20270001", 10_000, "EUR", DAY, "10",
    )  # fmt: skip
    assert (row.counterparty_iban, row.reverses) == (PAYER, None)
    assert row.account is not None


def test_what_is_undone_follows_as_its_opposite(house):
    (row,) = matched(house)
    house.undo(row.number)
    again, opposite = matched(house)
    assert again == row
    assert (opposite.invoice, opposite.cents, opposite.reverses) == ("20270001", -10_000, row.number)


def test_a_credit_note_moves_no_money(house):
    house.credit_note("10", "C1", "50.00", corrects="20270002")
    assert [row.invoice for row in matched(house)] == ["20270001"]


def test_since_counts_the_day_of_booking(house):
    (row,) = matched(house)
    assert matched(house, since=row.booked_on) == [row]
    assert matched(house, since=date(2027, 12, 31)) == []


def test_a_caller_takes_nothing_with_him(house):
    with pytest.raises(NotAllowed):
        exports.payments(since=None, actor=house.as_role(Role.CALLER).actor)
