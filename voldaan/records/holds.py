"""Holds: what keeps the follow-up from an item or a customer, from when, until when and why."""

from __future__ import annotations

from django.db import models

from voldaan.records.administrations import Administration
from voldaan.records.debtors import Debtor
from voldaan.records.receivables import Receivable
from voldaan.records.scope import Books


class Hold(models.Model):
    """One reason not to follow up. Without a receivable it covers everything of the debtor."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    receivable = models.ForeignKey(Receivable, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=20)  # of `HoldReason` in rules/holds.py
    explanation = models.CharField(max_length=500, blank=True)  # in words; a marked sentence where `facts` fill it
    facts = models.JSONField(default=dict)
    since = models.DateField()
    until = models.DateField(null=True)  # the last day that it holds; null: until it is ended
    ended_on = models.DateField(null=True)

    objects = Books["Hold"]()

    class Meta:
        indexes = [models.Index(fields=["administration", "receivable"])]
