"""What is due to one customer, taken together: one message a day and currency, one task of a kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from voldaan.rules.charges import Charged
from voldaan.rules.ledger import ReceivableKind
from voldaan.rules.notices import FINAL_NOTICE, FOURTEEN_DAY_LETTER, rides_along, was_announced
from voldaan.rules.outbox import OLD_DEBT_DAYS, Caution, Channel
from voldaan.rules.strategy import Because, Decision, Item, Step, Strategy


@dataclass(slots=True)
class DueItem:
    """One item and the step that it gets. Not frozen, for the same reason as an `Item`."""

    receivable_id: int
    invoice: str
    item: Item
    step: Step


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one customer gets today, in one currency. Amounts are cents."""

    step: Step  # the highest of its items: everything due rides along under it
    lines: tuple[DueItem, ...]
    open_cents: int
    credit_cents: int
    charges: tuple[Charged, ...] = ()

    @property
    def asked_cents(self) -> int:
        """Give what is asked: what is open and what is claimed with it, less what the customer has with us."""
        claimed = sum(charge.cents for charge in self.charges if not charge.is_announced)
        return self.open_cents + claimed - self.credit_cents

    def cautions(self, today: date, *, receipt_waits: bool) -> tuple[Caution, ...]:
        """Name what a person should look at before this leaves."""
        before = today - timedelta(days=OLD_DEBT_DAYS)
        old = any(one.item.due_date < before and not one.item.taken for one in self.lines)
        answers = ((Caution.OLD_DEBT, old), (Caution.CREDIT, self.credit_cents > 0),
                   (Caution.RECEIPT_WAITS, receipt_waits), (Caution.COSTLY, self._is_costly))  # fmt: skip
        return tuple(caution for caution, holds in answers if holds)

    @property
    def _is_costly(self) -> bool:
        """Tell whether it announces or claims more costs than the principals in it."""
        if not self.charges:
            return False
        costs = sum(charge.cents for charge in self.charges if charge.kind is ReceivableKind.COSTS)
        principals = sum(one.item.open_cents for one in self.lines if not one.item.is_claimed)
        return costs > principals > 0  # of what is paid, nothing but costs is asked

    def channel(self, *, has_mailbox: bool, has_address: bool) -> Channel:
        """Choose how it leaves, of what the customer has."""
        by_post = has_address and (self.step.prefers_post or not has_mailbox)
        return Channel.LETTER if by_post else Channel.EMAIL


def bundle(strategy: Strategy, due: Sequence[DueItem], today: date) -> Bundle | None:
    """Take together what is due to one customer under the highest step; None where his credit covers all of it.

    What the law keeps out of a message of that step is no line of it, and waits for another day.
    """
    step, lines = due[0].step, tuple(due)
    if any(one.step is not step for one in due):
        step = highest(strategy, (one.step for one in due))
        lines = tuple(one for one in due if rides_along(strategy, step, one.item, one.step, today))
        if step.code == FOURTEEN_DAY_LETTER:
            lines = tuple(replace(one, step=step) for one in lines)
    open_cents = sum(one.item.open_cents for one in lines)
    credit_cents = due[0].item.credit_cents
    if credit_cents >= open_cents + sum(one.item.left_cents for one in lines):
        return None
    return Bundle(step, lines, open_cents, credit_cents)


# What does not keep an item out of a notice that its reader gets for another: only its own day.
NOT_HELD = Because.DUE, Because.NEEDS_APPROVAL, Because.NOT_YET


def takes_in(step: Step) -> bool:
    """Tell whether a message of this step takes in items that it is not the turn of."""
    return step.code in (FOURTEEN_DAY_LETTER, FINAL_NOTICE)


def taken_in(strategy: Strategy, step: Step, item: Item, decision: Decision, today: date) -> bool:
    """Tell whether a notice takes in an item that it is not the turn of, unless something holds it or it had its own.

    A fourteen-day letter: all that is in default (art. 6:96(7) BW). A final notice: all that was announced, and of
    which the term has passed, so that what one letter announced is claimed by one.
    """
    if decision.step is None or decision.because not in NOT_HELD or item.due_date >= today:
        return False
    if highest(strategy, (step, decision.step)) is not step:
        return False
    if step.code == FINAL_NOTICE and not was_announced(item, today):
        return False
    return rides_along(strategy, step, item, decision.step, today)


def highest(strategy: Strategy, steps: Iterable[Step]) -> Step:
    """Give the step that stands furthest up the ladder."""
    place = {step.code: number for number, step in enumerate(strategy.steps)}
    return max(steps, key=lambda step: place[step.code])
