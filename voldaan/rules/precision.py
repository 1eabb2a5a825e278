"""How often each class of match was measured to be right, and which classes may book by themselves for that.

The yardstick measures it on invented years and writes `measured.toml`. What was never measured books nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib.resources import files
from math import sqrt
from typing import NamedTuple

from voldaan.rules.matches import MatchClass

Z = 1.96  # of a normal distribution: an interval that holds the true rate 95 times in 100
EACH = 10_000  # wrong bookings are counted per ten thousand
MANY = 1_000  # answers: what is right in so many, without one that is wrong, is called certain


class Wanted(Enum):
    """How often a class must be right to book by itself."""

    CERTAIN = "certain"  # never wrong, in a thousand answers or more
    IN_TEN_THOUSAND = "99.99"
    IN_A_THOUSAND = "99.9"
    NOTHING = "nothing"  # a person decides everything


_WRONG_AT_MOST = {Wanted.IN_TEN_THOUSAND: 1, Wanted.IN_A_THOUSAND: 10}  # of ten thousand


class Measured(NamedTuple):
    """What was measured of one class: how often it would have booked, and how often wrongly."""

    answers: int
    wrong: int

    @property
    def most_wrong(self) -> float:
        """Give how many of ten thousand may well be wrong: the upper end of the interval, 95 %."""
        return interval(self.wrong, self.answers)[1] * EACH

    def is_enough(self, wanted: Wanted) -> bool:
        """Tell whether a class of which this was measured may book by itself."""
        if wanted is Wanted.CERTAIN:
            return self.answers >= MANY and not self.wrong
        return self.answers > 0 and self.wrong * EACH <= _WRONG_AT_MOST.get(wanted, -1) * self.answers


def interval(hits: int, of: int) -> tuple[float, float]:
    """Give the interval (Wilson, 95 %) of a rate: honest also where all or none hit."""
    if not of:
        return 0.0, 1.0
    rate, square = hits / of, Z * Z
    middle = (rate + square / (2 * of)) / (1 + square / of)
    half = Z * sqrt(rate * (1 - rate) / of + square / (4 * of * of)) / (1 + square / of)
    return max(middle - half, 0.0), min(middle + half, 1.0)


@cache
def measured() -> Mapping[MatchClass, Measured]:
    """Read what was measured, by class."""
    said = tomllib.loads((files("voldaan.rules") / "measured.toml").read_text("utf-8"))
    return {MatchClass(name): Measured(**figures) for name, figures in said.items()}


def by_itself(wanted: Wanted) -> frozenset[MatchClass]:
    """Give the classes that book by themselves."""
    return frozenset(kind for kind, figures in measured().items() if kind.certain and figures.is_enough(wanted))
