"""The claim sheet: what is owed as of any day, past or future, with each line, its rate and its article.

One sheet is of one debtor, or of one receivable, in one currency. It is a value: the letter, the page, the PDF and the
command show the same one. Nothing in it is stored; the same facts and the same day give the same sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from voldaan.rules.collection_costs import CostRule
from voldaan.rules.cost_working import CostWorking
from voldaan.rules.country import Country, Treatment
from voldaan.rules.day_counts import DayCount
from voldaan.rules.imputation import Claim, Imputed, Payment, impute
from voldaan.rules.interest import InterestLine, InterestTerms, Stretch, lines, stretches
from voldaan.rules.law import Article, DebtorKind
from voldaan.rules.rates import RateSchedule
from voldaan.rules.refusals import mark
from voldaan.rules.term_sets import TermSet

DAY = timedelta(days=1)

CONVENTIONS = {
    DayCount.ACT_ACT: mark("A day counts as 1/365 of a year, in a leap year as 1/366."),
    DayCount.ACT_365: mark("A day always counts as 1/365 of a year."),
}
COSTLY = mark("The costs are more than the invoice itself. Is it worth asking them?")
LOW_RATE = mark("The agreed rate is not higher than that of the law, so the rate of the law counts.")
NOT_LATE = mark("The due date has not passed on that day: until it has, there is no interest and there are no costs.")
VOID_RATE = mark("The agreed rate is higher than the law allows, so no interest is asked.")
OTHER_COSTS = mark("The agreed costs are not what the law allows here, so other costs are asked, or none.")
PROVISIONAL = mark("Provisional: for a part of these days no rate is published yet. The last one is used.")


class Position(NamedTuple):
    """One claim on the sheet: what is open of it, and how its interest came about."""

    claim: Claim
    base_cents: int  # open: principal, and interest that was added to it after a year
    interest_cents: int  # open
    stretches: Sequence[Stretch]

    @property
    def lines(self) -> Iterator[InterestLine]:
        """Give the interest line by line: per base and rate."""
        return lines(self.stretches, self.claim.terms) if self.claim.terms else iter(())


@dataclass(frozen=True)
class Basis:
    """On what basis a creditor claims: the law towards this debtor, what was agreed, and what he asks."""

    country: Country
    kind: DebtorKind
    day_count: DayCount = DayCount.ACT_ACT
    agreed_rate: RateSchedule | None = None
    agreed_compounds: bool = False  # whether an agreed rate may bear interest on interest is not certain
    agreed_costs_cents: int | None = None
    agreed: TermSet | None = None  # terms: their rate stands above, their costs follow from what is late
    asks_interest: bool = True
    asks_costs: bool = True
    asks_vat: bool = False  # on the costs, where all that `VatSurcharge` names is so
    same_agreement: bool = True  # small items count as instalments of one agreement: the cautious reading

    @cached_property
    def law(self) -> Treatment:
        """Give the law towards this debtor."""
        return self.country.towards(self.kind)

    def agreed_costs(self, principals: Sequence[int]) -> int | None:
        """Give the costs that were agreed for late principals; nothing: none were, and the law decides."""
        if self.agreed is None:
            return self.agreed_costs_cents
        return self.agreed.agreed_costs(self.country, self.kind, principals)

    def claim(self, name: str, principal_cents: int, due_date: date) -> Claim:
        """Make a claim, with interest as the law and the agreement have it."""
        return Claim(name, principal_cents, due_date, self.interest_terms(due_date))

    def sheet(
        self,
        claims: Sequence[Claim],
        payments: Sequence[Payment] = (),
        *,
        on: date,
        announced: tuple[int, int] | None = None,
    ) -> ClaimSheet:
        """Draw up what is owed at the end of the day `on`.

        `announced` are costs and VAT as a letter named them, in cents; else they are reckoned from what came too late.
        """
        costs, vat = announced or self._costs(claims, payments, on)
        if not payments:
            return ClaimSheet(self, on, [_unpaid(claim, on) for claim in claims], costs, vat)
        paid = impute(claims, payments, costs_cents=costs + vat, on=on)
        positions = [Position(one.claim, one.base_cents, one.interest_cents, one.stretches) for one in paid.claims]
        counted = [payment for payment in payments if payment.day <= on]
        return ClaimSheet(self, on, positions, costs, vat, counted, paid)

    def interest_terms(self, due_date: date) -> InterestTerms | None:
        """Give how interest runs on what was due on a day; nothing where none is asked."""
        if not self.asks_interest:
            return None
        if (rule := self.law.interest) is None or self.agreed_rate is None:
            return self._by_law
        return rule.terms(
            due_date=due_date, agreed=self.agreed_rate, compounds=self.agreed_compounds, day_count=self.day_count
        )

    @cached_property
    def _by_law(self) -> InterestTerms | None:
        rule = self.law.interest
        return InterestTerms(rule.rates, rule.compounds, self.day_count) if rule else None

    @cached_property
    def _costs_in_force(self) -> date:
        return max(article.valid_from for article in self.law.costs.articles) if self.law.costs else date.max

    def working(self, claims: Sequence[Claim], payments: Sequence[Payment], on: date) -> CostWorking | None:
        """Show how the costs come about; nothing where none are asked."""
        rule, late, _ = self._late(claims, payments, on)
        return CostWorking(rule, late, self.agreed_costs(late), self.same_agreement) if rule else None

    def _costs(self, claims: Sequence[Claim], payments: Sequence[Payment], on: date) -> tuple[int, int]:
        """Give costs and VAT on what was not paid in time."""
        rule, late, default = self._late(claims, payments, on)
        if rule is None:
            return 0, 0
        costs = rule.due(late, agreed_cents=self.agreed_costs(late), same_agreement=self.same_agreement)
        return costs, rule.surcharge.cents(costs, default) if self.asks_vat and rule.surcharge else 0

    def _late(
        self, claims: Sequence[Claim], payments: Sequence[Payment], on: date
    ) -> tuple[CostRule | None, list[int], date]:
        """Give the rule in force, what was open when it became late, and when the first did.

        A payment after the due date no longer lowers the costs.
        """
        late = [claim for claim in claims if claim.due_date < on]
        rule = self.law.costs
        if not late or rule is None or not self.asks_costs:
            return None, [], on
        default = min(claim.due_date for claim in late) + DAY
        if default < self._costs_in_force and (rule := rule.holds_on(default)) is None:
            return None, [], default
        if payments:
            return rule, [_left_when_due(claim, claims, payments) for claim in late], default
        return rule, [claim.principal_cents for claim in late], default


class ClaimSheet(NamedTuple):
    """What is owed at the end of a day. What was paid beyond it makes the total negative: it stays in sight."""

    basis: Basis
    on: date
    positions: Sequence[Position]
    costs_cents: int
    costs_vat_cents: int
    payments: Sequence[Payment] = ()  # that count on that day
    paid: Imputed | None = None  # what they paid

    @property
    def principal_cents(self) -> int:
        """Give the principals, before any payment."""
        return sum(position.claim.principal_cents for position in self.positions)

    @property
    def interest_cents(self) -> int:
        """Give all interest up to and including the day, before any payment."""
        return sum(stretch.cents for position in self.positions for stretch in position.stretches)

    @property
    def paid_cents(self) -> int:
        """Give what was paid up to and including the day."""
        return sum(payment.cents for payment in self.payments)

    @property
    def total_cents(self) -> int:
        """Give what is left to pay."""
        gross = self.principal_cents + self.interest_cents + self.costs_cents + self.costs_vat_cents
        return gross - self.paid_cents

    @property
    def costs_working(self) -> CostWorking | None:
        """Show how the costs of the law come about; nothing where none are asked."""
        return self.basis.working([position.claim for position in self.positions], self.payments, self.on)

    @property
    def lines(self) -> Iterator[InterestLine]:
        """Give the interest line by line, claim by claim; the lines add up to the interest."""
        return (line for position in self.positions for line in position.lines)

    @property
    def is_provisional(self) -> bool:
        """Tell whether a rate is presumed: the day is later than the rates that are published."""
        return any(
            claim.terms is not None and claim.terms.rates.is_provisional(stretch.through)
            for claim, *_, found in self.positions
            for stretch in found
        )

    @property
    def _rates(self) -> list[RateSchedule]:
        """Give the rates that bore interest, claim by claim: those of the law, or the agreed ones."""
        return [one.claim.terms.rates for one in self.positions if one.claim.terms and one.stretches]

    @property
    def interest_articles(self) -> tuple[Article, ...]:
        """Name the law that the interest rests on."""
        rule, agreed = self.basis.law.interest, self.basis.agreed_rate
        used = self._rates
        if rule is None or not used:
            return ()
        return (*rule.agreed_articles, *rule.articles) if any(rates is agreed for rates in used) else rule.articles

    @property
    def costs_articles(self) -> tuple[Article, ...]:
        """Name the law that the costs rest on."""
        return rule.articles if self.costs_cents and (rule := self.basis.law.costs) else ()

    @property
    def vat_articles(self) -> tuple[Article, ...]:
        """Name the law that VAT on the costs rests on."""
        rule = self.basis.law.costs
        return rule.surcharge.articles if self.costs_vat_cents and rule and rule.surcharge else ()

    @property
    def payment_articles(self) -> tuple[Article, ...]:
        """Name the law that says what payments pay."""
        return self.basis.country.imputation.articles if self.payments else ()

    @property
    def articles(self) -> tuple[Article, ...]:
        """Name all the law that the sheet rests on."""
        return (*self.interest_articles, *self.costs_articles, *self.vat_articles, *self.payment_articles)

    @property
    def notes(self) -> Iterator[str]:
        """Say, in marked sentences, how days count, what is taken for granted, and what asks for a second look."""
        basis, law = self.basis, self.basis.law
        yield CONVENTIONS[basis.day_count]
        yield from law.presumes
        if self.costs_cents:
            yield from law.costs_presume
        if self.costs_cents > self.principal_cents:
            yield COSTLY
        if (
            basis.agreed_rate
            and basis.asks_interest
            and law.interest
            and any(position.claim.terms is None for position in self.positions)
        ):
            yield VOID_RATE
        if basis.agreed_rate and any(rates is not basis.agreed_rate for rates in self._rates):
            yield LOW_RATE
        is_late = any(position.claim.due_date < self.on for position in self.positions)
        if is_late and basis.asks_costs and basis.agreed_costs_cents not in (None, self.costs_cents):
            yield OTHER_COSTS
        if not is_late:
            yield NOT_LATE
        if self.is_provisional:
            yield PROVISIONAL


def _unpaid(claim: Claim, on: date) -> Position:
    if claim.terms is None or not (found := stretches(claim.principal_cents, claim.due_date, on, claim.terms)):
        return Position(claim, claim.principal_cents, 0, ())
    return Position(claim, found[-1].base_cents, found[-1].cents, found)


def _left_when_due(claim: Claim, claims: Sequence[Claim], payments: Sequence[Payment]) -> int:
    if all(payment.day > claim.due_date for payment in payments):
        return claim.principal_cents
    done = impute(claims, payments, costs_cents=0, on=claim.due_date)
    return next(one.base_cents for one in done.claims if one.claim is claim)
