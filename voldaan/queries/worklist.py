"""What waits for a person: messages to approve, letters to print, calls, hand-overs, and what went wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from voldaan.records.actions import Action, Task
from voldaan.records.debtors import Contact
from voldaan.records.messages import Message
from voldaan.rules.outbox import CAUTIONS, Caution, Channel, MessageState, TaskState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import mark


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do. Amounts are cents."""

    id: str
    kind: str  # message, letter, call, hand_over, uncertain, failed
    debtor: str
    debtor_id: str
    invoices: list[str]
    cents: int
    currency: str
    days_overdue: int  # of its oldest item
    because: str
    in_words: str  # marked; `step` fills it
    step: str
    warnings: list[str]
    phone: str = ""


@dataclass(slots=True)
class _Lines:
    invoices: list[str] = field(default_factory=list)
    cents: int = 0
    oldest: date = date.max


# In the order in which they are shown: what went wrong first.
WORDS = {
    "uncertain": mark("Nobody knows whether this message left: ask the customer or look at the mail server."),
    "failed": mark("The mail server refused this message for good: mend the address, or see what it said."),
    "message": mark("Ready to leave: {step}."),
    "letter": mark("To print and to post: {step}."),
    "call": mark("Time to call: {step}."),
    "hand_over": mark("The last step has lapsed: decide whether to hand it over."),
}


def worklist(*, actor: Actor, today: date) -> list[Work]:
    """List what waits for a person: what went wrong first, then the largest amount first."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    work = [*_messages(books, today), *_tasks(books, today)]
    order = list(WORDS)
    return sorted(work, key=lambda one: (order.index(one.kind), -one.cents, one.id))


def _messages(books: int, today: date) -> list[Work]:
    wants_a_person = (
        Q(state__in=[MessageState.PLANNED.value, MessageState.UNCERTAIN.value])
        | Q(state__in=[MessageState.RELEASED.value, MessageState.CLAIMED.value], channel=Channel.LETTER.value)
        | Q(pk__in=_failed(books))
    )
    rows = Message.objects.of(books).filter(wants_a_person)
    lines = _lines(Action.objects.of(books).filter(message__in=rows.values("pk")), "message_id")
    columns = ("pk", "public_id", "state", "channel", "debtor__name", "debtor__public_id", "total_cents", "currency",
               "step", "warnings")  # fmt: skip
    work = []
    for pk, id_, state, channel, name, debtor, cents, currency, step, warnings in rows.values_list(*columns):
        kind = _kind(MessageState(state), Channel(channel))
        mine = lines[pk]
        because = "needs_approval" if state == MessageState.PLANNED.value else "due"
        overdue = (today - mine.oldest).days if mine.invoices else 0
        work.append(Work(id_, kind, name, debtor, mine.invoices, cents, currency, overdue, because, WORDS[kind], step,
                         [CAUTIONS[Caution(one)] for one in warnings]))  # fmt: skip
    return work


def _kind(state: MessageState, channel: Channel) -> str:
    if state in (MessageState.UNCERTAIN, MessageState.FAILED):
        return str(state.value)
    return "letter" if state is not MessageState.PLANNED and channel is Channel.LETTER else "message"


def _failed(books: int) -> list[int]:
    """Give the failed messages after which the customer got no other."""
    rows = Message.objects.of(books)
    failed = rows.filter(state=MessageState.FAILED.value)
    last = dict(rows.filter(debtor__in=failed.values("debtor")).order_by("pk").values_list("debtor_id", "pk"))
    return [pk for pk, debtor in failed.values_list("pk", "debtor_id") if last[debtor] == pk]


def _tasks(books: int, today: date) -> list[Work]:
    rows = Task.objects.of(books).filter(state=TaskState.OPEN.value)
    lines = _lines(
        Action.objects.of(books).filter(task__in=rows.values("pk"), receivable__open_cents__gt=0), "task_id", live=True
    )
    phones = dict(
        Contact.objects.of(books)
        .filter(debtor__in=rows.values("debtor"))
        .exclude(phone="")
        .values_list("debtor_id", "phone")
    )
    columns = ("pk", "public_id", "kind", "debtor_id", "debtor__name", "debtor__public_id", "currency")
    work = []
    for pk, id_, kind, key, name, debtor, currency in rows.values_list(*columns):
        mine = lines[pk]
        if mine.invoices:  # otherwise it is paid, and the next run takes it off
            overdue = (today - mine.oldest).days
            work.append(Work(id_, kind, name, debtor, mine.invoices, mine.cents, currency, overdue, "due", WORDS[kind],
                             kind, [], phones.get(key, "")))  # fmt: skip
    return work


def _lines(actions: QuerySet[Action], key: str, *, live: bool = False) -> dict[int, _Lines]:
    """Take together the items of each message or task; `live`: for what is open of them now, each counted once."""
    lines: dict[int, _Lines] = defaultdict(_Lines)
    seen = set()
    columns = (key, "receivable_id", "receivable__invoice__number", "receivable__due_date",
               "receivable__open_cents" if live else "open_cents")  # fmt: skip
    for whose, receivable, number, due, cents in actions.order_by("receivable__due_date", "pk").values_list(*columns):
        if (whose, receivable) in seen:
            continue
        seen.add((whose, receivable))
        mine = lines[whose]
        mine.invoices.append(number)
        mine.cents += cents
        mine.oldest = min(mine.oldest, due)
    return lines
