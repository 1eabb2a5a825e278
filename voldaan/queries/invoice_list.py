"""The invoices page by page, the newest first: what each was, and what is open of it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.db.models import Q, QuerySet

from voldaan.queries import charges
from voldaan.records.prepared import asked
from voldaan.records.receivables import Receivable
from voldaan.rules import names
from voldaan.rules.permissions import Actor, Deed


class Which(Enum):
    """Which invoices are asked for."""

    OPEN = "open"
    LATE = "late"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice, or one instalment of it. Amounts are cents."""

    invoice: str
    instalment: int
    debtor: str
    debtor_id: str
    issue_date: date
    due_date: date
    cents: int  # of the whole invoice
    open_cents: int
    currency: str
    days_overdue: int  # negative: so many to go
    key: int  # to go on after
    id: str  # of the invoice
    kind: str  # of `ReceivableKind` in rules/ledger.py
    of: str  # of interest: the invoice that it runs on


def invoices(*, which: Which, search: str = "", after: int | None = None, most: int, actor: Actor,
             today: date) -> list[InvoiceRow]:  # fmt: skip
    """List invoices; `search` is a number, the beginning of one, or part of the name of a customer."""
    actor.must(Deed.READ_BOOKS)
    late = today if which is Which.LATE else None
    rows = asked(_listed, actor.administration_id, late, after, which=which, search=search.strip(), most=most)
    return [
        InvoiceRow(number, instalment, debtor, debtor_id, issued, due, cents, open_cents, currency,
                   (today - due).days, key, id_, kind, of or "")
        for number, instalment, debtor, debtor_id, issued, due, cents, open_cents, currency, key, id_, kind, of in rows
    ]  # fmt: skip


def _listed(books: int, late: date | None, after: int | None, *, which: Which, search: str, most: int
            ) -> QuerySet[Receivable, Any]:  # fmt: skip
    rows = Receivable.objects.of(books)
    if which is not Which.ALL:
        rows = rows.still_open()
    if late is not None:
        rows = rows.filter(due_date__lt=late)
    if search:
        rows = rows.filter(
            Q(invoice__number__startswith=search) | Q(debtor__name_search__contains=names.folded(search))
        )
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return rows.order_by("-pk").values_list(
        "invoice__number", "instalment", "debtor__name", "debtor__public_id", "invoice__issue_date", "due_date",
        "invoice__amount_cents", "open_cents", "currency", "pk", "invoice__public_id", "kind", charges.runs_on(books),
    )[:most]  # fmt: skip
