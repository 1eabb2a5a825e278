"""Agreed terms that are longer than the law allows: default begins when the law says, and the claim sheet tells."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools.stories import Story
from tests.usecases.test_notices import BELGIAN, debtor, interest, invoice
from voldaan.countries import COUNTRIES
from voldaan.queries import claims
from voldaan.rules.default import default_from
from voldaan.rules.terms import TermBasis


def sheet(country: str, kind: str, due: str, *, term: str = "agreed") -> claims.BooksClaim:
    """Draw up, on 30 November 2026, what is owed of € 1.000 of 1 March that was to be paid by a day."""
    story = Story.begun(today="2026-03-01", country="NL")
    debtor(story, "K", country=country, kind=kind)
    invoice(story, "K", "F1", "1000.00", due=due, term=term)
    return claims.claim_sheet(debtor="K", on=date(2026, 11, 30), actor=story.house.actor, today=date(2026, 11, 30))


def begins(found: claims.BooksClaim) -> date | None:
    (item,) = found.currencies[0].items
    return item.default_from


@pytest.mark.django_db
def test_more_than_sixty_days_is_void_in_belgium_and_the_thirty_of_the_law_count():
    found = sheet("BE", "business", "2026-06-29")  # 120 days
    assert begins(found) == date(2026, 4, 1)
    assert found.currencies[0].interest_cents == interest(BELGIAN, "2026-03-31", "2026-11-30", 100_000)
    (said,) = [note for note in found.warnings if "void" in note]
    assert "art. 4 wet van 2 augustus 2002" in said


@pytest.mark.django_db
def test_sixty_days_are_what_was_agreed():
    found = sheet("BE", "business", "2026-04-30")
    assert begins(found) == date(2026, 5, 1)
    assert found.warnings == []


@pytest.mark.django_db
@pytest.mark.parametrize(("country", "kind", "article"), [
    ("NL", "business", "6:119a(5)"), ("NL", "public_body", "6:119b"), ("BE", "public_body", "art. 4 wet")])  # fmt: skip
def test_where_it_may_be_agreed_expressly_it_counts_and_the_sheet_says_so(country, kind, article):
    found = sheet(country, kind, "2026-06-29")
    assert begins(found) == date(2026, 6, 30)
    (said,) = found.warnings
    assert article in said


@pytest.mark.django_db
@pytest.mark.parametrize(("country", "kind"), [("NL", "business"), ("BE", "business")])
def test_a_day_that_only_stands_on_the_invoice_stays_as_it_was(country, kind):
    found = sheet(country, kind, "2026-06-29", term="stated")
    assert begins(found) == date(2026, 6, 30)
    assert found.warnings == []


@pytest.mark.parametrize(
    ("issued", "first"), [(date(2022, 1, 31), date(2022, 5, 2)), (date(2022, 2, 1), date(2022, 3, 4))]
)
def test_before_the_law_was_in_force_it_bound(issued, first):
    """Article 4 as it is since 1 February 2022."""
    law = COUNTRIES["BE"].business
    due = date(2022, 5, 1)
    assert default_from(TermBasis.AGREED, due_date=due, received_on=issued, law=law, lapsed_on=None) == first


@pytest.mark.django_db
def test_of_a_term_of_before_the_law_the_sheet_does_not_say_that_it_is_void():
    story = Story.begun(today="2022-01-31", country="BE")
    debtor(story, "K", country="BE", kind="business")
    invoice(story, "K", "F1", "1000.00", due="2022-05-01")
    found = claims.claim_sheet(debtor="K", on=date(2022, 6, 1), actor=story.house.actor, today=date(2022, 6, 1))
    assert begins(found) == date(2022, 5, 2)
    assert found.warnings == []
