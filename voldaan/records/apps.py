"""The Django app of the records: its name, and the guards it reinstalls after every migrate."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class Records(AppConfig):
    name = "voldaan.records"
    label = "records"

    def ready(self) -> None:
        """Ask to hear of every migrate: SQLite drops the triggers of a table that is altered."""
        post_migrate.connect(reinstall_guards, sender=self)


def reinstall_guards(*, using: str, **_: Any) -> None:
    """Put every guard back in place."""
    from voldaan.records import guards  # noqa: PLC0415 - models may load only after the apps are ready

    guards.install(connections[using])
