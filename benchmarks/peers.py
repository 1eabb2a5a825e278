"""`make bench-peers`: the follow-up of the day against Tryton's dunning, and receipts against Tryton's statement.

Both decide what each of as many due invoices gets and write it down for a person to approve: here as messages, there as
drafts. Of the receipts both know which invoice each pays, and book and reconcile them.
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
TIMES_STATEMENT = 300
LINES = 500  # of the statement: posting the invoices that it pays takes Tryton most of the time
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


def booked(receipts: int) -> float:
    """Give how many receipts of which it is known what they pay are booked in a second of CPU."""
    from django.db import transaction

    from benchmarks import matching
    from voldaan.records.bank import BankTransaction
    from voldaan.usecases.matching import Block, blocks, carry_out

    actor = matching.opened(receipts * 10)
    whose = actor.administration_id
    waiting = BankTransaction.objects.of(whose).filter(state="unmatched")
    decided = [Block(rows, whose).decided() for rows, _ in blocks(waiting)]

    def book() -> None:
        for block in decided:
            carry_out(block, actor=actor, today=books.TODAY)

    took = []
    for _ in range(RUNS):
        with transaction.atomic():
            took.append(seconds(book))
            transaction.set_rollback(True)
    return receipts / median(took)


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
    words[3:] = ["benchmarks.tryton_statements", str(LINES)]
    tryton = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)  # noqa: S603
    ours = booked(LINES)
    yield Figure(
        f"book, {LINES} receipts, to Tryton's statement lines",
        f"{ours:,.0f}/s", f"{tryton['booked']:,.0f}/s", ours / tryton["booked"], TIMES_STATEMENT, at_least=True,
    )  # fmt: skip


if __name__ == "__main__":
    print(HEAD, flush=True)
    sys.exit(report(figures, sys.argv[1:] or ["5000"]))
