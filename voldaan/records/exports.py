"""What was handed over to the bookkeeping: each export is a stretch of booking numbers, and the file that left.

Booking numbers are taken from a locked row, in the order of the commits, and a booked row never changes. So what is
new is what comes after the last number that was handed over, and nothing can be handed over twice or be left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import Expression
from django.db.models.functions import Coalesce, NullIf

from voldaan.records.administrations import Administration
from voldaan.records.documents import Document
from voldaan.records.fields import PublicIdField
from voldaan.records.people import User
from voldaan.records.receivables import Allocation, Entry
from voldaan.records.scope import Books
from voldaan.rules.exports import SETTLED_BY_LIST, MatchedPayment
from voldaan.rules.ledger import EntryKind

BLOCK = 2_000  # rows that are held at once


class Export(models.Model):
    """One file for the bookkeeping: the bookings after one number, up to and including another. Append-only."""

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()  # 1, 2, 3 in each administration
    after = models.BigIntegerField()  # booking number
    through = models.BigIntegerField()
    layout = models.CharField(max_length=20)
    rows = models.PositiveIntegerField()
    totals = models.JSONField()  # cents by currency
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    made_on = models.DateField()
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: from the command line

    objects = Books["Export"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["administration", "number"], name="export_number_once"),
            models.UniqueConstraint(fields=["administration", "after"], name="export_after_once"),
            models.CheckConstraint(condition=Q(through__gt=F("after")), name="export_goes_forward"),
        ]


def handed_over(books: int) -> int:
    """Give the last booking number that was handed over; 0 where nothing was."""
    last = Export.objects.of(books).order_by("-number").values_list("through", flat=True).first()
    return last or 0


def paid(books: int) -> models.QuerySet[Allocation]:
    """Keep the money on invoices that the bookkeeping does not know of.

    What a credit note settles moved none; what a list of the bookkeeping settled, or brought as credit, it has itself.
    """
    brought = Entry.objects.of(books).filter(kind=EntryKind.BROUGHT_FORWARD.value, credit__isnull=False)
    money = (
        Allocation.objects.of(books).filter(credit__invoice__isnull=True).exclude(credit__in=brought.values("credit"))
    )
    return money.exclude(rule=SETTLED_BY_LIST).exclude(reverses__isnull=False, reverses__rule=SETTLED_BY_LIST)


def given(books: int) -> models.QuerySet[Entry]:
    """Keep what was given up with a receipt, and what took that back."""
    return Entry.objects.of(books).filter(Q(given_with__isnull=False) | Q(reverses__given_with__isnull=False))


def matched(books: int, **which: object) -> Iterator[MatchedPayment]:
    """Give what was matched, in the order of booking; `which` says of which rows, as a filter does."""
    bank = ("account", "counterparty_iban", "bank_reference")
    # A double that was merged may have handed its number over to the one that stays.
    numbered = Coalesce(NullIf("debtor__number", Value("")), "debtor__merged_into__number", Value(""))

    def row(through: Sequence[str], what: Expression | F, cents: Expression | F) -> list[Any]:
        told = (Coalesce(*(f"{credit}__transaction__{fact}" for credit in through), None) for fact in bank)
        return ["number", "booked_on", "value_date", *told, numbered, "debtor__name",
                "receivable__invoice__number", "currency", cents, "reverses__number", what]  # fmt: skip

    money = paid(books).filter(**which).values_list(*row(["credit"], Value("payment"), F("amount_cents")))
    gifts = given(books).filter(**which).values_list(
        *row(["given_with", "reverses__given_with"], Coalesce("reverses__kind", "kind"), -F("amount_cents"))
    )  # fmt: skip
    rows = (one.order_by("number").iterator(chunk_size=BLOCK) for one in (money, gifts))
    return (MatchedPayment(*one) for one in merge(*rows))
