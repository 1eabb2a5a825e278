"""Kinds of column: whole cents that stay whole on both engines, ids that may be shown, secrets that may not."""

from __future__ import annotations

import secrets
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # without i, l, o and u: read aloud and typed over without mistakes
LETTERS = (ALPHABET * 8).encode()  # for each byte its letter


def new_public_id() -> str:
    """Draw the id that pages, output and links show: 12 characters, 60 bits."""
    return secrets.token_bytes(12).translate(LETTERS).decode()


class CentsField(models.BigIntegerField):  # type: ignore[type-arg]  # generic only in the stubs
    """Whole minor units. SQLite would keep 'abc' or 0.1 in an integer column; a check refuses that."""

    def db_check(self, connection: BaseDatabaseWrapper) -> str | None:
        """Refuse anything but a whole number, also on SQLite."""
        if connection.vendor == "sqlite":
            return f"typeof(\"{self.column}\") IN ('integer', 'null')"
        return super().db_check(connection)


class PublicIdField(models.CharField):  # type: ignore[type-arg]
    """The only id that leaves the database."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 12, "unique": True, "editable": False, "default": new_public_id, **kwargs})


class SecretField(models.TextField):  # type: ignore[type-arg]
    """A credential: readable in memory only. At rest it is encrypted with the key of the installation."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt what is written."""
        return _keys().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: Any, *_: object) -> Any:
        """Decrypt what is read.

        Raises:
            InvalidToken: the key of the installation is not the one that it was written with.
        """
        return _keys().decrypt(value.encode()).decode() if value else value


def _keys() -> MultiFernet:
    """Give the keys of the installation: the first one writes, all of them read."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS()])
