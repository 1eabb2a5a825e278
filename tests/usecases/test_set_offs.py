"""Setting off: what a customer need not pay, because we owe him as much or he paid it for us to the state."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.files import PAYER, Item, Movement, bring, camt053, items
from tests.tools.house import House
from voldaan.queries import bank_inbox
from voldaan.rules.money import Money
from voldaan.rules.permissions import Role
from voldaan.usecases import administrations, receipts_by_hand, set_offs, write_offs
from voldaan.usecases.allocations import MoreThanOpen, NothingOpen


@pytest.fixture
def house(db: None) -> House:
    house = House.opened(country="BE")
    bring(house, items([Item("1", "Klant 1", "202700001", 1_000_00, more=(("IBAN", PAYER),))]))
    return house


def set_off(house: House, cents: int | None = None, *, reference: str = "INK-77", reason: str = "verrekend") -> int:
    amount = None if cents is None else Money(cents)
    return set_offs.set_off(
        invoice="202700001", reference=reference, reason=reason, amount=amount, actor=house.actor, today=house.today
    )


def test_what_was_withheld_in_belgium_stays_open_until_it_is_set_off(house):
    paid = Movement(date(2027, 2, 20), 650_00, PAYER, "Klant 1", "factuur 202700001")
    assert bring(house, camt053([paid])).booked == 0
    first = bank_inbox.proposals(actor=house.actor)[0]
    assert "35 % withheld for social security (art. 30bis)" in first.evidence
    receipts_by_hand.accept(proposal=first.id, actor=house.actor, today=house.today)
    assert house.open() == {"202700001": 350_00}
    assert set_off(house, reference="RSZ 2027-0311", reason="art. 30bis") == 350_00
    assert house.open() == {}
    assert house.last().kind == "set_off"
    assert house.broken() == {}


def test_it_is_taken_back_like_any_entry(house):
    assert set_off(house, 200_00) == 200_00
    assert house.open() == {"202700001": 800_00}
    house.take_back(house.last().number)
    assert house.open() == {"202700001": 1_000_00}
    assert house.broken() == {}


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"reference": " "}, set_offs.ReferenceMissing),
        ({"reference": "x" * 61}, set_offs.ReferenceMissing),
        ({"reason": " "}, write_offs.ReasonMissing),
        ({"cents": 1_000_01}, MoreThanOpen),
    ],
)
def test_what_cannot_be_set_off(house, words, refusal):
    with house.refuses(refusal):
        set_off(house, **words)


def test_what_is_settled_cannot_be_set_off_again(house):
    set_off(house)
    with house.refuses(NothingOpen):
        set_off(house)


def test_it_is_no_way_around_the_limit_of_write_offs(house):
    administrations.change(name="write_off_limit", value="100.00", actor=house.actor, today=house.today)
    controller = house.as_role(Role.CONTROLLER)
    assert set_off(controller, 60_00) == 60_00
    with house.refuses(set_offs.SetOffAboveLimit):
        set_off(controller, 50_00)
    with house.refuses(write_offs.AboveLimit):
        controller.write_off("202700001", "50.00")
    assert set_off(house, 50_00) == 50_00


def test_the_same_part_said_twice_counts_once(house):
    words = {"invoice": "202700001", "reference": "INK-77", "reason": "verrekend", "amount": Money(100_00),
             "was_open": Money(1_000_00), "actor": house.actor, "today": house.today}  # fmt: skip
    set_offs.set_off(**words)
    with pytest.raises(write_offs.OpenChanged):
        set_offs.set_off(**words)
    assert house.open() == {"202700001": 900_00}
