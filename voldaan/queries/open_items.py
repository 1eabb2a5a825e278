"""What is open: every receivable with its open amount, as it stands or as of a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from voldaan.queries.moments import Moment, rows
from voldaan.records.bulk import Keys
from voldaan.records.receivables import Receivable
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One receivable that is not wholly paid."""

    invoice: str
    debtor: str
    debtor_id: str
    issue_date: date
    due_date: date
    currency: str
    original_cents: int
    open_cents: int
    days_overdue: int  # 0 until the due date has passed
    state: str


FACTS = ("invoice__number", "debtor__name", "debtor__public_id", "invoice__issue_date", "due_date", "currency",
         "invoice__amount_cents")  # fmt: skip


def open_items(*, moment: Moment, actor: Actor, today: date) -> list[OpenItem]:
    """List what is open, oldest due date first; overdue days count to `as_of`, else to today."""
    actor.must(Deed.READ_BOOKS)
    books = Receivable.objects.of(actor.administration_id).order_by("due_date", "invoice__number", "instalment")
    if moment.is_now:
        found: Any = books.still_open().values_list(*FACTS, "open_cents")
    else:
        open_then = _open_then(actor.administration_id, moment)
        found = (
            (*facts, open_then[pk]) for pk, *facts in books.filter(pk__in=Keys(open_then)).values_list("pk", *FACTS)
        )
    return [_item(facts, moment.as_of or today) for facts in found]


def _item(facts: tuple[Any, ...], on: date) -> OpenItem:
    invoice, debtor, debtor_id, issued, due, currency, original, cents = facts
    return OpenItem(invoice, debtor, debtor_id, issued, due, currency, original, cents, max((on - due).days, 0), "open")


def _open_then(books: int, moment: Moment) -> dict[int, int]:
    """Give the open cents of each receivable at a moment, where there were any."""
    entry_since, entry_values = moment.since("e")
    allocation_since, allocation_values = moment.since("a")
    sql = f"""
        SELECT id, SUM(cents) FROM (
            SELECT id, open_cents AS cents FROM records_receivable WHERE administration_id = %s AND open_cents > 0
            UNION ALL
            SELECT e.receivable_id, -e.amount_cents FROM records_entry e
            WHERE e.administration_id = %s AND e.receivable_id IS NOT NULL AND {entry_since}
            UNION ALL
            SELECT a.receivable_id, a.amount_cents FROM records_allocation a
            WHERE a.administration_id = %s AND {allocation_since}
        ) moved GROUP BY id HAVING SUM(cents) > 0
    """  # noqa: S608 - the conditions are column names of our own; all values are bound
    found = rows(sql, [books, books, *entry_values, books, *allocation_values])
    return {pk: int(cents) for pk, cents in found}  # PostgreSQL sums whole numbers into decimals
