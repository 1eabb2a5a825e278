"""Imputation: which claim a payment pays, and which part of it. No cent is made or lost.

First the costs of the case; then claim by claim, of each its interest before its principal. Which claim: what the payer
names; else what is due; of these the most onerous, the one with the highest rate; then the oldest, the one due first;
between equals in proportion, where cents that are left go to the largest remainders, then by name.

Money that was booked to the principal itself pays neither costs nor interest, and stops no rounding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from voldaan.rules.days import anniversary_before
from voldaan.rules.interest import InterestTerms, Stretch
from voldaan.rules.law import Article


@dataclass(frozen=True, slots=True)
class ImputationRule:
    """The order of a country; all that we know follow the order of this file."""

    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """One amount with one due date, and how interest runs on it."""

    name: str
    principal_cents: int  # VAT included, without interest and costs
    due_date: date
    terms: InterestTerms | None  # nothing: it bears no interest


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in, on the day that the account of the creditor was credited."""

    day: date
    cents: int
    designated: tuple[str, ...] = ()  # the claims that the payer named
    to_principal: bool = False  # it was booked to the principal, and pays nothing else


@dataclass(slots=True)
class Running:
    """A claim while its interest runs: brought forward from payment to payment."""

    claim: Claim
    base_cents: int = 0  # principal, and interest that was added to it after a year
    principal_cents: int = 0  # of the base
    interest_cents: int = 0  # rounded, and not paid
    carried: int = 0  # by so much, in parts of a cent, it was rounded down
    after: date = date.min  # interest is summed up to and including this day
    years: int = 1  # the next anniversary of the due date
    stretches: list[Stretch] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.base_cents = self.principal_cents = self.claim.principal_cents
        self.after = self.claim.due_date

    def run_to(self, day: date) -> None:
        """Add the interest of every year that ended before `day` to the base."""
        terms = self.claim.terms
        if terms is None or not terms.compounds:
            return
        while year_end := anniversary_before(day, self.claim.due_date, self.years):
            self.settle(year_end)
            self.base_cents, self.interest_cents, self.carried = self.base_cents + self.interest_cents, 0, 0
            self.years += 1

    def settle(self, day: date) -> None:
        """Sum the interest up to and including `day`."""
        terms = self.claim.terms
        if terms is None or day <= self.after:
            return
        if self.base_cents:
            cents = terms.cents(self.base_cents, self.after, day, self.carried)
            self.stretches.append(Stretch(self.base_cents, self.after, day, cents, self.carried))
            self.interest_cents += cents
            self.carried += terms.exact(self.base_cents, self.after, day) - cents * terms.unit
        self.after = day

    def open_cents(self, day: date) -> int:
        """Give what is open on `day`, interest included; nothing is rounded by asking."""
        terms, running = self.claim.terms, 0
        if terms is not None and day > self.after and self.base_cents:
            running = terms.cents(self.base_cents, self.after, day, self.carried)
        return self.base_cents + self.interest_cents + running

    def take(self, day: date, cents: int) -> tuple[int, int]:
        """Pay interest and then base; give both shares."""
        self.settle(day)
        interest = min(cents, self.interest_cents)
        base = cents - interest
        assert base <= self.base_cents, "a claim takes no more than is open"
        self.interest_cents, self.base_cents, self.carried = self.interest_cents - interest, self.base_cents - base, 0
        self.principal_cents = min(self.principal_cents, self.base_cents)
        return interest, base

    def take_principal(self, day: date, cents: int) -> tuple[int, int]:
        """Pay principal alone; less than nothing where it was taken back. The interest runs on, not rounded."""
        self.settle(day)
        assert cents <= self.principal_cents, "a principal takes no more than is open of it"
        self.base_cents, self.principal_cents = self.base_cents - cents, self.principal_cents - cents
        return 0, cents

    def rate_on(self, day: date) -> Decimal:
        """Tell how onerous the claim is."""
        return Decimal(0) if self.claim.terms is None else self.claim.terms.rates.on(day).percent


class Shares(NamedTuple):
    """What one payment paid."""

    payment: Payment
    costs_cents: int
    interest_cents: int
    base_cents: int
    overpaid_cents: int


@dataclass(slots=True)
class Imputed:
    """What is open after payments, and what they paid."""

    claims: list[Running]
    costs_cents: int  # open
    paid_costs_cents: int = 0
    paid_interest_cents: int = 0
    paid_base_cents: int = 0
    overpaid_cents: int = 0
    shares: list[Shares] = field(default_factory=list)  # payment by payment; they add up to the four sums above

    @property
    def total_cents(self) -> int:
        """Give all that is open."""
        return self.costs_cents + sum(claim.base_cents + claim.interest_cents for claim in self.claims)


