"""Remittance advices: what payers say to pay with one receipt, kept until that receipt is booked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from voldaan.records.administrations import Administration
from voldaan.records.bank import BankTransaction
from voldaan.records.documents import Document
from voldaan.records.fields import CentsField, PublicIdField
from voldaan.records.scope import Books
from voldaan.rules.receipts import ReceiptState


class RemittanceAdvice(models.Model):
    """One list of a payer, as it came in."""

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    payer = models.CharField(max_length=300, blank=True)
    paid_on = models.DateField(null=True)  # as it says
    told_on = models.DateField()  # the day on which it came in
    currency = models.CharField(max_length=3)
    total_cents = CentsField()
    is_whole = models.BooleanField()  # every line was read, and they add up
    fingerprint = models.CharField(max_length=64)  # of its lines: the same list may come as a mail and as a file
    transaction = models.ForeignKey(BankTransaction, models.PROTECT, null=True, related_name="+")  # that it is about
    is_removed = models.BooleanField(default=False)

    objects = Books["RemittanceAdvice"]()

    class Meta:
        indexes = [
            models.Index(
                fields=["administration", "total_cents"], condition=Q(is_removed=False), name="remittance_advice_total"
            ),
        ]


class AdvisedLine(models.Model):
    """What a payer says to pay on one invoice; negative for a credit note, and for what he takes off."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    advice = models.ForeignKey(RemittanceAdvice, models.PROTECT, related_name="+")
    invoice_number = models.CharField(max_length=120, blank=True)  # as he writes it; empty: off the whole
    cents = CentsField()
    reduced_cents = CentsField(default=0)  # taken off the invoice on top
    words = models.CharField(max_length=120, blank=True)

    objects = Books["AdvisedLine"]()


def unsettled(books: int) -> models.QuerySet[RemittanceAdvice]:
    """Find the advices of which the receipt did not come yet, or waits for a person."""
    waits = [ReceiptState.UNMATCHED.value, ReceiptState.PROPOSED.value]
    rows = RemittanceAdvice.objects.of(books).filter(is_removed=False)
    return rows.filter(Q(transaction=None) | Q(transaction__state__in=waits))
