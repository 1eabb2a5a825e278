"""What is learned of payers follows from what stands: a mistake that is taken back leaves nothing behind (P23)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.files import OTHER_PAYER, PAYER, Movement, bring, camt053
from tests.tools.house import House
from voldaan.queries import bank_inbox
from voldaan.records.debtors import PayerAlias
from voldaan.usecases import doubles, receipts_by_hand

DAY, LATER = date(2027, 2, 1), date(2027, 2, 8)


@pytest.fixture
def house(db: None) -> House:
    house = House.opened(today=date(2027, 3, 1))
    house.debtor("Zee", number="1")
    house.debtor("Kaas", number="2", iban=OTHER_PAYER)
    house.invoice("1", "F1", "70.00", issued="2027-01-01", due="2027-01-31")
    return house


def known(house: House) -> list[tuple[str, str, int, date | None]]:
    rows = PayerAlias.objects.of(house.actor.administration_id).order_by("debtor__number", "iban")
    return list(rows.values_list("debtor__number", "iban", "seen", "last_seen_on"))


def left_as_credit(house: House, debtor: str, *, day: date, opening: int = 0, iban: str = PAYER) -> str:
    bring(house, camt053([Movement(day, 12_300, iban, "Holding", "iets")], opening=opening, number=str(day)))
    row = next(one for one in bank_inbox.transactions(actor=house.actor) if one.value_date == day)
    receipts_by_hand.leave_as_credit(receipt=row.id, debtor=debtor, actor=house.actor, today=house.today)
    return row.id


def test_a_mistake_that_is_taken_back_teaches_nothing(house):
    before = known(house)
    receipt = left_as_credit(house, "1", day=DAY)
    assert known(house) != before
    receipts_by_hand.take_back(receipt=receipt, actor=house.actor, today=house.today)
    assert known(house) == before
    answer = bring(house, camt053([Movement(LATER, 7_000, PAYER, "Holding", "betaling")], opening=12_300, number="2"))
    assert answer.booked == 0, "nothing but the mistake would say whose it is"
    assert house.broken() == {}


def test_of_two_payments_one_still_teaches(house):
    left_as_credit(house, "1", day=DAY)
    after_one = known(house)
    second = left_as_credit(house, "1", day=LATER, opening=12_300)
    receipts_by_hand.take_back(receipt=second, actor=house.actor, today=house.today)
    assert known(house) == after_one


def test_what_somebody_told_stays(house):
    before = known(house)
    assert before == [("2", OTHER_PAYER, 0, None)]
    receipt = left_as_credit(house, "2", day=DAY, iban=OTHER_PAYER)
    receipts_by_hand.take_back(receipt=receipt, actor=house.actor, today=house.today)
    assert known(house) == before


def test_after_a_merge_it_is_unlearned_of_the_one_who_stays(house):
    before = known(house)
    receipt = left_as_credit(house, "1", day=DAY)
    doubles.merge(double="1", into="2", actor=house.actor, today=house.today)
    assert ("2", PAYER, 1, DAY) in known(house)
    receipts_by_hand.take_back(receipt=receipt, actor=house.actor, today=house.today)
    assert known(house) == before
