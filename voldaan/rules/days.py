"""Days and terms: sums over calendar days and working days. A day is a `date`; today always comes in as an argument.

Which days are holidays is a country's answer, not ours. A day beyond the year 9999 raises OverflowError.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from typing import Protocol


class Calendar(Protocol):
    """What a country must say of a day."""

    def is_working_day(self, day: date) -> bool:
        """Tell whether people work and post is delivered as usual on `day`."""

    def is_quiet(self, day: date) -> bool:
        """Tell whether nothing may leave on `day`."""


def due_date(issued_on: date, term_days: int) -> date:
    """Give the last day on which to pay: `term_days` calendar days after the day of issue."""
    return issued_on + timedelta(days=term_days)


def add_months(day: date, months: int) -> date:
    """Give the same day `months` later or earlier, clipped to the end of the month: 31 January + 1 = 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("date value out of range")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def anniversary(day: date, years: int) -> date:
    """Give the same day `years` later; 29 February is 28 February in a year without it."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return add_months(day, 12 * years)


def anniversary_before(end: date, day: date, years: int) -> date | None:
    """Give the same day `years` later if it comes before `end`."""
    if day.year + years > end.year:
        return None
    found = anniversary(day, years)
    return found if found < end else None


def next_working_day(day: date, country: Calendar) -> date:
    """Give the first working day after `day`."""
    return first_day(day + timedelta(days=1), country.is_working_day)


def add_working_days(day: date, working_days: int, country: Calendar) -> date:
    """Give the working day that is `working_days` later; 0 gives `day` itself, also when it is a Sunday."""
    assert working_days >= 0, "working days are counted forward"
    for _ in range(working_days):
        day = next_working_day(day, country)
    return day


def sending_day(planned: date, country: Calendar) -> date:
    """Give the day on which what is planned for `planned` leaves: that day, or the first one that is not quiet."""
    return first_day(planned, lambda day: not country.is_quiet(day))


def first_day(day: date, suits: Callable[[date], bool]) -> date:
    """Give `day`, or else the first day after it that suits."""
    while not suits(day):
        day += timedelta(days=1)
    return day


def easter(year: int) -> date:
    """Give Easter Sunday in the Gregorian calendar (1583 and later).

    Source: the method of 1876 "by a New York correspondent", in S. Butcher, The Ecclesiastical Calendar (1877), and
    J. Meeus, Astronomical Algorithms (1991), chapter 8; it holds for every year and needs no table.
    """
    golden = year % 19
    century, year_of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    leap_years, year_rest = divmod(year_of_century, 4)
    moon_correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_correction + 15) % 30
    to_sunday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late_moon = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late_moon + 114, 31)
    return date(year, month, day + 1)
