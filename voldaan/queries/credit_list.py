"""What customers have with us, page by page: each credit note, receipt or prepayment, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from voldaan.queries import open_then
from voldaan.queries.moments import Moment, day, rows, streamed
from voldaan.queries.open_then import CREDITS, Key, Sum, Which
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import mark

COLUMNS = """
    i.number, c.transaction_id,
    (SELECT -SUM(e.amount_cents) FROM records_entry e WHERE e.credit_id = c.id AND NOT {since})
"""
JOINS = "JOIN records_credit c ON c.id = o.id LEFT JOIN records_invoice i ON i.id = c.invoice_id"


@dataclass(frozen=True, slots=True)
class ListedCredit:
    """One credit. Amounts are cents."""

    note: str  # number of the credit note; empty where it is money
    is_banked: bool  # it came in on an account
    debtor: str
    debtor_id: str
    value_date: date
    currency: str
    amount_cents: int
    open_cents: int
    key: Key

    @property
    def origin(self) -> str:
        """Say where it is from, for one without a number."""
        return origin(is_banked=self.is_banked)

    @property
    def used_cents(self) -> int:
        """Give what has paid an invoice already."""
        return self.amount_cents - self.open_cents


def origin(*, is_banked: bool) -> str:
    """Say where credit is from that no credit note gave."""
    return mark("receipt on your account") if is_banked else mark("by hand, or from a list")


def listed(*, moment: Moment, which: Which, after: Key | None = None, most: int, actor: Actor,
           today: date) -> list[ListedCredit]:  # fmt: skip
    """List credits of which something is left, the oldest first."""
    actor.must(Deed.READ_BOOKS)
    asked = open_then.listed(CREDITS, COLUMNS, JOINS, moment=moment, which=which, after=after, most=most,
                             actor=actor, today=today)  # fmt: skip
    return list(map(_credit, rows(*asked)))


def every(*, moment: Moment, which: Which, actor: Actor, today: date) -> Iterator[ListedCredit]:
    """Give all credits, for a file, one by one."""
    actor.must(Deed.EXPORT)
    asked = open_then.listed(CREDITS, COLUMNS, JOINS, moment=moment, which=which, actor=actor, today=today)
    return map(_credit, streamed(*asked))


def sums(*, moment: Moment, which: Which, actor: Actor, today: date) -> list[Sum]:
    """Add up the credits by currency."""
    actor.must(Deed.READ_BOOKS)
    return open_then.sums(CREDITS, moment=moment, which=which, actor=actor, today=today)


def _credit(row: tuple[Any, ...]) -> ListedCredit:
    note, transaction, cents, debtor, debtor_id, currency, left, valued, *place = row
    value_date = day(valued)
    return ListedCredit(note or "", transaction is not None, debtor, debtor_id, value_date, currency, int(cents or 0),
                        left, Key(value_date, *place))  # fmt: skip
