"""What waits for a person: messages to approve, letters to print, calls, hand-overs, and what went wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from voldaan.records.actions import Action, Task
from voldaan.records.bulk import Keys
from voldaan.records.debtors import Contact
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.rules.money import Money
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
    put_off_until: date | None = None  # on which a task is, or was, on the list again
    put_off_why: str = ""


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
ORDER = {kind: place for place, kind in enumerate(WORDS)}
LATER = "later"  # beside the kinds: tasks that were put off
WENT_WRONG = (MessageState.UNCERTAIN, MessageState.FAILED)


@dataclass(frozen=True, slots=True)
class MostUrgent:
    """The first of what waits, how much there is of each kind, and what is open now of all its items."""

    work: list[Work]
    kinds: dict[str, int]
    amounts: dict[str, list[Money]]  # of each kind, by currency: what its rows add up to
    involved: list[Money]  # by currency, each item once
    later: int  # tasks that somebody put off, which do not wait today


def worklist(*, later: bool = False, actor: Actor, today: date) -> list[Work]:
    """List what waits for a person: what went wrong first, then the largest amount first; or what was put off."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    tasks, put_off = _tasks(books, today)
    return put_off if later else _sorted([*_messages(books, today), *tasks])


def most_urgent(books: int, *, kind: str = "", most: int, today: date) -> MostUrgent:
    """Give the first of the worklist, of one kind of it or of what was put off, and leave the other messages unread."""
    tasks, put_off = _tasks(books, today)
    kinds = Counter(one.kind for one in tasks)
    sums: Counter[tuple[str, str]] = Counter()
    for one in tasks:
        sums[one.kind, one.currency] += one.cents
    states = messages_that_wait(books).order_by().values_list("state", "channel", "currency")
    for state, channel, currency, count, cents in states.annotate(Count("pk"), Sum("total_cents")):
        of_kind = _kind(MessageState(state), Channel(channel))
        kinds[of_kind] += count
        sums[of_kind, currency] += int(cents)
    there = {one: kinds[one] for one in WORDS if kinds[one]}
    amounts = {
        one: [Money(cents, currency) for (whose, currency), cents in sorted(sums.items()) if whose == one]
        for one in there
    }
    wanted = [one for one in tasks if kind in ("", one.kind)]
    work = put_off if kind == LATER else _sorted([*_messages(books, today, most, kind), *wanted])
    return MostUrgent(work[:most], there, amounts, _involved(books, today), len(put_off))


def _sorted(work: list[Work]) -> list[Work]:
    return sorted(work, key=lambda one: (ORDER[one.kind], -one.cents, one.id))


def _involved(books: int, today: date) -> list[Money]:
    lines = Action.objects.of(books).filter(
        Q(message__in=messages_that_wait(books).values("pk")) | Q(task__in=tasks_that_wait(books, today).values("pk"))
    )
    items = Receivable.objects.of(books).still_open().filter(pk__in=lines.values("receivable")).order_by("currency")
    sums = items.values_list("currency").annotate(Sum("open_cents"))
    return [Money(int(cents), currency) for currency, cents in sums]


def messages_that_wait(books: int) -> QuerySet[Message]:
    """Find the messages that want a person."""
    rows = Message.objects.of(books)
    later = Message.objects.of(books).filter(debtor=OuterRef("debtor"), pk__gt=OuterRef("pk"))
    return rows.filter(
        Q(state__in=[MessageState.PLANNED.value, MessageState.UNCERTAIN.value])
        | Q(state__in=[MessageState.RELEASED.value, MessageState.CLAIMED.value], channel=Channel.LETTER.value)
        | (Q(state=MessageState.FAILED.value) & ~Exists(later))  # after which the customer got no other
    )


def tasks_that_wait(books: int, today: date) -> QuerySet[Task]:
    """Find the tasks of which something is open, and which nobody put off to a later day."""
    return _open_tasks(books).filter(Q(put_off_until=None) | Q(put_off_until__lte=today))


def _open_tasks(books: int) -> QuerySet[Task]:
    """Find the tasks of which something is open; the next run takes the others off."""
    lines = Action.objects.of(books).filter(task=OuterRef("pk"), receivable__open_cents__gt=0)
    return Task.objects.of(books).filter(Exists(lines), state=TaskState.OPEN.value)


def _messages(books: int, today: date, most: int | None = None, wanted: str = "") -> list[Work]:
    kind = Case(*(When(state=state.value, then=ORDER[state.value]) for state in WENT_WRONG),
                When(state=MessageState.PLANNED.value, then=ORDER["message"]), default=ORDER["letter"])  # fmt: skip
    columns = ("pk", "public_id", "state", "channel", "debtor__name", "debtor__public_id", "total_cents", "currency",
               "step", "warnings")  # fmt: skip
    waiting = messages_that_wait(books).annotate(kind=kind)
    ordered = waiting.order_by("kind", "-total_cents", "public_id")
    if wanted:
        ordered = ordered.filter(kind=ORDER[wanted])
    rows = list(ordered.values_list(*columns)[:most])
    lines = _lines(Action.objects.of(books).filter(message__in=Keys([row[0] for row in rows])), "message_id")
    work = []
    for pk, id_, state, channel, name, debtor, cents, currency, step, warnings in rows:
        kind_ = _kind(MessageState(state), Channel(channel))
        mine = lines[pk]
        because = "needs_approval" if state == MessageState.PLANNED.value else "due"
        overdue = (today - mine.oldest).days if mine.invoices else 0
        work.append(Work(id_, kind_, name, debtor, mine.invoices, cents, currency, overdue, because, WORDS[kind_], step,
                         [CAUTIONS[Caution(one)] for one in warnings]))  # fmt: skip
    return work


def _kind(state: MessageState, channel: Channel) -> str:
    if state in WENT_WRONG:
        return str(state.value)
    return "letter" if state is not MessageState.PLANNED and channel is Channel.LETTER else "message"


def _tasks(books: int, today: date) -> tuple[list[Work], list[Work]]:
    """Give the tasks that wait, and those that were put off: what comes back first stands first."""
    rows = _open_tasks(books)
    lines = _lines(
        Action.objects.of(books).filter(task__in=rows.values("pk"), receivable__open_cents__gt=0), "task_id", live=True
    )
    phone = Contact.objects.of(books).filter(debtor=OuterRef("debtor")).exclude(phone="").order_by("-pk")
    columns = ("pk", "public_id", "kind", "debtor__name", "debtor__public_id", "currency", "put_off_until",
               "put_off_why")  # fmt: skip
    waits: list[Work] = []
    put_off: list[Work] = []
    for pk, id_, kind, name, debtor, currency, until, why, called in rows.values_list(
        *columns, Coalesce(Subquery(phone.values("phone")[:1]), Value(""))
    ):
        mine = lines[pk]
        overdue = (today - mine.oldest).days
        one = Work(id_, kind, name, debtor, mine.invoices, mine.cents, currency, overdue, "due", WORDS[kind], kind, [],
                   called, until, why)  # fmt: skip
        (put_off if until and until > today else waits).append(one)
    return waits, sorted(put_off, key=lambda one: (one.put_off_until, -one.cents, one.id))


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
