"""The report: four rates per habit and in all, the classes by their measured precision, and how sure that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.yardstick import habits
from benchmarks.yardstick.play import Outcome
from benchmarks.yardstick.tables import table
from voldaan.rules.precision import EACH, interval

OWN_LISTS = f"""Beside these there is one big payer for every {habits.FOR_EACH_OWN_LIST} customers, in both sets
(**{habits.OWN_LIST}**): every fortnight one sum for 3 to 40 invoices, and the list of them as CSV or in a mail, on the
day of the money or up to two days before or after it (guess)."""


@dataclass(frozen=True)
class Rates:
    """The four rates of some movements, as counts."""

    all: int
    customer: int  # the right customer, booked or proposed first
    straight: int  # booked by itself on exactly the right invoices with exactly the right amounts
    first: int  # booked rightly, or proposed first
    false: int  # booked by itself, and wrongly

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Rates:
        """Count."""
        return cls(
            len(outcomes), sum(one.right_customer for one in outcomes), sum(one.straight for one in outcomes),
            sum(one.right for one in outcomes), sum(one.false for one in outcomes),
        )  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One class of the curve: what is won and risked by booking it, and all classes before it."""

    match_class: str
    booked: bool  # is booked by itself today
    all: int
    right: int
    rate: float  # of the payments that pay an invoice, cumulative
    false_each: float  # per ten thousand bookings, cumulative


def curve(outcomes: Iterable[Outcome]) -> Iterator[Step]:
    """Order the classes by their measured precision, and add them up: rate against error."""
    outcomes = list(outcomes)
    paying = sum(one.pays for one in outcomes)
    groups: dict[tuple[bool, str], list[Outcome]] = defaultdict(list)
    for one in outcomes:
        if one.match_class:
            groups[one.booked, one.match_class].append(one)

    def precision(group: Sequence[Outcome]) -> float:
        return sum(one.right for one in group) / len(group)

    ordered = sorted(groups.items(), key=lambda item: (-precision(item[1]), -len(item[1]), item[0]))
    booked = right = 0
    for (is_booked, name), group in ordered:
        hits = sum(one.right for one in group)
        booked, right = booked + len(group), right + hits
        yield Step(name, is_booked, len(group), hits, right / paying, (booked - right) * EACH / booked)


def pages(outcomes: Sequence[Outcome], per_seed: Sequence[Sequence[Outcome]], title: str) -> list[str]:
    """Give the tables as lines of Markdown, which is a text table as well."""
    seeds = ["", *_by_seed(per_seed, title)] if len(per_seed) > 1 else []
    return [*_by_habit(outcomes, title), "", *_by_class(outcomes, title), *seeds]


def _by_habit(outcomes: Sequence[Outcome], title: str) -> list[str]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        groups[one.habit].append(one)
    rows = [
        _row(name, Rates.of(group)) for name, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    paying = [one for one in outcomes if one.pays]
    others = [one for one in outcomes if not one.pays]
    total = [_row("**all that pay an invoice**", Rates.of(paying)), _row("**all other money**", Rates.of(others))]
    head = ("Habit", "payments", "right customer", "straight through", "first answer right", "false")
    return [f"**{title}: by habit**", "", *table(head, [*rows, *total]), "", *_verdict(paying, outcomes)]


def _verdict(paying: Sequence[Outcome], outcomes: Sequence[Outcome]) -> list[str]:
    straight, false = sum(one.straight for one in paying), sum(one.false for one in outcomes)
    booked = sum(one.booked for one in outcomes)
    low, high = interval(straight, len(paying))
    least, most = interval(false, booked)
    rate, each = straight / max(len(paying), 1), false * EACH / max(booked, 1)
    sure = f"95 %: {least * EACH:.2f} to {most * EACH:.2f}"
    return [
        f"Straight through: {straight:,} of {len(paying):,} = {rate:.2%} (95 %: {low:.2%} to {high:.2%}).",
        f"False: {false:,} of {booked:,} automatic bookings = {each:.2f} per 10,000 ({sure}).",
    ]


def _by_class(outcomes: Sequence[Outcome], title: str) -> list[str]:
    rows = [
        (f"`{step.match_class}`", "booked" if step.booked else "proposed", f"{step.all:,}",
         f"{step.right / step.all:.2%}", f"{step.rate:.2%}", f"{step.false_each:.2f}")
        for step in curve(outcomes)
    ]  # fmt: skip
    head = ("Class", "today", "answers", "right", "rate so far", "false per 10,000 so far")
    return [f"**{title}: rate against error, the surest class first**", "", *table(head, rows)]


def _by_seed(per_seed: Sequence[Sequence[Outcome]], title: str) -> list[str]:
    rows = []
    for seed, outcomes in enumerate(per_seed, 1):
        paying = Rates.of([one for one in outcomes if one.pays])
        false = sum(one.false for one in outcomes)
        rows.append((str(seed), f"{paying.all:,}", _percent(paying.straight, paying.all), str(false)))
    return [f"**{title}: by seed**", "", *table(("Seed", "payments", "straight through", "false"), rows)]


def _row(name: str, rates: Rates) -> tuple[str, ...]:
    percents = (_percent(hits, rates.all) for hits in (rates.customer, rates.straight, rates.first))
    return (name, f"{rates.all:,}", *percents, str(rates.false))


def _percent(hits: int, of: int) -> str:
    return f"{hits / of:.1%}" if of else "–"


def frequencies() -> list[str]:
    """Give the tables of `habits.py`: how often each habit occurs, and why so often."""
    styles = [(style.name, *(f"{weight:g}" for weight in style.weights), "yes" if style.is_clean else "no", style.why)
              for style in habits.STYLES]  # fmt: skip
    accidents = [(one.name, f"{one.noisy:g}", f"{one.clean:g}", one.why) for one in habits.ACCIDENTS]
    return [
        "**How payers always pay** (percent of the customers of each kind)", "",
        *table(("Habit", *habits.KINDS, "in the clean set", "why"), styles), "",
        OWN_LISTS, "",
        "**What goes otherwise once** (of a thousand payments to which it can happen)", "",
        *table(("Accident", "noisy", "clean", "why"), accidents),
    ]  # fmt: skip
