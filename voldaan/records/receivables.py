"""The ledger: receivables and credits, the entries that make them, the allocations between them.

`open(receivable) = its entries - its allocations`; `open(credit) = -its entries - its allocations`; so per debtor and
currency the open receivables less the open credits are the sum of all entries. The open amounts are a cache, written
in the same transaction and proved by `voldaan check`.
"""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from voldaan.records.administrations import Administration
from voldaan.records.bank import BankTransaction
from voldaan.records.debtors import Debtor
from voldaan.records.fields import CentsField
from voldaan.records.invoices import Invoice
from voldaan.records.scope import Books
from voldaan.rules.ledger import LONGEST_SOURCE, EntryKind, ReceivableKind


class ReceivableWords(models.QuerySet["Receivable"]):
    def still_open(self) -> Self:
        """Keep what is not wholly paid."""
        return self.filter(open_cents__gt=0)


class ReceivableBooks(Books["Receivable"]):
    def of(self, administration_id: int) -> ReceivableWords:
        """Begin a query in the books of one administration."""
        return ReceivableWords(self.model, using=self._db).filter(administration_id=administration_id)


class Receivable(models.Model):
    """One claimable amount with one due date: an invoice, one instalment of it, or what a letter formally claimed."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+")
    instalment = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=10, default=ReceivableKind.PRINCIPAL.value, db_default="principal")
    currency = models.CharField(max_length=3)
    due_date = models.DateField()
    term_basis = models.CharField(max_length=10)  # agreed, stated (on the invoice only), none
    open_cents = CentsField()
    # The earliest day on which anything could be due, as a cache: `date.min` where it must be looked at again,
    # `date.max` where nothing is left. The run reads only what this day has reached.
    next_on = models.DateField(default=date.min)

    objects = ReceivableBooks()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(open_cents__gte=0), name="receivable_open_not_negative"),
            models.UniqueConstraint(fields=["administration", "invoice", "instalment"], name="receivable_once"),
        ]
        indexes = [
            # All that ageing asks of an open item.
            models.Index(
                fields=["administration", "debtor", "currency", "next_on", "due_date", "open_cents"],
                condition=Q(open_cents__gt=0),
                name="receivable_open",
            ),
            # With the amount, so that who is due is known, and what is not is counted, without a look at the rows.
            models.Index(
                fields=["administration", "next_on", "debtor", "open_cents"],
                condition=Q(open_cents__gt=0),
                name="receivable_next",
            ),
            models.Index(
                fields=["administration", "open_cents"], condition=Q(open_cents__gt=0), name="receivable_open_amount"
            ),
        ]


class Credit(models.Model):
    """What a debtor has with us: a credit note, a receipt or what is left of it, a prepayment."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="+")  # the credit note, if it is one
    transaction = models.ForeignKey(BankTransaction, models.PROTECT, null=True, related_name="+")  # that brought it
    currency = models.CharField(max_length=3)
    value_date = models.DateField()
    open_cents = CentsField()

    objects = Books["Credit"]()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(open_cents__gte=0), name="credit_open_not_negative"),
            models.UniqueConstraint(fields=["administration", "invoice"], name="credit_once"),
        ]
        indexes = [
            models.Index(fields=["administration", "debtor"], condition=Q(open_cents__gt=0), name="credit_open"),
        ]


class Booked(models.Model):
    """What every booked row says of itself: its number, and its two times."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+", db_index=False)
    number = models.BigIntegerField()  # one sequence per administration for entries and allocations together
    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount_cents = CentsField()
    value_date = models.DateField()  # the day it counts for
    booked_on = models.DateField()  # the day we learned it
    counts_on = models.DateField()  # the day reports show it: the value date, or the first open day after a close

    class Meta:
        abstract = True


class Entry(Booked):
    """One movement of what a debtor owes: positive when he owes more. Append-only; corrected by a counter-entry."""

    receivable = models.ForeignKey(Receivable, models.PROTECT, null=True, related_name="+")
    credit = models.ForeignKey(Credit, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16)  # of `EntryKind` in rules/ledger.py
    source = models.CharField(max_length=LONGEST_SOURCE)  # what brought it in, unique, so that nothing is booked twice
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    # The receipt with which a discount or a few cents were given up: they are taken back together.
    given_with = models.ForeignKey(Credit, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = Books["Entry"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["administration", "number"], name="entry_number_once"),
            models.UniqueConstraint(fields=["administration", "source"], name="entry_source_once"),
            models.CheckConstraint(
                condition=Q(receivable__isnull=False, credit__isnull=True)
                | Q(receivable__isnull=True, credit__isnull=False),
                name="entry_on_receivable_or_credit",
            ),
            models.CheckConstraint(condition=~Q(amount_cents=0), name="entry_not_zero"),
        ]
        indexes = [
            models.Index(fields=["administration", "debtor", "currency"]),
            models.Index(fields=["administration", "counts_on"], name="entry_counts_on"),
            models.Index(
                fields=["administration", "given_with"], condition=Q(given_with__isnull=False), name="entry_given_with"
            ),
        ]


def from_the_bank(entries: models.QuerySet[Entry]) -> models.QuerySet[Entry]:
    """Keep what was booked of receipts: not what was paid back of a credit later, nor what takes that back."""
    refunded = EntryKind.REFUNDED.value
    return entries.exclude(kind=refunded).exclude(reverses__isnull=False, reverses__kind=refunded)


class Allocation(Booked):
    """Money of a credit that pays a receivable. Append-only; undone by a counter-row with the amount negative."""

    credit = models.ForeignKey(Credit, models.PROTECT, related_name="+")
    receivable = models.ForeignKey(Receivable, models.PROTECT, related_name="+")
    by = models.CharField(max_length=8)  # machine, person
    rule = models.CharField(max_length=40)  # what made it: by hand, or the class of the match
    evidence = models.JSONField(default=list)  # the words that the matcher gave for it
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")

    objects = Books["Allocation"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["administration", "number"], name="allocation_number_once"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, reverses__isnull=True) | Q(amount_cents__lt=0, reverses__isnull=False),
                name="allocation_positive_or_counter_row",
            ),
        ]
        indexes = [models.Index(fields=["administration", "counts_on"], name="allocation_counts_on")]
