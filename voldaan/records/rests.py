"""Small rests: what is left open of an invoice on which money came in, and is hardly worth a letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from voldaan.records.receivables import Allocation, Receivable
from voldaan.rules.ledger import ReceivableKind


@dataclass(frozen=True, slots=True)
class Which:
    """Which rests are meant: up to how many cents, of invoices on which money came in on or after a day."""

    most_cents: int
    paid_since: date


def rests(books: int, which: Which) -> QuerySet[Any, Any]:
    """Find them, each with the credit that paid on it last (`paid_by`) and the day of that (`paid_on`)."""
    paid = Allocation.objects.of(books).filter(receivable=OuterRef("pk"), credit__invoice__isnull=True)
    undone = Allocation.objects.of(books).filter(reverses__receivable=OuterRef("receivable")).values("reverses")
    stands = paid.filter(amount_cents__gt=0).exclude(pk__in=undone).order_by("-number")
    small = Receivable.objects.of(books).filter(
        Q(kind=ReceivableKind.PRINCIPAL.value), open_cents__gt=0, open_cents__lte=which.most_cents
    )
    known = small.annotate(
        paid_by=Subquery(stands.values("credit")[:1]), paid_on=Subquery(stands.values("value_date")[:1])
    )
    # Of an invoice that was small to begin with, what is left is no rest.
    paid_enough = Q(open_cents__lt=F("invoice__amount_cents") / 2)
    return known.filter(paid_enough, paid_on__gte=which.paid_since)
