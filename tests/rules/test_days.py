"""Days, terms, working days and Easter."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldaan.countries import COUNTRIES
from voldaan.countries.be import BELGIUM
from voldaan.countries.nl import NETHERLANDS
from voldaan.rules.days import (
    add_months,
    add_working_days,
    due_date,
    easter,
    next_working_day,
    sending_day,
)

quick = settings(deadline=None, max_examples=150)
some_day = st.dates(date(2014, 1, 1), date(2050, 12, 31))
countries = st.sampled_from(list(COUNTRIES.values()))

# Easter Sundays as published in church calendars.
# fmt: off
EASTERS = [
    "2000-04-23", "2001-04-15", "2002-03-31", "2003-04-20", "2004-04-11",
    "2005-03-27", "2006-04-16", "2007-04-08", "2008-03-23", "2009-04-12",
    "2010-04-04", "2011-04-24", "2012-04-08", "2013-03-31", "2014-04-20",
    "2015-04-05", "2016-03-27", "2017-04-16", "2018-04-01", "2019-04-21",
    "2020-04-12", "2021-04-04", "2022-04-17", "2023-04-09", "2024-03-31",
    "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01",
    "2030-04-21", "2031-04-13", "2032-03-28", "2033-04-17", "2034-04-09",
    "2035-03-25", "2036-04-13", "2037-04-05", "2038-04-25", "2039-04-10",
    "2040-04-01", "2041-04-21", "2042-04-06", "2043-03-29", "2044-04-17",
    "2045-04-09", "2046-03-25", "2047-04-14", "2048-04-05", "2049-04-18",
    "2050-04-10",
]
# fmt: on


def test_easter_from_2000_to_2050():
    assert [easter(year).isoformat() for year in range(2000, 2051)] == EASTERS


@pytest.mark.parametrize("day", ["1818-03-22", "1943-04-25", "1954-04-18", "1981-04-19", "2008-03-23", "2285-03-22"])
def test_easter_at_its_edges(day):
    """The earliest and latest days, and 1954 and 1981, which the shorter rule of Gauss gets a week late."""
    assert easter(int(day[:4])).isoformat() == day


def test_easter_agrees_with_another_method_in_every_year():
    """The rule of Gauss as H. Lichtenberg completed it (Historia Mathematica 24, 1997), in days of March."""
    for year in range(1583, 10000):
        century, golden = year // 100, year % 19
        leap_shift = (3 * century + 3) // 4
        moon = (19 * golden + 15 + leap_shift - (8 * century + 13) // 25) % 30
        full_moon = 21 + moon - (moon + golden // 11) // 29
        first_sunday = 7 - (year + year // 4 + 2 - leap_shift) % 7
        march_day = full_moon + 7 - (full_moon - first_sunday) % 7
        assert easter(year) == date(year, 3, 1) + timedelta(days=march_day - 1)


@given(st.integers(1583, 9999))
@quick
def test_easter_is_a_sunday_in_its_season(year):
    assert easter(year).isoweekday() == 7
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


@pytest.mark.parametrize(
    ("issued_on", "days", "planned", "leaves"),
    [
        # The preset of 15, 21, 30 and 44 days after the invoice, then day 45 and, 8 days on, the hand-over.
        ("2027-03-01", 15, "2027-03-16", "2027-03-16"),  # Tuesday
        ("2027-03-01", 21, "2027-03-22", "2027-03-22"),  # Monday
        ("2027-03-01", 30, "2027-03-31", "2027-03-31"),  # Wednesday after Easter
        ("2027-03-01", 44, "2027-04-14", "2027-04-14"),  # Wednesday
        ("2027-03-01", 45, "2027-04-15", "2027-04-15"),
        ("2027-03-01", 53, "2027-04-23", "2027-04-23"),
        ("2026-03-01", 21, "2026-03-22", "2026-03-23"),  # a Sunday
        ("2026-03-01", 33, "2026-04-03", "2026-04-07"),  # Good Friday to Easter Monday
        ("2026-12-10", 15, "2026-12-25", "2026-12-28"),  # Friday and Saturday, both Christmas
        ("2026-04-14", 30, "2026-05-14", "2026-05-18"),  # Ascension, the day equated with it, and a weekend
    ],
)
def test_a_step_keeps_its_day_and_leaves_on_a_sending_day(issued_on, days, planned, leaves):
    step = due_date(date.fromisoformat(issued_on), days)
    assert step.isoformat() == planned
    assert sending_day(step, NETHERLANDS).isoformat() == leaves


@given(some_day, countries)
@quick
def test_a_sending_day_is_the_first_that_is_not_quiet(planned, country):
    leaves = sending_day(planned, country)
    assert not country.is_quiet(leaves)
    assert all(country.is_quiet(planned + timedelta(days=days)) for days in range((leaves - planned).days))
    assert sending_day(leaves, country) == leaves


@given(some_day, st.integers(0, 60), countries)
@quick
def test_working_days_agree_with_a_calendar_on_the_wall(day, working_days, country):
    wall = [day + timedelta(days=days) for days in range(1, 150)]
    closed = country.holidays(day.year) | country.holidays(day.year + 1)
    open_days = [on for on in wall if on.isoweekday() not in {6, 7} and on not in closed]
    assert add_working_days(day, working_days, country) == ([day, *open_days])[working_days]
    assert next_working_day(day, country) == open_days[0]


@pytest.mark.parametrize(
    ("day", "working_days", "country", "then"),
    [
        ("2026-11-20", 0, NETHERLANDS, "2026-11-20"),
        ("2026-11-22", 0, NETHERLANDS, "2026-11-22"),  # a Sunday stays
        ("2026-11-20", 1, NETHERLANDS, "2026-11-23"),
        ("2026-11-20", 2, NETHERLANDS, "2026-11-24"),
        ("2026-12-24", 1, NETHERLANDS, "2026-12-28"),
        ("2026-07-20", 1, BELGIUM, "2026-07-22"),
        ("2026-12-24", 1, BELGIUM, "2026-12-28"),
    ],
)
def test_working_days(day, working_days, country, then):
    assert add_working_days(date.fromisoformat(day), working_days, country).isoformat() == then


def test_working_days_are_counted_forward():
    with pytest.raises(AssertionError):
        add_working_days(date(2026, 11, 20), -1, NETHERLANDS)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2024-02-29", 12, "2025-02-28"),  # a claim of a leap day capitalises on 28 February
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-08-31", 0, "2026-08-31"),
    ],
)
def test_months(day, months, then):
    assert add_months(date.fromisoformat(day), months).isoformat() == then


@given(some_day, st.integers(-240, 240))
@quick
def test_months_land_in_the_month_and_clip_only_at_its_end(day, months):
    then = add_months(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then.day < day.day and (then + timedelta(days=1)).day == 1)


@pytest.mark.parametrize("months", [1, 12, 10**6, -12 * 10**6])
def test_months_end_with_the_calendar(months):
    with pytest.raises(OverflowError):
        add_months(date(9999, 12, 31), months)


@given(some_day, st.integers(0, 400))
@quick
def test_a_term_is_as_long_as_its_days(day, term):
    assert (due_date(day, term) - day).days == term
