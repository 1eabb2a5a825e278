"""What is left of a notice after the price was paid: interest and costs that it announced, and that stay due by law.

Who pays after the term of a notice, and before a final one, still owes what the notice announced. Loaded in sets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from voldaan.records import announced, claims
from voldaan.records.actions import Action
from voldaan.records.bulk import Keys
from voldaan.records.receivables import Allocation, Entry, Receivable, ReceivableWords
from voldaan.records.situations import Situation
from voldaan.rules.charges import Running, claimed
from voldaan.rules.ledger import EntryKind
from voldaan.rules.notices import FINAL_NOTICE
from voldaan.rules.outbox import ActionState

ASKED_WITHIN = timedelta(days=183)  # after the notice: what nobody asked by then is let go
LET_GO = EntryKind.WRITE_OFF.value, EntryKind.CORRECTION.value, EntryKind.REVERSAL.value  # where it lowers an item


def paid_late(books: int, today: date) -> ReceivableWords:
    """Find what was paid late and is still to be asked, and has its next step on or before a day."""
    return to_ask(books, today).filter(next_on__lte=today)


def to_ask(books: int, today: date) -> ReceivableWords:
    """Find what was paid after a notice of late, and has had no final one."""
    notices = announced.arrived(books).filter(message__sent_on__gt=today - ASKED_WITHIN, receivable__open_cents=0)
    finals = Action.objects.of(books).filter(
        receivable=OuterRef("pk"), step=FINAL_NOTICE, state__in=[ActionState.TAKEN.value, ActionState.SKIPPED.value]
    )
    late = _paid(notices, books).values("receivable")
    return Receivable.objects.of(books).filter(pk__in=late).exclude(Exists(finals))


def _paid(notices: QuerySet[Action], books: int) -> QuerySet[Action]:
    """Leave out what was written off, credited or taken back since its notice left: nobody paid that, so late neither.

    A credit note says that so much was never due, and who writes off asks no more.
    """
    since = {"receivable": OuterRef("receivable"), "value_date__gte": OuterRef("message__sent_on")}
    let_go = Entry.objects.of(books).filter(kind__in=LET_GO, amount_cents__lt=0, **since)
    credited = Allocation.objects.of(books).filter(credit__invoice__isnull=False, amount_cents__gt=0, **since)
    for table, rows in ((Entry, let_go), (Allocation, credited)):
        undone = table.objects.of(books).filter(reverses=OuterRef("pk"))
        notices = notices.exclude(Exists(rows.exclude(Exists(undone))))
    return notices


def told(situations: Iterable[Situation], books: int, today: date) -> list[Situation]:
    """Tell of paid items how much is still due of what was announced; leave out those of which nothing is."""
    paid = [one for one in situations if not one.item.open_cents]
    cents = left(books, [one.receivable_id for one in paid], on=today)
    for one in paid:
        one.item.left_cents = cents.get(one.receivable_id, 0)
    return [one for one in paid if one.item.left_cents]


def left(books: int, paid: Collection[int], *, on: date) -> dict[int, int]:
    """Sum by receivable the interest on it, and the costs of its notices, that could be claimed on a day.

    None of what was paid within the term of its notice, or was let go after it: then nothing of it is to be asked.
    """
    late = _paid(announced.arrived(books).filter(receivable__in=Keys(paid)), books)
    items = set(late.values_list("receivable_id", flat=True)) if paid else set()
    owed = claims.owed(books, items, on=on, less_credit=True) if items else {}
    lapsed = announced.lapsed(books, list(owed), on=on, less_credit=True)
    found = {}
    for pk, one in owed.items():
        notices = [notice for notice in lapsed[pk] if notice.left_of(pk)]
        if notices:
            running = Running(pk, one.owed_cents, one.interest_cents, one.claimed_interest_cents, one.interest_since)
            found[pk] = sum(charge.cents for charge in claimed(one.basis, [running], notices, on))
    return found
