"""Many receipts by one yes: exactly those that were seen, what changed is left, and all of it can be taken back."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools import files
from tests.tools.house import House
from voldaan.queries import bank_inbox
from voldaan.queries.inbox_wanted import Wanted
from voldaan.usecases import administrations, receipts, receipts_by_hand, refunds
from voldaan.usecases import receipts_together as verbs

DAY = date(2027, 2, 20)
PART = "number_part"


@pytest.fixture
def house(db: None) -> House:
    """Let four parts of named invoices wait, and one that is found by its name only."""
    house = House.opened()
    moved = []
    for n in range(1, 5):
        house.debtor(f"Klant {n}", number=f"{n}")
        house.invoice(f"{n}", f"F2027-100{n}", "100.00", issued="2027-02-01", due="2027-02-15")
        moved.append(files.Movement(DAY, 1_000 * n, name="Iemand", text=f"deel van F2027-100{n}"))
    moved.append(files.Movement(DAY, 10_000, name="Klant 4", text="zonder nummer"))
    files.bring(house, files.camt053(moved), "afschrift.xml")
    return house


def seen(house: House, kind: str = PART) -> list[str]:
    inbox = bank_inbox.inbox(wanted=Wanted(kind=kind), most=9, actor=house.actor)
    return [one.proposals[0].id for one in inbox.receipts]


def accept(house: House, wanted: list[str], kind: str = PART) -> verbs.Accepted:
    return verbs.accept_all(wanted=wanted, match_class=kind, actor=house.actor, today=house.today)


def test_all_of_a_class_are_booked_by_one_yes_with_one_event_and_the_others_wait(house: House):
    wanted, said = seen(house), house.events()
    done = accept(house, wanted)
    assert (len(done.receipts), done.already, done.changed) == (4, 0, 0)
    assert [str(one) for one in done.money] == ["EUR 100.00"]
    assert house.open() == {f"F2027-100{n}": 10_000 - 1_000 * n for n in range(1, 5)}
    assert house.events() == [*said, "proposals.accepted"]
    assert [row.by for row in house.reports()["allocations"]] == ["person"] * 4
    (left,) = bank_inbox.inbox(most=9, actor=house.actor).receipts
    assert left.counterparty_name == "Klant 4"
    assert house.broken() == {}


def test_the_same_yes_again_does_nothing(house: House):
    wanted = seen(house)
    accept(house, wanted)
    before = house.everything()
    again = accept(house, wanted)
    assert (again.receipts, again.already, again.changed) == ([], 4, 0)
    assert house.everything() == before


def test_what_changed_meanwhile_is_left_and_counted(house: House):
    wanted = seen(house)
    house.pay("F2027-1002", "95.00")  # less is open than it wants to pay
    receipts_by_hand.reject(proposal=wanted[2], actor=house.actor, today=house.today)
    done = accept(house, [*wanted, "nothing-like-it"])
    assert (len(done.receipts), done.already, done.changed) == (2, 0, 3)
    assert house.open()["F2027-1002"] == 500
    assert house.broken() == {}


def test_a_class_that_was_not_seen_is_not_booked(house: House):
    (other,) = seen(house, "name_amount")
    done = accept(house, [other])
    assert (done.receipts, done.changed) == ([], 1)


def test_two_that_want_the_same_money_are_not_both_booked(house: House):
    moved = [files.Movement(DAY, 6_000 + n, name="Iemand", text="deel van F2027-1001") for n in range(2)]
    files.bring(house, files.camt053(moved, opening=20_000), "nog.xml")
    wanted = seen(house)
    done = accept(house, wanted)
    assert len(done.receipts) == len(wanted) - 1
    assert done.changed == 1
    assert house.broken() == {}


def test_it_is_taken_back_at_once_and_waits_as_before(house: House):
    wanted, before = seen(house), house.open()
    done = accept(house, wanted)
    said = house.events()
    for _ in range(2):
        verbs.take_back_all(wanted=done.receipts, actor=house.actor, today=house.today)
    assert house.events() == [*said, "receipts.taken_back"]
    assert house.open() == before
    assert len(seen(house)) == 4  # proposed anew, and not booked by itself
    assert house.broken() == {}


def test_more_than_anybody_looks_at_is_refused(house: House):
    many = ["x"] * (verbs.MOST + 1)
    with house.refuses(verbs.TooMany):
        accept(house, many)
    with house.refuses(verbs.TooMany):
        verbs.take_back_all(wanted=many, actor=house.actor, today=house.today)


def test_the_questions_stay_as_many_however_many_are_accepted(house: House, django_assert_max_num_queries):
    wanted = seen(house)
    with django_assert_max_num_queries(80) as asked:
        accept(house, wanted[:1])
    one = len(asked)
    with django_assert_max_num_queries(one):
        accept(house, wanted[1:])


def test_a_credit_note_that_the_payer_took_off_pays_along(house: House):
    house.credit_note("1", "CN-7", "10.00")
    lines = "Uw factuur;Bedrag\r\nF2027-1001;100,00\r\nCN-7;-10,00\r\n"
    files.bring(house, f"Betaalspecificatie\r\nOpdrachtgever;Klant 1\r\nBetaaldatum;21-02-2027\r\n{lines}")
    moved = files.Movement(date(2027, 2, 21), 9_000, name="Een ander", text="zie lijst")
    files.bring(house, files.camt053([moved], opening=20_000, number="2"), "tweede.xml")
    done = accept(house, seen(house, "advice"), "advice")
    assert (len(done.receipts), done.changed) == (1, 0)
    assert "F2027-1001" not in house.open()
    assert house.broken() == {}
    verbs.take_back_all(wanted=done.receipts, actor=house.actor, today=house.today)
    assert house.open()["F2027-1001"] == 10_000
    assert house.broken() == {}


def test_what_one_paid_for_several_customers_is_of_each_of_them(house: House):
    administrations.change(name="matching_precision", value="nothing", actor=house.actor, today=house.today)
    moved = files.Movement(date(2027, 2, 21), 30_000, name="Holding", text="F2027-1001, F2027-1002 en F2027-1003")
    files.bring(house, files.camt053([moved], opening=20_000, number="2"), "tweede.xml")
    done = accept(house, seen(house, "debtors_sum"), "debtors_sum")
    assert (len(done.receipts), done.changed) == (1, 0)
    assert house.open() == {"F2027-1004": 10_000}
    assert house.broken() == {}


def test_a_receipt_of_which_something_was_paid_back_is_not_taken_back_with_the_others(house: House):
    receipt = bank_inbox.inbox(most=9, actor=house.actor).receipts[-1].id
    receipts_by_hand.leave_as_credit(receipt=receipt, debtor="4", actor=house.actor, today=house.today)
    booked = house.last().number
    refunds.pay_back(credit_number=booked, actor=house.actor, today=house.today)
    with house.refuses(receipts.PaidBack):
        verbs.take_back_all(wanted=[receipt], actor=house.actor, today=house.today)
    with house.refuses(receipts.PaidBack):
        house.take_back(booked)
