"""Corruptions of what letters claimed, seeded by raw SQL: each is found by its own check (P8, P33)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytest_django import DjangoDbBlocker

from tests.queries.test_checks import sql
from tests.tools.standing import standing
from tests.tools.stories import Story


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Story]:
    with standing(django_db_blocker):
        yield business()


@pytest.fixture
def story(played: Story, db: None) -> Story:
    return replace(played)


def business() -> Story:
    """Let a business be asked interest and costs by a final notice that left."""
    story = Story.begun()
    story.house.debtor("Zee BV", number="1", kind="business", strategy="zakelijk", street="Kade 1",
                       postcode="1011 AB", city="Amsterdam")  # fmt: skip
    story.house.invoice("1", "F1", "1000.00", due="2027-03-15")
    story.play("2027-04-30")
    assert set(story.claims()) == {"F1-K1", "F1-R1"}
    assert story.house.broken() == {}
    return story


CORRUPTIONS = {
    "claimed and not booked": (
        "UPDATE records_charge SET booked_as_id = NULL WHERE kind = 'interest' AND booked_as_id IS NOT NULL",
        {"claims_booked", "messages_whole"},
    ),
    "claimed otherwise than booked": (
        "UPDATE records_charge SET cents = cents + 1 WHERE booked_as_id IS NOT NULL AND kind = 'costs'",
        {"claims_booked", "messages_whole"},
    ),
    "still open of a letter that came back": (
        "UPDATE records_message SET returned_on = sent_on WHERE step = 'final_notice'", {"claims_booked"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_found_and_named(story, name):
    statement, found = CORRUPTIONS[name]
    sql(statement)
    assert set(story.house.broken()) == found
