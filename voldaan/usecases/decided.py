"""What a run decided for the customers of one span, and how it is written down: messages that wait, and tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import connection
from django.db.models import Q

from voldaan.records import bulk
from voldaan.records.actions import Action, Task
from voldaan.records.charges import Charge
from voldaan.records.fields import new_public_id
from voldaan.records.messages import Message
from voldaan.records.situations import Reach, Situation
from voldaan.rules.bundles import Bundle, DueItem, takes_in
from voldaan.rules.outbox import ActionState, Channel, MessageState, TaskState
from voldaan.rules.strategy import Approval, Step, StepKind, Taken, earliest_day
from voldaan.usecases import messages

Whose = tuple[int, str]  # a debtor, and a currency
Called = tuple[int, str, StepKind]  # for a task: the kind too
Wanted = tuple[Bundle, Channel, str]  # what he gets, how, and at which address


@dataclass(slots=True)
class Decided:
    """What was decided for the customers of one span, before anything of it is written."""

    due: dict[Whose, list[DueItem]] = field(default_factory=lambda: defaultdict(list))
    tasks: dict[Called, list[DueItem]] = field(default_factory=lambda: defaultdict(list))
    reaches: dict[int, Reach] = field(default_factory=dict)  # of the debtors of both
    take_in: set[Whose] = field(default_factory=set)  # whose message may take in what it is not the turn of
    next_on: list[tuple[date, int]] = field(default_factory=list)

    def add(self, one: Situation, step: Step | None) -> None:
        """Put what is due where it belongs: a message, or a task of its kind."""
        assert step is not None, "what is due has a step"
        line = DueItem(one.receivable_id, one.invoice, one.item, step)
        self.reaches[one.debtor_id] = one.reach
        if step.kind is StepKind.MESSAGE:
            self.due[one.debtor_id, one.currency].append(line)
            if takes_in(step):
                self.take_in.add((one.debtor_id, one.currency))
        else:
            self.tasks[one.debtor_id, one.currency, step.kind].append(line)


def within(customers: Sequence[int]) -> Q:
    """Keep the rows of these customers, of which all in between have nothing to decide."""
    return Q(debtor__gte=customers[0], debtor__lte=customers[-1])


def write_messages(wanted: dict[Whose, Wanted], decided: Decided, books: int, customers: Sequence[int],
                   today: date) -> tuple[dict[Whose, str], int]:  # fmt: skip
    """Write what is due as messages that wait; give their ids, and how many were taken back.

    One that waited already stays if it still says the same.
    """
    kept, stale = waiting(wanted, books, customers)
    messages.withdraw(books, stale, why="changed")
    made = _insert_messages({whose: one for whose, one in wanted.items() if whose not in kept}, decided, books,
                            customers, today)  # fmt: skip
    return kept | made, len(stale)


def waiting(wanted: dict[Whose, Wanted], books: int, customers: Sequence[int]) -> tuple[dict[Whose, str], list[int]]:
    """Give what waits for approval already and still says what is wanted: its ids; and the keys of what does not."""
    kept, stale = {}, []
    rows = Message.objects.of(books).filter(within(customers), state=MessageState.PLANNED.value)
    columns = ("pk", "public_id", "debtor_id", "currency", "channel", "recipient", "credit_cents")
    planned = list(rows.values_list(*columns))
    lines = _lines(books, [pk for pk, *_ in planned])
    for pk, public_id, debtor, currency, *said in planned:
        one = wanted.get((debtor, currency))
        if one and [*said, lines[pk]] == _says(*one):
            kept[debtor, currency] = public_id
        else:
            stale.append(pk)
    return kept, stale


def _lines(books: int, planned: list[int]) -> dict[int, set[tuple[int, str, int]]]:
    lines: dict[int, set[tuple[int, str, int]]] = defaultdict(set)
    actions = Action.objects.of(books).filter(message__in=bulk.Keys(planned), state=ActionState.PLANNED.value)
    for message, *line in actions.values_list("message_id", "receivable_id", "step", "open_cents"):
        lines[message].add(tuple(line))  # type: ignore[arg-type]
    return lines


def _says(one: Bundle, channel: Channel, recipient: str) -> list[object]:
    lines = {(line.receivable_id, line.step.code, line.item.open_cents) for line in one.lines}
    return [channel.value, recipient, one.credit_cents, lines]


def _insert_messages(wanted: dict[Whose, Wanted], decided: Decided, books: int, customers: Sequence[int],
                     today: date) -> dict[Whose, str]:  # fmt: skip
    ids = {whose: new_public_id() for whose in wanted}
    rows = []
    for whose, (one, channel, recipient) in wanted.items():
        reach = decided.reaches[whose[0]]
        cautions = one.cautions(today, receipt_waits=reach.receipt_waits)
        rows.append(
            (ids[whose], *whose, one.step.code, channel.value, recipient, reach.language, one.step.term_days,
             one.asked_cents, one.credit_cents, [caution.value for caution in cautions],
             one.step.approval is Approval.AUTOMATIC and not cautions)
        )  # fmt: skip
    bulk.insert(
        Message,
        ("public_id", "debtor_id", "currency", "step", "channel", "recipient", "language", "term_days", "total_cents",
         "credit_cents", "warnings", "is_automatic"),
        rows, administration_id=books, decided_on=today, state=MessageState.PLANNED.value,
    )  # fmt: skip
    there = Message.objects.of(books).filter(within(customers), decided_on=today, state=MessageState.PLANNED.value)
    keys = dict(there.values_list("public_id", "pk"))
    bulk.insert(
        Action, ("debtor_id", "receivable_id", "version_id", "step", "open_cents", "message_id"),
        ((whose[0], line.receivable_id, decided.reaches[whose[0]].version_id, line.step.code, line.item.open_cents,
          keys[ids[whose]])
         for whose, (one, _, _) in wanted.items() for line in one.lines),
        administration_id=books, decided_on=today, state=ActionState.PLANNED.value,
    )  # fmt: skip
    bulk.insert(
        Charge, ("message_id", "kind", "is_announced", "cents", "principal_id", "notice_id", "since", "through"),
        [(keys[ids[whose]], charge.kind.value, charge.is_announced, charge.cents, charge.principal, charge.notice,
          charge.since, charge.through)
         for whose, (one, _, _) in wanted.items() for charge in one.charges],
        administration_id=books,
    )  # fmt: skip
    return ids


def write_tasks(decided: Decided, books: int, customers: Sequence[int], today: date) -> dict[Called, str]:
    """Put tasks on the worklist and give their ids; what falls due while one still waits joins it."""
    there = _open_tasks(books, customers)
    bulk.insert(
        Task, ("public_id", "debtor_id", "currency", "kind"),
        [(new_public_id(), debtor, currency, kind.value)
         for debtor, currency, kind in decided.tasks if (debtor, currency, kind) not in there],
        administration_id=books, decided_on=today, state=TaskState.OPEN.value,
    )  # fmt: skip
    if decided.tasks:
        there = _open_tasks(books, customers)
    bulk.insert(
        Action, ("debtor_id", "receivable_id", "version_id", "step", "open_cents", "task_id"),
        [(whose[0], line.receivable_id, decided.reaches[whose[0]].version_id, line.step.code, line.item.open_cents,
          there[whose][0])
         for whose, lines in decided.tasks.items() for line in lines],
        administration_id=books, decided_on=today, state=ActionState.TAKEN.value, taken_on=today,
    )  # fmt: skip
    _end_paid_tasks(books, {pk for pk, _ in there.values()}, today)
    return {whose: public_id for whose, (_, public_id) in there.items()}


def _open_tasks(books: int, customers: Sequence[int]) -> dict[Called, tuple[int, str]]:
    of_steps = [kind.value for kind in StepKind]
    rows = Task.objects.of(books).filter(within(customers), state=TaskState.OPEN.value, kind__in=of_steps)
    columns = ("debtor_id", "currency", "kind", "pk", "public_id")
    return {(debtor, currency, StepKind(kind)): (pk, public_id)
            for debtor, currency, kind, pk, public_id in rows.values_list(*columns)}  # fmt: skip


def _end_paid_tasks(books: int, tasks: set[int], today: date) -> None:
    """Withdraw the tasks whose items are paid, all of them."""
    if tasks:
        still = Action.objects.of(books).filter(task__in=bulk.Keys(tasks), receivable__open_cents__gt=0)
        paid = tasks - set(still.values_list("task_id", flat=True))
        rows = Task.objects.of(books).filter(pk__in=bulk.Keys(paid), state=TaskState.OPEN.value)
        rows.update(state=TaskState.WITHDRAWN.value, ended_on=today)


def move(decided: Decided, today: date) -> None:
    """Write down when each item is looked at again."""
    for (debtor, _, _), lines in decided.tasks.items():
        strategy = decided.reaches[debtor].strategy
        for line in lines:
            # An undone call does not hold back the next step, and that step is counted from today.
            after = replace(line.item, taken=(*line.item.taken, Taken(line.step.code, today)))
            decided.next_on.append((earliest_day(strategy, after), line.receivable_id))
    if decided.next_on:
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE records_receivable SET next_on = %s WHERE id = %s",
                               [(day.isoformat(), pk) for day, pk in decided.next_on])  # fmt: skip
