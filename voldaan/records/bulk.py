"""Many rows at once, as plain tuples: an object per row costs ten times the insert itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection, models


def insert(table: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows into a table; days and lists are written as both engines take them, values never into the SQL."""
    fields = {field.attname: field for field in table._meta.concrete_fields}  # noqa: SLF001 - Django's documented way
    written = [(at, _WRITTEN[type(fields[name])]) for at, name in enumerate(columns) if type(fields[name]) in _WRITTEN]
    wanted = [_row(row, written) for row in rows] if written else list(rows)
    if not wanted:
        return
    names = ", ".join(map(connection.ops.quote_name, columns))
    marks = ", ".join(["%s"] * len(columns))
    into = connection.ops.quote_name(table._meta.db_table)  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {into} ({names}) VALUES ({marks})", wanted)  # noqa: S608 - names of our own


# How a value of a column is written where the engines do not agree.
_WRITTEN: dict[type[Any], Callable[[Any], Any]] = {
    models.DateField: date.isoformat,
    models.JSONField: json.dumps,
}


def _row(row: Sequence[Any], written: list[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = list(row)
    for at, write in written:
        if values[at] is not None:
            values[at] = write(values[at])
    return values
