"""The ageing buckets: every day in exactly one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldaan.rules.aging import BUCKETS, bucket_of


@pytest.mark.parametrize(
    ("days_overdue", "column"),
    [
        (-400, "not_due_cents"),
        (-1, "not_due_cents"),
        (0, "not_due_cents"),  # due today is not overdue
        (1, "d1_30_cents"),
        (30, "d1_30_cents"),
        (31, "d31_60_cents"),
        (60, "d31_60_cents"),
        (61, "d61_90_cents"),
        (90, "d61_90_cents"),
        (91, "d91_120_cents"),
        (120, "d91_120_cents"),
        (121, "d120_plus_cents"),
        (10**6, "d120_plus_cents"),
    ],
)
def test_bucket(days_overdue, column):
    assert bucket_of(days_overdue).column == column


@given(st.integers(-(10**6), 10**6))
@settings(deadline=None)
def test_every_day_is_in_exactly_one_bucket_and_that_is_the_one_given(days_overdue):
    holding = [
        bucket
        for bucket in BUCKETS
        if (bucket.first is None or bucket.first <= days_overdue)
        and (bucket.last is None or days_overdue <= bucket.last)
    ]
    assert holding == [bucket_of(days_overdue)]
