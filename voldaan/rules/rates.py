"""Dated rates: which holds on a day, which periods lie between two days, and how much a claim grows by them.

Growth is summed once per schedule, so that interest over any period of any claim is one subtraction and one product.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from voldaan.rules.day_counts import YEAR, DayCount
from voldaan.rules.days import add_months
from voldaan.rules.refusals import Kind, Refusal, mark

DAY = timedelta(days=1)
FORECAST = "X"  # the certainty of a row that is never calculated with
DAYS_KEPT = 1 << 16  # of each schedule; a day that is not kept is summed anew


class NoRateKnown(Refusal):
    code = "no_rate_known"
    kind = Kind.INVALID
    says = mark("No {rate} rate is known before {first}, and {day} was asked. Choose a later day.")


class Rate(NamedTuple):
    """One rate, in percent a year, from a day on."""

    valid_from: date
    percent: Decimal
    source: str = ""
    certainty: str = "A"


class Row(NamedTuple):
    """One line of the table of rates."""

    country: str
    kind: str
    valid_from: date
    percent: Decimal
    known_until: date | None  # nothing: the end of its half-year
    source: str
    certainty: str = "A"


class Told(NamedTuple):
    """One line of such a table as somebody wrote it, and where it stands."""

    place: str
    country: str
    kind: str
    valid_from: str
    known_until: str
    percent: str
    source: str


class Period(NamedTuple):
    """Days with one rate, both ends included."""

    first: date
    last: date
    rate: Rate


@dataclass(frozen=True)
class RateSchedule:
    """The rates of one kind, oldest first. Later than the last known rate the last one is used, provisionally."""

    kind: str
    rates: tuple[Rate, ...]
    known_until: date  # the last day of which the rate is known and not presumed

    def __post_init__(self) -> None:
        assert self.rates, "a schedule has a rate"
        assert all(one.valid_from < other.valid_from for one, other in pairwise(self.rates)), "oldest first"

    @classmethod
    def fixed(cls, percent: Decimal) -> RateSchedule:
        """Make the schedule of an agreed rate, the same on every day."""
        return cls(f"fixed:{percent}", (Rate(date.min + DAY, percent),), date.max)

    def on(self, day: date) -> Rate:
        """Give the rate that holds on `day`."""
        return self.rates[self._index(day)]

    def is_provisional(self, day: date) -> bool:
        """Tell whether the rate of `day` is presumed: none is published for it as yet."""
        return day > self.known_until

    def periods(self, first: date, last: date) -> Iterator[Period]:
        """Cut the days from `first` up to and including `last` where a rate was set, also where it stayed the same."""
        for index in range(self._index(first), bisect_right(self._starts, last.toordinal())):
            rate, following = self.rates[index], self.rates[index + 1 : index + 2]
            end = min(last, following[0].valid_from - DAY) if following else last
            yield Period(max(first, rate.valid_from), end, rate)

    @cached_property
    def unit(self) -> int:
        """Give the denominator of growth: the parts of a year, and of a rate."""
        return YEAR * 100 * self._scale

    def growth(self, count: DayCount) -> Callable[[date], int]:
        """Give the function of a day that says how much one cent has grown by the end of it, in 1/`unit` cents.

        What it says of a single day means nothing; the difference of two days is the simple interest between them.
        """
        return self._growths[count]

    def plus(self, percent: Decimal, kind: str, step: Decimal | None = None) -> RateSchedule:
        """Add a margin to every rate, and round up to a whole `step` where one is given."""
        rates = tuple(rate._replace(percent=_up_to(rate.percent + percent, step)) for rate in self.rates)
        return RateSchedule(kind, rates, self.known_until)

    def by_half_year(self, since: date) -> RateSchedule:
        """Take the rate of each 1 January and 1 July for the half-year that begins then, from `since` on."""
        first = since.replace(month=1 if since.month <= 6 else 7, day=1)
        days = [first]
        while days[-1] < half_year_of(self.rates[-1].valid_from):
            days.append(add_months(days[-1], 6))
        rates = tuple(self.on(day)._replace(valid_from=max(day, since)) for day in days)
        return RateSchedule(self.kind, rates, end_of_half_year(days[-1]))

    def _index(self, day: date) -> int:
        found = bisect_right(self._starts, day.toordinal()) - 1
        if found < 0:
            raise NoRateKnown(rate=self.kind, first=self.rates[0].valid_from, day=day)
        return found

    @cached_property
    def _starts(self) -> list[int]:
        return [rate.valid_from.toordinal() for rate in self.rates]

    @cached_property
    def _scale(self) -> int:
        decimals = max(-int(rate.percent.as_tuple().exponent) for rate in self.rates)
        return int(10 ** max(decimals, 0))

    @cached_property
    def _growths(self) -> dict[DayCount, Callable[[date], int]]:
        return {count: self._growth(count) for count in DayCount}

    def _growth(self, count: DayCount) -> Callable[[date], int]:
        starts, slopes = self._starts, [int(rate.percent * self._scale) for rate in self.rates]
        places = [count.end_of(rate.valid_from - DAY) for rate in self.rates]
        sums = [0]
        for slope, (place, following) in zip(slopes, pairwise(places), strict=False):
            sums.append(sums[-1] + slope * (following - place))

        @lru_cache(DAYS_KEPT)
        def grown(day: date) -> int:
            # The end of the day before the first rate is where the sum begins.
            found = max(bisect_right(starts, day.toordinal()) - 1, 0)
            if day.toordinal() < starts[0] - 1:
                raise NoRateKnown(rate=self.kind, first=self.rates[0].valid_from, day=day + DAY)
            return sums[found] + slopes[found] * (count.end_of(day) - places[found])

        return grown


Schedules = Mapping[tuple[str, str], RateSchedule]  # by country and kind


def half_year_of(day: date) -> date:
    """Give the 1 January or 1 July from which a rate of `day` can count: that day itself, or the next one."""
    first = day.replace(month=1 if day.month <= 6 else 7, day=1)
    return first if first == day else add_months(first, 6)


def end_of_half_year(day: date) -> date:
    """Give the last day of the half-year in which `day` lies."""
    return add_months(day.replace(month=1 if day.month <= 6 else 7, day=1), 6) - DAY


def read(lines: Iterable[str]) -> list[Row]:
    """Read the table of rates (CSV). A forecast is left out."""
    return [
        Row(
            row["country"], row["kind"], date.fromisoformat(row["valid_from"]), Decimal(row["rate_percent"]),
            date.fromisoformat(row["known_until"]) if row["known_until"] else None, row["source"], row["certainty"],
        )
        for row in csv.DictReader(lines) if row["certainty"] != FORECAST
    ]  # fmt: skip


def schedules(rows: Iterable[Row]) -> dict[tuple[str, str], RateSchedule]:
    """Give the schedule of each country and kind; the rows of each stand oldest first."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.country, row.kind), []).append(row)
    return {(country, kind): _schedule(kind, of) for (country, kind), of in found.items()}


def _schedule(kind: str, rows: list[Row]) -> RateSchedule:
    last = rows[-1]
    return RateSchedule(kind, tuple(map(rate_of, rows)), last.known_until or end_of_half_year(last.valid_from))


def rate_of(row: Row) -> Rate:
    """Give the rate that a line of the table tells."""
    return Rate(row.valid_from, row.percent, row.source, row.certainty)


def _up_to(percent: Decimal, step: Decimal | None) -> Decimal:
    return percent if step is None else (percent / step).to_integral_value(ROUND_CEILING) * step
