"""What is given up with a payment: a discount taken in time, a few cents short; booked, and taken back with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.tools.files import PAYER, Movement, bring, camt053
from tests.tools.house import House
from voldaan.queries import bank_inbox, exports
from voldaan.rules.law import DebtorKind
from voldaan.rules.term_sets import Discount, TermSet
from voldaan.usecases import administrations, receipts_by_hand
from voldaan.usecases.terms import agree_terms

ISSUED = "2027-03-01"
IN_TIME, TOO_LATE = date(2027, 3, 11), date(2027, 3, 13)  # ten days, and twelve


@pytest.fixture
def house(db: None) -> House:
    house = House.opened(today=date(2027, 3, 1))
    terms = TermSet(30, discount=Discount(200, 10))
    agree_terms(kind=DebtorKind.BUSINESS, terms=terms, valid_from=date(2027, 1, 1), after=None, actor=house.actor,
                today=house.today)  # fmt: skip
    zee = house.debtor("Café Zee", number="10", kind="business")
    house.invoice(zee, "20270001", "1000.00", issued=ISSUED)
    return house.on("2027-03-15")


def pay(house: House, cents: int, day: date, text: str = "factuur 20270001", iban: str = PAYER) -> int:
    return bring(house, camt053([Movement(day, cents, iban, "Zee", text, f"E{cents}")], number=f"{day}{cents}")).booked


def receipt(house: House) -> bank_inbox.TransactionRow:
    (row,) = bank_inbox.transactions(actor=house.actor)
    return row


def kinds(house: House) -> dict[str, int]:
    rows = exports.payments(since=None, actor=house.actor)
    return {row.what: sum(one.cents for one in rows if one.what == row.what) for row in rows}


def test_98_percent_on_day_ten_closes_and_on_day_twelve_leaves_two(house):
    assert pay(house, 980_00, IN_TIME) == 1
    assert house.open() == {}
    assert kinds(house) == {"payment": 980_00, "discount": 20_00}
    late = House.opened("Te laat", today=date(2027, 3, 1))
    zee = late.debtor("Café Zee", number="10", kind="business")
    late.invoice(zee, "20270001", "1000.00", issued=ISSUED)
    late = late.on("2027-03-15")
    assert pay(late, 980_00, TOO_LATE) == 0
    (proposal,) = bank_inbox.proposals(actor=late.actor)
    receipts_by_hand.accept(proposal=proposal.id, actor=late.actor, today=late.today)
    assert late.open() == {"20270001": 20_00}
    assert kinds(late) == {"payment": 980_00}
    assert house.broken() == late.broken() == {}


def test_the_day_that_counts_is_that_of_the_payment(house):
    """The file may come in late: who paid in time has his discount."""
    later = house.on("2027-04-20")
    assert pay(later, 980_00, IN_TIME) == 1
    assert later.open() == {}


def test_taken_back_with_the_receipt(house):
    pay(house, 980_00, IN_TIME)
    receipts_by_hand.take_back(receipt=receipt(house).id, actor=house.actor, today=house.today)
    assert house.open() == {"20270001": 1000_00}
    assert kinds(house) == {"payment": 0, "discount": 0}
    assert house.broken() == {}
    # It is proposed again, with the discount, and a person books it.
    first = bank_inbox.proposals(actor=house.actor)[0]
    assert first.allocations == [{"invoice": "20270001", "cents": 980_00, "given_up_cents": 20_00}]
    receipts_by_hand.accept(proposal=first.id, actor=house.actor, today=house.today)
    assert house.open() == {}
    assert kinds(house) == {"payment": 980_00, "discount": 20_00}
    assert house.broken() == {}


def test_taken_back_with_the_allocation(house):
    pay(house, 980_00, IN_TIME)
    house.undo(house.last_allocation().id)
    assert house.open() == {"20270001": 1000_00}
    assert kinds(house) == {"payment": 0, "discount": 0}
    assert house.broken() == {}


def test_refused_as_a_discount_it_is_still_proposed_as_a_part(house):
    pay(house, 980_00, IN_TIME)
    receipts_by_hand.take_back(receipt=receipt(house).id, actor=house.actor, today=house.today)
    (first,) = bank_inbox.proposals(actor=house.actor)
    receipts_by_hand.reject(proposal=first.id, actor=house.actor, today=house.today)
    pay(house, 1, IN_TIME, "iets anders", iban="")  # every import looks again
    (second,) = bank_inbox.proposals(actor=house.actor)
    assert second.allocations == [{"invoice": "20270001", "cents": 980_00, "given_up_cents": None}]


def test_an_outdated_proposal_gives_nothing_up(house):
    pay(house, 980_00, IN_TIME)
    receipts_by_hand.take_back(receipt=receipt(house).id, actor=house.actor, today=house.today)
    first = bank_inbox.proposals(actor=house.actor)[0]
    house.pay("20270001", "10.00", on=ISSUED)
    with pytest.raises(receipts_by_hand.ProposalOutdated):
        receipts_by_hand.accept(proposal=first.id, actor=house.actor, today=house.today)
    assert house.broken() == {}


def test_who_paid_a_part_before_takes_no_discount(house):
    house.pay("20270001", "10.00", on=ISSUED)
    assert pay(house, 970_20, IN_TIME) == 0
    assert house.open() == {"20270001": 990_00}


def test_a_few_cents_short(house):
    assert pay(house, 999_95, TOO_LATE) == 1
    assert house.open() == {}
    assert kinds(house) == {"payment": 999_95, "difference": 5}
    assert house.broken() == {}


@pytest.mark.parametrize(("tolerance", "booked"), [("0", 0), ("0,04", 0), ("0.05", 1), ("10", 1)])
def test_as_little_as_the_administration_lets_go(house, tolerance, booked):
    administrations.change(name="match_tolerance", value=tolerance, actor=house.actor, today=house.today)
    assert pay(house, 999_95, TOO_LATE) == booked


@pytest.mark.parametrize("value", ["", "off", "-1", "10.01", "1000", "5 cent"])
def test_a_tolerance_is_a_small_amount(house, value):
    with pytest.raises(administrations.BadSetting):
        administrations.change(name="match_tolerance", value=value, actor=house.actor, today=house.today)


def test_in_a_closed_period_it_shows_in_the_open_one(house):
    house.close("2027-03-12")
    assert pay(house, 980_00, IN_TIME) == 1
    given = next(row for row in exports.payments(since=None, actor=house.actor) if row.what == "discount")
    assert (given.value_date, given.booked_on) == (IN_TIME, house.today)
    assert house.broken() == {}


def test_of_whom_nothing_is_known_he_is_a_business(house):
    house.invoice(house.debtor("Wie", number="11"), "20270002", "100.00", issued=ISSUED)
    assert pay(house, 98_00, IN_TIME, "20270002") == 1


def test_percentages_that_do_not_come_out(house):
    house.invoice("10", "20270002", "100.25", issued="2027-03-05")
    assert pay(house, 98_24, IN_TIME, "20270002") == 1
    assert house.open() == {"20270001": 1000_00}
    assert kinds(house)["discount"] == 2_01
    assert Decimal(2_01) / Decimal(100_25) > Decimal("0.02")  # rounded as the payer liked
