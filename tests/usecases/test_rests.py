"""Small rests: what is left after a payment is given up once, with the payment, and comes back with it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.files import PAYER, Movement, bring, camt053
from tests.tools.house import House
from voldaan.queries import bank_inbox, exports
from voldaan.queries import rests as questions
from voldaan.rules.money import Money
from voldaan.rules.permissions import NotAllowed, Role
from voldaan.usecases import administrations, receipts_by_hand, rests
from voldaan.usecases.rests import AboveRestLimit, NoRest, RestsChanged

LONG_AGO = date(2027, 1, 1)


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    zee = house.debtor("Café Zee", number="10")
    for number, paid in (("F1", "99.60"), ("F2", "99.00"), ("F3", "98.99"), ("F4", "")):
        house.invoice(zee, number, "100.00", issued="2027-02-01")
        if paid:
            house.pay(number, paid, on="2027-02-20")
    return house


def give_up(house: House, invoice: str) -> int:
    return rests.give_up(invoice=invoice, actor=house.actor, today=house.today)


def give_up_all(house: House, count: int, *, cents: int = 100, since: date = LONG_AGO) -> list[Money]:
    return rests.give_up_all(most_cents=cents, paid_since=since, count=count, actor=house.actor, today=house.today)


def listed(house: House, **words: object) -> list[str]:
    found = questions.rests(**words, actor=house.actor, today=house.today)  # type: ignore[arg-type]
    assert found.count == len(found.rows)
    assert found.totals == ([Money(sum(one.open_cents for one in found.rows))] if found.rows else [])
    return [one.invoice for one in found.rows]


def limit(house: House, value: str) -> None:
    administrations.change(name="rest_limit", value=value, actor=house.actor, today=house.today)


def test_rests_are_what_is_left_up_to_the_limit_of_what_was_paid_lately(house):
    assert listed(house) == ["F1", "F2"]
    assert listed(house, most_cents=99) == ["F1"]
    assert listed(house, most_cents=999) == ["F1", "F2"], "not above the limit, whatever is asked"
    assert listed(house, paid_since=date(2027, 2, 21)) == []
    assert listed(house.on("2027-04-01")) == []
    limit(house, "2.00")
    assert listed(house) == ["F1", "F2", "F3"]
    limit(house, "0.00")
    assert listed(house) == []


def test_what_was_small_to_begin_with_or_paid_by_a_credit_note_is_no_rest(house):
    house.invoice("10", "S1", "0.90", issued="2027-02-01")
    house.pay("S1", "0.10", on="2027-02-20")
    house.invoice("10", "S2", "100.00", issued="2027-02-01")
    house.credit_note("10", "C1", "99.50", corrects="S2")
    assert listed(house) == ["F1", "F2"]


def test_a_payment_that_was_undone_left_no_rest(house):
    house.invoice("10", "U1", "100.00", issued="2027-02-01")
    house.pay("U1", "99.50", on="2027-02-20")
    house.undo(house.last_allocation().id)
    assert "U1" not in listed(house)


def test_one_is_given_up_once(house):
    assert give_up(house, "F1") == 40
    with house.refuses(NoRest):
        give_up(house, "F1")
    assert house.open() == {"F2": 100, "F3": 101, "F4": 10_000}
    assert house.broken() == {}
    assert house.events()[-1] == "rests.given_up"


def test_what_is_no_rest_is_refused(house):
    for invoice in ("F3", "F4"):
        with house.refuses(NoRest):
            give_up(house, invoice)


def test_all_are_given_up_together_and_a_second_press_finds_others(house):
    assert give_up_all(house, 2) == [Money(140)]
    with house.refuses(RestsChanged):
        give_up_all(house, 2)
    assert house.open() == {"F3": 101, "F4": 10_000}
    assert house.broken() == {}
    assert house.events().count("rests.given_up") == 1, "one for each customer"


def test_others_than_were_seen_and_more_than_the_limit_are_refused(house):
    with house.refuses(RestsChanged):
        give_up_all(house, 3)
    with house.refuses(AboveRestLimit):
        give_up_all(house, 3, cents=101)
    with house.refuses(RestsChanged):
        give_up_all(house, 0, since=date(2027, 2, 28))


def test_it_is_taken_back_by_itself_and_with_its_payment(house):
    give_up(house, "F1")
    house.take_back(house.last().number)
    assert house.open()["F1"] == 40
    give_up(house, "F1")
    (payment,) = [row for row in exports.payments(since=None, actor=house.actor)
                  if row.invoice == "F1" and row.what == "payment"]  # fmt: skip
    house.undo(payment.number)
    assert house.open()["F1"] == 10_000
    assert house.broken() == {}


def test_it_goes_to_the_bookkeeping_as_a_difference(house):
    give_up(house, "F1")
    rows = exports.payments(since=None, actor=house.actor)
    assert [(row.invoice, row.cents) for row in rows if row.what == "difference"] == [("F1", 40)]


def test_it_is_taken_back_with_the_receipt_of_the_bank_that_paid(house):
    limit(house, "5.00")
    bring(house, camt053([Movement(date(2027, 2, 28), 9_800, PAYER, "Zee", "iets", end_to_end="E4")], number="9"))
    (receipt,) = bank_inbox.transactions(actor=house.actor)
    receipts_by_hand.allocate(receipt=receipt.id, invoice="F4", amount=None, actor=house.actor, today=house.today)
    assert give_up(house, "F4") == 200
    receipts_by_hand.take_back(receipt=receipt.id, actor=house.actor, today=house.today)
    assert house.open()["F4"] == 10_000
    assert house.broken() == {}


def test_as_many_questions_for_many_as_for_few(house, django_assert_max_num_queries):
    for number in range(30):
        house.invoice("10", f"M{number}", "100.00", issued="2027-02-01")
        house.pay(f"M{number}", "99.90", on="2027-02-20")
    with django_assert_max_num_queries(22):
        give_up_all(house, 32)


def test_a_reader_gives_nothing_up(house):
    reader = house.as_role(Role.AUDITOR)
    for verb in (lambda: give_up(reader, "F1"), lambda: give_up_all(reader, 2)):
        with pytest.raises(NotAllowed):
            verb()
