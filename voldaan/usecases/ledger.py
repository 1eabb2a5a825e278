"""The one place where the ledger is written: numbers taken, rows appended, open amounts kept true.

The verbs (invoices, payments, allocations, write-offs, imports) say what to book; this room books it, in sets.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from voldaan.records import bulk
from voldaan.records.administrations import Administration, Head
from voldaan.records.receivables import Allocation, Credit, Entry, Receivable
from voldaan.rules.imputation import FormalClaim, claims_first
from voldaan.rules.ledger import By, EntryKind, counts_on, source
from voldaan.rules.permissions import Actor
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.told import Told

BLOCK = 5_000  # rows a statement inserts at once
BOOKED = ("number", "debtor_id", "currency", "amount_cents", "value_date", "counts_on", "reverses_id")


class PeriodClosed(Refusal):
    code = "period_closed"
    kind = Kind.CONFLICT
    says = mark("Nothing is booked on {today}: the books are closed up to and including {until}.")


class MergedMeanwhile(Refusal):
    code = "merged_meanwhile"
    kind = Kind.CONFLICT
    says = mark("This customer was merged into another just now. Nothing was booked. Do the same again.")


class NewEntry(NamedTuple):
    """An entry to append, on a receivable or on a credit. Positive: the debtor owes more."""

    debtor_id: int
    kind: EntryKind
    currency: str
    amount_cents: int
    value_date: date
    source: str  # of any length: `ledger.source` makes it fit
    receivable_id: int | None = None
    credit_id: int | None = None
    reverses_id: int | None = None
    given_with_id: int | None = None  # the credit of the receipt with which it was given up


class NewAllocation(NamedTuple):
    """An allocation to append; a counter-row is negative and names the row it undoes."""

    debtor_id: int
    credit_id: int
    receivable_id: int
    currency: str
    amount_cents: int
    value_date: date
    by: By
    rule: str
    evidence: tuple[str | Told, ...] = ()
    reverses_id: int | None = None


def lock_numbers(actor: Actor) -> Head:
    """Lock the head row of the books, after all other locks: from here to the commit nobody else books.

    What a verb then looks up (is this number, this key taken? is the period closed?) stays true while it writes.
    """
    return Head.objects.of(actor.administration_id).select_for_update().get()


def post(*, entries: Sequence[NewEntry] = (), allocations: Sequence[NewAllocation] = (), actor: Actor,
         today: date) -> int:  # fmt: skip
    """Append the rows, take their booking numbers, bring the open amounts along; return the last number.

    The caller holds the transaction and the locks of the debtors; the head row is locked here, last.

    Raises:
        PeriodClosed: `today` lies in a closed period.
    """
    books = actor.administration_id
    head = lock_numbers(actor)
    before = head.booking_number
    closed_until = Administration.objects.values_list("closed_until", flat=True).get(pk=books)
    if closed_until and today <= closed_until:
        raise PeriodClosed(today=today, until=closed_until)

    def booked(number: int, row: NewEntry | NewAllocation) -> tuple[Any, ...]:
        shows = counts_on(row.value_date, closed_until)
        return number, row.debtor_id, row.currency, row.amount_cents, row.value_date, shows, row.reverses_id

    alike = {"administration_id": books, "booked_on": today}
    bulk.insert(
        Entry,
        (*BOOKED, "receivable_id", "credit_id", "kind", "source", "given_with_id"),
        (
            (
                *booked(number, row),
                row.receivable_id,
                row.credit_id,
                row.kind.value,
                source(row.source),
                row.given_with_id,
            )
            for number, row in enumerate(entries, before + 1)
        ),
        **alike,
    )
    bulk.insert(
        Allocation,
        (*BOOKED, "receivable_id", "credit_id", "by", "rule", "evidence"),
        (
            (*booked(number, row), row.receivable_id, row.credit_id, row.by.value, row.rule, list(row.evidence))
            for number, row in enumerate(allocations, before + len(entries) + 1)
        ),
        **alike,
    )
    _must_be_theirs(books, before)
    _bring_along(books, before)
    head.booking_number = before + len(entries) + len(allocations)
    head.save(update_fields=["booking_number"])
    return head.booking_number


def _must_be_theirs(books: int, before: int) -> None:
    """Refuse to book on what was given to another debtor since it was looked up: a merge does not wait for us."""
    strays = " UNION ALL ".join(
        f"SELECT 1 FROM {table} b JOIN {on} o ON o.id = b.{key} JOIN records_debtor d ON d.id = b.debtor_id "  # noqa: S608 - names of our own
        f"WHERE b.administration_id = %s AND b.number > %s{and_} "
        "AND (o.debtor_id <> d.id OR d.merged_into_id IS NOT NULL)"
        for table, and_ in (("records_entry", " AND b.kind <> 'moved'"), ("records_allocation", ""))
        for on, key in (("records_receivable", "receivable_id"), ("records_credit", "credit_id"))
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{strays} LIMIT 1", [books, before] * 4)
        if cursor.fetchone():
            raise MergedMeanwhile


def counters_on(row: Entry | Allocation, owner: int, today: date) -> date:
    """Give the value date of the counter-row of a booking: its own, as if it never was.

    Where it was booked on a double that was merged since, today: the past of the double stays as it was.
    """
    return row.value_date if row.debtor_id == owner else today


def _bring_along(books: int, before: int) -> None:
    """Move the open amounts by what was booked after number `before`: two statements for any number of rows.

    Entries and allocations move an amount together, so that no check sees a passing minus. They are summed apart from
    the rows that they move: PostgreSQL knows nothing yet of what was just inserted, and would look it up row by row.
    """
    for table, key, sign in (("records_receivable", "receivable_id", ""), ("records_credit", "credit_id", "-")):
        sql = f"""
            UPDATE {table} SET open_cents = open_cents + moved.cents FROM (
                SELECT {key} AS id, SUM(cents) AS cents FROM (
                    SELECT {key}, {sign}amount_cents AS cents FROM records_entry
                    WHERE administration_id = %s AND number > %s AND {key} IS NOT NULL
                    UNION ALL
                    SELECT {key}, -amount_cents FROM records_allocation WHERE administration_id = %s AND number > %s
                ) booked GROUP BY {key}
            ) moved WHERE {table}.id = moved.id
        """  # noqa: S608 - table and column names of our own; all values are bound
        with connection.cursor() as cursor:
            cursor.execute(sql, [books, before, books, before])


def settle(credit_id: int, invoice_ids: Sequence[int], *, by: By, rule: str, evidence: tuple[str, ...] = (),
           most: int | None = None, claims: Sequence[FormalClaim] = (), actor: Actor, today: date) -> int:  # fmt: skip
    """Let a credit pay the open parts of the invoices in the order given; return what was allocated, in cents.

    What was claimed on them by `claims` is paid before them.

    Part of a verb, not one itself: the caller holds the transaction and the lock of the debtor.
    """
    credit = Credit.objects.of(actor.administration_id).get(pk=credit_id)
    parts = [part for invoice_id in invoice_ids for part in open_parts(invoice_id, actor=actor)]
    purse = credit.open_cents if most is None else min(most, credit.open_cents)
    lines = [(part.pk, part.open_cents) for part in parts]
    paid = claims_first(lines, claims, paid_on=credit.value_date, cents=purse)
    left = purse - sum(share for _, share in paid)
    first_day = dict(
        Entry.objects.of(actor.administration_id)
        .filter(receivable__in=[receivable for receivable, _ in paid])
        .order_by("-value_date")
        .values_list("receivable_id", "value_date")
    )
    rows = [
        NewAllocation(
            debtor_id=credit.debtor_id, credit_id=credit.pk, receivable_id=receivable,
            currency=credit.currency, amount_cents=share,
            value_date=max(credit.value_date, first_day[receivable]), by=by, rule=rule, evidence=evidence,
        )
        for receivable, share in paid
    ]  # fmt: skip
    if rows:
        post(allocations=rows, actor=actor, today=today)
    allocated: int = purse - left
    return allocated


def open_parts(invoice_id: int, *, actor: Actor) -> list[Receivable]:
    """Give what is open of an invoice, earliest due first."""
    books = Receivable.objects.of(actor.administration_id)
    return list(books.filter(invoice=invoice_id).still_open().order_by("due_date", "instalment"))
