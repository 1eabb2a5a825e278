"""The follow-up of the day: decides for every open item, writes messages and tasks, and lets go what goes by itself.

It works through the customers in spans, each in a transaction of its own: a run that dies half-way is taken up by the
next one, which finds decided what was decided. Run twice, or by two at once, it decides everything once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet

from voldaan.countries import COUNTRIES
from voldaan.records import bulk, situations
from voldaan.records.actions import Action, Task
from voldaan.records.administrations import Head
from voldaan.records.fields import new_public_id
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.records.situations import Books, Reach, Situation
from voldaan.rules.bundles import Bundle, DueItem, bundle
from voldaan.rules.outbox import UNDER_WAY, ActionState, Channel, MessageState, TaskState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.strategy import Approval, Because, Decider, Decision, StepKind, Strategy, Taken, earliest_day
from voldaan.usecases import events, messages

SPAN = 2_000  # customers decided on in one transaction

Tell = Callable[[int, int], None]  # how far, of how many customers


@dataclass(frozen=True, slots=True)
class RunMessage:
    """A message that the run wrote, or would write. Amounts are cents."""

    id: str | None  # None in a dry run
    debtor: str
    debtor_id: str
    step: str
    channel: str
    invoices: list[str]
    total_cents: int
    currency: str
    state: str


@dataclass(frozen=True, slots=True)
class RunTask:
    """A task that the run put on the worklist."""

    id: str | None
    debtor: str
    debtor_id: str
    kind: str
    invoices: list[str]
    due: date


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open item that gets nothing today, and why."""

    invoice: str
    reason: str
    until: date | None


@dataclass(slots=True)
class Run:
    """What a day brought."""

    today: date
    decided: int = 0
    booked_to: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    messages: list[RunMessage] = field(default_factory=list)
    tasks: list[RunTask] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    withdrawn: int = 0  # messages that were waiting for approval and do not hold any more
    released: int = 0  # messages that go by themselves
    too_many: int = 0  # messages that would go by themselves, but are more than the administration lets go unseen


