"""What lay ready, to set a day beside the one before: the messages and tasks of some days, and what became of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from voldaan.queries.worklist import tasks_that_wait
from voldaan.records import bulk, situations
from voldaan.records.actions import Action, Task
from voldaan.records.administrations import Head
from voldaan.records.bulk import Counted
from voldaan.records.events import Event
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.records.together import together
from voldaan.rules.outbox import MessageState, TaskState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.strategy import Because, Decision, due_step

MESSAGE = "message"  # beside the kinds of a task


@dataclass(frozen=True, slots=True)
class Ready:
    """A message or a task, as it stands now. Amounts are cents."""

    id: str
    kind: str  # message, or that of a task
    debtor: str
    debtor_id: str
    step: str
    channel: str  # of a message
    cents: int  # of a message as it asks; of a task what is open of it now
    currency: str
    decided_on: date
    state: str  # of `MessageState` or `TaskState` in rules/outbox.py
    why: str  # why a message failed or was withdrawn
    ended_on: date | None  # the day on which it left, or was done

    @property
    def is_message(self) -> bool:
        """Tell it from a task."""
        return self.kind == MESSAGE

    @property
    def waits(self) -> bool:
        """Tell whether it is still to be done: a task of which nothing is open any more is not."""
        if self.is_message:
            return self.state == MessageState.PLANNED.value
        return self.state == TaskState.OPEN.value and self.cents > 0


@dataclass(frozen=True, slots=True)
class LastRun:
    """A day on which the follow-up was decided."""

    day: date
    messages: int
    tasks: int


@dataclass(frozen=True, slots=True)
class Now:
    """What is true now of the items of a message or a task."""

    invoices: tuple[str, ...]
    open_cents: int
    decision: Decision | None  # the first reason for which one of them gets nothing; None: nothing keeps them


def stand(*, actor: Actor, today: date) -> tuple[LastRun | None, int]:
    """Give the last day up to and including today on which the follow-up was decided, and how many tasks wait."""
    actor.must(Deed.READ_BOOKS)
    ran, ((waiting,),) = together(_stand, actor.administration_id, today, today + timedelta(1))
    return next((_as_run(*one) for one in ran), None), waiting


def _stand(books: int, today: date, tomorrow: date) -> list[QuerySet[Any, Any]]:
    waiting = Head.objects.of(books).values_list(Counted(tasks_that_wait(books, today)))
    return [_runs(books, tomorrow)[:1], waiting]


def last_run(*, before: date, actor: Actor) -> LastRun | None:
    """Give the last day before this one on which the follow-up was decided; its messages and tasks as of that run."""
    actor.must(Deed.READ_BOOKS)
    found = _runs(actor.administration_id, before).first()
    return _as_run(*found) if found else None


def _runs(books: int, before: date) -> QuerySet[Event, Any]:
    return last_decided(books).filter(day__lt=before).values_list("day", "facts")


def last_decided(books: int) -> QuerySet[Event]:
    """Find the runs that decided the follow-up, the last one first: part of questions."""
    # It is about no customer: the index on those leads to the few events that are about nobody.
    return Event.objects.of(books).filter(debtor=None, kind="follow_up.decided").order_by("-number")


def _as_run(day: date, facts: dict[str, int]) -> LastRun:
    return LastRun(day, facts.get("messages", 0), facts.get("tasks", 0))


def ready(*, days: Sequence[date], actor: Actor) -> list[Ready]:
    """List what was decided on these days, and whatever still waits of other days."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    about = ("debtor__name", "debtor__public_id")
    messages = Message.objects.of(books).filter(Q(state=MessageState.PLANNED.value) | Q(decided_on__in=days))
    found = [
        Ready(id_, MESSAGE, debtor, debtor_id, step, channel, cents, currency, decided_on, state, why, sent_on)
        for id_, debtor, debtor_id, step, channel, cents, currency, decided_on, state, why, sent_on
        in messages.order_by("pk").values_list("public_id", *about, "step", "channel", "total_cents", "currency",
                                               "decided_on", "state", "why", "sent_on")
    ]  # fmt: skip
    tasks = Task.objects.of(books).filter(Q(state=TaskState.OPEN.value) | Q(decided_on__in=days))
    open_cents = _open(books, tasks)
    found += [
        Ready(id_, kind, debtor, debtor_id, kind, "", open_cents.get(pk, 0), currency, decided_on, state, "", ended_on)
        for pk, id_, debtor, debtor_id, kind, currency, decided_on, state, ended_on
        in tasks.order_by("pk").values_list("pk", "public_id", *about, "kind", "currency", "decided_on", "state",
                                            "ended_on")
    ]  # fmt: skip
    return found


def _open(books: int, tasks: QuerySet[Task]) -> dict[int, int]:
    """Give what is open of each task now: an item counts once, also where two steps of it became one task."""
    lines = Action.objects.of(books).filter(task__in=tasks.values("pk")).order_by()
    found: Counter[int] = Counter()
    for task, _, cents in lines.values_list("task_id", "receivable_id", "receivable__open_cents").distinct():
        found[task] += cents
    return found


def now(rows: Iterable[Ready], *, actor: Actor, today: date) -> dict[str, Now]:
    """Say what is true of the items of these messages and tasks on a day, by the rule of the run."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    ids = [row.id for row in rows]
    lines = Action.objects.of(books).filter(Q(message__public_id__in=ids) | Q(task__public_id__in=ids))
    items: dict[str, dict[int, tuple[str, int]]] = defaultdict(dict)
    columns = ("message__public_id", "task__public_id", "receivable_id", "receivable__invoice__number",
               "receivable__open_cents")  # fmt: skip
    for message, task, item, number, cents in lines.order_by("receivable__due_date", "pk").values_list(*columns):
        items[message or task][item] = number, cents
    house = situations.books_of(books)
    still_open = Receivable.objects.of(books).still_open().filter(
        pk__in=bulk.Keys([item for mine in items.values() for item in mine])
    )  # fmt: skip
    decided = {
        one.receivable_id: due_step(one.reach.strategy, one.item, house.bank, house.country, today=today)
        for one in situations.of(still_open, house, today=today)
    }
    return {
        id_: Now(
            tuple(dict.fromkeys(number for number, _ in mine.values())), sum(cents for _, cents in mine.values()),
            next((decided[item] for item in mine if item in decided and decided[item].because not in KEPT), None),
        )
        for id_, mine in items.items()
    }  # fmt: skip


KEPT = Because.DUE, Because.NEEDS_APPROVAL


def oldest(invoices: Sequence[str], *, actor: Actor) -> dict[str, date]:
    """Give the first due date of each of these invoices (by number) of which anything is open."""
    actor.must(Deed.READ_BOOKS)
    items = Receivable.objects.of(actor.administration_id).still_open().filter(invoice__number__in=invoices)
    found: dict[str, date] = {}
    for number, due in items.order_by("due_date").values_list("invoice__number", "due_date"):
        found.setdefault(number, due)
    return found
