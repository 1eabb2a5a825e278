"""A payment made twice: never booked on the next equal item by itself; what came too much stands as credit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.tools.files import PAYER, Item, Movement, bring, camt053, items
from tests.tools.house import House
from voldaan.queries import bank_inbox
from voldaan.usecases import receipts_by_hand, receipts_together

DAY = date(2027, 2, 10)
INSTALMENTS = [Item("1", "Klant 1", "202700001", 1_000, due=due) for due in ("01-02-2027", "03-03-2027")]


@pytest.fixture
def house(db: None) -> House:
    """Open books in which one customer owes an invoice in two equal instalments."""
    house = House.opened()
    bring(house, items(INSTALMENTS))
    assert pay(house, DAY, "factuur 202700001", "E1") == 1
    return house


def pay(house: House, day: date, text: str, reference: str, cents: int = 1_000) -> int | None:
    opening = sum(row.cents for row in bank_inbox.transactions(actor=house.actor))
    movement = Movement(day, cents, PAYER, "Klant 1", text, bank_reference=reference)
    return bring(house.on(max(day, house.today)), camt053([movement], opening=opening)).booked


def test_the_same_again_within_days_waits_for_a_person(house):
    assert pay(house, DAY + timedelta(days=6), "/INV/202700001 bedankt", "E2") == 0
    twice, instalment = bank_inbox.proposals(actor=house.actor)
    assert (twice.class_, twice.allocations) == ("paid_twice", [])
    assert twice.evidence == ["the same payment some days before", "known account"]
    assert instalment.allocations == [{"invoice": "202700001", "cents": 1_000, "given_up_cents": None}]
    receipts_by_hand.accept(proposal=twice.id, actor=house.actor, today=house.today)
    assert house.open() == {"202700001": 1_000}
    last = bank_inbox.transactions(actor=house.actor)[-1]
    assert (last.state, last.left_cents) == ("booked", 1_000)
    assert house.broken() == {}


def test_who_says_no_to_it_is_not_asked_again(house):
    pay(house, DAY + timedelta(days=6), "factuur 202700001", "E2")
    twice, _ = bank_inbox.proposals(actor=house.actor)
    receipts_by_hand.reject(proposal=twice.id, actor=house.actor, today=house.today)
    pay(house, DAY + timedelta(days=7), "iets anders", "E3", 77)
    assert "paid_twice" not in {row.class_ for row in bank_inbox.proposals(actor=house.actor)}


def test_two_in_one_file_are_held_against_each_other(db):
    house = House.opened()
    bring(house, items(INSTALMENTS))
    twins = [Movement(DAY, 1_000, PAYER, "Klant 1", "factuur 202700001", bank_reference=f"E{n}") for n in range(2)]
    assert bring(house, camt053(twins)).booked == 1
    assert bank_inbox.proposals(actor=house.actor)[0].class_ == "paid_twice"


@pytest.mark.parametrize(
    ("days", "text"), [(30, "factuur 202700001"), (6, "factuur 202700001 deel 2")], ids=["a month later", "other words"]
)
def test_the_next_instalment_is_booked(house, days, text):
    assert pay(house, DAY + timedelta(days=days), text, "E2") == 1
    assert house.open() == {}


def test_what_was_taken_back_and_set_aside_was_no_payment(house):
    first = bank_inbox.transactions(actor=house.actor)[0].id
    receipts_by_hand.take_back(receipt=first, actor=house.actor, today=house.today)
    receipts_by_hand.set_aside(receipt=first, actor=house.actor, today=house.today)
    assert pay(house, DAY + timedelta(days=6), "factuur 202700001", "E2") == 1


def test_equal_payments_without_a_number_may_pay_two_invoices(db):
    house = House.opened()
    bring(house, items([Item("1", "Klant 1", f"20270000{n}", 1_000, more=(("IBAN", PAYER),)) for n in range(2)]))
    twins = [Movement(DAY, 1_000, PAYER, "Klant 1", "betaling", bank_reference=f"E{n}") for n in range(2)]
    bring(house, camt053(twins))
    first = bank_inbox.proposals(actor=house.actor)[0]
    receipts_by_hand.accept(proposal=first.id, actor=house.actor, today=house.today)
    bring(house, camt053([Movement(DAY + timedelta(days=1), 5, text="x")], opening=2_000))
    assert [row.class_ for row in bank_inbox.proposals(actor=house.actor)] == ["iban_amount", "paid_twice"]


def test_by_one_yes_it_is_booked_as_credit_with_the_others_of_its_class(house):
    pay(house, DAY + timedelta(days=6), "factuur 202700001", "E2")
    wanted = [row.id for row in bank_inbox.proposals(actor=house.actor) if row.class_ == "paid_twice"]
    words = {"wanted": wanted, "match_class": "paid_twice", "actor": house.actor, "today": house.today}
    done = receipts_together.accept_all(**words)
    assert (len(done.receipts), done.changed) == (1, 0)
    assert house.open() == {"202700001": 1_000}
    assert receipts_together.accept_all(**words).already == 1
    assert house.broken() == {}


def test_what_was_taken_back_was_not_paid_before(house):
    receipt = bank_inbox.transactions(actor=house.actor)[-1].id
    receipts_by_hand.take_back(receipt=receipt, actor=house.actor, today=house.today)
    pay(house, DAY + timedelta(days=6), "factuur 202700001", "E2")
    assert "paid_twice" not in {row.class_ for row in bank_inbox.proposals(actor=house.actor)}
