"""Large files that people brought: each waits for the worker that takes it in, and then says what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from voldaan.records.administrations import Administration
from voldaan.records.documents import Document
from voldaan.records.fields import PublicIdField
from voldaan.records.people import User
from voldaan.records.scope import Books
from voldaan.rules.brought_files import BroughtState

WAITING = Q(state=BroughtState.WAITING.value)


class BroughtFile(models.Model):
    """One file. How far it is while it is taken in stands beside the database: see `progress.py`."""

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    accept_unbalanced = models.BooleanField(default=False)
    brought_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    brought_at = models.DateTimeField()  # by the clock of the machine, as the next one
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default=BroughtState.WAITING.value)  # of `BroughtState`
    answer = models.JSONField(default=dict)
    is_seen = models.BooleanField(default=False)  # a person took it off the list

    objects = Books["BroughtFile"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["administration", "document"], condition=WAITING, name="brought_file_once")
        ]
        indexes = [models.Index(fields=["administration"], condition=Q(is_seen=False), name="brought_file_shown")]
