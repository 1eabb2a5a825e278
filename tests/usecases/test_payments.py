"""Stories of payments: booked once, to the invoice that was named, the rest kept as credit."""

from __future__ import annotations

import pytest

from tests.tools.house import House
from voldaan.queries import open_items
from voldaan.queries.moments import NOW
from voldaan.usecases.payments import SamePayment


@pytest.fixture
def house(db: None) -> House:
    return House.opened()


def test_what_is_paid_too_much_stays_as_credit(house):
    zee = house.debtor("Café Zéé")
    house.invoice(zee, "F1", "121.00")
    paid = house.pay("F1", "150.00")
    assert (paid.allocated_cents, paid.left_cents) == (12100, 2900)
    assert open_items.open_items(moment=NOW, actor=house.actor, today=house.today) == []


def test_an_identical_payment_is_refused_unless_said_again(house):
    zee = house.debtor("Café Zéé")
    house.invoice(zee, "F1", "121.00")
    house.pay("F1", "50.00")
    with pytest.raises(SamePayment):
        house.pay("F1", "50.00")
    assert house.pay("F1", "50.00", again=True).allocated_cents == 5000
