"""One receipt for several customers: a parent names in full what he pays for each, and to the cent."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.files import PAYER, Item, Movement, bring, camt053, items
from tests.tools.house import House
from voldaan.queries import bank_inbox, bookings
from voldaan.queries.moments import NOW
from voldaan.records import proposals as records
from voldaan.records.debtors import Debtor
from voldaan.rules import precision
from voldaan.rules.matches import CERTAIN
from voldaan.usecases import receipts_by_hand

DAY = date(2027, 2, 20)
ALL = "fact 2027-0001, 2027-0002 en 2027-0003"


@pytest.fixture
def house(db: None, monkeypatch: pytest.MonkeyPatch) -> House:
    """Open books in which a daughter owes two invoices and another one; every class books that could."""
    monkeypatch.setattr(precision, "by_itself", lambda _: CERTAIN)
    house = House.opened()
    owed = [("1", "2027-0001", 1_000), ("1", "2027-0002", 2_000), ("2", "2027-0003", 4_000), ("3", "2027-0004", 8_000)]
    bring(house, items([Item(debtor, f"Klant {debtor}", number, cents) for debtor, number, cents in owed]))
    return house


def pay(house: House, cents: int, text: str) -> int | None:
    return bring(house, camt053([Movement(DAY, cents, PAYER, "Holding Zuid", text, bank_reference="E1")])).booked


def received(house: House) -> dict[str, int]:
    rows = bookings.entries(moment=NOW, actor=house.actor)
    return {row.debtor: -row.cents for row in rows if row.kind == "received"}


def test_what_is_named_in_full_and_adds_up_is_spread_by_itself(house):
    assert pay(house, 7_000, ALL) == 1
    assert house.open() == {"2027-0004": 8_000}
    assert received(house) == {"Klant 1": 3_000, "Klant 2": 4_000}
    paid = bookings.allocations(moment=NOW, actor=house.actor)
    assert {(row.class_, *row.evidence) for row in paid} == {
        ("debtors_sum", "invoice number", "sum of items", "one payer for several customers")
    }
    assert house.broken() == {}


def test_it_is_taken_back_whole_and_can_be_accepted(house):
    pay(house, 7_000, ALL)
    receipt = bank_inbox.transactions(actor=house.actor)[0]
    assert receipts_by_hand.take_back(receipt=receipt.id, actor=house.actor, today=house.today) == 7_000
    assert sum(house.open().values()) == 15_000
    first = bank_inbox.proposals(actor=house.actor)[0]
    assert {line["invoice"]: line["cents"] for line in first.allocations} == {
        "2027-0001": 1_000, "2027-0002": 2_000, "2027-0003": 4_000
    }  # fmt: skip
    receipts_by_hand.accept(proposal=first.id, actor=house.actor, today=house.today)
    assert house.open() == {"2027-0004": 8_000}
    assert house.broken() == {}


def test_while_it_waits_each_of_them_may_have_paid(house):
    pay(house, 7_000, ALL)
    receipt = bank_inbox.transactions(actor=house.actor)[0]
    receipts_by_hand.take_back(receipt=receipt.id, actor=house.actor, today=house.today)
    may_have_paid = set(records.asked(house.actor.administration_id))
    assert set(Debtor.objects.of(house.actor.administration_id).filter(pk__in=may_have_paid)
               .values_list("name", flat=True)) == {"Klant 1", "Klant 2"}  # fmt: skip


@pytest.mark.parametrize(
    ("cents", "text"),
    [(6_999, ALL), (7_001, ALL), (7_000, "fact 1, 2 en 2027-0003")],
    ids=["a cent short", "a cent too much", "not named in full"],
)
def test_else_a_person_looks(house, cents, text):
    assert pay(house, cents, text) == 0
    assert sum(house.open().values()) == 15_000
