"""Day counts: which part of a year a day is. No law says it, so each statement of interest names its day count."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator
from datetime import date
from enum import Enum

YEAR = 365 * 366  # in this many parts a year is cut, so that a day is a whole number of them in every year


class DayCount(Enum):
    """How days become years."""

    ACT_ACT = "actact"  # a day is 1/365 year, in a leap year 1/366: a calendar year gives exactly the yearly rate
    ACT_365 = "act365"  # a day is always 1/365 year

    def end_of(self, day: date) -> int:
        """Give the place of the end of `day` on the line of years, in 1/YEAR parts: a difference is a duration."""
        if self is DayCount.ACT_365:
            return day.toordinal() * 366
        days = day.toordinal() - date(day.year, 1, 1).toordinal() + 1
        return day.year * YEAR + days * (365 if isleap(day.year) else 366)

    def days_of_year(self, year: int) -> int:
        """Tell of how many days a day is one."""
        return 366 if self is DayCount.ACT_ACT and isleap(year) else 365

    def pieces(self, first: date, last: date) -> Iterator[tuple[date, date]]:
        """Cut days, both ends included, where a year ends, if a day is not the same part of every year.

        So each piece can be checked by hand: base × rate × days / the days of its year.
        """
        if self is DayCount.ACT_365:
            yield first, last
            return
        for year in range(first.year, last.year + 1):
            yield max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
