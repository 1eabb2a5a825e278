"""The statutory rates of all countries: those of `rates.csv` beside this file, and what was added to them since.

A rate that came with Voldaan is never changed by an added one: what it covers, it covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from voldaan.rules import rates
from voldaan.rules.rates import RateSchedule, Row, Schedules, end_of_half_year, half_year_of
from voldaan.rules.refusals import mark

DAY = timedelta(days=1)
HALF_YEARS, YEARS = (1, 7), (1,)  # the months on whose first day a rate may begin
NOTICE_MONTHS = (6, 12)  # in these the rates of the next half-year are due to be published


class Series(NamedTuple):
    """A row of rates that the law of a country reckons with, and how it goes on."""

    country: str
    kind: str
    name: str  # marked
    months: tuple[int, ...] = ()  # nothing: it may change on any day

    def until(self, row: Row) -> date:
        """Give the last day of which a rate is known by its row alone."""
        end = date(row.valid_from.year, 12, 31) if self.months == YEARS else end_of_half_year(row.valid_from)
        return row.known_until or end

    def known_until(self, schedules: Schedules) -> date:
        """Give the last day of which the law knows the rate."""
        schedule = schedules[self.country, self.kind]
        # What may change on any day counts for the half-year that begins after it.
        return (schedule if self.months else schedule.by_half_year(schedule.rates[0].valid_from)).known_until


SERIES = (
    Series("NL", "consumer", mark("Statutory interest, consumers"), HALF_YEARS),
    Series("NL", "commercial", mark("Statutory commercial interest"), HALF_YEARS),
    Series("BE", "civil", mark("Legal interest, consumers"), YEARS),
    Series("BE", "commercial", mark("Legal interest, commercial transactions"), HALF_YEARS),
    Series("EU", "ecb_refi", mark("Refinancing rate of the European Central Bank")),
)
# Nothing but a release changes these: no interest, and no rate that is published each half-year.
BY_RELEASE = {("NL", "vat_general")}

_BY_KEY = {(one.country, one.kind): one for one in SERIES}


class Gap(NamedTuple):
    """A rate that should be known and is not."""

    series: Series
    since: date  # the first day without one
    is_now: bool  # or else of the next half-year


def _table() -> tuple[Row, ...]:
    with (files("voldaan.countries") / "rates.csv").open(encoding="utf-8") as lines:
        return tuple(rates.read(lines))


ROWS = _table()
SHIPPED: Schedules = rates.schedules(ROWS)


def schedule(country: str, kind: str) -> RateSchedule:
    """Give the rates of one kind in one country, as they came with Voldaan."""
    return SHIPPED[country, kind]


def series_of(country: str, kind: str) -> Series:
    """Give the series of a kind; one that no law here reckons with goes on as it likes."""
    return _BY_KEY.get((country, kind), Series(country, kind, ""))


def covering(row: Row) -> rates.Rate | None:
    """Give the rate that came with Voldaan for the day on which a row begins; nothing where none did."""
    key = row.country, row.kind
    shipped = SHIPPED[key]
    if row.valid_from < shipped.rates[0].valid_from:
        return shipped.rates[0]
    return shipped.on(row.valid_from) if key in BY_RELEASE or row.valid_from <= shipped.known_until else None


def differing(added: Iterable[Row]) -> Iterator[tuple[Row, rates.Rate]]:
    """Give the added rates that say otherwise than what came with Voldaan: they are not reckoned with."""
    for row in added:
        if (shipped := covering(row)) and shipped.percent != row.percent:
            yield row, shipped


def with_added(added: Iterable[Row]) -> Schedules:
    """Give all schedules with these rates behind those that came with Voldaan."""
    found = dict(SHIPPED)
    fresh = sorted((row for row in added if covering(row) is None), key=itemgetter(0, 1, 2))
    for key, rows in groupby(fresh, key=itemgetter(0, 1)):
        found[key] = _longer(SHIPPED[key], series_of(*key), list(rows))
    return found


def _longer(shipped: RateSchedule, series: Series, rows: list[Row]) -> RateSchedule:
    """Put rates behind a schedule. It is known for as long as no half-year is skipped."""
    known = shipped.known_until
    for row in rows:
        if row.valid_from <= known + DAY or not series.months:
            known = max(known, series.until(row))
    return RateSchedule(shipped.kind, (*shipped.rates, *map(rates.rate_of, rows)), known)


def gaps(schedules: Schedules, today: date, country: str | None = None) -> list[Gap]:
    """Name the rates that the law should know by now: of this half-year, and from its last month on of the next."""
    found = []
    soon = half_year_of(today + DAY) if today.month in NOTICE_MONTHS else today
    for series in SERIES:
        known = series.known_until(schedules)
        if country in (None, series.country) and known < soon:
            found.append(Gap(series, known + DAY, known < today))
    return found
