"""What stands as credit of customers who owe nothing: to pay back, and to which account; or paid back already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from voldaan.records.bank import BankTransaction
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.ledger import EntryKind
from voldaan.rules.permissions import Actor, Deed

DAYS = 14  # so long an invoice may still come that it pays


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
    transaction: str | None  # a bank line by which as much left to that account since


def credits_to_pay_back(*, actor: Actor, today: date) -> list[CreditToPayBack]:
    """List what came in two weeks ago or more, and is credit of a customer who owes nothing; the oldest first."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    owes = Receivable.objects.of(books).still_open().filter(debtor=OuterRef("debtor"), currency=OuterRef("currency"))
    made = Entry.objects.of(books).filter(credit=OuterRef("pk"), kind=EntryKind.RECEIVED.value).order_by("number")
    rows = (
        Credit.objects.of(books)
        .filter(open_cents__gt=0, transaction__isnull=False, value_date__lte=today - timedelta(days=DAYS))
        .exclude(Exists(owes))
        .annotate(
            booking=Subquery(made.values("number")[:1]), left_by=Subquery(_left_by(books).values("public_id")[:1])
        )
        .order_by("value_date", "pk")
    )
    return [
        CreditToPayBack(*row)
        for row in rows.values_list(
            "booking", "debtor__name", "debtor__public_id", "open_cents", "currency", "value_date",
            "transaction__counterparty_iban", "left_by",
        )
    ]  # fmt: skip


def _left_by(books: int) -> QuerySet[BankTransaction]:
    """Find the bank lines by which as much as is open left to the account that it came from, and paid nothing back."""
    of_credit = {
        "counterparty_iban": OuterRef("transaction__counterparty_iban"), "currency": OuterRef("currency"),
        "amount_cents": -OuterRef("open_cents"), "booking_date__gte": OuterRef("value_date"),
    }  # fmt: skip
    refunds = Entry.objects.of(books).filter(kind=EntryKind.REFUNDED.value)
    standing = refunds.exclude(pk__in=Entry.objects.of(books).filter(reverses__in=refunds).values("reverses"))
    used = [source.removeprefix("refund:").rpartition("/")[0] for source in standing.values_list("source", flat=True)]
    lines = BankTransaction.objects.of(books).filter(**of_credit).exclude(counterparty_iban="")
    return lines.exclude(public_id__in=used).order_by(F("booking_date"), "pk")