def impute(claims: Iterable[Claim], payments: Iterable[Payment], *, costs_cents: int, on: date) -> Imputed:
    """Let payments up to and including the day `on` pay costs and claims, and bring the claims to the end of that day.

    Payments on one day are taken in the order given; a later one is left out.
    """
    done = Imputed([Running(claim) for claim in claims], costs_cents)
    for payment in sorted((one for one in payments if one.day <= on), key=lambda one: one.day):
        assert payment.cents >= 0, "a payment pays, a refund does not"
        _pay(done, payment)
    for claim in done.claims:
        claim.run_to(on)
        claim.settle(on)
    return done


def _pay(done: Imputed, payment: Payment) -> None:
    costs = 0 if payment.to_principal else min(payment.cents, done.costs_cents)
    left = payment.cents - costs
    paid_interest = paid_base = 0
    for claim in done.claims:
        claim.run_to(payment.day)
    for equals in _in_order(done.claims, payment):
        if left == 0:
            break
        opens = [one.principal_cents if payment.to_principal else one.open_cents(payment.day) for one in equals]
        given = min(left, sum(opens))
        for claim, cents in zip(equals, in_proportion(given, opens), strict=True):
            if cents:
                take = claim.take_principal if payment.to_principal else claim.take
                interest, base = take(payment.day, cents)
                paid_interest += interest
                paid_base += base
        left -= given
    done.costs_cents -= costs
    done.paid_costs_cents += costs
    done.paid_interest_cents += paid_interest
    done.paid_base_cents += paid_base
    done.overpaid_cents += left
    done.shares.append(Shares(payment, costs, paid_interest, paid_base, left))


def _in_order(claims: list[Running], payment: Payment) -> Iterator[list[Running]]:
    """Give the claims as a payment comes to them; those in one list are equal before the law, and stand by name."""

    def rank(one: Running) -> tuple[bool, bool, Decimal, date]:
        claim = one.claim
        return (claim.name not in payment.designated, claim.due_date > payment.day, -one.rate_on(payment.day),
                claim.due_date)  # fmt: skip

    ranked = sorted(claims, key=lambda one: (rank(one), one.claim.name))
    for _, equals in groupby(ranked, key=rank):
        yield list(equals)


class FormalClaim(NamedTuple):
    """Interest or costs that a letter formally claimed, and what it was claimed on."""

    receivable: int
    open_cents: int
    is_costs: bool
    principals: frozenset[int]  # that it was claimed on
    claimed_on: date


def claims_first(
    lines: Sequence[tuple[int, int]], claims: Iterable[FormalClaim], *, paid_on: date, cents: int | None = None
) -> tuple[tuple[int, int], ...]:
    """Let money that is meant for principals pay first the costs, then the interest that were claimed on them.

    Also where the payer names an invoice (BW 6:44). `lines` are (receivable, cents at most); what was claimed only
    after the money came in is not paid by it. Without `cents` the money is what the lines add up to, and all is spent.
    """
    there = {receivable for receivable, _ in lines}
    due = [
        one for one in claims if one.claimed_on <= paid_on and one.receivable not in there and one.principals & there
    ]
    if not due and cents is None:
        return tuple(lines)
    left = sum(most for _, most in lines) if cents is None else cents
    order = [(one.receivable, one.open_cents) for one in due if one.is_costs]
    interest = [one for one in due if not one.is_costs]
    for receivable, most in lines:
        order += [(one.receivable, one.open_cents) for one in interest if receivable in one.principals]
        order.append((receivable, most))
    paid = []
    for receivable, most in order:
        if share := min(left, most):
            paid.append((receivable, share))
            left -= share
    assert left == 0 or cents is not None, "no cent made or lost"
    return tuple(paid)


def in_proportion(cents: int, parts: Sequence[int]) -> list[int]:
    """Divide cents in proportion to `parts`; what is left goes to the largest remainders, and the first of equals."""
    whole = sum(parts)
    assert 0 <= cents <= whole, "no part takes more than itself"
    if len(parts) == 1 or not whole:
        return [cents] if len(parts) == 1 else [0] * len(parts)
    shares = [cents * part // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda index: -(cents * parts[index] % whole))
    for index in by_remainder[: cents - sum(shares)]:
        shares[index] += 1
    assert sum(shares) == cents, "no cent made or lost"
    return shares
