"""Documents: every file that came in or went out, kept by its content."""

from __future__ import annotations

from django.db import models

from voldaan.records.administrations import Administration
from voldaan.records.fields import PublicIdField
from voldaan.records.scope import Books


class Document(models.Model):
    """One content in one administration. The bytes lie in the files folder under their SHA-256."""

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)  # as the sender gave it: data, never a path
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()

    objects = Books["Document"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["administration", "sha256"], name="document_once")]
