"""Several questions as one: what needs no answer of another goes along with it, and comes back as its rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import connection, models
from django.db.models.sql import Query

from voldaan.records.administrations import Head
from voldaan.records.prepared import Value, asked

Reader = Callable[[Any], Any]
Found = list[list[Any]]  # rows


class Rows(models.Subquery):
    """The rows of a query, in its order, asked within another: it may be a query for each row of that one."""

    template = "(SELECT COALESCE(json_agg(json_build_array(%(columns)s)), '[]')::text FROM (%(subquery)s) given)"
    output_field = models.TextField()
    empty_result_set_value = "[]"  # of a question of which Django knows that nothing answers it

    def __init__(self, rows: models.QuerySet[Any, Any]) -> None:
        fields = _fields(rows.query)
        super().__init__(rows, columns=", ".join(map(connection.ops.quote_name, fields)))
        self.readers = [(at, reader) for at, one in enumerate(fields.values()) if (reader := _reader(one))]

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """Say it as SQLite takes it."""
        template = "(SELECT json_group_array(json_array(%(columns)s)) FROM (%(subquery)s) given)"
        return self.as_sql(compiler, connection, template=template)

    def get_db_converters(self, connection: Any) -> list[Any]:  # noqa: ARG002 - Django's words
        """Read what comes back."""
        return [lambda said, *_: self.read(said)]

    def read(self, said: str | Found) -> Found:
        """Read the rows as they were written: as a text, or within other rows already read."""
        rows: Found = _loaded(said)
        for at, reader in self.readers:
            for row in rows:
                if row[at] is not None:
                    row[at] = reader(row[at])
        return rows


Several = Callable[..., Sequence[models.QuerySet[Any, Any]]]


def together(several: Several, *values: Value, **shape: Any) -> list[Found]:
    """Ask several questions at once about these values, of which the first are the books; give the rows of each.

    They are written once, as `asked` has it.
    """
    return list(asked(_one, *values, several=several, **shape)[0])


def _one(books: int, *values: Any, several: Several, **shape: Any) -> models.QuerySet[Head, Any]:
    return Head.objects.of(books).values_list(*map(Rows, several(books, *values, **shape)))


def _fields(query: Query) -> dict[str, Any]:
    """Give what stands in each column of a question, by its name."""
    chosen: dict[str, Any] = dict(query.selected or {})
    return {name: query.annotations[name] if isinstance(at, str) else query.select[at] for name, at in chosen.items()}


def _reader(column: Any) -> Reader | None:
    """Give what makes of a value in JSON what it was; None where it is that already."""
    if isinstance(column, Rows):
        return column.read
    match column.output_field:
        case models.DateField():
            return date.fromisoformat
        case models.BooleanField():
            return bool
        case models.JSONField():
            return _loaded
        case _:
            return None


def _loaded(said: Any) -> Any:
    return json.loads(said) if isinstance(said, str) else said
