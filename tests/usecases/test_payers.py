"""What was learned of payers is forgotten by a person, is no evidence then, and is remembered as it was."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools import files
from tests.tools.house import House
from voldaan.queries import bank_inbox, debtors, payers
from voldaan.queries.customer import customer
from voldaan.usecases import doubles, receipts_by_hand
from voldaan.usecases import payers as verbs

DAY = date(2027, 2, 20)
IBAN = files.PAYER


@pytest.fixture
def house(db: None) -> House:
    """Learn an account of a customer by a payment that he named."""
    house = House.opened()
    house.debtor("Klant", number="1")
    house.debtor("Ander", number="2")
    house.invoice("1", "F2027-1001", "100.00", issued="2027-02-01", due="2027-02-15")
    house.invoice("1", "F2027-1002", "60.00", issued="2027-02-01", due="2027-02-16")
    came_in(house, 10_000, "F2027-1001", DAY)
    return house


def came_in(house: House, cents: int, text: str, on: date, opening: int = 0) -> None:
    moved = [files.Movement(on, cents, iban=IBAN, name="Iemand", text=text)]
    files.bring(house, files.camt053(moved, opening=opening), f"{on}-{cents}.xml")


def learned(house: House) -> list[tuple[str, str, int, date | None]]:
    rows = payers.payers(most=9, actor=house.actor)
    return [(row.iban, row.debtor_number, row.seen, row.last_seen_on) for row in rows]


def whom(house: House, number: str) -> str:
    return debtors.found(number, actor=house.actor)[0].id


def done(house: House, verb: object, number: str = "1") -> None:
    verb(debtor=whom(house, number), iban=IBAN, actor=house.actor, today=house.today)  # type: ignore[operator]


def test_it_is_learned_with_a_booking_how_often_and_when_last(house: House):
    assert learned(house) == [(IBAN, "1", 1, DAY)]
    came_in(house, 500, "F2027-1002", date(2027, 2, 18), opening=10_000)  # told later, of an earlier day
    (row,) = bank_inbox.inbox(most=9, actor=house.actor).receipts
    receipts_by_hand.accept(proposal=row.proposals[0].id, actor=house.actor, today=house.today)
    assert learned(house) == [(IBAN, "1", 2, DAY)]


def test_what_is_forgotten_is_no_evidence_and_what_waits_is_proposed_anew(house: House):
    came_in(house, 7_777, "zonder nummer", date(2027, 2, 22), opening=10_000)
    (waits,) = bank_inbox.inbox(most=9, actor=house.actor).receipts
    assert "known account" in waits.proposals[0].evidence
    done(house, verbs.forget)
    (waits,) = bank_inbox.inbox(most=9, actor=house.actor).receipts
    assert waits.proposals == []
    assert learned(house) == []
    came_in(house, 6_000, "zonder nummer", date(2027, 2, 23), opening=17_777)  # his exact amount
    assert len(bank_inbox.inbox(most=9, actor=house.actor).receipts) == 2


def test_it_is_taken_back_as_it_was_and_twice_does_no_harm(house: House):
    before = learned(house)
    done(house, verbs.forget)
    with house.refuses(verbs.NoSuchPayer):
        done(house, verbs.forget)
    for _ in range(2):
        done(house, verbs.remember)
    assert learned(house) == before
    assert house.events()[-2:] == ["payer.forgotten", "payer.remembered"]


def test_remembering_books_nothing_by_itself(house: House):
    done(house, verbs.forget)
    came_in(house, 6_000, "zonder nummer", date(2027, 2, 23), opening=10_000)
    done(house, verbs.remember)
    (waits,) = bank_inbox.inbox(most=9, actor=house.actor).receipts
    assert "known account" in waits.proposals[0].evidence


def test_it_is_learned_anew(house: House):
    done(house, verbs.forget)
    came_in(house, 6_000, "F2027-1002", date(2027, 2, 23), opening=10_000)
    assert learned(house) == [(IBAN, "1", 1, date(2027, 2, 23))]


def test_nobody_remembers_what_was_never_known(house: House):
    with house.refuses(verbs.NoSuchPayer):
        done(house, verbs.remember, "2")
    with house.refuses(verbs.NoSuchPayer):
        verbs.forget(debtor="nobody", iban=IBAN, actor=house.actor, today=house.today)


def test_it_is_found_by_account_name_and_number_page_by_page(house: House):
    for words in (IBAN[4:12], "klan", "1"):
        assert len(payers.payers(search=words, most=9, actor=house.actor)) == 1
    assert payers.payers(search="ander", most=9, actor=house.actor) == []
    (row,) = payers.payers(most=9, actor=house.actor)
    assert payers.payers(after=row.key, most=9, actor=house.actor) == []
    assert customer(row.debtor_id, actor=house.actor, today=house.today).payers == [row]


def test_of_a_double_that_was_merged_nothing_is_remembered(house: House):
    double = whom(house, "1")
    done(house, verbs.forget)
    doubles.merge(double="1", into="2", actor=house.actor, today=house.today)
    with house.refuses(verbs.NoSuchPayer):
        verbs.remember(debtor=double, iban=IBAN, actor=house.actor, today=house.today)
