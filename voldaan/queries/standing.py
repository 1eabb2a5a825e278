"""Where the books stand: what waits in each room, counted no further than is told; and whether anything changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Subquery

from voldaan.queries import bank_inbox, worklist
from voldaan.records.actions import Task
from voldaan.records.administrations import Head
from voldaan.records.bulk import Counted
from voldaan.records.events import Event
from voldaan.records.messages import Message
from voldaan.records.prepared import asked
from voldaan.rules.outbox import MessageState, TaskState
from voldaan.rules.permissions import Actor, Deed

MOST = 100  # counted of each: 99 is told, and what is more is "99+"


@dataclass(frozen=True, slots=True)
class Standing:
    """How much waits, by room: at most `MOST` of each."""

    things: int  # of the worklist
    messages: int  # for a yes
    receipts: int


State = tuple[Any, ...]
KEPT = 256  # answers of one question in one process, of a few kB each


def standing(*, actor: Actor, today: date) -> Standing:
    """Count what waits, in one question that costs the same in books of any size."""
    actor.must(Deed.READ_BOOKS)
    *_, messages, tasks, planned, receipts, settled = state_of(actor.administration_id, today)
    return Standing(min(messages + tasks, MOST), planned, min(receipts + settled, MOST))


def state_of(books: int, today: date) -> State:
    """Give what stays the same as long as nothing joined or left what the pages show of these books.

    Every verb writes an event or a booking in its own transaction. Without one, a message or a task only leaves what
    waits (a letter that is not true any more when it is printed), so those are counted as well; and a run that broke
    off has put one in the place of another, so the newest is named. The moment of the last event tells these books from
    those of a backup that was put back and went another way. What waits is counted last, for `standing`.
    """
    seen = _seen.get()
    if seen is None:
        return asked(_state, books, today)[0]
    if (books, today) not in seen:
        (seen[books, today],) = asked(_state, books, today)
    return seen[books, today]


_seen: ContextVar[dict[tuple[int, date], State] | None] = ContextVar("seen", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Ask for the state of books once: for a page that only shows them, whose parts all want to know it."""
    before = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(before)


def _state(books: int, today: date) -> QuerySet[Head, Any]:
    messages, tasks = Message.objects.of(books), Task.objects.of(books).filter(state=TaskState.OPEN.value)
    planned = messages.filter(state=MessageState.PLANNED.value)
    waiting = (
        worklist.messages_that_wait(books),
        worklist.tasks_that_wait(books, today),
        planned,
        bank_inbox.receipts_that_wait(books),
        bank_inbox.settled_that_wait(books),
    )
    return Head.objects.of(books).values_list(
        "booking_number",
        "event_number",
        Subquery(Event.objects.of(books).order_by("-number").values("at")[:1]),
        Counted(planned),
        Subquery(planned.order_by("-pk").values("pk")[:1]),
        Counted(messages.filter(state=MessageState.UNCERTAIN.value)),
        Counted(messages.filter(state__in=[MessageState.RELEASED.value, MessageState.CLAIMED.value])),
        Counted(tasks),
        Subquery(tasks.order_by("-pk").values("pk")[:1]),
        *(Counted(rows, MOST) for rows in waiting),
    )
