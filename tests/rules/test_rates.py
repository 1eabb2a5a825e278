"""Dated rates: which one holds, where periods are cut, what is presumed, and how growth adds up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldaan.countries import rates
from voldaan.countries.eu import commercial
from voldaan.rules.day_counts import YEAR, DayCount
from voldaan.rules.rates import NoRateKnown, Rate, RateSchedule, end_of_half_year, half_year_of, read, schedules

COMMERCIAL = commercial(rates.SHIPPED)
DAY = timedelta(days=1)
quick = settings(deadline=None, max_examples=150)
some_day = st.dates(date(2010, 1, 1), date(2035, 12, 31))
some_count = st.sampled_from(DayCount)
kinds = [("NL", "consumer"), ("NL", "commercial"), ("BE", "commercial"), ("BE", "civil")]
some_schedule = st.sampled_from([rates.schedule(*kind) for kind in kinds])


@pytest.mark.parametrize(
    ("kind", "day", "percent"),
    [
        (("NL", "consumer"), "2023-06-30", "4.00"),  # a row that other calculators miss
        (("NL", "consumer"), "2023-07-01", "6.00"),
        (("NL", "consumer"), "2025-07-01", "6.00"),  # a formula would say 5
        (("NL", "consumer"), "2025-12-31", "6.00"),
        (("NL", "consumer"), "2026-01-01", "4.00"),
        (("NL", "commercial"), "2026-06-30", "10.15"),
        (("NL", "commercial"), "2026-07-01", "10.40"),
        (("NL", "commercial"), "2013-03-15", "7.75"),
        (("NL", "commercial"), "2013-03-16", "8.75"),
        (("BE", "commercial"), "2024-12-31", "12.50"),  # rounded up to the half point
        (("BE", "commercial"), "2026-07-01", "10.50"),
        (("BE", "civil"), "2024-01-01", "5.75"),
    ],
)
def test_the_rate_of_a_day(kind, day, percent):
    assert rates.schedule(*kind).on(date.fromisoformat(day)).percent == Decimal(percent)


def test_every_rate_has_its_source():
    for schedule in rates.SHIPPED.values():
        assert all(rate.source and rate.certainty in {"A", "B", "C"} for rate in schedule.rates)


def test_a_forecast_is_never_read():
    assert ("NL", "consumer_expected") not in rates.SHIPPED
    assert rates.schedule("NL", "consumer").on(date(2027, 6, 1)).percent == 4


def test_before_the_first_rate_nothing_is_guessed():
    schedule = rates.schedule("NL", "commercial")
    with pytest.raises(NoRateKnown, match="before 2002-12-01"):
        schedule.on(date(2002, 11, 30))
    with pytest.raises(NoRateKnown):
        schedule.growth(DayCount.ACT_ACT)(date(2002, 11, 29))
    assert schedule.growth(DayCount.ACT_ACT)(date(2002, 11, 30)) == 0
    with pytest.raises(NoRateKnown):
        list(schedule.periods(date(2002, 11, 30), date(2003, 1, 1)))


@pytest.mark.parametrize("kind", kinds)
def test_after_the_last_known_half_year_a_rate_is_presumed(kind):
    schedule = rates.schedule(*kind)
    assert not schedule.is_provisional(date(2026, 12, 31))
    assert schedule.is_provisional(date(2027, 1, 1))
    assert schedule.on(date(2090, 1, 1)) == schedule.rates[-1]


def test_an_agreed_rate_is_never_presumed():
    agreed = RateSchedule.fixed(Decimal("12.125"))
    assert not agreed.is_provisional(date(9999, 12, 31))
    assert agreed.on(date(1900, 1, 1)).percent == agreed.on(date(9999, 12, 31)).percent == Decimal("12.125")


def test_the_rate_of_the_directive_is_the_dutch_one_since_the_directive():
    """Refinancing rate and eight points (README of the rates: all half-years since 2009 equal that formula)."""
    day = date(2013, 3, 16)
    while day < date(2027, 1, 1):
        assert COMMERCIAL.on(day).percent == rates.schedule("NL", "commercial").on(day).percent, day
        day += timedelta(days=1)
    with pytest.raises(NoRateKnown):
        COMMERCIAL.on(date(2013, 3, 15))


def test_the_belgian_rate_is_rounded_up_to_the_half_point():
    rounded = rates.schedule("EU", "ecb_refi").by_half_year(date(2013, 3, 16)).plus(Decimal(8), "x", Decimal("0.5"))
    for rate in rounded.rates:
        assert rates.schedule("BE", "commercial").on(rate.valid_from).percent == rate.percent, rate.valid_from


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        ("2026-01-01", "2026-01-01", "2026-06-30"),
        ("2026-01-02", "2026-07-01", "2026-06-30"),
        ("2026-06-30", "2026-07-01", "2026-06-30"),
        ("2026-07-01", "2026-07-01", "2026-12-31"),
        ("2026-12-31", "2027-01-01", "2026-12-31"),
    ],
)
def test_half_years(day, begins, ends):
    assert half_year_of(date.fromisoformat(day)).isoformat() == begins
    assert end_of_half_year(date.fromisoformat(day)).isoformat() == ends


@given(some_schedule, some_day, st.integers(0, 4000))
@quick
def test_periods_cover_every_day_once(schedule, first, days):
    last = first + timedelta(days=days)
    periods = list(schedule.periods(first, last))
    assert (periods[0].first, periods[-1].last) == (first, last)
    for one, following in pairwise(periods):
        assert following.first == one.last + DAY
        assert following.first == following.rate.valid_from
    assert all(schedule.on(one.first) == schedule.on(one.last) == one.rate for one in periods)


@given(some_schedule, some_day, st.integers(1, 900), some_count)
@quick
def test_growth_is_the_sum_of_its_days(schedule, after, days, count):
    """Each day at the rate of that day, over 365, or over 366 in a leap year where the count says so."""
    through, exact = after + timedelta(days=days), Fraction(0)
    day = after
    while day < through:
        day += DAY
        leap = day.year % 4 == 0  # in these years
        exact += Fraction(schedule.on(day).percent) / 100 / (366 if leap and count is DayCount.ACT_ACT else 365)
    growth = schedule.growth(count)
    assert Fraction(growth(through) - growth(after), schedule.unit) == exact


@given(some_schedule, st.lists(some_day, min_size=3, max_size=3), some_count)
@quick
def test_growth_adds_up_over_any_split(schedule, days, count):
    one, two, three = map(schedule.growth(count), sorted(days))
    assert (two - one) + (three - two) == three - one
    assert one <= two <= three


@pytest.mark.parametrize("year", [2023, 2024, 2100, 2400])
def test_a_calendar_year_is_a_year(year):
    ends = [DayCount.ACT_ACT.end_of(date(each, 12, 31)) for each in (year - 1, year)]
    assert ends[1] - ends[0] == YEAR


def test_a_rate_may_have_more_decimals():
    growth = RateSchedule.fixed(Decimal("1.2345")).growth(DayCount.ACT_365)
    grown = growth(date(2026, 1, 1)) - growth(date(2025, 1, 1))
    assert Fraction(grown, RateSchedule.fixed(Decimal("1.2345")).unit) == Fraction(12345, 1_000_000)


def test_a_table_is_read_by_country_and_kind():
    table = [
        "country,kind,valid_from,known_until,rate_percent,source,certainty\n",
        'XX,commercial,2020-01-01,,8.00,"a, source",A\n',
        "XX,commercial,2020-03-01,,-0.50,another,B\n",
        "XX,commercial,2020-07-01,,9.00,a forecast,X\n",
        "XX,civil,2020-01-01,2022-02-02,2.00,a source,A\n",
    ]
    found = schedules(read(table))
    assert found["XX", "commercial"].rates == (
        Rate(date(2020, 1, 1), Decimal("8.00"), "a, source", "A"),
        Rate(date(2020, 3, 1), Decimal("-0.50"), "another", "B"),
    )
    assert found["XX", "commercial"].known_until == date(2020, 6, 30)
    assert found["XX", "civil"].known_until == date(2022, 2, 2)
