"""Invoices: the documents. What is claimed and still open is a receivable or a credit."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from voldaan.records.administrations import Administration
from voldaan.records.debtors import Debtor
from voldaan.records.documents import Document
from voldaan.records.fields import CentsField, PublicIdField
from voldaan.records.scope import Books


class Invoice(models.Model):
    """An invoice or credit note, as received from another bookkeeping, or what a letter of ours formally claimed.

    Never changed; corrected by a credit note.
    """

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    number = models.CharField(max_length=60)
    number_folded = models.CharField(max_length=60)  # letters and digits only, as matching looks for it in texts
    kind = models.CharField(max_length=12)  # invoice, credit_note; interest, costs: what a letter formally claimed
    issue_date = models.DateField()
    received_on = models.DateField(null=True)  # by the customer; null: not known, and taken to be the issue date
    currency = models.CharField(max_length=3)
    amount_cents = CentsField()  # as printed, including VAT; a credit note is positive too
    vat_cents = CentsField(null=True)  # null: not known, and listed as such
    payment_reference = models.CharField(max_length=60, blank=True)
    description = models.CharField(max_length=500, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    # Of a credit note: the invoice that it lowers, if it names one. So much of that was never owed.
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)

    objects = Books["Invoice"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["administration", "number"], name="invoice_number_once"),
        ]
        indexes = [
            models.Index(fields=["administration", "payment_reference"]),
            models.Index(fields=["administration", "number_folded"]),
            models.Index(
                fields=["administration", "corrects"], condition=Q(corrects__isnull=False), name="invoice_corrects"
            ),
        ]
