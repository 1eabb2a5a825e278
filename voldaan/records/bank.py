"""What the bank told: statements and their transactions, each once, however often and in whatever format it came."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from voldaan.records.administrations import Administration
from voldaan.records.documents import Document
from voldaan.records.fields import CentsField, PublicIdField
from voldaan.records.scope import Books


class Statement(models.Model):
    """One account over one period, as one file stated it. Overlapping ones are all kept: they prove the balances."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    account = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    number = models.CharField(max_length=60, blank=True)
    opened_on = models.DateField(null=True)
    opening_cents = CentsField(null=True)
    closed_on = models.DateField(null=True)
    closing_cents = CentsField(null=True)

    objects = Books["Statement"]()

    class Meta:
        indexes = [models.Index(fields=["administration", "account", "currency", "closed_on"])]


class BankGap(models.Model):
    """Days of an account of which no statement tells, between two that do not follow on each other.

    Found anew with each statement that comes in; as long as nobody passed it over, what is known ends before it.
    """

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    account = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    after = models.DateField()  # the last day that is known before it
    until = models.DateField()  # the last day that is missing
    passed_on = models.DateField(null=True)  # a person said that nothing from customers is in it

    objects = Books["BankGap"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["administration", "account", "currency", "after"], name="bank_gap_once"),
        ]


class BankTransactionWords(models.QuerySet["BankTransaction"]):
    def locked(self) -> Self:
        """Lock these rows, in one order for everyone, after the debtor. Not their keys: others may add rows to them."""
        return self.select_for_update(no_key=True).order_by("pk")


class BankTransactionBooks(Books["BankTransaction"]):
    def of(self, administration_id: int) -> BankTransactionWords:
        """Begin a query in the books of one administration."""
        return BankTransactionWords(self.model, using=self._db).filter(administration_id=administration_id)


class BankTransaction(models.Model):
    """One movement on an own account. Two real twins stay two: `occurrence` counts the like of one day."""

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="+")
    format = models.CharField(max_length=10)  # which told it: two tellings in one format are compared more strictly
    account = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    booking_date = models.DateField()
    amount_cents = CentsField()  # received is positive
    occurrence = models.PositiveIntegerField()  # the how-manieth with this amount on this day
    value_date = models.DateField()
    counterparty_name = models.CharField(max_length=300, blank=True)
    counterparty_iban = models.CharField(max_length=40, blank=True)
    structured_reference = models.CharField(max_length=60, blank=True)
    text = models.TextField(blank=True)
    end_to_end_id = models.CharField(max_length=120, blank=True)
    bank_reference = models.CharField(max_length=120, blank=True)
    batch_reference = models.CharField(max_length=120, blank=True)  # of the sum of which this is a part
    return_reason = models.CharField(max_length=10, blank=True)
    is_reversal = models.BooleanField(default=False)
    left_cents = CentsField()  # received, and not yet booked to a customer: a cache, proved by `voldaan check`
    state = models.CharField(max_length=10)  # of `ReceiptState` in rules/receipts.py

    objects = BankTransactionBooks()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["administration", "account", "currency", "booking_date", "amount_cents", "occurrence"],
                name="bank_transaction_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["administration", "booking_date"],
                condition=Q(state__in=["unmatched", "proposed"]),
                name="bank_transaction_waiting",
            ),
        ]