@dataclass(slots=True)
class _Span:
    """What was decided for the customers of one span, before anything of it is written."""

    messages: dict[tuple[int, str], list[tuple[Situation, DueItem]]] = field(default_factory=lambda: defaultdict(list))
    tasks: dict[tuple[int, str, StepKind], list[tuple[Situation, DueItem]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    next_on: list[tuple[date, int]] = field(default_factory=list)


def run(*, actor: Actor, today: date, dry_run: bool = False, explain: bool = False, tell: Tell | None = None) -> Run:
    """Decide what every open item gets today, and write it down: messages, tasks, or nothing with a reason.

    Only what can be due is read, unless every reason is asked for: by a dry run, or with `explain`.
    """
    actor.must(Deed.PREPARE_RUN)
    found = Run(today)
    books = actor.administration_id
    if not (dry_run or explain):
        _count_what_is_not_read(books, found)
    customers = _customers(books, today, everything=dry_run or explain)
    for done, start in enumerate(range(0, len(customers), SPAN)):
        ids = customers[start : start + SPAN]
        with transaction.atomic():
            _decide(ids, found, everything=dry_run or explain, dry_run=dry_run, actor=actor)
        if tell:
            tell(min(len(customers), (done + 1) * SPAN), len(customers))
    with transaction.atomic():
        found.booked_to = Head.objects.of(books).get().booking_number
        if not dry_run:
            _let_go(found, actor=actor)
            events.write(
                "follow_up.decided", actor=actor, today=today, decided=found.decided, messages=len(found.messages),
                tasks=len(found.tasks), withdrawn=found.withdrawn, released=found.released,
            )  # fmt: skip
    return found


def _customers(books: int, today: date, *, everything: bool) -> list[int]:
    """Name the customers that have something to decide, or something waiting that may not hold any more."""
    items = _items(books, today, everything=everything)
    planned = Message.objects.of(books).filter(state=MessageState.PLANNED.value)
    tasks = Task.objects.of(books).filter(state=TaskState.OPEN.value)
    return sorted({pk for rows in (items, planned, tasks) for pk in rows.order_by().values_list("debtor_id", flat=True)
                   .distinct()})  # fmt: skip


def _items(books: int, today: date, *, everything: bool) -> QuerySet[Receivable]:
    return Receivable.objects.of(books).still_open() if everything else situations.due(books, today)


def _within(customers: Sequence[int]) -> Q:
    """Keep the rows of these customers, of which all in between have nothing to decide."""
    return Q(debtor__gte=customers[0], debtor__lte=customers[-1])


def _decide(customers: Sequence[int], found: Run, *, everything: bool, dry_run: bool, actor: Actor) -> None:
    """Decide for the customers of one span. The row of the administration keeps imports and other runs out."""
    pk = actor.administration_id
    own = messages.lock_books(actor)
    books, today = situations.books_of(pk), found.today
    items = _items(pk, today, everything=everything).filter(_within(customers))
    reaches = situations.reaches(books, items)
    decided = _Span()
    deciders = {
        code: (strategy, Decider(strategy, books.bank, COUNTRIES[own.country], today))
        for code, (_, strategy) in books.strategies.items()
    }
    for one in situations.of(items, pk, today=today, reaches=reaches):
        strategy, decide = deciders[reaches[one.debtor_id].strategy]
        decision = decide(one.item)
        found.decided += 1
        if one.message_state in UNDER_WAY:
            found.counts[Because.DUE.value] += 1
            continue
        _sort(one, decision, strategy, decided, found, everything=everything)
    bundles = _bundles(decided, books, reaches, found, everything=everything)
    _write_messages(bundles, books, reaches, customers, found, dry_run=dry_run)
    _write_tasks(decided, books, reaches, customers, found, dry_run=dry_run)
    if not dry_run:
        _move(decided.next_on)


def _sort(one: Situation, decision: Decision, strategy: Strategy, decided: _Span, found: Run, *,
          everything: bool) -> None:  # fmt: skip
    """Put one decision where it belongs: a message, a task, or a reason to wait."""
    because, step = decision.because, decision.step
    if because in (Because.DUE, Because.NEEDS_APPROVAL):
        assert step is not None, "what is due has a step"
        line = one, DueItem(one.receivable_id, one.invoice, one.item, step)
        if step.kind is StepKind.MESSAGE:
            decided.messages[one.debtor_id, one.currency].append(line)
        else:
            found.counts[because.value] += 1
            decided.tasks[one.debtor_id, one.currency, step.kind].append(line)
        return
    found.counts[because.value] += 1
    if because in (Because.NOT_YET, Because.NO_STEP_LEFT, Because.HANDED_OVER):
        decided.next_on.append((_looked_at_again(one, strategy), one.receivable_id))
    if everything:
        until = decision.hold.until if decision.hold else decision.leaves_on or decision.on
        found.waiting.append(Waiting(one.invoice, because.value, until))


def _looked_at_again(one: Situation, strategy: Strategy) -> date:
    return date.max if one.item.is_handed_over else earliest_day(strategy, one.item)


def _bundles(decided: _Span, books: Books, reaches: dict[int, Reach], found: Run, *,
             everything: bool) -> dict[tuple[int, str], Bundle]:  # fmt: skip
    """Take together what is due to each customer, and count it: wholly covered by credit, it waits."""
    bundles = {}
    for (debtor, currency), lines in decided.messages.items():
        _, strategy = books.strategies[reaches[debtor].strategy]
        one = bundle(strategy, [line for _, line in lines])
        if one is None:
            found.counts[Because.COVERED_BY_CREDIT.value] += len(lines)
            if everything:
                found.waiting += [
                    Waiting(situation.invoice, Because.COVERED_BY_CREDIT.value, None) for situation, _ in lines
                ]
            continue
        bundles[debtor, currency] = one
        found.counts[Because.DUE.value] += len(lines)
    return bundles


def _write_messages(bundles: dict[tuple[int, str], Bundle], books: Books, reaches: dict[int, Reach],
                    customers: Sequence[int], found: Run, *, dry_run: bool) -> None:  # fmt: skip
    """Write what is due as messages that wait; one that waited already stays if it still says the same."""
    waiting = _planned(books.pk, customers)
    wanted: dict[tuple[int, str], tuple[Bundle, Channel, str]] = {}
    for whose, one in bundles.items():
        reach = reaches[whose[0]]
        channel = one.channel(has_mailbox=bool(reach.email), has_address=reach.has_address)
        wanted[whose] = one, channel, reach.email if channel is Channel.EMAIL else ""
    stale = []
    for whose, (pk, _, *said) in waiting.items():
        if whose in wanted:
            one, channel, recipient = wanted[whose]
            lines = frozenset((line.receivable_id, line.step.code, line.item.open_cents) for line in one.lines)
            if said == [channel, recipient, one.credit_cents, lines]:
                continue
        stale.append((whose, pk))
    if not dry_run:
        messages.withdraw(books.pk, [pk for _, pk in stale], why="changed")
    found.withdrawn += len(stale)
    gone = {whose for whose, _ in stale}
    kept = {whose: waiting[whose][1] for whose in waiting if whose not in gone}
    made = {} if dry_run else _insert_messages(
        {whose: one for whose, one in wanted.items() if whose not in kept}, books, reaches, customers, found.today
    )  # fmt: skip
    for whose, (one, channel, _) in wanted.items():
        reach = reaches[whose[0]]
        found.messages.append(
            RunMessage(
                kept.get(whose) or made.get(whose), reach.name, reach.public_id, one.step.code, channel.value,
                [line.invoice for line in one.lines], one.asked_cents, whose[1], MessageState.PLANNED.value,
            )
        )  # fmt: skip


def _planned(books: int, customers: Sequence[int]) -> dict[tuple[int, str], Any]:
    """Give what waits for approval: by customer and currency its key, its id, and what it says."""
    rows = Message.objects.of(books).filter(_within(customers), state=MessageState.PLANNED.value)
    lines: dict[int, set[tuple[int, str, int]]] = defaultdict(set)
    actions = Action.objects.of(books).filter(
        _within(customers), state=ActionState.PLANNED.value, message__state=MessageState.PLANNED.value
    )
    for message, *line in actions.values_list("message_id", "receivable_id", "step", "open_cents"):
        lines[message].add(tuple(line))  # type: ignore[arg-type]
    columns = ("debtor_id", "currency", "pk", "public_id", "channel", "recipient", "credit_cents")
    return {
        (debtor, currency): (pk, public_id, Channel(channel), recipient, credit, frozenset(lines[pk]))
        for debtor, currency, pk, public_id, channel, recipient, credit in rows.values_list(*columns)
    }


def _insert_messages(wanted: dict[tuple[int, str], tuple[Bundle, Channel, str]], books: Books,
                     reaches: dict[int, Reach], customers: Sequence[int],
                     today: date) -> dict[tuple[int, str], str]:  # fmt: skip
    """Insert the messages and their lines; give their ids."""
    ids = {whose: new_public_id() for whose in wanted}
    cautions = {
        whose: one.cautions(today, receipt_waits=reaches[whose[0]].receipt_waits)
        for whose, (one, _, _) in wanted.items()
    }
    bulk.insert(
        Message,
        ("public_id", "administration_id", "debtor_id", "currency", "step", "channel", "recipient", "language",
         "term_days", "total_cents", "credit_cents", "warnings", "decided_on", "state",
         "is_automatic"),
        (
            (ids[whose], books.pk, *whose, one.step.code, channel.value, recipient, reaches[whose[0]].language,
             one.step.term_days, one.asked_cents, one.credit_cents, [caution.value for caution in cautions[whose]],
             today, MessageState.PLANNED.value, one.step.approval is Approval.AUTOMATIC and not cautions[whose])
            for whose, (one, channel, recipient) in wanted.items()
        ),
    )  # fmt: skip
    rows = Message.objects.of(books.pk).filter(_within(customers), decided_on=today)
    keys = dict(rows.filter(state=MessageState.PLANNED.value).values_list("public_id", "pk"))
    bulk.insert(
        Action,
        ("administration_id", "debtor_id", "receivable_id", "version_id", "step", "open_cents", "decided_on",
         "message_id", "state"),
        (
            (books.pk, whose[0], line.receivable_id, books.strategies[reaches[whose[0]].strategy][0], line.step.code,
             line.item.open_cents, today, keys[ids[whose]], ActionState.PLANNED.value)
            for whose, (one, _, _) in wanted.items()
            for line in one.lines
        ),
    )  # fmt: skip
    return ids


def _write_tasks(decided: _Span, books: Books, reaches: dict[int, Reach], customers: Sequence[int],
                 found: Run, *, dry_run: bool) -> None:  # fmt: skip
    """Put tasks on the worklist; what falls due while one still waits joins it. Tasks whose items are paid go."""
    there = _open_tasks(books.pk, customers)
    if not dry_run:
        bulk.insert(
            Task,
            ("public_id", "administration_id", "debtor_id", "currency", "kind", "decided_on", "state"),
            (
                (new_public_id(), books.pk, debtor, currency, kind.value, found.today, TaskState.OPEN.value)
                for debtor, currency, kind in decided.tasks
                if (debtor, currency, kind) not in there
            ),
        )
        there = _open_tasks(books.pk, customers)
        bulk.insert(
            Action,
            ("administration_id", "debtor_id", "receivable_id", "version_id", "step", "open_cents", "decided_on",
             "task_id", "state", "taken_on"),
            (
                (books.pk, whose[0], line.receivable_id, books.strategies[reaches[whose[0]].strategy][0],
                 line.step.code, line.item.open_cents, found.today, there[whose][0], ActionState.TAKEN.value,
                 found.today)
                for whose, lines in decided.tasks.items()
                for _, line in lines
            ),
        )  # fmt: skip
        _end_paid_tasks(books.pk, customers, found.today)
    for whose, lines in decided.tasks.items():
        reach = reaches[whose[0]]
        _, strategy = books.strategies[reach.strategy]
        for situation, line in lines:
            # An undone call does not hold back the next step, and that step is counted from today.
            after = replace(line.item, taken=(*line.item.taken, Taken(line.step.code, found.today)))
            decided.next_on.append((earliest_day(strategy, after), situation.receivable_id))
        found.tasks.append(
            RunTask(
                None if dry_run else there[whose][1], reach.name, reach.public_id, whose[2].value,
                [line.invoice for _, line in lines], found.today,
            )
        )  # fmt: skip


def _open_tasks(books: int, customers: Sequence[int]) -> dict[tuple[int, str, StepKind], tuple[int, str]]:
    rows = Task.objects.of(books).filter(_within(customers), state=TaskState.OPEN.value)
    columns = ("debtor_id", "currency", "kind", "pk", "public_id")
    return {(debtor, currency, StepKind(kind)): (pk, public_id)
            for debtor, currency, kind, pk, public_id in rows.values_list(*columns)}  # fmt: skip


def _end_paid_tasks(books: int, customers: Sequence[int], today: date) -> None:
    still = Action.objects.of(books).filter(task__state=TaskState.OPEN.value, receivable__open_cents__gt=0)
    wanted = set(still.filter(_within(customers)).values_list("task_id", flat=True))
    rows = Task.objects.of(books).filter(_within(customers), state=TaskState.OPEN.value)
    paid = [pk for pk in rows.values_list("pk", flat=True) if pk not in wanted]
    for block in _blocks(paid):
        rows.filter(pk__in=block).update(state=TaskState.WITHDRAWN.value, ended_on=today)


def _blocks(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), 500):
        yield keys[start : start + 500]


def _move(next_on: list[tuple[date, int]]) -> None:
    """Write down when each item is looked at again."""
    if next_on:
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE records_receivable SET next_on = %s WHERE id = %s",
                               [(day.isoformat(), pk) for day, pk in next_on])  # fmt: skip


