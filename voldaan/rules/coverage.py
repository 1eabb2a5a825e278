"""Which days the statements of a bank account tell of, and which bank days are missing in between.

Banks give no statement of a day on which nothing moves: where one balance follows on the other, nothing is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

DAY = timedelta(days=1)


class WorkingDays(Protocol):
    """Knows on which days banks book."""

    def is_working_day(self, day: date, /) -> bool:
        """Tell whether banks book on this day."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a statement proves: the balances at both of its ends."""

    key: int
    opened_on: date
    opening_cents: int | None
    closed_on: date
    closing_cents: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Days of which no statement tells, between two that do not follow on each other."""

    after: date  # the last day that is known before it
    until: date  # the last day that is missing


def bank_days(after: date, until: date, calendar: WorkingDays) -> list[date]:
    """List the days on which banks book, after the one and up to and including the other."""
    days = (after + DAY * n for n in range(1, (until - after).days + 1))
    return [day for day in days if calendar.is_working_day(day)]


def gaps(stated: Iterable[Stated], *, moved: Callable[[date, date], int], tells_of: Callable[[int, date], bool],
         calendar: WorkingDays) -> Iterator[Gap]:  # fmt: skip
    """Find what is missing between the statements of one account in one currency, the earliest first.

    `moved` gives what is known to have moved after one day and up to another, from whatever paper: balances that it
    closes prove those days. `tells_of` says whether a statement has a movement on a day.
    """
    reach: date | None = None
    closings: set[int | None] = set()
    for one in sorted(stated, key=lambda one: (one.opened_on, one.closed_on)):
        steps = _steps(one, closings)
        if reach is not None and one.opened_on > reach and 0 not in steps:
            # Banks date an opening balance on the day itself, or on the evening before it.
            is_told = one.opened_on == one.closed_on or tells_of(one.key, one.opened_on)
            until = one.opened_on - DAY if is_told else one.opened_on
            if steps.isdisjoint(_moved(one, reach, moved, is_told=is_told)) and bank_days(reach, until, calendar):
                yield Gap(reach, until)
        if reach is None or one.closed_on > reach:
            reach, closings = one.closed_on, set()
        if one.closed_on == reach:
            closings.add(one.closing_cents)


def _steps(one: Stated, closings: set[int | None]) -> set[int]:
    """Give by how much an opening balance differs from each that was known before it."""
    if one.opening_cents is None:
        return set()
    return {one.opening_cents - closing for closing in closings if closing is not None}


def _moved(one: Stated, reach: date, moved: Callable[[date, date], int], *, is_told: bool) -> Iterator[int]:
    """Give what may have moved before an opening balance: nothing that came after it."""
    yield moved(reach, one.opened_on - DAY)
    if not is_told:
        yield moved(reach, one.opened_on)
    elif one.opened_on == one.closed_on and one.opening_cents is not None and one.closing_cents is not None:
        yield moved(reach, one.opened_on) - (one.closing_cents - one.opening_cents)
