"""What is left of a notice after the price was paid: interest and costs that it announced, and that stay due by law.

Who pays after the term of a notice, and before a final one, still owes what the notice announced. Loaded in sets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from voldaan.records import announced, claims
from voldaan.records.actions import Action
from voldaan.records.receivables import Receivable, ReceivableWords
from voldaan.records.situations import Situation
from voldaan.rules.charges import Running, claimed
from voldaan.rules.notices import FINAL_NOTICE
from voldaan.rules.outbox import ActionState

ASKED_WITHIN = timedelta(days=183)  # after the notice: what nobody asked by then is let go


def paid_late(books: int, today: date) -> ReceivableWords:
    """Find what was paid after a notice of late, has had no final one, and has its next step on or before a day."""
    notices = announced.arrived(books).filter(message__sent_on__gt=today - ASKED_WITHIN, receivable__open_cents=0)
    finals = Action.objects.of(books).filter(
        receivable=OuterRef("pk"), step=FINAL_NOTICE, state__in=[ActionState.TAKEN.value, ActionState.SKIPPED.value]
    )
    found = Receivable.objects.of(books).filter(pk__in=notices.values("receivable"), next_on__lte=today)
    return found.exclude(Exists(finals))


def told(situations: Iterable[Situation], books: int, today: date) -> list[Situation]:
    """Tell of paid items how much is still due of what was announced; leave out those of which nothing is."""
    paid = [one for one in situations if not one.item.open_cents]
    cents = left(books, [one.receivable_id for one in paid], on=today)
    for one in paid:
        one.item.left_cents = cents.get(one.receivable_id, 0)
    return [one for one in paid if one.item.left_cents]


def left(books: int, paid: Collection[int], *, on: date) -> dict[int, int]:
    """Sum by receivable the interest on it, and the costs of its notices, that could be claimed on a day.

    None of what was paid within the term of its notice: then nothing of it was to be asked.
    """
    owed = claims.owed(books, paid, on=on) if paid else {}
    lapsed = announced.lapsed(books, list(owed), on=on)
    found = {}
    for pk, one in owed.items():
        late = [notice for notice in lapsed[pk] if notice.left_of(pk)]
        if late:
            running = Running(pk, one.open_cents, one.interest_cents, one.claimed_interest_cents, one.interest_since)
            found[pk] = sum(charge.cents for charge in claimed(one.basis, [running], late, on))
    return found