def _count_what_is_not_read(books: int, found: Run) -> None:
    """Count what cannot be due before another day, without reading it."""
    later = Receivable.objects.of(books).still_open().filter(next_on__gt=found.today)
    counted = later.aggregate(all=Count("pk"), never=Count("pk", filter=Q(next_on=date.max)))
    handed_over, paused = situations.resting(books, found.today)
    found.counts[Because.HANDED_OVER.value] = handed_over
    found.counts[Because.NO_STEP_LEFT.value] = counted["never"] - handed_over
    found.counts[Because.PAUSED.value] = paused
    found.counts[Because.NOT_YET.value] = counted["all"] - counted["never"] - paused
    found.decided = found.counts.total()


def _let_go(found: Run, *, actor: Actor) -> None:
    """Release what goes by itself, unless it is more than the administration lets go unseen."""
    books = actor.administration_id
    most = messages.lock_books(actor).large_run
    waiting = Message.objects.of(books).filter(state=MessageState.PLANNED.value, is_automatic=True)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    if len(keys) > most:
        found.too_many = len(keys)
        return
    released = messages.release(keys, by=None, actor=actor, today=found.today)
    found.released = len(released)
    gone = set(released)
    found.messages = [
        replace(one, state=MessageState.RELEASED.value) if one.id in gone else one for one in found.messages
    ]
