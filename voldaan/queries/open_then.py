"""What was open at a moment, item by item or credit by credit: what is open now, less what was booked since.

It is told under the customer whose it was at that moment, as the ageing tells it, so the two agree to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from voldaan.queries.moments import Moment, rows, sql_value
from voldaan.rules import names
from voldaan.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the ledger: its table, how bookings name it, its day, and how an entry was less of it before."""

    table: str
    key: str
    day: str
    before: str  # the sign of an entry, where it is taken back


RECEIVABLES = Side("records_receivable", "receivable_id", "due_date", "-")
CREDITS = Side("records_credit", "credit_id", "value_date", "")

# That a customer has an id says nothing, save to SQLite: it then takes the index that holds all that is asked, and not
# the one by amount, from which it would look up every row.
STILL_OPEN = "r.administration_id = %s AND r.open_cents > 0 AND r.debtor_id > 0"


@dataclass(frozen=True, slots=True)
class Which:
    """Which rows are asked for; by itself, all."""

    debtor: str = ""  # public id
    name: str = ""  # part of the name of a customer
    currency: str = ""
    days_from: int | None = None  # so many days past its day, or more
    days_to: int | None = None  # and no more than so many


@dataclass(frozen=True, slots=True)
class Key:
    """The place of a row in its list, to go on after it."""

    day: date
    row: int
    debtor: int


@dataclass(frozen=True, slots=True)
class Sum:
    """What the rows in one currency come to."""

    currency: str
    rows: int
    open_cents: int


def sums(side: Side, *, moment: Moment, which: Which, actor: Actor, today: date) -> list[Sum]:
    """Add up by currency."""
    sql, values = _open_then(side, moment, which, actor, moment.as_of or today)
    sql += """
        SELECT currency, COUNT(*), CAST(SUM(cents) AS BIGINT) FROM open_then WHERE cents <> 0
        GROUP BY currency ORDER BY currency
    """
    return [Sum(*row) for row in rows(sql, values)]


def listed(side: Side, columns: str, joins: str, *, moment: Moment, which: Which, after: Key | None = None,
           most: int | None = None, actor: Actor, today: date) -> tuple[str, list[Any]]:  # fmt: skip
    """Ask for rows by their day: `o` is what was open, `columns` and `joins` say what else is told of those shown.

    Where `columns` names `{since}`, it stands for what was booked on the entry `e` after the moment.
    """
    sql, values = _open_then(side, moment, which, actor, moment.as_of or today)
    since, since_values = moment.since("e")
    values += since_values * columns.count("{since}")
    going_on, limit = "", ""
    if after is not None:
        going_on = "AND (day, id, debtor_id) > (%s, %s, %s)"
        values += [sql_value(after.day), after.row, after.debtor]
    if most is not None:
        limit = "ORDER BY day, id, debtor_id LIMIT %s"
        values.append(most)
    sql += f"""
        SELECT {columns.format(since=since)}, d.name, d.public_id, o.currency, o.cents, o.day, o.id, o.debtor_id
        FROM (SELECT * FROM open_then WHERE cents <> 0 {going_on} {limit}) o
        JOIN records_debtor d ON d.id = o.debtor_id {joins} ORDER BY o.day, o.id, o.debtor_id
    """  # noqa: S608 - all of it is words of our own; all values are bound
    return sql, values


def _open_then(side: Side, moment: Moment, which: Which, actor: Actor, on: date) -> tuple[str, list[Any]]:
    books = actor.administration_id
    asked, words = _asked(side, books, which, on)
    if moment.is_now:
        sql = f"""
            WITH open_then AS (
                SELECT r.id, r.{side.day} AS day, r.currency, r.debtor_id, r.open_cents AS cents FROM {side.table} r
                WHERE {STILL_OPEN} {asked.format(whose="r")}
            )
        """  # noqa: S608 - as above
        return sql, [books, *words]
    entry_since, entry_values = moment.since("e")
    allocation_since, allocation_values = moment.since("a")
    sql = f"""
        WITH since AS MATERIALIZED (
            SELECT row_id, debtor_id, CAST(SUM(cents) AS BIGINT) AS cents FROM (
                SELECT e.{side.key} AS row_id, e.debtor_id, {side.before}e.amount_cents AS cents FROM records_entry e
                WHERE e.administration_id = %s AND e.{side.key} IS NOT NULL AND {entry_since}
                UNION ALL
                SELECT a.{side.key}, a.debtor_id, a.amount_cents FROM records_allocation a
                WHERE a.administration_id = %s AND {allocation_since}
            ) booked GROUP BY row_id, debtor_id
        ), open_then AS (
            SELECT r.id, r.{side.day} AS day, r.currency, r.debtor_id, r.open_cents + COALESCE(s.cents, 0) AS cents
            FROM {side.table} r LEFT JOIN since s ON s.row_id = r.id AND s.debtor_id = r.debtor_id
            WHERE {STILL_OPEN} {asked.format(whose="r")}
            UNION ALL
            SELECT r.id, r.{side.day}, r.currency, s.debtor_id, s.cents
            FROM since s JOIN {side.table} r ON r.id = s.row_id
            WHERE (r.open_cents = 0 OR r.debtor_id <> s.debtor_id) {asked.format(whose="s")}
        )
    """  # noqa: S608 - as above
    return sql, [books, *entry_values, books, *allocation_values, books, *words, *words]


def _asked(side: Side, books: int, which: Which, on: date) -> tuple[str, list[Any]]:
    """Give the SQL condition on a row, and its values; `{whose}` is the one that names the customer."""
    asked: list[tuple[str, list[Any]]] = []
    mine = "{whose}.debtor_id IN (SELECT id FROM records_debtor WHERE administration_id = %s AND "
    if which.debtor:
        asked.append((mine + "public_id = %s)", [books, which.debtor]))
    if name := names.folded(which.name):
        like = "".join(f"\\{one}" if one in "\\%_" else one for one in name)
        asked.append((mine + "name_search LIKE %s ESCAPE '\\')", [books, f"%{like}%"]))
    if which.currency:
        asked.append(("r.currency = %s", [which.currency]))
    if which.days_from is not None:
        asked.append((f"r.{side.day} <= %s", [sql_value(on - timedelta(days=which.days_from))]))
    if which.days_to is not None:
        asked.append((f"r.{side.day} >= %s", [sql_value(on - timedelta(days=which.days_to))]))
    return "".join(f"AND {sql} " for sql, _ in asked), [value for _, values in asked for value in values]
