"""Questions written in SQL once, for whatever values: to put one together takes Django longer than the answer does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

KEPT = 512  # questions of one process
Question = Callable[..., QuerySet[Any, Any]]


@dataclass(frozen=True, slots=True)
class Written:
    """A question in SQL: which of its values are filled in each time, and what is made of the columns of its answer."""

    sql: str
    values: list[Any]
    places: list[tuple[int, int]]  # in `values`, and which of those that are given
    readers: list[tuple[int, list[Any], Any]]

    def ask(self, given: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Ask it with these values."""
        values = self.values.copy()
        for place, which in self.places:
            values[place] = _bound(given[which])
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            rows = list(cursor.fetchall())
        return [self._read(list(row)) for row in rows] if self.readers else rows

    def _read(self, row: list[Any]) -> tuple[Any, ...]:
        for at, readers, column in self.readers:
            for reader in readers:
                row[at] = reader(row[at], column, connection)
        return tuple(row)


Value = int | str | date | None


def asked(question: Question, *values: Value, **shape: Any) -> list[tuple[Any, ...]]:
    """Ask a question, a function at home in a module, about these values.

    They stand in its SQL as they are: nothing may be worked out from one, and no choice hang on it, but whether it is
    None. What does change the SQL (how many rows, from which on, a part of a word) is its shape.
    """
    return _written(question, tuple(map(type, values)), **shape).ask(values)


@lru_cache(KEPT)
def _written(question: Question, kinds: tuple[type[Any], ...], **shape: Any) -> Written:
    stand_ins = [_stand_in(kind, which) for which, kind in enumerate(kinds)]
    compiler = question(*stand_ins, **shape).query.get_compiler(connection=connection)
    sql, values = compiler.as_sql()
    bound = {which: _bound(one) for which, one in enumerate(stand_ins) if one is not None}
    places = [(place, which) for place, value in enumerate(values) for which, one in bound.items() if value == one]
    assert {which for _, which in places} == set(bound), "a value is not asked about, or something was made of it"
    readers = compiler.get_converters([column for column, *_ in compiler.select])
    return Written(sql, list(values), places, [(at, *reader) for at, reader in readers.items()])


def _stand_in(kind: type[Any], which: int) -> Value:
    """Give a value of this kind that no question holds by itself; a text whose signs a pattern would change."""
    if kind is int:
        return -1_000_001 - which
    if kind is str:
        return rf"stand-in %_\ {which}"
    return None if kind is type(None) else date.min + timedelta(which)


def _bound(value: Any) -> Any:
    """Write a value as the engine takes it."""
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
