"""Default: its first day, and the first day of interest, at every edge."""

from __future__ import annotations

from datetime import date

import pytest

from voldaan.countries.be import BELGIUM
from voldaan.countries.eu import GENERIC
from voldaan.countries.nl import NETHERLANDS
from voldaan.rules.default import default_from, interest_from
from voldaan.rules.terms import TermBasis

AGREED, STATED, NONE = TermBasis
NL, BE, EU = NETHERLANDS, BELGIUM, GENERIC


def day(text: str) -> date:
    return date.fromisoformat(text)


def begins(basis, law, due, received, lapsed=None):
    found = default_from(
        basis, due_date=day(due), received_on=day(received), law=law, lapsed_on=day(lapsed) if lapsed else None
    )
    return found and found.isoformat()


@pytest.mark.parametrize(
    "law", [NL.business, NL.public_body, NL.consumer, BE.business, BE.consumer, EU.business, EU.consumer]
)
def test_an_agreed_day_brings_default_by_itself(law):
    assert begins(AGREED, law, "2026-02-28", "2026-02-01") == "2026-03-01"
    assert begins(AGREED, law, "2026-02-28", "2026-03-15", "2026-04-01") == "2026-03-01"


@pytest.mark.parametrize("basis", [STATED, NONE])
@pytest.mark.parametrize("law", [NL.business, NL.public_body, BE.business, BE.public_body, EU.business])
@pytest.mark.parametrize(
    ("due", "received", "first"),
    [
        ("2026-03-14", "2026-03-01", "2026-04-01"),  # thirty days after receipt: 31 March is the last free one
        ("2026-03-30", "2026-03-01", "2026-04-01"),
        ("2026-03-31", "2026-03-01", "2026-04-01"),
        ("2026-04-01", "2026-03-01", "2026-04-02"),  # what the invoice itself gives is never cut short
        ("2026-04-01", "2026-03-03", "2026-04-03"),
    ],
)
def test_in_trade_the_term_of_the_law_does(basis, law, due, received, first):
    assert begins(basis, law, due, received) == first
    assert begins(basis, law, due, received, "2026-03-20") == first, "a demand makes no difference"


@pytest.mark.parametrize("basis", [STATED, NONE])
@pytest.mark.parametrize("law", [NL.consumer, BE.consumer, EU.consumer])
def test_of_a_consumer_only_a_demand_whose_term_has_lapsed_does(basis, law):
    assert begins(basis, law, "2026-03-14", "2026-03-01") is None
    assert begins(basis, law, "2026-03-14", "2026-03-01", "2026-04-16") == "2026-04-16"
    assert begins(basis, law, "2026-04-16", "2026-03-01", "2026-04-16") == "2026-04-17", "never before the due date"
    assert begins(basis, law, "2026-04-15", "2026-03-01", "2026-04-16") == "2026-04-16"


@pytest.mark.parametrize("law", [NL.consumer, NL.business, NL.public_body, BE.business, EU.business])
def test_interest_runs_from_default(law):
    assert interest_from(day("2026-03-15"), law=law, noticed_on=None) == day("2026-03-15")
    assert interest_from(None, law=law, noticed_on=day("2026-03-15")) is None


def test_a_belgian_consumer_owes_none_before_the_first_reminder_has_lapsed():
    assert interest_from(day("2026-03-15"), law=BE.consumer, noticed_on=None) is None
    assert interest_from(day("2026-03-15"), law=BE.consumer, noticed_on=day("2026-04-02")) == day("2026-04-02")
    assert interest_from(day("2026-03-15"), law=BE.consumer, noticed_on=day("2026-03-02")) == day("2026-03-15")


def test_where_the_law_gives_none_there_is_none():
    assert interest_from(day("2026-03-15"), law=EU.consumer, noticed_on=day("2026-03-02")) is None


def test_no_interest_of_days_of_which_no_rate_is_known():
    assert BE.business.interest is not None
    assert interest_from(day("1980-01-01"), law=BE.business, noticed_on=None) == (
        BE.business.interest.rates.rates[0].valid_from
    )
