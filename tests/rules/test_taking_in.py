"""How far a file is, and how long it takes still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from voldaan.rules.taking_in import Part, Progress, about

BEGAN = datetime(2027, 3, 1, 12, tzinfo=UTC)


def at(part: Part, done: int, of: int, seconds: int = 10) -> Progress:
    return Progress(part, done, of, BEGAN, BEGAN + timedelta(seconds=seconds))


def test_reading_is_two_fifths_and_looking_up_the_rest():
    assert at(Part.READING, 50, 100).share == pytest.approx(1 / 5)
    assert at(Part.MATCHING, 0, 100).share == pytest.approx(2 / 5)
    assert at(Part.MATCHING, 100, 100).share == 1
    assert at(Part.READING, 120, 100).share == pytest.approx(2 / 5), "what was only estimated is never passed"


def test_what_is_left_goes_as_it_went():
    assert at(Part.MATCHING, 10, 60).left == timedelta(seconds=10)
    assert at(Part.MATCHING, 100, 100).left == timedelta(0)
    assert at(Part.READING, 0, 100).left is None
    assert at(Part.READING, 0, 0).share is None
    assert at(Part.READING, 0, 0).left is None


def test_without_news_for_a_minute_nobody_is_at_it():
    one = at(Part.READING, 1, 2)
    assert one.is_alive(one.at + timedelta(seconds=59))
    assert not one.is_alive(one.at + timedelta(seconds=61))


@pytest.mark.parametrize(("count", "said"), [(7, 7), (99, 99), (987, 990), (98_765, 99_000), (104_999, 100_000)])
def test_what_is_known_roughly_is_said_roughly(count, said):
    assert about(count) == said
