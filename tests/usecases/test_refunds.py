"""Credit that is paid back: proposed with the account and the bank line that fits, booked, and taken back."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.files import OTHER_PAYER, PAYER, Item, Movement, bring, camt053, items
from tests.tools.house import House
from voldaan.queries import bank_inbox, credits_to_pay_back
from voldaan.queries.credits_to_pay_back import CreditToPayBack
from voldaan.usecases import receipts, receipts_by_hand, refunds
from voldaan.usecases.allocations import NoSuchCredit, NothingOpen

DAY = date(2027, 2, 1)


@pytest.fixture
def house(db: None) -> House:
    """Open books in which a customer paid 25.00 too much two weeks ago."""
    house = House.opened()
    bring(house, items([Item("1", "Klant 1", "202700001", 1_000_00, more=(("IBAN", PAYER),))]))
    assert move(house, 1_025_00, day=DAY) == 0
    [proposal, *_] = bank_inbox.proposals(actor=house.actor)
    receipts_by_hand.accept(proposal=proposal.id, actor=house.actor, today=house.today)
    return house


def move(house: House, cents: int, iban: str = PAYER, *, day: date = date(2027, 2, 20)) -> int | None:
    opening = sum(row.cents for row in bank_inbox.transactions(actor=house.actor))
    moved = Movement(day, cents, iban, "Klant 1", "factuur 202700001", bank_reference=f"E{day}{cents}{iban}")
    return bring(house, camt053([moved], opening=opening)).booked


def asked(house: House) -> list[CreditToPayBack]:
    return credits_to_pay_back.credits_to_pay_back(actor=house.actor, today=house.today)


def pay_back(house: House, booking: int, line: str | None = "") -> int:
    return refunds.pay_back(credit_number=booking, bank_line=line or "", actor=house.actor, today=house.today)


def test_what_is_too_much_is_asked_to_be_paid_back_to_its_account(house):
    [one] = asked(house)
    assert (one.debtor, one.cents, one.counterparty_iban, one.transaction) == ("Klant 1", 25_00, PAYER, None)
    assert asked(house.on("2027-02-14")) == []  # an invoice may still come that it pays
    house.invoice(one.debtor_id, "202700002", "10.00")
    assert asked(house) == []


def test_the_bank_line_that_paid_it_back_is_proposed_and_used_once(house):
    for cents, iban in ((-25_00, OTHER_PAYER), (-24_99, PAYER), (-25_00, PAYER)):
        move(house, cents, iban, day=date(2027, 2, 20 + len(asked(house)) + abs(cents) % 7 + (iban == PAYER)))
    [one] = asked(house)
    line = next(row for row in bank_inbox.transactions(actor=house.actor) if row.id == one.transaction)
    assert (line.cents, line.counterparty_iban) == (-25_00, PAYER)
    assert pay_back(house, one.booking, one.transaction) == 25_00
    assert asked(house) == []
    assert house.last().kind == "refunded"
    assert house.last().value_date == line.value_date
    assert house.broken() == {}
    with house.refuses(NothingOpen):
        pay_back(house, one.booking, one.transaction)
    house.take_back(house.last().number)
    assert [row.transaction for row in asked(house)] == [one.transaction]
    assert house.broken() == {}
    assert pay_back(house, one.booking, one.transaction) == 25_00


def test_a_bank_line_of_another_amount_or_none_is_refused(house):
    [one] = asked(house)
    move(house, -24_99)
    other = bank_inbox.transactions(actor=house.actor)[-1].id
    with house.refuses(refunds.OtherPayment):
        pay_back(house, one.booking, other)
    with house.refuses(receipts_by_hand.NoSuchTransaction):
        pay_back(house, one.booking, "onbekend")
    with house.refuses(NoSuchCredit):
        pay_back(house, 99_999)


def test_a_receipt_of_which_something_was_paid_back_is_not_taken_back(house):
    [one] = asked(house)
    pay_back(house, one.booking)
    receipt = bank_inbox.transactions(actor=house.actor)[0].id
    with house.refuses(receipts.PaidBack):
        receipts_by_hand.take_back(receipt=receipt, actor=house.actor, today=house.today)
    house.take_back(house.last().number)
    assert receipts_by_hand.take_back(receipt=receipt, actor=house.actor, today=house.today) == 1_025_00
    assert house.broken() == {}
