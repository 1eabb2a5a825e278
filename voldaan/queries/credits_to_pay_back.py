"""What stands as credit of customers who owe nothing: to pay back, and to which account; or paid back already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Exists, QuerySet

from voldaan.queries.paying_back import Due, lines_that_fit, made_by, owed
from voldaan.records.receivables import Credit
from voldaan.rules.permissions import Actor, Deed

DAYS = 14  # so long an invoice may still come that it pays
FACTS = ("booking", "debtor__name", "debtor__public_id", "open_cents", "currency", "value_date",
         "transaction__counterparty_iban")  # fmt: skip


@dataclass(frozen=True, slots=True)
class CreditToPayBack:
    """One credit that nothing is open for."""

    booking: int  # that made it, for `voldaan pay-back`
    debtor: str
    debtor_id: str
    cents: int
    currency: str
    value_date: date
    counterparty_iban: str  # the account that it came from
    transaction: str | None = None  # a bank line by which as much left to that account since


def credits_to_pay_back(*, actor: Actor, today: date) -> list[CreditToPayBack]:
    """List what came in two weeks ago or more, and is credit of a customer who owes nothing; the oldest first."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    rows = (
        idle(books)
        .filter(value_date__lte=today - timedelta(days=DAYS))
        .annotate(booking=made_by(books))
        .order_by("value_date", "pk")
    )
    found = [CreditToPayBack(*row) for row in rows.values_list(*FACTS)]
    due = [Due(one.counterparty_iban, one.cents, one.currency, one.value_date) for one in found]
    lines = lines_that_fit(due, books)
    return [replace(one, transaction=line.id if line else None) for one, line in zip(found, lines, strict=True)]


def idle(books: int) -> QuerySet[Credit]:
    """Find what came in on an account and stands as credit, while nothing of its customer is open that it could pay."""
    return Credit.objects.of(books).filter(open_cents__gt=0, transaction__isnull=False).exclude(Exists(owed(books)))
