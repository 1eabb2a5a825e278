"""Notes: what somebody wrote down about a customer. Nothing is edited: a correction follows, or it is withdrawn."""

from __future__ import annotations

from django.db import models

from voldaan.records.administrations import Administration
from voldaan.records.debtors import Debtor
from voldaan.records.fields import PublicIdField
from voldaan.records.people import User
from voldaan.records.scope import Books


class Note(models.Model):
    """One note on one customer. Its words stand here alone and never in the trail, so that they can be erased."""

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    text = models.CharField(max_length=2_000)
    written_on = models.DateField()
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: from the command line
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateField(null=True)

    objects = Books["Note"]()
