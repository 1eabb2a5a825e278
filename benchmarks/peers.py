"""`make bench-peers`: the follow-up of the day against Tryton's dunning of as many invoices, all of them due.

Both decide what each invoice gets and write it down for a person to approve: here as messages, there as drafts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks import books
from benchmarks.measure import HEAD, Figure, report, seconds
from benchmarks.tryton_dunning import DAY, DUE, ISSUED, RUNS

TIMES = 100
PEERS = Path("var/peers/bin/python")


def rate(invoices: int) -> float:
    """Give how many due invoices a run of ours takes in a second of CPU."""
    books.prepare()
    from django.db import connection

    from voldaan.usecases import administrations, runs

    if connection.vendor != "sqlite":
        sys.exit("Tryton is measured on SQLite: measure Voldaan there too.")
    actor = books.opened(invoices, f"Peers {invoices}")
    whose = actor.administration_id
    administrations.change(name="bank_freshness_days", value="off", actor=actor, today=books.TODAY)

    def bare(sql: str, *values: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} WHERE administration_id = %s", [*values, whose])

    bare(
        "INSERT INTO records_contact (administration_id, debtor_id, role, name, email, phone) "
        "SELECT administration_id, id, 'invoice', '', 'k' || number || '@k.example', '' FROM records_debtor"
    )
    bare("UPDATE records_invoice SET issue_date = %s", ISSUED.isoformat())
    bare("UPDATE records_receivable SET due_date = %s", DUE.isoformat())

    def run() -> None:
        found = runs.run(actor=actor, today=DAY)
        assert found.counts["due"] == invoices, found.counts

    took = []
    for _ in range(RUNS):
        took.append(seconds(run))
        bare("DELETE FROM records_action")
        bare("DELETE FROM records_message")
    return invoices / median(took)


def figures(invoices: int) -> Iterator[Figure]:
    """Measure one size; without assertions, which Tryton has many of, it is at its fastest."""
    words = [str(PEERS), "-O", "-m", "benchmarks.tryton_dunning", str(invoices)]
    tryton = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)  # noqa: S603
    ours = rate(invoices)
    # Like for like is the first: what waits for a person. Tryton's own wizard then processes its drafts.
    for what, rate_ in (("written as drafts", tryton["created"]), ("processed too", tryton["processed"])):
        yield Figure(
            f"run, {invoices:,} due, to Tryton's dunnings {what}",
            f"{ours:,.0f}/s", f"{rate_:,.0f}/s", ours / rate_, TIMES, at_least=True,
        )  # fmt: skip


if __name__ == "__main__":
    print(HEAD, flush=True)
    sys.exit(report(figures, sys.argv[1:] or ["5000"]))
