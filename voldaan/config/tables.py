"""Whether the tables of this database are those of this version: asked at the start, and by who runs on for days."""

from __future__ import annotations

from functools import cache

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from voldaan.rules.refusals import Kind, Refusal, mark


class TablesBehind(Refusal):
    code = "tables_behind"
    kind = Kind.CONFLICT
    says = mark("The tables of this database are not up to date. Run: voldaan migrate.")


class TablesAhead(Refusal):
    code = "tables_ahead"
    kind = Kind.CONFLICT
    says = mark("The tables of this database are of a newer version than this Voldaan. Install that version here too.")


def are_ahead() -> bool:
    """Tell whether they are of a newer version, of which Django says nothing: our rows would lack its columns."""
    recorder = MigrationRecorder(connection)
    theirs = recorder.migration_qs.filter(app="records").exclude(name__in=_ours())
    return recorder.has_table() and theirs.exists()


def are_behind() -> bool:
    """Tell whether something must be done to them before we can work.

    Raises:
        TablesAhead: they are of a newer version.
    """
    must_not_be_ahead()
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def must_not_be_ahead() -> None:
    """Refuse tables of a newer version."""
    if are_ahead():
        raise TablesAhead


@cache
def _ours() -> list[str]:
    """Name our own migrations, as they lay on disk when we began: a newer version may be put over a running program."""
    return [name for app, name in MigrationLoader(None).disk_migrations if app == "records"]
