"""Ageing: per debtor and currency, what is open by days overdue, as it stands or as of any day."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from voldaan.queries.moments import Moment, rows, sql_value
from voldaan.records.debtors import Debtor
from voldaan.rules.aging import BUCKETS
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class AgingRow:
    """One debtor in one currency; the last row of each currency has no debtor and is the total of all."""

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
    lines = [AgingRow(*row) for row in _per_debtor(actor.administration_id, moment, moment.as_of or today)]
    lines.sort(key=attrgetter("currency", "debtor", "debtor_id"))
    return lines + _totals(lines)


def _totals(lines: list[AgingRow]) -> list[AgingRow]:
    cents = [field.name for field in fields(AgingRow) if field.name.endswith("_cents")]
    in_currency = groupby(lines, key=attrgetter("currency"))
    return [
        AgingRow(None, None, currency, *map(sum, zip(*map(attrgetter(*cents), rows), strict=True)))
        for currency, rows in in_currency
    ]


def _per_debtor(books: int, moment: Moment, on: date) -> list[tuple[Any, ...]]:
    """Give the rows in the order of `AgingRow`, in one pass over what was booked."""
    buckets, bounds = [], []
    for bucket in BUCKETS:
        limits = []
        if bucket.first is not None:  # overdue at least so many days: due on that day or before
            limits.append("due <= %s")
            bounds.append(sql_value(on - timedelta(days=bucket.first)))
        if bucket.last is not None:
            limits.append("due >= %s")
            bounds.append(sql_value(on - timedelta(days=bucket.last)))
        buckets.append((bucket.column, f"CASE WHEN {' AND '.join(limits)} THEN cents ELSE 0 END"))
    # PostgreSQL sums whole numbers into decimals; the cast keeps them whole on both engines.
    sums = ", ".join(f"CAST(SUM({case}) AS BIGINT) AS {column}" for column, case in buckets)
    columns = [column for column, _ in buckets]
    open_cents = " + ".join(columns)
    of_entry, entry_values = moment.where("e")
    of_allocation, allocation_values = moment.where("a")
    # An allocation moves money from a credit to a receivable and leaves what is owed as it was: so the total is the sum
    # of the entries, and the credits are what the open receivables are more than that.
    sql = f"""
        SELECT debtor_id, currency, {", ".join(columns)}, {open_cents} - total, total FROM (
            SELECT debtor_id, currency, {sums}, CAST(SUM(owed) AS BIGINT) AS total FROM (
                SELECT e.debtor_id, e.currency, r.due_date AS due, e.amount_cents AS cents, e.amount_cents AS owed
                FROM records_entry e LEFT JOIN records_receivable r ON r.id = e.receivable_id
                WHERE e.administration_id = %s{of_entry}
                UNION ALL
                SELECT a.debtor_id, a.currency, r.due_date, -a.amount_cents, 0
                FROM records_allocation a JOIN records_receivable r ON r.id = a.receivable_id
                WHERE a.administration_id = %s{of_allocation}
            ) moved GROUP BY debtor_id, currency
        ) aged WHERE total <> 0 OR {" OR ".join(f"{column} <> 0" for column in columns)}
    """  # noqa: S608 - the conditions are column names of our own; all values are bound
    found = rows(sql, [*bounds, books, *entry_values, books, *allocation_values])
    # The names apart: in one question SQLite would join them before it groups.
    called = {pk: who for pk, *who in Debtor.objects.of(books).values_list("pk", "name", "public_id")}
    return [(*called[debtor], *cents) for debtor, *cents in found]
