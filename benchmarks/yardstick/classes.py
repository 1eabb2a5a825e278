"""What was measured of the classes that may book by themselves, and what each wanted precision makes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.yardstick.play import Outcome
from benchmarks.yardstick.tables import table
from voldaan.rules.matches import MatchClass
from voldaan.rules.precision import EACH, Measured, Wanted

FILE = Path(__file__).parents[2] / "voldaan" / "rules" / "measured.toml"
HEAD = """# How often each class of match would have booked on the invented years, and how often wrongly. Written by the
# yardstick, with docs/explanation/matching-figures.md: do not edit by hand.
"""

Figures = Mapping[MatchClass, Measured]


def measured(outcomes: Sequence[Outcome]) -> Figures:
    """Count the bookings of each class, and those that are wrong, in the order of the classes."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in outcomes:
        if one.booked and one.match_class:
            counts[one.match_class][0] += 1
            counts[one.match_class][1] += one.false
    return {kind: Measured(*counts[kind.value]) for kind in MatchClass if kind.value in counts}


def toml(figures: Figures) -> str:
    """Write the figures as the product reads them."""
    rows = (f"{kind.value} = {{ answers = {one.answers}, wrong = {one.wrong} }}" for kind, one in figures.items())
    return "\n".join([HEAD, *rows, ""])


def by_class(figures: Figures) -> list[str]:
    """Give the table of the classes: how sure each is, and from which wanted precision it books by itself."""
    rows = [
        (f"`{kind.value}`", f"{one.answers:,}", f"{one.wrong:,}", f"{one.most_wrong:.2f}",
         *("yes" if one.is_enough(wanted) else "no" for wanted in list(Wanted)[:3]))
        for kind, one in figures.items()
    ]  # fmt: skip
    wanted = (f"`{one.value}`" for one in list(Wanted)[:3])
    return table(("Class", "bookings", "false", "at most, per 10,000 (95 %)", *wanted), rows)


def by_wanted(sets: Mapping[str, Sequence[Outcome]], figures: Figures) -> list[str]:
    """Give the table of the wanted precisions: what is booked by itself, and how much of it wrongly."""
    rows = []
    for wanted in Wanted:
        allowed = {kind.value for kind, one in figures.items() if one.is_enough(wanted)}
        for name, outcomes in sets.items():
            booked = [one for one in outcomes if one.booked and one.match_class in allowed]
            paying = sum(one.pays for one in outcomes)
            false = sum(one.false for one in booked)
            rate = sum(one.straight and one.pays for one in booked) / max(paying, 1)
            each = f"{false * EACH / len(booked):.2f}" if booked else "–"
            rows.append((f"`{wanted.value}`", name, f"{len(booked):,}", f"{rate:.2%}", f"{false:,}", each))
    return table(("Wanted", "set", "booked", "straight through", "false", "false per 10,000"), rows)
