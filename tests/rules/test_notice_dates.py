"""Notices to consumers: the worked cases of both countries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools import law
from tests.tools.vectors import cases
from voldaan.countries.be import FIRST_REMINDER
from voldaan.countries.nl import FOURTEEN_DAY_LETTER, NETHERLANDS
from voldaan.rules.notice_dates import Delivery

CHANNELS = {"post": Delivery.POST, "email": Delivery.ELECTRONIC, "electronic": Delivery.ELECTRONIC}
some_day = st.dates(date(2024, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize("case", cases("notice_dates"))
def test_a_worked_case(case):
    proven = date.fromisoformat(case["proven_delivery_date"]) if case["proven_delivery_date"] else None
    notice = law.notice(case["country"])
    dates = notice.of(date.fromisoformat(case["sent_date"]), CHANNELS[case["channel"]], proven)

    def said(day: date | None) -> str:
        return "" if day is None else day.isoformat()

    assert said(dates.first_day) == case["expected_delivery_or_first_day"]
    assert said(dates.last_payment_day) == case["expected_last_payment_day"]
    assert said(dates.last_payment_day_extended) == case["expected_last_payment_day_extended"]
    assert said(dates.costs_from) == case["expected_costs_from_day"]
    assert said(dates.interest_from_small_creditor) == case["expected_interest_from_small_creditor"]
    assert said(dates.interest_from_other_creditor) == case["expected_interest_from_other_creditor"]


def test_our_dutch_letter_gives_a_day_more_than_the_law():
    by_law = FOURTEEN_DAY_LETTER.of(date(2026, 11, 3), Delivery.POST)
    as_worded = FOURTEEN_DAY_LETTER.of(date(2026, 11, 3), Delivery.POST, as_worded=True)
    assert (by_law.costs_from, as_worded.costs_from) == (date(2026, 11, 20), date(2026, 11, 21))


def test_in_belgium_receipt_counts_for_nothing():
    sent = date(2026, 11, 3)
    assert FIRST_REMINDER.of(sent, Delivery.POST, date(2026, 11, 9)) == FIRST_REMINDER.of(sent, Delivery.POST)


@pytest.mark.parametrize("notice", [FOURTEEN_DAY_LETTER, FIRST_REMINDER], ids=lambda notice: notice.name)
@pytest.mark.parametrize("delivery", Delivery)
@given(sent=some_day)
@settings(deadline=None, max_examples=80)
def test_a_consumer_always_has_fourteen_whole_days(notice, delivery, sent):
    dates = notice.of(sent, delivery)
    assert dates.costs_from > sent + timedelta(days=14)
    assert dates.costs_from == dates.last_payment_day_extended + timedelta(days=1)
    assert dates.last_payment_day_extended >= dates.last_payment_day


@given(some_day)
@settings(deadline=None)
def test_a_dutch_term_ends_on_a_working_day_and_post_comes_on_no_sunday_or_monday(sent):
    dates = FOURTEEN_DAY_LETTER.of(sent, Delivery.POST)
    assert not NETHERLANDS.is_quiet(dates.last_payment_day_extended)
    assert dates.first_day.isoweekday() not in {7, 1}
    assert dates.first_day not in NETHERLANDS.holidays(dates.first_day.year)
    assert dates.first_day >= sent + timedelta(days=2)
