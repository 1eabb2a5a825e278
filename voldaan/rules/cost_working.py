"""How collection costs came about: each part of the principal with its fee, and what decided in the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from voldaan.rules.collection_costs import CostRule, Ladder
from voldaan.rules.money import Money
from voldaan.rules.refusals import mark

MINIMUM = mark("The law asks at least {least}.")
MAXIMUM = mark("The law asks at most {most}.")
PER_INVOICE = mark("For each of the {count} late invoices at least {each} is due.")
ONE_INVOICE = mark("For each late invoice at least {each} is due.")
INSTALMENTS = mark("Small amounts count as instalments of one agreement, so the least amount of {least} counts once.")
AGREED = mark("These costs were agreed.")
TOO_MUCH_AGREED = mark("More was agreed than the law allows: {agreed}.")
VOID = mark("More was agreed than the law allows, {most}: then the clause does not hold, and no costs are asked.")
NOT_AGREED = mark("Costs may be asked only where the terms say so, and at most {most}.")


class Slab(NamedTuple):
    """A part of a principal, and the fee on it; a fixed sum has no part."""

    part_cents: int
    rate: int  # hundredths of a percent
    cents: int


class Rung(NamedTuple):
    """A ladder over one principal."""

    principal_cents: int
    slabs: Sequence[Slab]
    cents: int  # within the bounds of the ladder

    @property
    def sum_cents(self) -> int:
        """Give what the slabs add up to."""
        return sum(slab.cents for slab in self.slabs)


@dataclass(frozen=True)
class CostWorking:
    """The costs on late principals, as they can be checked by hand."""

    rule: CostRule
    principals: Sequence[int]  # what counted of them for costs
    agreed_cents: int | None = None
    same_agreement: bool = True

    @property
    def cents(self) -> int:
        """Give what may be asked."""
        return self.rule.due(self.principals, agreed_cents=self.agreed_cents, same_agreement=self.same_agreement)

    @cached_property
    def rungs(self) -> list[Rung]:
        """Give the ladder over all principals together, or over each where the law wants that."""
        late, ladder = self._late, self.rule.ladder
        if ladder is None or not late:
            return []
        principals = [sum(late)] if self.rule.adds_principals else late
        return [Rung(cents, slabs(ladder, cents), ladder.fee(cents)) for cents in principals]

    @property
    def why(self) -> Iterator[tuple[str, dict[str, object]]]:
        """Say, in marked sentences with their facts, what decided; nothing where the ladder alone did."""
        rule, agreed, most = self.rule, self.agreed_cents, self.rule.most(self.principals)
        if rule.only_if_agreed:
            if agreed is None:
                yield NOT_AGREED, {"most": Money(most)}
            else:
                yield (VOID, {"most": Money(most)}) if agreed > most else (AGREED, {})
        elif agreed is not None and agreed == self.cents:
            yield AGREED, {}
        elif agreed is not None and agreed < self.cents:
            yield self._fixed
        else:
            yield from self._by_law(most)
            if agreed is not None:
                yield TOO_MUCH_AGREED, {"agreed": Money(agreed)}

    def _by_law(self, most: int) -> Iterator[tuple[str, dict[str, object]]]:
        ladder = self.rule.ladder
        within, whole = sum(one.cents for one in self.rungs), sum(one.sum_cents for one in self.rungs)
        if within < most:
            yield self._fixed
        elif ladder and self.cents < most:
            yield INSTALMENTS, {"least": Money(ladder.minimum_cents)}
        elif ladder and within > whole:
            yield MINIMUM, {"least": Money(ladder.minimum_cents)}
        elif ladder and within < whole:
            yield MAXIMUM, {"most": Money(ladder.maximum_cents)}

    @property
    def _fixed(self) -> tuple[str, dict[str, object]]:
        assert self.rule.fixed, "nothing else is more than the ladder, or than what was agreed"
        count = len(self._late)
        return ONE_INVOICE if count == 1 else PER_INVOICE, {"count": count, "each": Money(self.rule.fixed.cents)}

    @property
    def _late(self) -> list[int]:
        return [cents for cents in self.principals if cents > 0]


def slabs(ladder: Ladder, principal_cents: int) -> list[Slab]:
    """Cut a principal where the ladder changes its rate; the slabs add up to its fee before the bounds.

    Where a tier begins with a sum of its own, and not with what the tiers below it gave, it is the first that counts.
    """
    tiers = [tier for tier in ladder.tiers if tier.over_cents < principal_cents]
    ends = [*(tier.over_cents for tier in tiers[1:]), principal_cents]
    begins = max(
        index for index, tier in enumerate(tiers)
        if index == 0 or tier.fixed_cents != tiers[index - 1].fee(tier.over_cents)
    )  # fmt: skip
    fixed = tiers[begins].fixed_cents
    found = [Slab(0, 0, fixed)] if fixed else []
    for tier, end in list(zip(tiers, ends, strict=True))[begins:]:
        if tier.rate:
            found.append(Slab(end - tier.over_cents, tier.rate, tier.fee(end) - tier.fixed_cents))
    return found
