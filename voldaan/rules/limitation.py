"""Limitation: the last day on which a claim can be enforced, and what begins its term anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

from voldaan.rules.days import anniversary
from voldaan.rules.law import Article, DebtorKind
from voldaan.rules.refusals import mark

WARNED_DAYS = 90


class Interruption(Enum):
    """What may begin the term anew; a country says what it does."""

    DEMAND = "demand"  # in writing, or an unambiguous reservation of the right
    ACKNOWLEDGEMENT = "acknowledgement"  # a promise or a payment plan is one
    COURT_CLAIM = "court_claim"
    FORMAL_NOTICE = "formal_notice"  # by a lawyer or a bailiff


class Sells(Enum):
    """What the creditor sells, as far as the law asks."""

    GOODS = "goods"
    SERVICES = "services"
    UTILITIES = "utilities"  # water, gas, power, heat
    PERIODIC = "periodic"  # rent, subscriptions and other sums that come back
    CARRIAGE = "carriage"  # of goods


# Where nobody said what is sold, the shortest of these is taken. Who carries goods knows it, and says so.
UNSAID = (Sells.GOODS, Sells.SERVICES, Sells.UTILITIES, Sells.PERIODIC)


class Turn(NamedTuple):
    """What one interruption did."""

    day: date
    kind: Interruption
    counts: bool  # or it came too late, too early, or interrupts nothing here
    last_day: date  # of the term from then on


# The kinds of claim, by the names of the rules of each country.
CLAIMS: Mapping[str, str] = {
    "agreement": mark("An ordinary claim from an agreement"),
    "consumer_sale": mark("Goods sold to a consumer"),
    "carriage": mark("Carriage of goods"),
    "periodic": mark("Rent, interest and other sums that come back"),
    "damages": mark("Damages, from the day they are known"),
    "judgment": mark("A judgment of a court"),
}

INTERRUPTIONS: Mapping[str, str] = {
    "demand": mark("Written demand"),
    "acknowledgement": mark("Acknowledgement"),
    "court_claim": mark("Claim in court"),
    "formal_notice": mark("Notice by lawyer or bailiff"),
}


@dataclass(frozen=True, slots=True, order=True)
class Stopped:
    """One interruption that is known, and the day by which it had reached the debtor."""

    day: date
    arrived: date
    kind: Interruption = field(compare=False)


@dataclass(frozen=True, slots=True)
class LimitationRule:
    """The term of one kind of claim."""

    name: str
    years: int
    interruptions: Mapping[Interruption, int]  # the most years of the new term; what is not here interrupts nothing
    articles: tuple[Article, ...]
    sold: frozenset[Sells] = frozenset()  # whose price it is of; nothing: of something else, or of any claim
    consumers_only: bool = False

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


Law = tuple[LimitationRule, ...]  # of one country


def readings(laws: Iterable[Law], sells: Sells | None, kind: DebtorKind | None) -> Law:
    """Give every rule that a claim may fall under, where its law, what was sold or who owes is not certain."""
    kinds = (kind,) if kind else (DebtorKind.CONSUMER, DebtorKind.BUSINESS)
    sold = (sells,) if sells else UNSAID
    found = [rule for law in laws for one in kinds for what in sold for rule in _of(law, what, one)]
    return tuple(sorted({id(rule): rule for rule in found}.values(), key=lambda rule: rule.years))


def _of(law: Law, what: Sells, kind: DebtorKind) -> Law:
    own = [rule for rule in law if what in rule.sold]
    if kind is DebtorKind.CONSUMER and (narrower := [rule for rule in own if rule.consumers_only]):
        own = narrower
    found = [rule for rule in own if kind is DebtorKind.CONSUMER or not rule.consumers_only]
    # A law of which we do not know the term of this: the shortest that it has.
    return tuple(found or sorted((rule for rule in law if rule.sold), key=lambda rule: rule.years)[:1])


def earliest(rules: Law, due_date: date, interrupted: Iterable[Stopped]) -> tuple[LimitationRule, date]:
    """Give the rule by which a claim lapses first, and the last day on which it can be enforced."""
    told = sorted(interrupted)
    return min(((rule, _last_day(rule, due_date, told)) for rule in rules), key=lambda found: found[1])


def _last_day(rule: LimitationRule, due_date: date, told: list[Stopped]) -> date:
    return rule.last_day(due_date, [(one.day, one.kind) for one in counted(rule, due_date, told)])


def counted(rule: LimitationRule, due_date: date, told: Iterable[Stopped]) -> list[Stopped]:
    """Give the interruptions that began the term anew: a demand from the day it was sent, where it arrived in time."""
    found: list[Stopped] = []
    for one in sorted(told):
        so_far = [(it.day, it.kind) for it in found]
        in_time = one.arrived <= rule.last_day(due_date, so_far)
        if in_time and rule.turns(due_date, [*so_far, (one.day, one.kind)])[-1].counts:
            found.append(one)
    return found


def has_lapsed(last_day: date, on: date) -> bool:
    """Tell whether a claim is barred on a day: asking for it is blocked by default."""
    return last_day < on


def warned_on(last_day: date) -> date:
    """Give the day from which a claim that is about to lapse asks for attention."""
    return last_day - timedelta(days=WARNED_DAYS)
