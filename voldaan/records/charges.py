"""Charges: the interest and the costs that a message announces, or formally claims; frozen when it is decided.

What was claimed becomes a receivable of its own once the message has left. So of every receivable and every notice it
can be said how much of it was claimed already, and only what is more is ever claimed again.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from voldaan.records.administrations import Administration
from voldaan.records.fields import CentsField
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.records.scope import Books


class Charge(models.Model):
    """One amount of interest or costs in one message."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+", db_index=False)
    message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)  # interest, costs: of `ReceivableKind` in rules/ledger.py
    is_announced = models.BooleanField()  # asked only after the term of the message; else claimed by it
    # Of interest: what it runs on. Of claimed costs: the notice that announced them.
    principal = models.ForeignKey(Receivable, models.PROTECT, null=True, related_name="+")
    notice = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")
    cents = CentsField()
    since = models.DateField(null=True)  # of interest: its first day
    through = models.DateField(null=True)  # of interest: its last day
    booked_as = models.OneToOneField(Receivable, models.PROTECT, null=True, related_name="+")  # what it became

    objects = Books["Charge"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="interest", principal__isnull=False, notice__isnull=True)
                | Q(kind="costs", principal__isnull=True, notice__isnull=True, is_announced=True)
                | Q(kind="costs", principal__isnull=True, notice__isnull=False, is_announced=False),
                name="charge_of_a_principal_or_a_notice",
            ),
            models.CheckConstraint(
                condition=Q(is_announced=False) | Q(booked_as__isnull=True), name="charge_announced_is_not_booked"
            ),
            models.UniqueConstraint(
                fields=["administration", "message", "principal"], condition=Q(kind="interest"),
                name="charge_interest_once",
            ),
            models.UniqueConstraint(
                fields=["administration", "message", "notice"], condition=Q(kind="costs", is_announced=False),
                name="charge_costs_once",
            ),
        ]  # fmt: skip
