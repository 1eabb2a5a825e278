"""Many receipts by one yes: exactly those that were seen, what changed is left, and all of it can be taken back."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools import files
from tests.tools.house import House
from voldaan.queries import bank_inbox
from voldaan.queries.inbox_wanted import Wanted
from voldaan.usecases import receipts_by_hand
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
