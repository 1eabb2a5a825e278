"""Charges: the interest and the costs that a message announces, and those that it formally claims.

What was claimed is never claimed again: of interest only what has grown since, of costs only what the notice that
announced them still leaves. No more costs are claimed than were announced, and none for what was paid in its term.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from voldaan.rules.claims import Basis
from voldaan.rules.ledger import ReceivableKind


@dataclass(frozen=True, slots=True)
class Charged:
    """One amount of interest or costs in one message."""

    kind: ReceivableKind
    is_announced: bool  # asked only after the term of the message; else claimed by it
    cents: int
    principal: int | None = None  # of interest: the receivable that it runs on
    notice: int | None = None  # of claimed costs: the message that announced them
    since: date | None = None  # of interest: its first day
    through: date | None = None  # of interest: its last day


@dataclass(frozen=True, slots=True)
class Running:
    """A principal on which interest may run. Amounts are cents."""

    receivable: int
    owed_cents: int
    interest_cents: int  # all of it, up to and including the day
    claimed_cents: int  # of that, what letters claimed already
    since: date | None  # the first day that bears interest


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A notice whose term has passed. Amounts are cents."""

    message: int
    announced_cents: int
    left_cents: tuple[int, ...]  # of each of its lines: what was open at the end of its term
    claimed_cents: int  # of its costs, what letters claimed already
    items: tuple[int, ...] = ()  # its lines, in the same order

    def left_of(self, item: int) -> int:
        """Give what was open of one of its lines at the end of its term."""
        return next((cents for pk, cents in zip(self.items, self.left_cents, strict=True) if pk == item), 0)

    def due_cents(self, basis: Basis) -> int:
        """Give the costs that it leaves due, claimed or not: none for what was paid in its term."""
        return min(_costs(basis, self.left_cents), self.announced_cents)


@dataclass(frozen=True, slots=True)
class Before:
    """What notices of the months before asked of a customer for instalments. Amounts are cents."""

    unpaid_cents: tuple[int, ...] = ()  # of each instalment in them: what is open now
    charged_cents: int = 0  # their costs


NOTHING_BEFORE = Before()


def announced(basis: Basis, lines: Sequence[Running], on: date, before: Before = NOTHING_BEFORE) -> list[Charged]:
    """Give what a notice of the day `on` announces: the costs to the cent, and the interest as it stands."""
    found = _interest(lines, on, is_announced=True)
    if costs := _costs(basis, [line.owed_cents for line in lines], before):
        found.append(Charged(ReceivableKind.COSTS, is_announced=True, cents=costs))
    return found


def claimed(basis: Basis, lines: Sequence[Running], notices: Sequence[Lapsed], on: date) -> list[Charged]:
    """Give what a final notice of the day `on` claims, after notices that announced it."""
    # Where the law wants the first reminder to name what will be asked, only an agreed rate was named.
    unnamed = basis.law.interest_awaits_notice and basis.agreed_rate is None
    found = [] if unnamed else _interest(lines, on, is_announced=False)
    for notice in notices:
        due = notice.due_cents(basis) - notice.claimed_cents
        if due > 0:
            found.append(Charged(ReceivableKind.COSTS, is_announced=False, cents=due, notice=notice.message))
    return found


@dataclass(frozen=True, slots=True)
class Stands:
    """Interest or costs that were claimed and booked. Amounts are cents."""

    receivable: int
    claimed_cents: int  # less what was taken back
    waived_cents: int  # of it: written off
    law_cents: int  # what the law gives up to the day of the claim, for this and all before it


def above_the_law(claims: Iterable[Stands]) -> dict[int, int]:
    """Tell by receivable what of claims on one principal, or from one notice, is too much; the oldest comes first.

    What was waived is asked no more, so it comes off first.
    """
    found, lawful = {}, 0
    for one in claims:
        mine = min(one.claimed_cents, max(one.law_cents - lawful, 0))
        lawful += mine
        if (more := one.claimed_cents - mine - one.waived_cents) > 0:
            found[one.receivable] = more
    return found


def _interest(lines: Sequence[Running], on: date, *, is_announced: bool) -> list[Charged]:
    return [
        Charged(ReceivableKind.INTEREST, is_announced, more, line.receivable, None, line.since, on)
        for line in lines
        if (more := line.interest_cents - line.claimed_cents) > 0
    ]


def _costs(basis: Basis, open_cents: Sequence[int], before: Before = NOTHING_BEFORE) -> int:
    rule = basis.law.costs
    if rule is None or not basis.asks_costs or not any(open_cents):
        return 0
    return rule.due(
        open_cents, agreed_cents=basis.agreed_costs(open_cents), same_agreement=basis.same_agreement,
        before_cents=before.unpaid_cents, charged_cents=before.charged_cents,
    )  # fmt: skip
