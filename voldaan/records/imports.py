"""What became of each file that came in, and the mappings that people gave for lists."""

from __future__ import annotations

from django.db import models

from voldaan.records.administrations import Administration
from voldaan.records.documents import Document
from voldaan.records.scope import Books


class Import(models.Model):
    """One file that was taken in, and the answer that was given: the same file again gets the same answer."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    format = models.CharField(max_length=20)
    imported_on = models.DateField()
    answer = models.JSONField()

    objects = Books["Import"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["administration", "document"], name="import_once")]


class ListMapping(models.Model):
    """How a person said that a list with these headers must be read; used again for the next one."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    signature = models.CharField(max_length=64)
    mapping = models.TextField()

    objects = Books["ListMapping"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["administration", "signature"], name="list_mapping_once")]
