"""The places where banks leave files: when each was last looked at, and the files from there that were refused."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from voldaan.records.administrations import Administration
from voldaan.records.fields import PublicIdField
from voldaan.records.scope import Books


class PlaceSeen(models.Model):
    """What was seen at the last look. It is machinery and no part of the books."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    where = models.CharField(max_length=500)
    looked_at = models.DateTimeField()
    arriving = models.PositiveIntegerField(default=0)  # files that were not whole yet
    said = models.CharField(max_length=500, blank=True)  # a marked sentence: why it could not be looked at
    facts = models.JSONField(default=dict)  # that fill it
    held_until = models.DateTimeField(null=True)  # somebody takes files there, by the clock of the database
    held_by = models.CharField(max_length=12, blank=True)  # who, by a name of this one look

    objects = Books["PlaceSeen"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["administration", "kind"], name="place_seen_once")]


class RefusedFile(models.Model):
    """A file that came by itself and was refused: it waits until it comes in after all, or a person is done with it."""

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)  # of the place
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    refused_on = models.DateField()
    problems = models.JSONField(default=list)  # the first of them: place, what and facts
    held = models.CharField(max_length=12, blank=True)  # id of a list that was kept, so that its columns can be said
    is_done = models.BooleanField(default=False)

    objects = Books["RefusedFile"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["administration", "sha256"], name="refused_file_once")]
        indexes = [models.Index(fields=["administration"], condition=Q(is_done=False), name="refused_file_waits")]
