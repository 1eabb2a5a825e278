"""The open invoices over which a receipt may be spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Min, Q, Sum

from voldaan.records.proposals import Proposal
from voldaan.records.receivables import Receivable
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """What is open of one invoice, its instalments, interest and costs together."""

    id: str
    number: str
    debtor: str
    debtor_id: str
    due_date: date  # the earliest
    open_cents: int


def proposed_debtor(receipt: str, *, actor: Actor) -> str:
    """Give the customer (public id) of the best proposal for a receipt; empty where there is none."""
    actor.must(Deed.READ_BOOKS)
    rows = Proposal.objects.of(actor.administration_id).filter(transaction__public_id=receipt, state="open")
    return rows.order_by("rank", "pk").values_list("debtor__public_id", flat=True).first() or ""


def open_invoices(
    *, debtor: str, also: Sequence[str] = (), currency: str, most: int, actor: Actor
) -> list[OpenInvoice]:
    """List what is open of a customer (public id), and of other invoices (public ids): the oldest due first."""
    actor.must(Deed.READ_BOOKS)
    rows = Receivable.objects.of(actor.administration_id).still_open().filter(currency=currency)
    rows = rows.filter(Q(debtor__public_id=debtor) | Q(invoice__public_id__in=list(also)))
    summed = (
        rows.order_by()
        .values_list("invoice__public_id", "invoice__number", "debtor__name", "debtor__public_id")
        .annotate(due=Min("due_date"), cents=Sum("open_cents"))
        .order_by(F("due"), "invoice__number")
    )
    return [OpenInvoice(*row) for row in summed[:most]]
