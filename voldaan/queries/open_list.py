"""Open items page by page, of one customer, one currency or one stretch of days, and what they sum to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from voldaan.queries import open_then
from voldaan.queries.moments import Moment, day, rows, streamed
from voldaan.queries.open_then import RECEIVABLES, Key, Sum, Which
from voldaan.records.debtors import Debtor
from voldaan.rules.ledger import EntryKind
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchDebtor

CLAIMS = tuple(kind.value for kind in (EntryKind.INVOICED, EntryKind.BROUGHT_FORWARD, EntryKind.CORRECTION))

COLUMNS = f"""
    i.number, r.instalment, i.issue_date, i.amount_cents,
    (SELECT SUM(e.amount_cents) FROM records_entry e WHERE e.receivable_id = r.id AND e.kind IN {CLAIMS}
     AND NOT {{since}}),
    EXISTS (SELECT 1 FROM records_receivable p WHERE p.invoice_id = r.invoice_id AND p.id <> r.id), r.kind,
    (SELECT pi.number FROM records_charge c JOIN records_receivable pr ON pr.id = c.principal_id
     JOIN records_invoice pi ON pi.id = pr.invoice_id WHERE c.booked_as_id = r.id)
"""  # noqa: S608 - words of our own
JOINS = "JOIN records_receivable r ON r.id = o.id JOIN records_invoice i ON i.id = r.invoice_id"


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One open item. Amounts are cents."""

    invoice: str
    instalment: int
    debtor: str
    debtor_id: str
    issue_date: date
    due_date: date
    currency: str
    amount_cents: int  # of the invoice, or of this instalment of it
    open_cents: int
    days_overdue: int  # negative: so many to go
    kind: str  # of `ReceivableKind` in rules/ledger.py
    of: str  # of interest: the invoice that it runs on
    key: Key

    @property
    def settled_cents(self) -> int:
        """Give what was paid, credited or given up."""
        return self.amount_cents - self.open_cents


def listed(*, moment: Moment, which: Which, after: Key | None = None, most: int, actor: Actor,
           today: date) -> list[ListedItem]:  # fmt: skip
    """List open items, oldest due date first."""
    actor.must(Deed.READ_BOOKS)
    asked = open_then.listed(RECEIVABLES, COLUMNS, JOINS, moment=moment, which=which, after=after, most=most,
                             actor=actor, today=today)  # fmt: skip
    return [_item(row, moment.as_of or today) for row in rows(*asked)]


def every(*, moment: Moment, which: Which, actor: Actor, today: date) -> Iterator[ListedItem]:
    """Give all items, for a file, one by one."""
    actor.must(Deed.EXPORT)
    asked = open_then.listed(RECEIVABLES, COLUMNS, JOINS, moment=moment, which=which, actor=actor, today=today)
    return (_item(row, moment.as_of or today) for row in streamed(*asked))


def sums(*, moment: Moment, which: Which, actor: Actor, today: date) -> list[Sum]:
    """Add up the items by currency."""
    actor.must(Deed.READ_BOOKS)
    return open_then.sums(RECEIVABLES, moment=moment, which=which, actor=actor, today=today)


def called(debtor: str, *, actor: Actor) -> str:
    """Give the name of a customer (public id).

    Raises:
        NoSuchDebtor: there is no such customer here.
    """
    actor.must(Deed.READ_BOOKS)
    name = Debtor.objects.of(actor.administration_id).filter(public_id=debtor).values_list("name", flat=True).first()
    if name is None:
        raise NoSuchDebtor(debtor=debtor)
    return name


def _item(row: tuple[Any, ...], on: date) -> ListedItem:
    number, instalment, issued, invoiced, claimed, is_part, kind, of, *rest = row
    debtor, debtor_id, currency, cents, due, *place = rest
    due_date = day(due)
    # An item of a list may have been paid in part before we knew of it, and a later list may have claimed more.
    amount = int(claimed or 0) if is_part else max(invoiced, int(claimed or 0))
    return ListedItem(number, instalment, debtor, debtor_id, day(issued), due_date, currency, amount, cents,
                      (on - due_date).days, kind, of or "", Key(due_date, *place))  # fmt: skip
