"""Proposals: what the matcher thinks that money pays, waiting for a person."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value

from voldaan.records.administrations import Administration
from voldaan.records.bank import BankTransaction
from voldaan.records.debtors import Debtor
from voldaan.records.documents import Document
from voldaan.records.fields import CentsField, PublicIdField
from voldaan.records.receivables import Receivable
from voldaan.records.scope import Books


class Proposal(models.Model):
    """One way to book one bank transaction; or, from a list, an item that the bookkeeping no longer has open."""

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    transaction = models.ForeignKey(BankTransaction, models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")  # the list, if that says it
    rank = models.PositiveSmallIntegerField(default=1)
    match_class = models.CharField(max_length=40)
    evidence = models.JSONField(default=list)
    # What credit notes of the debtor pay beside the receipt: credit, receivable, cents.
    taken_off = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    state = models.CharField(max_length=10, default="open")  # open, accepted, rejected, withdrawn

    objects = Books["Proposal"]()

    class Meta:
        indexes = [models.Index(fields=["administration", "state"])]


class ProposalLine(models.Model):
    """What a proposal pays on one receivable."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="+")
    receivable = models.ForeignKey(Receivable, models.PROTECT, related_name="+")
    amount_cents = CentsField()
    given_up_cents = CentsField(default=0, db_default=0)  # on top: a discount, or a few cents
    given_up_as = models.CharField(max_length=16, blank=True, default="", db_default="")  # of `EntryKind`

    objects = Books["ProposalLine"]()


def fitting(books: int) -> models.QuerySet[Proposal]:
    """Give the proposals that wait; of a receipt only what can be accepted, and was not paid in another way meanwhile.

    The receipt itself waits as before. What a list says is settled waits by nothing else, and a person ends it.
    """
    lines = ProposalLine.objects.of(books).filter(proposal=OuterRef("pk"))
    is_paid = lines.filter(receivable__open_cents__lt=F("amount_cents") + F("given_up_cents"))
    return Proposal.objects.of(books).filter(Q(transaction=None) | ~Exists(is_paid), state="open")


def asked(books: int) -> models.QuerySet[Any, int]:
    """Give the debtors of whom something may be paid already: a proposal waits for a person."""
    waiting = Proposal.objects.of(books).filter(state="open")
    paid = ProposalLine.objects.of(books).filter(proposal__in=waiting)
    return waiting.values_list("debtor_id", flat=True).union(paid.values_list("receivable__debtor_id", flat=True))
