"""Events: one row per verb, append-only, each hashed with the one before it."""

from __future__ import annotations

from django.db import models

from voldaan.records.administrations import Administration
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.people import User
from voldaan.records.scope import Books


class Event(models.Model):
    """What was done, by whom, on which day. Persons are named by reference, so that they can be erased."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    number = models.BigIntegerField()
    kind = models.CharField(max_length=40)  # "invoice.received"
    day = models.DateField()  # in the time zone of the administration
    at = models.DateTimeField(auto_now_add=True)  # for the auditor; no rule reads it, and it is outside the hash
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    via = models.CharField(max_length=120)  # "command line as jan", "job"
    debtor = models.ForeignKey(Debtor, models.PROTECT, null=True, related_name="+")
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    objects = Books["Event"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["administration", "number"], name="event_number_once")]
        indexes = [models.Index(fields=["administration", "debtor", "number"])]
