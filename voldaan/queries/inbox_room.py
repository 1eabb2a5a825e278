"""The bank inbox with what stands around it: what it can be filtered by, and how the last bank file went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from voldaan.queries import bank_inbox, by_itself
from voldaan.queries.bank_inbox import Inbox
from voldaan.queries.by_itself import Share
from voldaan.records.proposals import fitting
from voldaan.records.together import Found, together
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the receipts that wait."""

    accounts: list[str]  # ours, on which something came in that waits
    classes: list[str]  # of what is proposed
    share: Share  # of the last bank file


def whole(*, most: int, actor: Actor) -> tuple[Inbox, Around]:
    """Show all that waits, and what stands around it, in one question."""
    actor.must(Deed.READ_BOOKS)
    receipts, settled, *around_it = together(_whole, actor.administration_id, most=most)
    return bank_inbox.as_told(receipts, settled), _told(around_it)


def around(*, actor: Actor) -> Around:
    """Say what stands around it."""
    actor.must(Deed.READ_BOOKS)
    return _told(together(_around, actor.administration_id))


def _whole(books: int, *, most: int) -> list[QuerySet[Any, Any]]:
    return [*bank_inbox.both(books, most=most), *_around(books)]


def _around(books: int) -> list[QuerySet[Any, Any]]:
    proposed = fitting(books).filter(transaction__isnull=False)
    return [
        bank_inbox.receipts_that_wait(books).order_by("account").values_list("account").distinct(),
        proposed.order_by("match_class").values_list("match_class").distinct(),
        by_itself.of_last_file(books),
    ]


def _told(found: list[Found]) -> Around:
    accounts, classes, share = found
    return Around([one for (one,) in accounts], [one for (one,) in classes], by_itself.as_share(share))
