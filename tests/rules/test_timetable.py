"""When which piece of the work that comes back by itself is due: tables of moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldaan.rules.timetable import ROUND, TIMETABLE, WAITS, Job, comes_back, is_free, slot

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LEASE = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("job", "moment", "expected"),
    [
        (Job.FOLLOW_UP, "2027-03-01T06:29:59", None),
        (Job.FOLLOW_UP, "2027-03-01T06:30", "2027-03-01"),
        (Job.FOLLOW_UP, "2027-03-01T23:59", "2027-03-01"),
        (Job.FOLLOW_UP, "2027-03-02T00:00", None),  # yesterday's is not made up for
        (Job.CHECK, "2027-03-01T02:59", None),
        (Job.CHECK, "2027-03-01T03:00", "2027-03-01"),
        (Job.CHECK, "2027-03-28T03:00", "2027-03-28"),  # the night without an hour from two to three
        (Job.OUTBOX, "2027-03-01T00:00", ROUND),
    ],
)
def test_a_slot_is_named_from_its_time_on(job, moment, expected):
    assert slot(job, datetime.fromisoformat(moment).replace(tzinfo=AMSTERDAM)) == expected


def test_every_job_is_on_the_timetable_and_proved_before_anything_leaves():
    assert list(TIMETABLE) == list(Job)
    assert next(iter(Job)) is Job.CHECK
    assert [job for job in Job if comes_back(job)] == [Job.FETCH, Job.OUTBOX]


def test_each_wait_is_longer():
    assert all(shorter < longer for shorter, longer in pairwise(WAITS))


NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("free_at", "expected"),
    [
        (None, False),  # done for good
        (NOON, True),
        (NOON + timedelta(seconds=1), False),
        (NOON + LEASE, False),
        (NOON + WAITS[-1] + timedelta(minutes=59), False),  # another machine's clock is ahead of ours
        (NOON + timedelta(days=1), True),  # nothing waits so long: the clock jumped back
    ],
)
def test_a_slot_is_free_from_a_moment_on(free_at, expected):
    assert is_free(free_at, LEASE, NOON) is expected


@given(back=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_what_is_done_for_good_stays_done_whatever_the_clock_says(back):
    assert not is_free(None, LEASE, NOON - back)
