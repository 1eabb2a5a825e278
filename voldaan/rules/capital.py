"""What it costs to wait for money: whoever is owed an amount lends it out."""

from __future__ import annotations

from fractions import Fraction

from voldaan.rules.money import Money


def yearly_cost(tied: Money, rate: int) -> Money:
    """Give what tied-up money costs in a year at a rate in hundredths of a percent, rounded once, to whole cents.

    Of 100,000 at 8 % (800) that is 8,000.
    """
    return tied.times(Fraction(rate, 10_000))


def freed_by_a_day(sold: Money, days: int) -> Money:
    """Give what comes free, once, when all customers pay a day sooner: the sales of a day, from those of so many days.

    Of 90,000 in 90 days that is 1,000 for each day; ten days sooner frees ten times as much.
    """
    return sold.times(Fraction(1, days))


def percent(rate: int) -> str:
    """Write a rate as percents, without zeros that say nothing: 800 is 8, 750 is 7.5."""
    whole, rest = divmod(rate, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".")
