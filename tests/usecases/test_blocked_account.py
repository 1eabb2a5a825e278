"""A blocked account (G-rekening): one invoice, two receipts on two accounts; in between the right rest stays open."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.files import OWN, PAYER, Item, Movement, bring, camt053, items
from tests.tools.house import House
from voldaan.queries import accounts as questions
from voldaan.queries import bank_inbox, bookings
from voldaan.queries.moments import NOW
from voldaan.usecases import accounts

BLOCKED = "NL02ABNA0123456789"
DAY = date(2027, 2, 20)


@pytest.fixture
def house(db: None) -> House:
    """Open books with a blocked account, and a customer who is known to pay from his."""
    house = House.opened()
    there = questions.accounts(actor=house.actor)
    for iban in (OWN, BLOCKED):
        if iban not in there:
            accounts.add(iban=iban, actor=house.actor, today=house.today)
    accounts.block(iban=BLOCKED, actor=house.actor, today=house.today)
    bring(house, items([Item("1", "Klant 1", "202700001", 1_000_00, more=(("IBAN", PAYER),))]))
    return house


def pay(house: House, cents: int, account: str) -> int | None:
    paid = Movement(DAY, cents, PAYER, "Klant 1", "G-deel factuur 202700001")
    return bring(house, camt053([paid], account=account)).booked


def test_a_part_on_the_blocked_account_is_booked_and_the_rest_stays_open(house):
    assert pay(house, 300_00, BLOCKED) == 1
    assert house.open() == {"202700001": 700_00}
    [paid] = bookings.allocations(moment=NOW, actor=house.actor)
    assert paid.evidence == ["invoice number", "on the blocked account", "known account", "same name"]
    assert pay(house, 700_00, OWN) == 1
    assert house.open() == {}
    assert house.broken() == {}


def test_so_small_a_part_on_another_account_is_for_a_person(house):
    assert pay(house, 300_00, OWN) == 0
    assert bank_inbox.proposals(actor=house.actor)[0].class_ == "number_part"


def test_customers_are_never_asked_to_pay_to_it(house):
    eyes = {"actor": house.actor, "today": house.today}
    with house.refuses(accounts.FirstIsFree):
        accounts.put_first(iban=BLOCKED, **eyes)
    first, *others = questions.accounts(actor=house.actor)
    with house.refuses(accounts.FirstIsFree):
        accounts.block(iban=first, **eyes)
    for iban in others:
        if iban != BLOCKED:
            accounts.remove(iban=iban, **eyes)
    with house.refuses(accounts.FirstIsFree):
        accounts.remove(iban=first, **eyes)
    accounts.block(iban=BLOCKED, is_blocked=False, **eyes)
    assert questions.blocked(actor=house.actor) == set()
