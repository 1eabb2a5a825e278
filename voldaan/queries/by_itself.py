"""How many of the receipts went by themselves, and how many of those were unsure: of the last file, and by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncMonth

from voldaan.records.bank import BankTransaction
from voldaan.records.receivables import Allocation, Entry
from voldaan.rules.ledger import By
from voldaan.rules.matches import MatchClass
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.receipts import ReceiptState

MONTHS = 12
CERTAIN = [kind.value for kind in MatchClass if kind.certain]


@dataclass(frozen=True, slots=True)
class Share:
    """What became of receipts that are from customers; what was set aside is not among them."""

    received: int = 0
    by_itself: int = 0
    unsure: int = 0  # of these: not certain when the machine booked it
    taken_back: int = 0  # that the machine booked, and a person undid
    waiting: int = 0

    @property
    def by_person(self) -> int:
        """Give how many a person booked."""
        return self.received - self.by_itself - self.waiting


@dataclass(frozen=True, slots=True)
class MonthRow:
    """What became of the receipts that were booked by the bank in one month."""

    month: date  # its first day
    share: Share


def last_file(*, actor: Actor) -> Share:
    """Say what became of the receipts of the last bank file that brought any."""
    actor.must(Deed.READ_BOOKS)
    return as_share(list(of_last_file(actor.administration_id)))


def of_last_file(books: int) -> QuerySet[BankTransaction, Any]:
    """Ask it of the receipts of the last bank file: one row with the counts, or none."""
    newest = _receipts(books).order_by("-pk").values("statement__document")[:1]
    of_it = _told_apart(_receipts(books).filter(statement__document=Subquery(newest)), books)
    return of_it.order_by().values_list("administration_id").annotate(**COUNTS)


def as_share(rows: Sequence[Sequence[int]]) -> Share:
    """Take in what was answered to `of_last_file`."""
    return next((Share(*counts) for _, *counts in rows), Share())


def by_month(*, actor: Actor, today: date) -> list[MonthRow]:
    """Say it of each of the last twelve months in which anything came in, the newest first."""
    actor.must(Deed.READ_BOOKS)
    years, month = divmod(today.year * 12 + today.month - MONTHS, 12)
    recent = _receipts(actor.administration_id).filter(booking_date__gte=date(years, month + 1, 1))
    rows = _told_apart(recent, actor.administration_id).annotate(month=TruncMonth("booking_date")).order_by()
    counted = rows.values_list("month").annotate(**COUNTS).order_by("-month")
    return [MonthRow(month, Share(*counts)) for month, *counts in counted]


def _receipts(books: int) -> QuerySet[BankTransaction]:
    return BankTransaction.objects.of(books).filter(amount_cents__gt=0)


def _told_apart(receipts: QuerySet[BankTransaction], books: int) -> QuerySet[BankTransaction, Any]:
    of_it = Allocation.objects.of(books).filter(
        credit__transaction=OuterRef("pk"), by=By.MACHINE.value, reverses__isnull=True
    ).annotate(undone=Exists(Allocation.objects.of(books).filter(reverses=OuterRef("pk"))))  # fmt: skip
    # Of a payment that somebody recorded before, the bank line is only tied to it.
    known_before = Entry.objects.of(books).filter(credit__transaction=OuterRef("pk"), reverses__isnull=True)
    booked = receipts.exclude(state=ReceiptState.IGNORED.value)
    return booked.annotate(
        by_machine=Exists(of_it.filter(undone=False)),
        tied=Exists(known_before.exclude(source__startswith="bank:")),
        unsure_one=Exists(of_it.filter(undone=False).exclude(rule__in=CERTAIN)),
        undone_one=Exists(of_it.filter(undone=True)),
    )


_WAITS = Q(state__in=[ReceiptState.PROPOSED.value, ReceiptState.UNMATCHED.value])
COUNTS = {
    "received": Count("pk"),
    "by_itself": Count("pk", filter=~_WAITS & (Q(by_machine=True) | Q(tied=True))),
    "unsure": Count("pk", filter=Q(unsure_one=True)),
    "taken_back": Count("pk", filter=Q(undone_one=True, by_machine=False)),
    "waiting": Count("pk", filter=_WAITS),
}
