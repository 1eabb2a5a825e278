"""Where the books stand: what waits in each room, counted no further than is told; and whether anything changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import QuerySet, Subquery

from voldaan.queries import bank_inbox, worklist
from voldaan.queries.moments import rows
from voldaan.records.actions import Task
from voldaan.records.administrations import Head
from voldaan.records.bulk import Counted
from voldaan.records.events import Event
from voldaan.records.messages import Message
from voldaan.rules.outbox import MessageState, TaskState
from voldaan.rules.permissions import Actor, Deed

MOST = 100  # counted of each: 99 is told, and what is more is "99+"


@dataclass(frozen=True, slots=True)
class Standing:
    """How much waits, by room: at most `MOST` of each."""

    things: int  # of the worklist
    messages: int  # for a yes
    receipts: int


def standing(*, actor: Actor, today: date) -> Standing:
    """Count what waits, in one question that costs the same in books of any size."""
    actor.must(Deed.READ_BOOKS)
    messages, tasks, planned, receipts, settled = _answer(_counts, actor.administration_id, today)
    return Standing(min(messages + tasks, MOST), planned, min(receipts + settled, MOST))


def _counts(books: int) -> QuerySet[Head, Any]:
    waiting = (
        worklist.messages_that_wait(books),
        worklist.tasks_that_wait(books, SOME_DAY),
        Message.objects.of(books).filter(state=MessageState.PLANNED.value),
        bank_inbox.receipts_that_wait(books),
        bank_inbox.settled_that_wait(books),
    )
    return Head.objects.of(books).values_list(*(Counted(rows, MOST) for rows in waiting))


State = tuple[Any, ...]
KEPT = 256  # answers of one question in one process, of a few kB each


def state_of(books: int) -> State:
    """Give what stays the same as long as nothing joined or left what the pages show of these books.

    Every verb writes an event or a booking in its own transaction. Without one, a message or a task only leaves what
    waits (a letter that is not true any more when it is printed), so those are counted as well; and a run that broke
    off has put one in the place of another, so the newest is named. The moment of the last event tells these books from
    those of a backup that was put back and went another way.
    """
    return _answer(_state, books)


def _state(books: int) -> QuerySet[Head, Any]:
    messages, tasks = Message.objects.of(books), Task.objects.of(books).filter(state=TaskState.OPEN.value)
    planned = messages.filter(state=MessageState.PLANNED.value)
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
    )


Question = Callable[[int], QuerySet[Head, Any]]
ANYBODY, SOME_DAY = -1, date.min


@cache
def _written(question: Question) -> tuple[str, tuple[Any, ...]]:
    """Write a question in SQL, once for all books and days: that takes longer than the answer, and every page asks."""
    return question(ANYBODY).query.sql_with_params()


def _answer(question: Question, books: int, today: date = SOME_DAY) -> tuple[Any, ...]:
    sql, values = _written(question)
    meant = {ANYBODY: books, SOME_DAY: today, str(SOME_DAY): str(today)}  # SQLite has a day as its text
    (row,) = rows(sql, [meant.get(value, value) for value in values])
    return row
