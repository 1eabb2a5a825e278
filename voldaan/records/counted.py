"""What the law counts on another day than the books: each time by what is known now; loaded in sets.

A credit note that names its invoice says that so much of it was never owed. What was taken back never was, though it is
booked today where a double was merged in between. And money that nobody allocated yet was paid all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from voldaan.records.debtors import Debtor
from voldaan.records.receivables import Allocation, Credit, Entry, Receivable
from voldaan.rules.ledger import EntryKind

Days = dict[date, int]  # so many cents less from a day on; more where it is negative


def otherwise(books: int, items: Any) -> dict[int, Days]:
    """Tell by receivable what counts on another day than it is booked: two or three questions for any number."""
    found: dict[int, Days] = defaultdict(lambda: defaultdict(int))
    for item, day, cents in (*_never_owed(books, items), *_taken_back(books, items)):
        found[item][day] += cents
    return found


def _never_owed(books: int, items: Any) -> Iterator[tuple[int, date, int]]:
    """Count what credit notes took off that name the invoice from its first day.

    A note may be more than was still open of its invoice. The rest counts for each instalment: of which of them it was
    never owed, it does not say.
    """
    receivables = Receivable.objects.of(books).filter(pk__in=items)
    notes = Credit.objects.of(books).filter(
        invoice__corrects__isnull=False, invoice__corrects__in=receivables.values("invoice")
    )
    # What was paid back of a note was never owed all the same.
    paid_back = Q(kind=EntryKind.REFUNDED.value) | Q(reverses__kind=EntryKind.REFUNDED.value)
    of_notes = Entry.objects.of(books).filter(credit__in=notes).exclude(paid_back)
    booked = of_notes.order_by().values_list("credit__invoice__corrects")
    rest = {invoice: -cents for invoice, cents in booked.annotate(Sum("amount_cents")) if cents}
    if not rest:
        return
    corrected = receivables.filter(invoice__in=list(rest)).values_list("pk", "invoice_id", "invoice__issue_date")
    first_day = {item: (invoice, day) for item, invoice, day in corrected}
    lowered = Allocation.objects.of(books).filter(
        credit__in=notes, receivable__invoice__in=list(rest), receivable__invoice=F("credit__invoice__corrects")
    )
    counts_on = Coalesce("reverses__value_date", "value_date")  # as `_taken_back` has it
    for item, invoice, day, cents in lowered.annotate(day=counts_on).values_list(
        "receivable_id", "receivable__invoice_id", "day", "amount_cents"
    ):
        rest[invoice] -= cents
        if item in first_day:
            yield item, first_day[item][1], cents
            yield item, day, -cents
    for item, (invoice, day) in first_day.items():
        yield item, day, max(rest[invoice], 0)


def _taken_back(books: int, items: Any) -> Iterator[tuple[int, date, int]]:
    """Count what was taken back after a double was merged from the day that it takes back."""
    if not Debtor.objects.of(books).filter(merged_into__isnull=False).exists():
        return
    for table, less in ((Entry, -1), (Allocation, 1)):
        later = table.objects.of(books).filter(receivable__in=items, reverses__isnull=False)
        later = later.exclude(value_date=F("reverses__value_date"))
        columns = ("receivable_id", "value_date", "reverses__value_date", "amount_cents")
        for item, booked, day, cents in later.values_list(*columns):
            yield item, day, less * cents
            yield item, booked, -less * cents


class Purse:
    """What customers have with us that nobody allocated; it pays what it is given in that order."""

    def __init__(self, books: int, items: Any) -> None:
        """Load what the customers of these receivables have: one question."""
        owners = Receivable.objects.of(books).filter(pk__in=items).values("debtor")
        rows = Credit.objects.of(books).filter(debtor__in=owners, open_cents__gt=0).order_by("value_date", "pk")
        self._left: dict[tuple[int, str], list[tuple[date, int]]] = defaultdict(list)
        for debtor, currency, day, cents in rows.values_list("debtor_id", "currency", "value_date", "open_cents"):
            self._left[debtor, currency].append((day, cents))

    def pay(self, debtor: int, currency: str, cents: int, *, since: date) -> Days:
        """Take so much from it, the oldest money first; it counts from the day of the money, or of the invoice."""
        left, paid = self._left.get((debtor, currency)), defaultdict[date, int](int)
        while left and cents:
            day, has = left.pop(0)
            share = min(has, cents)
            paid[max(day, since)] += share
            cents -= share
            if share < has:
                left.insert(0, (day, has - share))
        return paid
