"""VAT on bad debts: the worked cases, and the last day of a period, which can be read both ways."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tools import law
from tests.tools.vectors import cases
from voldaan.countries import COUNTRIES
from voldaan.rules.bad_debt_vat import Filing


@pytest.mark.parametrize("case", cases("nl_vat_bad_debt"))
def test_a_worked_case(case):
    rule = law.bad_debt_vat(case["country"])
    received = case["invoice_received_if_no_term"]
    due = date.fromisoformat(case["due_date"]) if case["due_date"] else rule.due(date.fromisoformat(received))
    refund = rule.refund(due, Filing[case["filing"].upper()])
    assert refund.due_date.isoformat() == case["expected_due_date"]
    assert refund.deemed_uncollectible_on.isoformat() == case["expected_deemed_uncollectible_on"]
    assert refund.claim_in_period == case["expected_claim_in_period"]


@pytest.mark.parametrize(
    ("due", "filing", "other"),
    [
        ("2025-12-31", Filing.YEAR, "2027"),
        ("2025-12-31", Filing.QUARTER, "2027-Q1"),
        ("2025-12-30", Filing.QUARTER, ""),
        ("2025-11-30", Filing.QUARTER, ""),
        ("2025-11-30", Filing.MONTH, "2026-12"),
        ("2024-02-29", Filing.MONTH, "2025-03"),
        ("2026-01-01", Filing.YEAR, ""),
    ],
)
def test_the_last_day_of_a_period_shows_the_next_one_too(due, filing, other):
    assert law.bad_debt_vat("NL").refund(date.fromisoformat(due), filing).or_in_period == other


def test_belgium_has_no_fixed_moment():
    assert COUNTRIES["BE"].bad_debt_vat is None
