"""Collection costs: ladders of the law, fixed sums per late invoice, and clauses that may not ask for more.

Rounded once, halves up, on the sum of all tiers. VAT comes on top only where the law allows a surcharge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from voldaan.rules.law import Article
from voldaan.rules.money import half_up
from voldaan.rules.rates import RateSchedule


@dataclass(frozen=True, slots=True)
class Tier:
    """A step of a ladder: a fixed sum, and a part of what exceeds the beginning of the tier."""

    over_cents: int
    fixed_cents: int
    rate: int  # hundredths of a percent: 1500 is 15 %

    def fee(self, principal_cents: int) -> int:
        """Give the fee on a principal that ends in this tier."""
        return self.fixed_cents + half_up((principal_cents - self.over_cents) * self.rate, 10_000)


@dataclass(frozen=True, slots=True)
class Ladder:
    """A fee by the size of the principal, with its bounds."""

    tiers: tuple[Tier, ...]  # lowest first
    minimum_cents: int
    maximum_cents: int
    articles: tuple[Article, ...]

    def fee(self, principal_cents: int) -> int:
        """Give the fee on a principal; on nothing there is none, not even the minimum."""
        if principal_cents <= 0:
            return 0
        tier = next(tier for tier in reversed(self.tiers) if tier.over_cents < principal_cents)
        return min(max(tier.fee(principal_cents), self.minimum_cents), self.maximum_cents)


@dataclass(frozen=True, slots=True)
class FixedCompensation:
    """A sum for every invoice that is paid late, without a reminder."""

    cents: int
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class InstalmentRule:
    """Keeps the minimum of a ladder from piling up over small instalments of one agreement.

    Its formula is not certain, so it takes the cautious reading: items of which the agreement is not known count as
    instalments of one.
    """

    largest_cents: int  # an instalment above it does not fall under the rule
    months: int  # looked back over
    articles: tuple[Article, ...]

    def most(
        self, ladder: Ladder, *, in_letter: Sequence[int], unpaid: Sequence[int] = (), charged_cents: int = 0
    ) -> int | None:
        """Give the most that one letter may ask, or nothing where the rule does not hold.

        `unpaid` are all instalments missed in the months looked back over, those in the letter among them;
        `charged_cents` is what was asked for them before.
        """
        if not in_letter or any(cents > self.largest_cents for cents in (*in_letter, *unpaid)):
            return None
        on_the_sum = ladder.fee(sum(unpaid or in_letter)) - charged_cents
        highest = max(ladder.fee(cents) for cents in in_letter)
        return max(min(on_the_sum, highest), 0)


@dataclass(frozen=True, slots=True)
class VatSurcharge:
    """VAT on top of the costs.

    Lawful only if a third party collects and charges VAT, the creditor cannot deduct it, and he says both expressly.
    """

    rates: RateSchedule
    articles: tuple[Article, ...]

    def cents(self, costs_cents: int, day: date | None = None) -> int:
        """Give the surcharge at the rate of a day, or else at the last known one; rounded once."""
        rate = self.rates.on(day) if day else self.rates.rates[-1]
        return half_up(costs_cents * int(rate.percent * 100), 10_000)


@dataclass(frozen=True, slots=True)
class CostRule:
    """The collection costs that a country gives towards one kind of debtor."""

    ladder: Ladder | None = None
    adds_principals: bool = True  # or the ladder counts for each debt
    fixed: FixedCompensation | None = None
    only_if_agreed: bool = False  # the ladder is the cap of an agreed clause, and nothing is due without one
    may_be_agreed: bool = True  # or a clause has no effect beyond the ladder
    agreed_articles: tuple[Article, ...] = ()  # that say so
    instalments: InstalmentRule | None = None
    surcharge: VatSurcharge | None = None  # nothing: VAT never comes on top

    @property
    def articles(self) -> tuple[Article, ...]:
        """Name the law: first of the ladder, then of the fixed sum."""
        return tuple(article for part in (self.ladder, self.fixed) if part is not None for article in part.articles)

    def most(self, principals: Sequence[int]) -> int:
        """Give the costs on open principals: the most that the law has, and where a clause is needed, its cap."""
        late = [cents for cents in principals if cents > 0]
        by_ladder = 0
        if self.ladder is not None:
            by_ladder = self.ladder.fee(sum(late)) if self.adds_principals else sum(map(self.ladder.fee, late))
        return max(by_ladder, self.fixed.cents * len(late) if self.fixed else 0)

    def due(self, principals: Sequence[int], *, agreed_cents: int | None = None, same_agreement: bool = True,
            before_cents: Sequence[int] = (), charged_cents: int = 0) -> int:  # fmt: skip
        """Give the costs that may be asked for late principals; an agreed clause is kept within the law.

        A clause above a cap is void as a whole. Where the law is mandatory a clause can only lower the costs.
        `before_cents` are instalments that are still open of letters before, which asked `charged_cents`.
        """
        most = self.most(principals)
        if self.instalments and self.ladder and same_agreement:
            late = [cents for cents in principals if cents > 0]
            bound = self.instalments.most(
                self.ladder, in_letter=late, unpaid=(*before_cents, *late), charged_cents=charged_cents
            )
            most = most if bound is None else min(most, bound)
        if self.only_if_agreed:
            return 0 if agreed_cents is None or agreed_cents > most else agreed_cents
        if agreed_cents is None:
            return most
        fixed = self.fixed.cents * sum(cents > 0 for cents in principals) if self.fixed else 0
        return max(agreed_cents, fixed) if self.may_be_agreed else min(agreed_cents, most)

    def holds_on(self, day: date) -> CostRule | None:
        """Leave out what is not in force for a default that begins on `day`."""
        ladder = self.ladder if self.ladder and _in_force(self.ladder.articles, day) else None
        fixed = self.fixed if self.fixed and _in_force(self.fixed.articles, day) else None
        if ladder is self.ladder and fixed is self.fixed:
            return self
        return None if ladder is None and fixed is None else replace(self, ladder=ladder, fixed=fixed)


def _in_force(articles: tuple[Article, ...], day: date) -> bool:
    return all(article.holds_on(day) for article in articles)
