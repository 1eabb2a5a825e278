"""The statutory rates as they are known here: those that came with Voldaan, those that were added, and what misses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from voldaan.countries import COUNTRIES
from voldaan.countries import rates as law
from voldaan.countries.rates import Gap, Series
from voldaan.records import people
from voldaan.records import rates as records
from voldaan.records.rates import StatutoryRate
from voldaan.rules.country import Country
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.rates import Rate, Row

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """One rate: what it is from a day on, who says so, and where it came from."""

    country: str
    kind: str
    valid_from: date
    known_until: date | None
    rate_percent: str
    source: str
    added_on: date | None  # nothing: it came with Voldaan
    added_by: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How one series stands today: the rate that is reckoned with, and until when it is known."""

    series: Series
    country: str  # its name, marked
    rate: Rate
    known_until: date
    gap: Gap | None


def countries() -> Mapping[str, Country]:
    """Give the law of every country as it is known here; it is nobody's secret, so nobody is asked for."""
    return records.countries()


def rates(*, actor: Actor) -> list[Listed]:
    """List all rates, by country and kind, the newest first."""
    actor.must(Deed.READ_SETTINGS)
    came = [_listed(row, None, "") for row in law.ROWS]
    added = [_listed(one.row, one.added_on, one.added_by) for one in StatutoryRate.objects.all()]
    newest = sorted(came + added, key=lambda one: one.valid_from, reverse=True)
    return sorted(newest, key=lambda one: (one.country, one.kind))


def added(*, actor: Actor) -> list[Listed]:
    """List the rates that were added, the newest first."""
    return [one for one in rates(actor=actor) if one.added_on]


def may_add(*, actor: Actor) -> bool:
    """Tell whether this actor may add rates: a person owns all books here, or runs the machine."""
    return actor.may(Deed.CHANGE_RATES) and (actor.user_id is None or people.owns_all(actor.user_id))


def standing(*, actor: Actor, today: date) -> list[Standing]:
    """Tell how each series of rates stands."""
    actor.must(Deed.READ_SETTINGS)
    schedules = law.with_added(records.added())
    missing = {gap.series: gap for gap in law.gaps(schedules, today)}
    return [
        Standing(
            one,
            COUNTRIES[one.country].name,
            schedules[one.country, one.kind].on(today),
            one.known_until(schedules),
            missing.get(one),
        )
        for one in law.SERIES
    ]


def missing(country: str, today: date) -> list[Gap]:
    """Name the rates of one country that should be known by now: part of questions."""
    return law.gaps(law.with_added(records.added()), today, country)


def differing() -> list[tuple[Row, Rate]]:
    """Give the added rates that a rate which came with Voldaan later does not agree with: part of questions."""
    return list(law.differing(records.added()))


def _listed(row: Row, added_on: date | None, added_by: str) -> Listed:
    return Listed(
        row.country, row.kind, row.valid_from, row.known_until, str(row.percent), row.source, added_on, added_by
    )
