"""Documents: every file that came in or went out, kept by its content."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import models

from voldaan.records.administrations import Administration
from voldaan.records.fields import PublicIdField
from voldaan.records.scope import Books

CHUNK = 1 << 20


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


def keep(source: BinaryIO, *, administration_id: int, name: str, media_type: str) -> Document:
    """Store a content once, on disk before its row, and give its document; the one of before where it was known."""
    digest, size = hashlib.sha256(), 0
    source.seek(0)
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    sha256 = digest.hexdigest()
    known = Document.objects.of(administration_id).filter(sha256=sha256).first()
    if known is not None:
        return known
    source.seek(0)
    default_storage.save(place(sha256), File(source))
    return Document.objects.of(administration_id).create(
        administration_id=administration_id, sha256=sha256, name=name[-255:], media_type=media_type, size=size
    )


def place(sha256: str) -> str:
    """Name the file of a content: two letters of its hash make the folder."""
    return f"{sha256[:2]}/{sha256}"


def opened(document: Document) -> File[bytes]:
    """Open a stored content for reading."""
    return default_storage.open(place(document.sha256))
