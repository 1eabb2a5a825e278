"""Matching receipts with open items, and booking what is certain, against bare SQL of the same work on the same tables.

A tenth as many receipts as receivables, and all of them certain: seven of ten bear a payment reference and its amount,
the others only the account of their payer, a third of these with one item and the rest with two. The bare SQL makes the
same three passes, and books with three inserts and one update a line.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from benchmarks import books
from benchmarks.measure import Figure, compared, report, seconds, wall

EARLIER = books.TODAY - timedelta(days=30)
FIRST = 100_000_000_000  # of the references
BARE = 10**15  # from here on, what the bare SQL numbers
TABLES = {
    "bench_match": "receipt BIGINT, receivable BIGINT, debtor BIGINT, cents BIGINT",
}
DAYS = f"'{books.TODAY}', '{books.TODAY}', '{books.TODAY}'"
BOOKED = (
    f"""
    INSERT INTO records_credit (administration_id, debtor_id, currency, value_date, open_cents, transaction_id, id)
    SELECT {{whose}}, MIN(debtor), 'EUR', '{books.TODAY}', 0, receipt, {BARE} + receipt
    FROM bench_match GROUP BY receipt""",
    f"""
    INSERT INTO records_entry (administration_id, debtor_id, currency, kind, source, amount_cents, value_date,
        booked_on, counts_on, number, credit_id)
    SELECT {{whose}}, MIN(debtor), 'EUR', 'received', 'bare:' || receipt, -SUM(cents), {DAYS},
        {BARE} + receipt, {BARE} + receipt
    FROM bench_match GROUP BY receipt""",
    f"""
    INSERT INTO records_allocation (administration_id, debtor_id, currency, "by", rule, evidence, amount_cents,
        value_date, booked_on, counts_on, number, credit_id, receivable_id)
    SELECT {{whose}}, debtor, 'EUR', 'machine', 'bare', '[]', cents, {DAYS},
        {BARE} + receivable, {BARE} + receipt, receivable
    FROM bench_match""",
    """
    UPDATE records_receivable SET open_cents = open_cents - m.cents FROM bench_match m
    WHERE m.receivable = records_receivable.id""",
)
LINE = "records_receivable r ON r.administration_id = b.administration_id AND r.open_cents > 0 AND"
OPEN = "b.administration_id = {whose} AND b.state = 'unmatched'"
BY_REFERENCE = f"""
    INSERT INTO bench_match SELECT b.id, r.id, r.debtor_id, r.open_cents FROM records_banktransaction b
    JOIN records_invoice i ON i.administration_id = b.administration_id AND i.payment_reference = b.structured_reference
    JOIN {LINE} r.invoice_id = i.id AND r.open_cents = b.left_cents
    WHERE {OPEN} AND b.structured_reference <> ''"""
BY_ACCOUNT = f"""
    INSERT INTO bench_match SELECT b.id, MIN(r.id), MIN(r.debtor_id), MIN(r.open_cents) FROM records_banktransaction b
    JOIN records_payeralias p ON p.administration_id = b.administration_id AND p.iban = b.counterparty_iban
    JOIN {LINE} r.debtor_id = p.debtor_id AND r.open_cents = b.left_cents
    WHERE {OPEN} AND b.id NOT IN (SELECT receipt FROM bench_match) GROUP BY b.id HAVING COUNT(*) = 1"""
BY_PAIR = f"""
    INSERT INTO bench_match SELECT b.id, CASE WHEN one.n = 1 THEN r.id ELSE s.id END, r.debtor_id,
        CASE WHEN one.n = 1 THEN r.open_cents ELSE s.open_cents END
    FROM records_banktransaction b
    JOIN records_payeralias p ON p.administration_id = b.administration_id AND p.iban = b.counterparty_iban
    JOIN {LINE} r.debtor_id = p.debtor_id
    JOIN records_receivable s ON s.administration_id = b.administration_id AND s.open_cents > 0
        AND s.debtor_id = p.debtor_id AND s.id > r.id AND r.open_cents + s.open_cents = b.left_cents
    CROSS JOIN (SELECT 1 AS n UNION ALL SELECT 2) one
    WHERE {OPEN} AND b.id NOT IN (SELECT receipt FROM bench_match)"""


def opened(receivables: int) -> Any:
    """Open books in which a tenth as many receipts wait; give the actor."""
    from django.db import connection

    from voldaan.records import bulk
    from voldaan.records.bank import BankTransaction, Statement
    from voldaan.records.documents import Document
    from voldaan.records.fields import new_public_id
    from voldaan.usecases.bank_days import COLUMNS

    actor = books.opened(receivables, f"Matching {receivables}")
    whose, first, debtors = actor.administration_id, actor.administration_id * 100_000_000, receivables // 5
    document = Document.objects.of(whose).create(
        administration_id=whose, sha256="0" * 64, name="bank.xml", media_type="application/xml", size=0
    )
    statement = Statement.objects.of(whose).create(
        administration_id=whose, document=document, account="NL91ABNA0417164300", currency="EUR"
    )

    def cents(i: int) -> int:
        return 1000 + books.spread(i, 900_001) - (500 if i % 3 == 0 else 0)

    def receipt(n: int) -> tuple[Any, ...]:
        refers, is_pair = n % 10 < 7, n % 2 == 1
        amount = cents(n) + (0 if refers or not is_pair else cents(n + debtors))
        reference, iban = (str(FIRST + n), "") if refers else ("", f"NL00BANK{n:010}")
        return (whose, new_public_id(), statement.pk, "camt.053", statement.account, "EUR", books.TODAY, amount, n,
                books.TODAY, f"Klant {n}", iban, reference, "" if refers else "Met dank", f"E2E{n}", "", "", "", False,
                amount, "unmatched")  # fmt: skip

    def before(n: int) -> tuple[Any, ...]:
        return (whose, new_public_id(), statement.pk, "camt.053", statement.account, "EUR", EARLIER, 500, n,
                EARLIER, f"Klant {n % debtors}", f"NL00BANK{n % debtors:010}", "", "", "", "", "", "", False, 0,
                "booked")  # fmt: skip

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_invoice SET payment_reference = CAST(%s + id AS varchar(20)) WHERE administration_id = %s",
            [FIRST - first, whose],
        )
        bulk.insert(BankTransaction, COLUMNS, map(receipt, range(receivables // 10)))
        bulk.insert(BankTransaction, COLUMNS, map(before, range(0, receivables, 3)))
        cursor.execute(
            "UPDATE records_credit SET transaction_id = b.id FROM records_banktransaction b "
            "WHERE b.administration_id = %s AND b.state = 'booked' AND records_credit.id = %s + b.occurrence",
            [whose, first],
        )
        for table, columns in TABLES.items():
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.execute(f"CREATE TABLE {table} ({columns})")
        cursor.execute("CREATE INDEX bench_match_receipt ON bench_match (receipt)")
        cursor.execute("ANALYZE")
    return actor


def figures(receivables: int) -> Iterator[Figure]:
    """Measure one size."""
    books.prepare()
    from django.db import connection, transaction

    from voldaan.records.bank import BankTransaction
    from voldaan.usecases import matching

    gc.collect()
    gc.freeze()  # as the command does when it has loaded
    actor = opened(receivables)
    whose, receipts = actor.administration_id, receivables // 10
    waiting = BankTransaction.objects.of(whose).filter(state="unmatched")
    decided: list[matching.Decided] = []

    def decide() -> None:
        decided[:] = [matching.Block(rows, whose).decided() for rows, _ in matching.blocks(waiting)]

    def bare(*statements: str) -> None:
        with connection.cursor() as cursor:
            for sql in statements:
                cursor.execute(sql.format(whose=whose))

    def book() -> None:
        for block in decided:
            matching.carry_out(block, actor=actor, today=books.TODAY)

    def rolled_back(call: Callable[[], object]) -> float:
        clock = seconds if connection.vendor == "sqlite" else wall
        with transaction.atomic():
            took = clock(call)
            transaction.set_rollback(True)
        return took

    mine, limit = compared(decide, lambda: bare(BY_REFERENCE, BY_ACCOUNT, BY_PAIR), clock=rolled_back, runs=3)
    assert sum(len(block.to_book) for block in decided) == receipts, "all of them are certain"
    yield Figure(
        f"match {receipts:,} receipts, {receivables:,} open ({connection.vendor})",
        f"{receipts / mine:,.0f}/s", f"{receipts / limit:,.0f}/s", mine / limit, 5,
    )  # fmt: skip
    bare(BY_REFERENCE, BY_ACCOUNT, BY_PAIR)
    mine, limit = compared(book, lambda: bare(*BOOKED), clock=rolled_back, runs=3)
    yield Figure(
        f"  book them, {receipts:,} receipts",
        f"{receipts / mine:,.0f}/s",
        f"{receipts / limit:,.0f}/s",
        mine / limit,
        4,
    )


if __name__ == "__main__":
    sys.exit(report(figures, sys.argv[1:] or ["100000"]))
