"""The follow-up of the day, a fifth of the customers due, against the bare set-based SQL of the same work."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta

from benchmarks import books
from benchmarks.measure import Figure, compared, peak_megabytes, report, seconds, wall

MOST_MEGABYTES = 400
DAY = books.TODAY + timedelta(days=1)  # a Tuesday


def figures(receivables: int) -> Iterator[Figure]:
    """Measure one size."""
    books.prepare()
    from django.db import connection, transaction

    from voldaan.usecases import administrations, runs

    actor = books.opened(receivables, f"Run {receivables}")
    whose = actor.administration_id
    administrations.change(name="bank_freshness_days", value="off", actor=actor, today=books.TODAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_contact (administration_id, debtor_id, role, name, email, phone) "
            "SELECT administration_id, id, 'invoice', '', 'k' || number || '@k.example', '' FROM records_debtor "
            "WHERE administration_id = %s",
            [whose],
        )
        # Four customers of five have nothing due before another day.
        cursor.execute(
            "UPDATE records_receivable SET next_on = CASE WHEN debtor_id %% 5 = 0 THEN '0001-01-01' "
            "ELSE '2027-06-01' END"
            + ("::date" if connection.vendor == "postgresql" else "")
            + " WHERE administration_id = %s",
            [whose],
        )
        for table, columns in (
            ("bench_action", "id INTEGER PRIMARY KEY, customer INTEGER, n INTEGER, cents BIGINT"),
            ("bench_line", "action INTEGER, invoice BIGINT, step INTEGER, cents BIGINT"),
            ("bench_item", "id BIGINT PRIMARY KEY, customer BIGINT, cents BIGINT, step INTEGER, next_on DATE"),
        ):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.execute(f"CREATE TABLE {table} ({columns})")
        cursor.execute(
            "INSERT INTO bench_item SELECT id, debtor_id, open_cents, 1, next_on FROM records_receivable "
            "WHERE administration_id = %s",
            [whose],
        )
        cursor.execute("CREATE INDEX bench_item_due ON bench_item (next_on)")
        cursor.execute("CREATE INDEX bench_item_customer ON bench_item (customer)")
        cursor.execute("ANALYZE")
    due = f"next_on <= '{DAY}'"
    decided: list[int] = []

    def bare() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bench_action SELECT ROW_NUMBER() OVER (ORDER BY customer), customer, COUNT(*), SUM(cents) "
                f"FROM bench_item WHERE {due} GROUP BY customer"
            )
            cursor.execute(
                "INSERT INTO bench_line SELECT a.id, i.id, i.step, i.cents FROM bench_action a "
                f"JOIN bench_item i ON i.customer = a.customer WHERE {due}"
            )
            cursor.execute(f"UPDATE bench_item SET step = step + 1, next_on = '2027-06-01' WHERE {due}")

    def unbare() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM bench_action")
            cursor.execute("DELETE FROM bench_line")
            cursor.execute("UPDATE bench_item SET step = 1, next_on = '0001-01-01' WHERE step = 2")

    def ours() -> None:
        decided.append(len(runs.run(actor=actor, today=DAY).messages))

    def unours() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM records_action WHERE administration_id = %s", [whose])
            cursor.execute("DELETE FROM records_message WHERE administration_id = %s", [whose])

    clock = seconds if connection.vendor == "sqlite" else wall
    mine, limit = compared(ours, bare, clock=clock, runs=3, undo=(unours, unbare))
    assert set(decided) == {len({n for n in range(max(receivables // 5, 1)) if n % 5 == 0})}, decided
    items = receivables / 5
    yield Figure(
        f"daily run, {receivables:,} open, 20 % due ({connection.vendor})",
        f"{items / mine:,.0f}/s", f"{items / limit:,.0f}/s", mine / limit, 5,
    )  # fmt: skip
    yield Figure("  memory", f"{peak_megabytes():,.0f} MB", "", peak_megabytes(), MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(report(figures, sys.argv[1:] or ["100000"]))
