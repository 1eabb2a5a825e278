"""The follow-up of the day: decides for every open item, writes messages and tasks, and lets go what goes by itself.

It works through the customers in spans, each in a transaction of its own: a run that dies half-way is taken up by the
next one, which finds decided what was decided. Run twice, or by two at once, it decides everything once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from voldaan.records import left, situations
from voldaan.records.actions import Task
from voldaan.records.administrations import Head
from voldaan.records.bulk import Keys
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.records.situations import Books, Situation
from voldaan.rules.bundles import DueItem, bundle, highest, taken_in, takes_in
from voldaan.rules.outbox import UNDER_WAY, Channel, MessageState, TaskState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.strategy import Because, Decider, Decision, earliest_day
from voldaan.usecases import charges, events, lowering, messages, strategies, write_off_requests
from voldaan.usecases.decided import Called, Decided, Wanted, Whose, move, waiting, within, write_messages, write_tasks

SPAN = 2_000  # customers decided on in one transaction
WRITTEN = Because.DUE, Because.NEEDS_APPROVAL  # what waits for approval is asked anew, whether it still holds

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


@dataclass(frozen=True, slots=True)
class Hindered:
    """An open item whose step the law does not allow today."""

    invoice: str
    receivable_id: int
    debtor: str
    debtor_id: str
    step: str
    decision: Decision


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
    hindered: list[Hindered] = field(default_factory=list)  # by the law
    withdrawn: int = 0  # messages that were waiting for approval and do not hold any more
    released: int = 0  # messages that go by themselves
    too_many: int = 0  # messages that would go by themselves, but are more than the administration lets go unseen


def run(*, actor: Actor, today: date, dry_run: bool = False, explain: bool = False, strategy: str = "",
        tell: Tell | None = None) -> Run:  # fmt: skip
    """Decide what every open item gets today, and write it down: messages, tasks, or nothing with a reason.

    Only what can be due is read, unless every reason is asked for with `explain`. A dry run writes nothing down; with
    `strategy` it decides as if that one were followed by every customer who has none of his own.

    Raises:
        NoSuchStrategy: there is no strategy of that code.
    """
    actor.must(Deed.PREPARE_RUN)
    assert dry_run or not strategy, "another strategy is only tried"
    found = Run(today)
    books = actor.administration_id
    if strategy:
        strategies.known(books, strategy)
    everything = explain or bool(strategy)  # by another ladder, anything may be due
    if not dry_run:
        write_off_requests.withdraw_outdated(actor=actor, today=today)
    if not everything:
        _count_what_is_not_read(books, found)
    paid_late = dict(left.paid_late(books, today).values_list("pk", "debtor_id"))
    customers = _customers(books, today, paid_late, everything=everything)
    for done, start in enumerate(range(0, len(customers), SPAN)):
        ids = customers[start : start + SPAN]
        with transaction.atomic():
            _decide(ids, paid_late, found, everything=everything, dry_run=dry_run, strategy=strategy, actor=actor)
        if tell:
            tell(min(len(customers), (done + 1) * SPAN), len(customers))
    if not dry_run:
        with transaction.atomic():
            charges.book_what_waits(actor=actor, today=today)
            lowering.lower_all(actor=actor, today=today)
    with transaction.atomic():
        found.booked_to = Head.objects.of(books).get().booking_number
        if not dry_run:
            _let_go(found, actor=actor)
            events.write(
                "follow_up.decided", actor=actor, today=today, decided=found.decided, messages=len(found.messages),
                tasks=len(found.tasks), withdrawn=found.withdrawn, released=found.released,
                hindered=len(found.hindered),
            )  # fmt: skip
    return found


def _customers(books: int, today: date, paid_late: Mapping[int, int], *, everything: bool) -> list[int]:
    """Name the customers that have something to decide, or something waiting that may not hold any more."""
    items = _items(books, today, everything=everything)
    planned = Message.objects.of(books).filter(state=MessageState.PLANNED.value)
    tasks = Task.objects.of(books).filter(state=TaskState.OPEN.value)
    # A union tells them apart, and reads what is due by day: for DISTINCT, SQLite would read all that is open.
    first, *others = (rows.order_by().values_list("debtor_id", flat=True) for rows in (items, planned, tasks))
    return sorted({*first.union(*others), *paid_late.values()})


def _items(books: int, today: date, *, everything: bool) -> QuerySet[Receivable]:
    return Receivable.objects.of(books).still_open() if everything else situations.due(books, today)


def _decide(customers: Sequence[int], paid_late: Mapping[int, int], found: Run, *, everything: bool, dry_run: bool,
            strategy: str, actor: Actor) -> None:  # fmt: skip
    """Decide for the customers of one span. The row of the administration keeps imports and other runs out."""
    pk, today = actor.administration_id, found.today
    if not dry_run:
        messages.lock_books(actor)
    books = situations.books_of(pk)
    if strategy:
        books = replace(books, strategy=strategy)
    items = _items(pk, today, everything=everything).filter(within(customers))
    new = Decided()
    decide = Decider(books.bank, books.country, today)
    theirs = [item for item, debtor in paid_late.items() if customers[0] <= debtor <= customers[-1]]
    rows = Receivable.objects.of(pk).filter(pk__in=Keys(theirs))
    paid = left.told(situations.of(rows, books, today=today), pk, today) if theirs else []
    for one in chain(situations.of(items, books, today=today), paid):
        found.decided += 1
        if one.message_state in UNDER_WAY:
            found.counts[Because.DUE.value] += 1
            continue
        decision = decide(one.reach.strategy, one.item)
        if decision.because in WRITTEN:
            new.add(one, decision.step)
        else:
            _wait(one, decision, new, found, everything=everything)
    _take_in(new, books, decide, paid, found, everything=everything)
    wanted = _wanted(new, found, everything=everything)
    charged = charges.reckoned({whose: one for whose, (one, _, _) in wanted.items()}, books.pk, today)
    wanted = {
        whose: (charged[whose], channel, to)
        for whose, (_, channel, to) in wanted.items()
        if charged[whose].asked_cents > 0  # what is left of a notice may be covered by credit once it is reckoned
    }
    if dry_run:
        kept, stale = waiting(wanted, pk, customers)
        _report(new, wanted, kept, {}, len(stale), found)
        return
    ids, withdrawn = write_messages(wanted, new, pk, customers, today)
    _report(new, wanted, ids, write_tasks(new, pk, customers, today), withdrawn, found)
    move(new, today)


def _wait(one: Situation, decision: Decision, new: Decided, found: Run, *, everything: bool) -> None:
    """Count the reason of an item that gets nothing today, and say when it is looked at again."""
    because = decision.because
    found.counts[because.value] += 1
    if decision.obstacle and decision.step:
        found.hindered.append(Hindered(one.invoice, one.receivable_id, one.reach.name, one.reach.public_id,
                                       decision.step.code, decision))  # fmt: skip
    if because in (Because.NOT_YET, Because.NO_STEP_LEFT, Because.HANDED_OVER):
        again = date.max if one.item.is_handed_over else earliest_day(one.reach.strategy, one.item)
        new.next_on.append((again, one.receivable_id))
    if everything:
        until = decision.hold.until if decision.hold else decision.leaves_on or decision.on
        found.waiting.append(Waiting(one.invoice, because.value, until))


def _take_in(new: Decided, books: Books, decide: Decider, paid: Sequence[Situation], found: Run, *,
             everything: bool) -> None:  # fmt: skip
    """Let each notice take in what the law wants in one message, whatever the day of the item itself is."""
    tops = {
        whose: highest(new.reaches[whose[0]].strategy, (line.step for line in new.due[whose])) for whose in new.take_in
    }
    lettered = {whose: step for whose, step in tops.items() if takes_in(step)}
    if not lettered:
        return
    joined = set()
    there = {line.receivable_id for whose in lettered for line in new.due[whose]}
    theirs = Receivable.objects.of(books.pk).still_open().filter(
        debtor__in=Keys(sorted({debtor for debtor, _ in lettered})), due_date__lt=found.today
    )  # fmt: skip
    for one in chain(situations.of(theirs, books, today=found.today), paid):
        step = lettered.get((one.debtor_id, one.currency))
        if step is None or one.receivable_id in there or one.message_state in UNDER_WAY:
            continue
        decision = decide(one.reach.strategy, one.item)
        if taken_in(one.reach.strategy, step, one.item, decision, found.today):
            new.due[one.debtor_id, one.currency].append(DueItem(one.receivable_id, one.invoice, one.item, step))
            found.counts[decision.because.value] -= 1
            joined.add(one.invoice)
    if everything:
        found.waiting = [waits for waits in found.waiting if waits.invoice not in joined]


def _wanted(new: Decided, found: Run, *, everything: bool) -> dict[Whose, Wanted]:
    """Take together what is due to each customer, and count it: wholly covered by credit, it waits."""
    wanted = {}
    for whose, lines in new.due.items():
        reach = new.reaches[whose[0]]
        one = bundle(reach.strategy, lines, found.today)
        kept = {line.receivable_id for line in one.lines} if one else set()
        if one is None:
            found.counts[Because.COVERED_BY_CREDIT.value] += len(lines)
            if everything:
                found.waiting += [Waiting(line.invoice, Because.COVERED_BY_CREDIT.value, None) for line in lines]
            continue
        channel = one.channel(has_mailbox=bool(reach.email), has_address=reach.has_address)
        wanted[whose] = one, channel, reach.email if channel is Channel.EMAIL else ""
        found.counts[Because.DUE.value] += len(kept)
        apart = [line for line in lines if line.receivable_id not in kept]  # the law keeps them out of this message
        found.counts[Because.RHYTHM.value] += len(apart)
        if everything:
            found.waiting += [Waiting(line.invoice, Because.RHYTHM.value, None) for line in apart]
    found.counts[Because.DUE.value] += sum(map(len, new.tasks.values()))
    return wanted


def _report(new: Decided, wanted: dict[Whose, Wanted], ids: dict[Whose, str], tasks: dict[Called, str],
            withdrawn: int, found: Run) -> None:  # fmt: skip
    found.withdrawn += withdrawn
    for whose, (one, channel, _) in wanted.items():
        reach = new.reaches[whose[0]]
        found.messages.append(
            RunMessage(
                ids.get(whose), reach.name, reach.public_id, one.step.code, channel.value,
                [line.invoice for line in one.lines], one.asked_cents, whose[1], MessageState.PLANNED.value,
            )
        )  # fmt: skip
    for called, lines in new.tasks.items():
        reach = new.reaches[called[0]]
        found.tasks.append(
            RunTask(
                tasks.get(called), reach.name, reach.public_id, called[2].value, [line.invoice for line in lines],
                found.today,
            )
        )  # fmt: skip


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
