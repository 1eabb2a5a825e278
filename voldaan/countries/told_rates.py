"""A rate that somebody wrote, on a line of a file or in a form: read without a guess, or refused with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from voldaan.countries.rates import HALF_YEARS, SHIPPED, YEARS, covering, series_of
from voldaan.rules.days import anniversary
from voldaan.rules.rates import Row, Told
from voldaan.rules.refusals import Kind, Refusal, mark

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PERCENT = re.compile(r"-?[0-9]{1,3}([.,][0-9]{1,4})?")
DAYS = {HALF_YEARS: ValueError(mark("1 January and 1 July")), YEARS: ValueError(mark("1 January"))}
LAST_YEAR = 2199  # beyond it a day is a slip of the pen
LONGEST_SOURCE = 300
SHOWN = 60  # characters of what cannot be read


class UnknownRate(Refusal):
    code = "unknown_rate"
    kind = Kind.INVALID
    says = mark("{place}: there is no rate “{rate}”. Choose one of: {known}.")


class NotADayOfRates(Refusal):
    code = "not_a_day_of_rates"
    kind = Kind.INVALID
    says = mark("{place}: “{typed}” is no day. Type it like 2027-01-01.")


class NoRateBegins(Refusal):
    code = "no_rate_begins"
    kind = Kind.INVALID
    says = mark("{place}: this rate changes on {days} only, not on {day}.")


class EndsTooSoon(Refusal):
    code = "ends_too_soon"
    kind = Kind.INVALID
    says = mark(
        "{place}: it cannot be known until {until} and begin on {day}. Choose a day in the year after, or none."
    )


class NotAPercent(Refusal):
    code = "not_a_percent"
    kind = Kind.INVALID
    says = mark("{place}: “{typed}” is no percentage from 0 to 100. Type it like 8.25.")


class NoSource(Refusal):
    code = "no_source"
    kind = Kind.INVALID
    says = mark("{place}: say in plain words, at most {most} characters, where the rate was published.")


class Contradiction(Refusal):
    code = "contradiction"
    kind = Kind.CONFLICT
    says = mark(
        "{place}: {percent} % does not fit what is known. On {day} the rate is {known} % (source: {known_source}), and "
        "this one says otherwise (source: {source}). See which is right; an added rate can be taken back."
    )


def read(told: Told) -> Row:
    """Read one rate.

    Raises:
        UnknownRate, NotADayOfRates, NoRateBegins, EndsTooSoon, NotAPercent, NoSource: with the place of what is wrong.
    """
    if (told.country, told.kind) not in SHIPPED:
        known = ", ".join(" ".join(key) for key in sorted(SHIPPED))
        raise UnknownRate(place=told.place, rate=f"{told.country} {told.kind}"[:SHOWN], known=known)
    day, months = _day(told.place, told.valid_from), series_of(told.country, told.kind).months
    until = _day(told.place, told.known_until) if told.known_until else None
    if until and not day <= until < anniversary(day, 1):
        raise EndsTooSoon(place=told.place, day=day, until=until)
    percent = Decimal(told.percent.replace(",", ".")) if PERCENT.fullmatch(told.percent) else None
    if percent is None:
        raise NotAPercent(place=told.place, typed=told.percent[:SHOWN])
    if not told.source or len(told.source) > LONGEST_SOURCE or not told.source.isprintable():
        raise NoSource(place=told.place, most=LONGEST_SOURCE)
    row = Row(told.country, told.kind, day, percent.quantize(_decimals(percent)), until, told.source)
    # What came with Voldaan also changed on other days once, and in Germany below nothing.
    if covering(row) is None:
        if months and (day.month not in months or day.day != 1):
            raise NoRateBegins(place=told.place, day=day, days=DAYS[months])
        if not 0 <= row.percent <= 100:
            raise NotAPercent(place=told.place, typed=told.percent)
    return row


def fresh(tolds: Iterable[Told]) -> list[Row]:
    """Give what these say that is not known already, each day of a kind once, oldest first.

    Raises:
        Contradiction: one says otherwise than what came with Voldaan, or than another of these.
        The refusals of `read`: one cannot be read.
    """
    found: dict[tuple[str, str, date], Row] = {}
    for told in tolds:
        row = read(told)
        key = row[:3]
        if shipped := covering(row):
            agree(told.place, row, shipped.percent, shipped.source)
        elif before := found.get(key):
            agree(told.place, row, before.percent, before.source)
        else:
            found[key] = row
    return [found[key] for key in sorted(found)]


def agree(place: str, row: Row, percent: Decimal, source: str) -> None:
    """Let a rate pass that says what is known.

    Raises:
        Contradiction: it says otherwise.
    """
    if row.percent != percent:
        raise Contradiction(
            place=place, percent=row.percent, day=row.valid_from, known=percent, known_source=source, source=row.source
        )


def _day(place: str, text: str) -> date:
    try:
        day = date.fromisoformat(text if DAY.fullmatch(text) else "")
    except ValueError:
        raise NotADayOfRates(place=place, typed=text[:SHOWN]) from None
    if day.year > LAST_YEAR:
        raise NotADayOfRates(place=place, typed=text)
    return day


def _decimals(percent: Decimal) -> Decimal:
    """Write at least hundredths."""
    return Decimal(1).scaleb(min(int(percent.as_tuple().exponent), -2))
