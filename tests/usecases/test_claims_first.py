"""Stories of money that comes in after a letter claimed interest and costs: it pays those first (art. 6:44 BW)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from pytest_django import DjangoDbBlocker

from tests.tools import files as made
from tests.tools.standing import standing
from tests.tools.stories import Story
from voldaan.rules.money import typed
from voldaan.rules.terms import TermBasis
from voldaan.usecases import administrations, invoices


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Story]:
    with standing(django_db_blocker):
        yield consumer()


@pytest.fixture
def claimed(played: Story, db: None) -> Story:
    return replace(played)


def consumer() -> Story:
    """Let a consumer be asked € 300 and € 200, and in the end € 75 of costs and € 1,70 of interest."""
    story = Story.begun()
    house = story.house
    who = house.debtor(
        "Jan de Wit", number="1", kind="consumer", email="jan@wit.example", street="Dorpsstraat 1", postcode="3511 AB",
        city="Utrecht",
    )  # fmt: skip
    for number, amount, issued, due, basis in (
        ("2027-0001", "300.00", "2027-03-01", "2027-03-15", TermBasis.STATED),
        ("2027-0002", "200.00", "2027-03-06", "2027-03-20", TermBasis.AGREED),
    ):
        invoices.receive(
            debtor=who, number=number, amount=typed(amount), issue_date=date.fromisoformat(issued),
            due_date=date.fromisoformat(due), term_basis=basis, actor=house.actor, today=house.today,
        )  # fmt: skip
    story.play("2027-04-27")
    assert story.house.open() == {
        "2027-0001": 30000, "2027-0002": 20000, "2027-0001-K1": 7500, "2027-0001-R1": 89, "2027-0002-R1": 81,
    }  # fmt: skip
    return story


def paid(story: Story, amount: str, text: str, day: str = "2027-04-27") -> dict[str, int]:
    """Let money come in by the bank; give what is open after it."""
    movement = made.Movement(date.fromisoformat(day), typed(amount).cents, text=text)
    made.bring(story.house, made.camt053([movement]), f"{day}.xml")
    return story.house.open()


def test_the_sum_of_the_final_notice_pays_all_of_it(claimed):
    assert paid(claimed, "576.70", "2027-0001 2027-0002") == {}
    assert claimed.house.broken() == {}


def test_the_price_alone_pays_the_costs_and_the_interest_first(claimed):
    assert paid(claimed, "300.00", "betaling 2027-0001") == {"2027-0001": 7589, "2027-0002": 20000, "2027-0002-R1": 81}
    assert claimed.house.broken() == {}


def test_money_of_before_the_letter_pays_the_invoice_that_it_names(claimed):
    """And interest is left only up to that day: it does not run on what was paid."""
    left = paid(claimed, "300.00", "betaling 2027-0001", "2027-04-20")
    assert left == {"2027-0002": 20000, "2027-0001-K1": 7500, "2027-0001-R1": 69, "2027-0002-R1": 81}
    assert claimed.house.broken() == {}


def test_the_price_first_where_the_books_say_so(claimed):
    house = claimed.house
    administrations.change(name="principal_first", value="on", actor=house.actor, today=house.today)
    left = paid(claimed, "300.00", "betaling 2027-0001")
    assert left == {"2027-0002": 20000, "2027-0001-K1": 7500, "2027-0001-R1": 89, "2027-0002-R1": 81}


def test_a_payment_by_hand_pays_them_first_too(claimed):
    claimed.house.pay("2027-0002", "276.70")
    assert claimed.house.open() == {"2027-0001": 30000, "2027-0001-R1": 89}
    claimed.house.pay("2027-0001-R1", "0.89")
    assert claimed.house.open() == {"2027-0001": 30000}
    assert claimed.house.broken() == {}
