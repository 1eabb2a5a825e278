"""Ageing per customer as of a past day, against the bare SQL over one flat table of the same movements."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta

from benchmarks import books
from benchmarks.measure import Figure, compared, report, seconds, wall


def figures(receivables: int) -> Iterator[Figure]:
    """Measure one size."""
    books.prepare()
    from django.db import connection

    from voldaan.queries.aging import aging
    from voldaan.queries.moments import Moment

    actor = books.opened(receivables, f"Ageing {receivables}")
    on = books.TODAY - timedelta(days=100)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_flat")
        cursor.execute(
            """CREATE TABLE bench_flat AS
            SELECT e.debtor_id AS customer, e.value_date AS booked, r.due_date AS due, e.amount_cents AS cents
            FROM records_entry e LEFT JOIN records_receivable r ON r.id = e.receivable_id WHERE e.administration_id = %s
            UNION ALL SELECT a.debtor_id, a.value_date, r.due_date, -a.amount_cents FROM records_allocation a
            JOIN records_receivable r ON r.id = a.receivable_id WHERE a.administration_id = %s
            UNION ALL SELECT a.debtor_id, a.value_date, NULL, a.amount_cents FROM records_allocation a
            WHERE a.administration_id = %s""",
            [actor.administration_id] * 3,
        )
        cursor.execute("ANALYZE")
    bounds = [(None, 0), (1, 30), (31, 60), (61, 90), (91, 120), (121, None)]
    cases = []
    for first, last in bounds:
        limits = [f"due <= '{on - timedelta(days=first)}'"] if first is not None else []
        limits += [f"due >= '{on - timedelta(days=last)}'"] if last is not None else []
        cases.append(f"SUM(CASE WHEN {' AND '.join(limits)} THEN cents ELSE 0 END)")
    flat = (
        f"SELECT customer, {', '.join(cases)}, SUM(CASE WHEN due IS NULL THEN cents ELSE 0 END) "
        f"FROM bench_flat WHERE booked <= '{on}' GROUP BY customer"
    )

    def bare() -> int:
        with connection.cursor() as cursor:
            cursor.execute(flat)
            return len(cursor.fetchall())

    def ours() -> int:
        return len(aging(moment=Moment(as_of=on), actor=actor, today=books.TODAY))

    clock = seconds if connection.vendor == "sqlite" else wall
    mine, limit = compared(ours, bare, clock=clock)
    yield Figure(
        f"ageing as of a past day, {receivables:,} receivables ({connection.vendor})",
        f"{receivables / mine:,.0f}/s", f"{receivables / limit:,.0f}/s", mine / limit, 1.5,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(report(figures, sys.argv[1:] or ["100000"]))
