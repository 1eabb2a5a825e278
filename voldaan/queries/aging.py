"""Ageing: per debtor and currency, what is open by days overdue, as it stands or as of any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

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
    sums = _sums(actor.administration_id, moment, moment.as_of or today)
    names = {
        pk: (name, public_id)
        for pk, name, public_id in Debtor.objects.of(actor.administration_id)
        .filter(pk__in=[debtor for debtor, _, *_ in sums])
        .values_list("pk", "name", "public_id")
    }
    lines = [_row(*names[debtor], currency, cents) for debtor, currency, *cents in sums if any(cents)]
    lines.sort(key=lambda row: (row.currency, row.debtor or "", row.debtor_id or ""))
    return lines + _totals(sums)


def _totals(sums: list[tuple[int, str, *tuple[int, ...]]]) -> list[AgingRow]:
    by_currency: dict[str, list[tuple[int, ...]]] = {}
    for _, currency, *cents in sums:
        by_currency.setdefault(currency, []).append(tuple(cents))
    return [
        _row(None, None, currency, [sum(column) for column in zip(*many, strict=True)])
        for currency, many in sorted(by_currency.items())
    ]


def _row(name: str | None, public_id: str | None, currency: str, cents: list[int]) -> AgingRow:
    *buckets, credits_cents = cents
    named = {bucket.column: cents for bucket, cents in zip(BUCKETS, buckets, strict=True)}
    return AgingRow(
        name, public_id, currency, **named, credits_cents=credits_cents, total_cents=sum(buckets) - credits_cents
    )


def _sums(books: int, moment: Moment, on: date) -> list[tuple[int, str, *tuple[int, ...]]]:
    """Give debtor, currency, the cents in each bucket, and the credits, in one pass over what was booked."""
    buckets, bounds = [], []
    for bucket in BUCKETS:
        limits = []
        if bucket.first is not None:  # overdue at least so many days: due on that day or before
            limits.append("due <= %s")
            bounds.append(sql_value(on - timedelta(days=bucket.first)))
        if bucket.last is not None:
            limits.append("due >= %s")
            bounds.append(sql_value(on - timedelta(days=bucket.last)))
        buckets.append(f"SUM(CASE WHEN {' AND '.join(limits)} THEN cents ELSE 0 END)")
    of_entry, entry_values = moment.where("e")
    of_allocation, allocation_values = moment.where("a")
    sql = f"""
        SELECT debtor_id, currency, {", ".join(buckets)}, -SUM(CASE WHEN due IS NULL THEN cents ELSE 0 END) FROM (
            SELECT e.debtor_id, e.currency, r.due_date AS due, e.amount_cents AS cents
            FROM records_entry e LEFT JOIN records_receivable r ON r.id = e.receivable_id
            WHERE e.administration_id = %s{of_entry}
            UNION ALL
            SELECT a.debtor_id, a.currency, r.due_date, -a.amount_cents
            FROM records_allocation a JOIN records_receivable r ON r.id = a.receivable_id
            WHERE a.administration_id = %s{of_allocation}
            UNION ALL
            SELECT a.debtor_id, a.currency, NULL, a.amount_cents FROM records_allocation a
            WHERE a.administration_id = %s{of_allocation}
        ) moved GROUP BY debtor_id, currency
    """  # noqa: S608 - the conditions are column names of our own; all values are bound
    values = [*bounds, books, *entry_values, books, *allocation_values, books, *allocation_values]
    # PostgreSQL sums whole numbers into decimals.
    return [(debtor, currency, *map(int, cents)) for debtor, currency, *cents in rows(sql, values)]
