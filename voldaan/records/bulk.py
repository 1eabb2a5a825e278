"""Many rows at once, as plain tuples: an object per row costs ten times the insert itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

Sql = tuple[str, tuple[Any, ...]]

AT_ONCE = 50  # rows of one statement, the same one for all blocks: half the time of a statement for each row


def insert(table: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], **every: Any) -> None:
    """Insert rows into a table; the columns of `every` hold the same in all of them.

    Days and lists are written as both engines take them, values never into the SQL.
    """
    written = _written(table, columns)
    alike = _row(list(every.values()), _written(table, every))
    wanted = [_row(row, written) if written else row for row in rows]
    if not wanted:
        return
    into = connection.ops.quote_name(table._meta.db_table)  # noqa: SLF001
    names = ", ".join(map(connection.ops.quote_name, (*every, *columns)))
    put = _copy if connection.vendor == "postgresql" else _put
    put(f"{into} ({names})", alike, wanted)


def _copy(into: str, alike: list[Any], rows: Sequence[Sequence[Any]]) -> None:
    """Put rows into a table of PostgreSQL, in its own way for many."""
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row((*alike, *row))


def _put(into: str, alike: list[Any], rows: Sequence[Sequence[Any]]) -> None:
    """Put rows into a table, in blocks of which all but the last are the same statement; what is alike goes in once."""
    marks = f"({', '.join(['%s'] * len(rows[0]))})"
    whole = len(rows) - len(rows) % AT_ONCE
    blocks = [[*alike, *chain.from_iterable(rows[at : at + AT_ONCE])] for at in range(0, whole, AT_ONCE)]
    chosen = ", ".join([*["%s"] * len(alike), "*"])
    insert = f"INSERT INTO {into} SELECT {chosen} FROM (VALUES "  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        if whole:
            cursor.executemany(insert + ", ".join([marks] * AT_ONCE) + ")", blocks)
        if rest := rows[whole:]:
            cursor.execute(insert + ", ".join([marks] * len(rest)) + ")", [*alike, *chain.from_iterable(rest)])


# How a value of a column is written where the engines do not agree.
_WRITTEN: dict[type[Any], Callable[[Any], Any]] = {
    models.DateField: date.isoformat,
    models.JSONField: json.dumps,
}


def _written(table: type[models.Model], columns: Iterable[str]) -> list[tuple[int, Callable[[Any], Any]]]:
    kinds = {field.attname: type(field) for field in table._meta.concrete_fields}  # noqa: SLF001 - Django's documented way
    return [(at, _WRITTEN[kinds[name]]) for at, name in enumerate(columns) if kinds[name] in _WRITTEN]


def _row(row: Sequence[Any], written: list[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = list(row)
    for at, write in written:
        if values[at] is not None:
            values[at] = write(values[at])
    return values


def listed(keys: Iterable[int]) -> str:
    """Write keys as one value."""
    joined = ",".join(map(str, keys))
    return f"{{{joined}}}" if connection.vendor == "postgresql" else f"[{joined}]"


class Keys(Expression):
    """Many keys as one value: for `__in`. A mark for each takes longer to put together than the question itself.

    They may come as `listed` wrote them.
    """

    conditional = False

    def __init__(self, keys: Collection[int] | str) -> None:
        super().__init__(output_field=models.BigIntegerField())
        self.keys = keys if isinstance(keys, str) else listed(keys)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:  # noqa: ARG002 - Django's words
        """Say it as PostgreSQL takes it."""
        return "SELECT unnest(%s::bigint[])", (self.keys,)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:  # noqa: ARG002
        """Say it as SQLite takes it."""
        return "SELECT value FROM json_each(%s)", (self.keys,)


class Words(Keys):
    """Many words as one value: for `__in`."""

    def __init__(self, words: Collection[str]) -> None:
        super().__init__(json.dumps(list(words)))
        self.words = list(words)
        self.output_field = models.TextField()

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:  # noqa: ARG002 - Django's words
        """Say it as PostgreSQL takes it."""
        return "SELECT unnest(%s::text[])", (self.words,)


class AsKept(models.Func):
    """A day as the engine keeps it, for raw rows: its converter, called for each, takes longer than the row."""

    template = "%(expressions)s"
    output_field = models.TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:
        """Take the type from it, by which the driver would know a day."""
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS text)")


def as_day(kept: str | date) -> date:
    """Read a day as the engine keeps it."""
    return date.fromisoformat(kept) if isinstance(kept, str) else kept


class Counted(models.Subquery):
    """The number of rows of a query, asked within another; at most `most`."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = models.IntegerField()

    def __init__(self, rows: models.QuerySet[Any], most: int | None = None) -> None:
        super().__init__(rows.order_by().values("pk")[:most])
