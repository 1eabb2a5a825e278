"""What is due to one customer, taken together: one message a day and currency, one task of a kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from voldaan.rules.outbox import OLD_DEBT_DAYS, Caution, Channel
from voldaan.rules.strategy import Item, Step, Strategy


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

    @property
    def asked_cents(self) -> int:
        """Give what is asked: what is open, less what the customer has with us."""
        return self.open_cents - self.credit_cents

    def cautions(self, today: date, *, receipt_waits: bool) -> tuple[Caution, ...]:
        """Name what a person should look at before this leaves."""
        before = today - timedelta(days=OLD_DEBT_DAYS)
        old = any(one.item.due_date < before and not one.item.taken for one in self.lines)
        answers = ((Caution.OLD_DEBT, old), (Caution.CREDIT, self.credit_cents > 0),
                   (Caution.RECEIPT_WAITS, receipt_waits))  # fmt: skip
        return tuple(caution for caution, holds in answers if holds)

    def channel(self, *, has_mailbox: bool, has_address: bool) -> Channel:
        """Choose how it leaves, of what the customer has."""
        by_post = has_address and (self.step.prefers_post or not has_mailbox)
        return Channel.LETTER if by_post else Channel.EMAIL


def bundle(strategy: Strategy, due: Sequence[DueItem]) -> Bundle | None:
    """Take together what is due to one customer; None where his credit covers all of it."""
    open_cents = sum(one.item.open_cents for one in due)
    credit_cents = due[0].item.credit_cents
    if credit_cents >= open_cents:
        return None
    return Bundle(_highest(strategy, (one.step for one in due)), tuple(due), open_cents, credit_cents)


def _highest(strategy: Strategy, steps: Iterable[Step]) -> Step:
    place = {step.code: number for number, step in enumerate(strategy.steps)}
    return max(steps, key=lambda step: place[step.code])
