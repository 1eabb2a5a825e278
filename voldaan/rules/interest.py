"""Interest on what is paid late: which rate, from when, simple or compound, and the sum in whole cents.

The due date itself is free: interest runs from the day after it up to and including the last day asked, each day at the
rate of that day. A sum is exact until it is rounded, halves up, and it is rounded only where the law or a payment stops
it: at the end of each year where interest bears interest, at a payment that reaches the interest, and at the end. Each
such piece is a stretch; where only the principal was paid, the next one carries on what was not rounded off. The lines
of a stretch show by how much the rounded running total grew in each period, so that
they add up to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import cached_property, lru_cache
from typing import NamedTuple

from voldaan.rules.day_counts import DayCount
from voldaan.rules.days import anniversary_before
from voldaan.rules.law import Article
from voldaan.rules.money import half_up
from voldaan.rules.rates import RateSchedule

DAY = timedelta(days=1)
YEARS_KEPT = 1 << 14  # of the claims that were due on one day


class Stretch(NamedTuple):
    """Days on which the base stays the same, and the interest on it, rounded once."""

    base_cents: int
    after: date  # interest runs from the next day
    through: date
    cents: int
    carried: int = 0  # by so much, in parts of a cent, the stretches before it were rounded down


class InterestLine(NamedTuple):
    """One line of a statement: days with one base and one rate, both ends included."""

    first: date
    last: date
    days: int
    rate_percent: Decimal
    base_cents: int
    cents: int
    of_days: int  # the days of the year that they are a part of


@dataclass(frozen=True)
class InterestTerms:
    """How interest runs on a claim."""

    rates: RateSchedule
    compounds: bool = False  # after each year from the due date its interest is added to the base
    day_count: DayCount = DayCount.ACT_ACT

    @cached_property
    def growth(self) -> Callable[[date], int]:
        """Give how much one cent has grown by the end of a day, in 1/`unit` cents; see `RateSchedule.growth`."""
        return self.rates.growth(self.day_count)

    @cached_property
    def unit(self) -> int:
        """Give the denominator of `growth`."""
        return self.rates.unit

    def cents(self, base_cents: int, after: date, through: date, carried: int = 0) -> int:
        """Give the simple interest on a base from the day after `after` up to and including `through`, rounded once."""
        return half_up(carried + self.exact(base_cents, after, through), self.unit)

    def exact(self, base_cents: int, after: date, through: date) -> int:
        """Give the same in 1/`unit` cents, not rounded."""
        return base_cents * (self.growth(through) - self.growth(after))


def stretches(principal_cents: int, due_date: date, on: date, terms: InterestTerms) -> list[Stretch]:
    """Give the interest on a claim that nothing was paid on, as of the end of the day `on`.

    On an anniversary of the due date the interest of that year is shown as interest; from the next day it is base.
    """
    found, base, unit = [], principal_cents, terms.unit
    for after, through, grown in _years(due_date, on, terms.growth, terms.compounds):
        cents = half_up(base * grown, unit)
        found.append(Stretch(base, after, through, cents))
        base += cents
    return found


def interest_cents(principal_cents: int, due_date: date, on: date, terms: InterestTerms) -> int:
    """Give the interest on a claim that nothing was paid on, as of the end of the day `on`."""
    base, unit = principal_cents, terms.unit
    for _, _, grown in _years(due_date, on, terms.growth, terms.compounds):
        base += half_up(base * grown, unit)
    return base - principal_cents


@lru_cache(YEARS_KEPT)
def _years(
    due_date: date,
    on: date,
    growth: Callable[[date], int],
    compounds: bool,  # noqa: FBT001 - a fact of the terms
) -> tuple[tuple[date, date, int], ...]:
    """Cut the days of a claim where its interest becomes base, and tell how much one cent grows in each piece.

    Found once for all claims that were due on one day.
    """
    if on <= due_date:
        return ()
    found = []
    after, grown, years = due_date, growth(due_date), 1
    while compounds and (through := anniversary_before(on, due_date, years)):
        by_then = growth(through)
        found.append((after, through, by_then - grown))
        after, grown, years = through, by_then, years + 1
    return (*found, (after, on, growth(on) - grown))


def lines(found: Iterable[Stretch], terms: InterestTerms) -> Iterator[InterestLine]:
    """Cut stretches where a rate was set or a day changes its part of a year; the lines of each add up to its cents."""
    for base, after, through, _, carried in found:
        shown = 0
        for period in terms.rates.periods(after + DAY, through):
            for first, last in terms.day_count.pieces(period.first, period.last):
                total = terms.cents(base, after, last, carried)
                days, of_days = (last - first).days + 1, terms.day_count.days_of_year(first.year)
                yield InterestLine(first, last, days, period.rate.percent, base, total - shown, of_days)
                shown = total


class Agreed(Enum):
    """What an agreed rate does to the one of the law."""

    REPLACES = "replaces"  # also a lower one
    REPLACES_IF_HIGHER = "replaces_if_higher"  # a lower one has no effect
    UP_TO_THE_CAP = "up_to_the_cap"  # a higher one makes the clause void as a whole


@dataclass(frozen=True)
class InterestRule:
    """The interest that a country gives on a late payment by one kind of debtor."""

    rates: RateSchedule
    compounds: bool
    agreed: Agreed
    articles: tuple[Article, ...]
    agreed_articles: tuple[Article, ...]  # what the law says of an agreed rate
    cap: RateSchedule | None = None  # of an agreed rate

    def terms(
        self,
        *,
        due_date: date,
        agreed: RateSchedule | None = None,
        compounds: bool = False,
        day_count: DayCount = DayCount.ACT_ACT,
    ) -> InterestTerms | None:
        """Give how interest runs on a claim due on a day, or nothing where the agreed clause is void.

        An agreed rate is weighed on the first day of default, and bears no interest on interest unless `compounds` says
        so. Whether a void clause leaves the rate of the law is not certain: nothing is asked then.
        """
        by_law = InterestTerms(self.rates, self.compounds, day_count)
        if agreed is None:
            return by_law
        terms = replace(by_law, rates=agreed, compounds=compounds)
        first = due_date + DAY
        match self.agreed:
            case Agreed.REPLACES:
                return terms
            case Agreed.REPLACES_IF_HIGHER:
                return terms if agreed.on(first).percent > self.rates.on(first).percent else by_law
            case Agreed.UP_TO_THE_CAP:
                assert self.cap is not None, "a cap is given where there is one"
                return terms if agreed.on(first).percent <= self.cap.on(first).percent else None
