"""Ageing: per debtor and currency, what is open by days overdue, as it stands or as of any day."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any

from voldaan.queries.moments import Moment, rows
from voldaan.rules.aging import BUCKETS
from voldaan.rules.permissions import Actor, Deed


@dataclass(slots=True)
class AgingRow:
    """One debtor in one currency; the last row of each currency has no debtor and is the total of all.

    Not frozen, though nobody changes one: a frozen one takes four times as long to make.
    """

    debtor: str | None
    debtor_id: str | None
    currency: str
    not_due_cents: int
    d1_30_cents: int
    d31_60_cents: int
    d61_90_cents: int
    d91_120_cents: int
    d120_plus_cents: int
    credits_cents: int  # what the debtor has with us: positive
    total_cents: int  # the buckets less the credits: what the ledger says he owes


def aging(*, moment: Moment, actor: Actor, today: date) -> list[AgingRow]:
    """Age what is open, by `as_of` where given, else today; debtors by name, then one total per currency."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    # The names apart: in one question SQLite would join them before it groups.
    called = {row[0]: row for row in rows(CALLED, [books])}
    lines = [AgingRow(*called[row[0]][1:], *row[1:-1]) for row in per_debtor(books, moment, moment.as_of or today)]
    lines.sort(key=attrgetter("currency", "debtor", "debtor_id"))
    return lines + _totals(lines)


def _totals(lines: list[AgingRow]) -> list[AgingRow]:
    cents = [field.name for field in fields(AgingRow) if field.name.endswith("_cents")]
    in_currency = groupby(lines, key=attrgetter("currency"))
    return [
        AgingRow(None, None, currency, *map(sum, zip(*map(attrgetter(*cents), rows), strict=True)))
        for currency, rows in in_currency
    ]


CALLED = "SELECT id, name, public_id FROM records_debtor WHERE administration_id = %s"


def per_debtor(books: int, moment: Moment, on: date) -> list[tuple[Any, ...]]:
    """Give debtor, currency, the buckets, the credits, the total, and the oldest due date of what is open now."""
    return rows(*per_debtor_sql(books, moment, on))


def per_debtor_sql(books: int, moment: Moment, on: date) -> tuple[str, list[Any]]:
    """Ask for them: what is open now, less what was booked since."""
    entry_since, entry_values = moment.since("e")
    allocation_since, allocation_values = moment.since("a")
    # What is overdue by so many days or more, for each bucket: a bucket is the difference of two.
    late = [(f"late_{bucket.first}", on - timedelta(days=bucket.first)) for bucket in BUCKETS if bucket.first]
    names = ["open", *(name for name, _ in late)]
    amounts = [f"{name} - {later}" for name, later in pairwise(names)] + names[-1:]
    buckets = ", ".join(f"{amount} AS {bucket.column}" for bucket, amount in zip(BUCKETS, amounts, strict=True))

    def cases(due: str, cents: str, of: str = "") -> str:
        return ", ".join(f"{of}(CASE WHEN {due} <= '{day}' THEN {cents} ELSE 0 END) AS {name}" for name, day in late)

    # PostgreSQL sums whole numbers into decimals; the cast keeps them whole on both engines.
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in [*names, "total"])
    # An allocation moves money from a credit to a receivable and leaves what is owed as it was. What is owed is the
    # open receivables less the credits, so the credits are what those receivables are more than that. Open items are
    # summed by themselves, in the order of their index; the little that was booked since is sorted into them.
    sql = f"""
        SELECT debtor_id, currency, {buckets}, open - total AS credits_cents, total AS total_cents, oldest FROM (
            SELECT debtor_id, currency, {sums}, MIN(oldest) AS oldest FROM (
                SELECT debtor_id, currency, SUM(open_cents) AS open, {cases("due_date", "open_cents", "SUM")},
                SUM(open_cents) AS total, MIN(due_date) AS oldest
                FROM records_receivable WHERE administration_id = %s AND open_cents > 0 GROUP BY debtor_id, currency
                UNION ALL
                SELECT debtor_id, currency, 0, {", ".join("0" for _ in late)}, -open_cents, NULL
                FROM records_credit WHERE administration_id = %s AND open_cents > 0
                UNION ALL
                SELECT e.debtor_id, e.currency, CASE WHEN r.id IS NULL THEN 0 ELSE -e.amount_cents END,
                {cases("r.due_date", "-e.amount_cents")}, -e.amount_cents, NULL
                FROM records_entry e LEFT JOIN records_receivable r ON r.id = e.receivable_id
                WHERE e.administration_id = %s AND {entry_since}
                UNION ALL
                SELECT a.debtor_id, a.currency, a.amount_cents, {cases("r.due_date", "a.amount_cents")}, 0, NULL
                FROM records_allocation a JOIN records_receivable r ON r.id = a.receivable_id
                WHERE a.administration_id = %s AND {allocation_since}
            ) moved GROUP BY debtor_id, currency
        ) aged WHERE total <> 0 OR {" OR ".join(f"{name} <> 0" for name in names)}
    """  # noqa: S608 - the conditions are words and days of our own; all values are bound
    return sql, [books, books, books, *entry_values, books, *allocation_values]
