"""Limitation: the last day on which a claim can be enforced, and what begins its term anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

from voldaan.rules.days import anniversary
from voldaan.rules.law import Article

WARNED_DAYS = 90


class Interruption(Enum):
    """What may begin the term anew; a country says what it does."""

    DEMAND = "demand"  # in writing, or an unambiguous reservation of the right
    ACKNOWLEDGEMENT = "acknowledgement"  # a promise or a payment plan is one
    COURT_CLAIM = "court_claim"
    FORMAL_NOTICE = "formal_notice"  # by a lawyer or a bailiff


class Turn(NamedTuple):
    """What one interruption did."""

    day: date
    kind: Interruption
    counts: bool  # or it came too late, too early, or interrupts nothing here
    last_day: date  # of the term from then on


@dataclass(frozen=True, slots=True)
class LimitationRule:
    """The term of one kind of claim."""

    name: str
    years: int
    interruptions: Mapping[Interruption, int]  # the most years of the new term; what is not here interrupts nothing
    articles: tuple[Article, ...]

    def last_day(self, due_date: date, interrupted: Iterable[tuple[date, Interruption]] = ()) -> date:
        """Give the last day of the term, which begins the day after the claim is due."""
        turns = self.turns(due_date, interrupted)
        return turns[-1].last_day if turns else anniversary(due_date, self.years)

    def turns(self, due_date: date, interrupted: Iterable[tuple[date, Interruption]]) -> list[Turn]:
        """Give what each interruption did, the earliest first.

        One in time begins a new equal term the next day: never longer than the country says, and never ending before
        the one it replaces. One that came too late changes nothing.
        """
        found, last = [], anniversary(due_date, self.years)
        for day, kind in sorted(interrupted, key=lambda one: one[0]):
            if counts := kind in self.interruptions and due_date < day <= last:
                last = max(last, anniversary(day, min(self.years, self.interruptions[kind])))
            found.append(Turn(day, kind, counts, last))
        return found


def warned_on(last_day: date) -> date:
    """Give the day from which a claim that is about to lapse asks for attention."""
    return last_day - timedelta(days=WARNED_DAYS)
