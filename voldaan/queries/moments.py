"""Which moment a report looks at: by value date (as of), and by what was booked then (known at).

A report counts back from now: what is open as it stands, less what was booked since. So the near past, which is what
people ask for, reads the open items and a few weeks of bookings, however long the books are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Moment:
    """`as_of`: movements that count on or before this day. `known_*`: bookings up to that day or number.

    Left out, everything booked so far counts, whatever its date.
    """

    as_of: date | None = None
    known_on: date | None = None
    known_number: int | None = None

    @property
    def is_now(self) -> bool:
        """Tell whether the open amounts as they stand answer the question."""
        return self == NOW

    def since(self, alias: str) -> tuple[str, list[Any]]:
        """Give the SQL condition on a booked row that does not count yet at this moment, and its values."""
        limits = (("counts_on", self.as_of), ("booked_on", self.known_on), ("number", self.known_number))
        asked = [(column, limit) for column, limit in limits if limit is not None]
        words = " OR ".join(f"{alias}.{column} > %s" for column, _ in asked)
        return f"({words or 'FALSE'})", [sql_value(limit) for _, limit in asked]


NOW = Moment()


def sql_value(value: Any) -> Any:
    """Write a day the way both engines compare it."""
    return value.isoformat() if isinstance(value, date) else value


def rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """Ask the database; `values` never stand in `sql` itself."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def streamed(sql: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Ask the database for so many rows that they are better not all held at once."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while some := cursor.fetchmany(2_000):
            yield from some


def day(value: Any) -> date:
    """Read a day as either engine gives it."""
    return value if isinstance(value, date) else date.fromisoformat(value)


@contextmanager
def at_one_moment() -> Iterator[None]:
    """Read everything as it was at the first question, whatever others write meanwhile; nobody waits for us."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        # Not by Django's `atomic`: on SQLite it would keep every writer out for as long as we read.
        is_server = connection.vendor == "postgresql"
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if is_server else "BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
