"""What was booked: entries and allocations row by row, and one debtor's account with its running balance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from voldaan.queries.moments import Moment
from voldaan.records.debtors import Debtor
from voldaan.records.receivables import Allocation, Entry
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchDebtor


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry; per debtor and currency they add up to the open items less the credits."""

    number: int
    booked_on: date
    value_date: date
    kind: str
    debtor: str
    debtor_id: str
    invoice: str | None
    currency: str
    cents: int
    source: str
    reverses: int | None  # booking number of the entry that this one takes back


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """One allocation; a counter-row is negative and names what it undoes."""

    id: int  # its booking number
    receipt: int  # booking number of the entry that brought the money
    transaction: str | None  # the bank line that brought it
    end_to_end_id: str | None
    bank_reference: str | None
    invoice: str
    currency: str
    cents: int
    value_date: date
    by: str
    class_: str
    evidence: list[str]
    reverses: int | None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a debtor's account: positive is owed more."""

    value_date: date
    kind: str
    invoice: str | None
    currency: str
    cents: int
    balance_cents: int


def _known(rows: QuerySet[Any], moment: Moment) -> QuerySet[Any]:
    asked = {
        "counts_on__lte": moment.as_of,
        "booked_on__lte": moment.known_on,
        "number__lte": moment.known_number,
    }
    return rows.filter(**{word: limit for word, limit in asked.items() if limit is not None})


def entries(*, moment: Moment, actor: Actor) -> list[EntryRow]:
    """List the entries in the order of booking."""
    actor.must(Deed.READ_BOOKS)
    found = _known(Entry.objects.of(actor.administration_id), moment).order_by("number")
    invoice = Coalesce("receivable__invoice__number", "credit__invoice__number")
    return [
        EntryRow(*row)
        for row in found.values_list(
            "number", "booked_on", "value_date", "kind", "debtor__name", "debtor__public_id", invoice, "currency",
            "amount_cents", "source", "reverses__number",
        )
    ]  # fmt: skip


def allocations(*, moment: Moment, actor: Actor) -> list[AllocationRow]:
    """List the allocations in the order of booking."""
    actor.must(Deed.READ_BOOKS)
    found = _known(Allocation.objects.of(actor.administration_id), moment).order_by("number")
    receipts = dict(
        Entry.objects.of(actor.administration_id)
        .filter(credit__isnull=False)
        .order_by("-number")
        .values_list("credit_id", "number")
    )
    rows = (
        AllocationRow(number, receipts[credit], *facts)
        for number, credit, *facts in found.values_list(
            "number", "credit_id", "credit__transaction__public_id", "credit__transaction__end_to_end_id",
            "credit__transaction__bank_reference", "receivable__invoice__number", "currency", "amount_cents",
            "value_date", "by", "rule", "evidence", "reverses__number",
        )
    )  # fmt: skip
    # What a credit note pays beside a receipt says with which: that is of no use to a reader.
    return [replace(row, class_=row.class_.partition(":")[0]) if ":" in row.class_ else row for row in rows]


def statement(*, debtor: str, moment: Moment, actor: Actor) -> list[StatementLine]:
    """Give the account of one debtor (public id or number): every movement by value date, one balance per currency.

    Raises:
        NoSuchDebtor: there is no such debtor here.
    """
    actor.must(Deed.READ_BOOKS)
    books = Debtor.objects.of(actor.administration_id)
    whose = books.filter(public_id=debtor) | books.exclude(number="").filter(number=debtor)
    found = _known(Entry.objects.of(actor.administration_id), moment).filter(debtor__in=whose)
    lines = with_balances(booked(found))
    if not (lines or whose.exists()):
        raise NoSuchDebtor(debtor=debtor)
    return lines


def booked(entries: QuerySet[Entry]) -> QuerySet[Entry, Any]:
    """Give the movements of one account in their order: part of questions."""
    invoice = Coalesce("receivable__invoice__number", "credit__invoice__number")
    ordered = entries.order_by("value_date", "number")
    return ordered.values_list("value_date", "kind", invoice, "currency", "amount_cents")


def with_balances(movements: Iterable[Sequence[Any]]) -> list[StatementLine]:
    """Add up these movements, by currency."""
    balances: dict[str, int] = {}
    lines = []
    for value_date, kind, number, currency, cents in movements:
        balances[currency] = balances.get(currency, 0) + cents
        lines.append(StatementLine(value_date, kind, number, currency, cents, balances[currency]))
    return lines
