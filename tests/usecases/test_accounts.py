"""Stories of the accounts that customers pay to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.tools.house import House
from voldaan.queries import accounts as questions
from voldaan.queries import messages as shown
from voldaan.records import correspondence
from voldaan.records.messages import Message
from voldaan.usecases import accounts, administrations, messages, runs
from voldaan.usecases.accounts import AccountIsThere, LastAccount, NoSuchAccount
from voldaan.usecases.administrations import NotAnIban

FIRST, SECOND = "NL91ABNA0417164300", "BE68539007547034"


@pytest.fixture
def house(db: None) -> House:
    return House.opened()


def there(house: House) -> list[str]:
    return questions.accounts(actor=house.actor)


def do(house: House, verb, iban: str) -> None:
    verb(iban=iban, actor=house.actor, today=house.today)


def test_an_account_is_added_behind_the_others_and_can_be_put_first(house):
    do(house, accounts.add, "be68 5390 0754 7034")
    assert there(house) == [FIRST, SECOND]
    do(house, accounts.put_first, SECOND)
    assert there(house) == [SECOND, FIRST]
    events = house.events()
    do(house, accounts.put_first, SECOND)  # as by a second click
    assert house.events() == events
    do(house, accounts.add, "NL02ABNA0123456789")
    assert there(house) == [SECOND, FIRST, "NL02ABNA0123456789"]


@pytest.mark.parametrize(("verb", "iban", "refusal"), [
    (accounts.add, "NL91ABNA0417164301", NotAnIban),
    (accounts.add, "", NotAnIban),
    (accounts.add, "nl91 abna 0417 1643 00", AccountIsThere),
    (accounts.put_first, SECOND, NoSuchAccount),
    (accounts.remove, SECOND, NoSuchAccount),
    (accounts.remove, FIRST, LastAccount),
])  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(house, verb, iban, refusal):
    before = house.everything()
    with pytest.raises(refusal):
        do(house, verb, iban)
    assert house.everything() == before


def test_an_account_that_is_removed_is_gone_and_the_next_one_is_first(house):
    do(house, accounts.add, SECOND)
    do(house, accounts.remove, FIRST)
    assert there(house) == [SECOND]


def test_what_was_approved_with_the_old_account_does_not_leave_with_it(house):
    administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=house.today)
    house.debtor("Klant", number="1", email="klant@b.example")
    house.invoice("1", "F1", "10.00", issued="2027-02-01", due="2027-02-15")
    runs.run(actor=house.actor, today=house.today)
    row = Message.objects.of(house.actor.administration_id).get()
    messages.approve(ids=[row.public_id], actor=house.actor, today=house.today)
    row.refresh_from_db()
    approved = row.content_hash
    do(house, accounts.add, SECOND)
    do(house, accounts.put_first, SECOND)
    (drawn,) = correspondence.letters(row.administration_id, [row], today=house.today)
    assert drawn.content_hash != approved  # the outbox takes back what is not as it was approved
    noon = datetime(2027, 3, 1, 12, tzinfo=UTC)
    found = shown.seen(row.public_id, actor=house.actor, today=house.today, now=noon)
    assert "BE68 5390 0754 7034" in found.text
