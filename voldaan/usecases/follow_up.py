"""Verbs on the follow-up: pause an item, resume it; pass over a step; finish a task, or put it off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction

from voldaan.records.actions import Action, Task
from voldaan.records.holds import Hold
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Receivable
from voldaan.rules.holds import HoldReason
from voldaan.rules.outbox import PUT_OFF_DAYS, ActionState, MessageState, TaskState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.unknown import NoSuchMessage
from voldaan.usecases import events, invoices, messages
from voldaan.usecases.write_offs import ReasonMissing


class PauseInThePast(Refusal):
    code = "pause_in_the_past"
    kind = Kind.INVALID
    says = mark("A pause cannot end on {until}: that day has passed.")


class NotSkippable(Refusal):
    code = "not_skippable"
    kind = Kind.CONFLICT
    says = mark("{id} cannot be skipped any more: it is {state}.")


class NotATask(Refusal):
    code = "not_a_task"
    kind = Kind.CONFLICT
    says = mark("Task {id} is not open any more: it is {state}.")


class NoDayToPutOffTo(Refusal):
    code = "no_day_to_put_off_to"
    kind = Kind.INVALID
    says = mark("A task cannot be put off until {until}. Choose a day after today, and not later than {latest}.")


class NotPaused(Refusal):
    code = "not_paused"
    kind = Kind.CONFLICT
    says = mark("The follow-up of invoice {invoice} is not held.")


@transaction.atomic
def pause(*, invoice: str, until: date, reason: str, actor: Actor, today: date) -> None:
    """Let an invoice rest up to and including `until`.

    Raises:
        NoSuchInvoice, ReasonMissing, PauseInThePast: the words are wrong.
    """
    actor.must(Deed.PAUSE)
    if not reason.strip():
        raise ReasonMissing
    if until < today:
        raise PauseInThePast(until=until)
    paused = invoices.find(invoice, actor=actor)
    messages.lock_books(actor)
    invoices.lock_debtor_of(paused)
    hold(paused, HoldReason.PAUSE, reason.strip()[:500], until=until, actor=actor, today=today)
    events.write("follow_up.paused", actor=actor, today=today, debtor_id=paused.debtor_id, invoice_id=paused.pk,
                 invoice=paused.number, until=until.isoformat(), reason=reason.strip())  # fmt: skip


def hold(about: Invoice, reason: HoldReason, explanation: str, facts: Mapping[str, str] | None = None, *,
         until: date | None, actor: Actor, today: date) -> None:  # fmt: skip
    """Hold the follow-up of an invoice, and take back what waits to leave about it.

    Part of a verb, which holds the locks of the books and of the debtor.
    """
    books = actor.administration_id
    Hold.objects.of(books).bulk_create(
        Hold(
            administration_id=books, debtor_id=about.debtor_id, receivable=receivable, reason=reason.value,
            explanation=explanation, facts=dict(facts or {}), since=today, until=until,
        )
        for receivable in Receivable.objects.of(books).filter(invoice=about)
    )  # fmt: skip
    waiting = Action.objects.of(books).filter(
        receivable__invoice=about,
        state=ActionState.PLANNED.value,
        message__state__in=[MessageState.PLANNED.value, MessageState.RELEASED.value],
    )
    keys = sorted(set(waiting.values_list("message_id", flat=True)))
    messages.withdraw(books, keys, why="paused")


def is_held(about: Invoice, reason: HoldReason) -> bool:
    """Tell whether an invoice is held for this reason."""
    holds = Hold.objects.of(about.administration_id).filter(receivable__invoice=about, ended_on__isnull=True)
    return holds.filter(reason=reason.value).exists()


def let_go(about: Invoice, reason: HoldReason, *, today: date) -> None:
    """End the holds of one kind on an invoice. Part of a verb, which holds the lock of the debtor."""
    holds = Hold.objects.of(about.administration_id).filter(receivable__invoice=about, ended_on__isnull=True)
    holds.filter(reason=reason.value).update(ended_on=today)


@transaction.atomic
def resume(*, invoice: str, actor: Actor, today: date) -> None:
    """End every hold on an invoice: a pause, or a question of the import that is now answered.

    Raises:
        NoSuchInvoice, NotPaused: there is nothing to end.
    """
    actor.must(Deed.PAUSE)
    resumed = invoices.find(invoice, actor=actor)
    invoices.lock_debtor_of(resumed)
    holds = Hold.objects.of(actor.administration_id).filter(receivable__invoice=resumed, ended_on__isnull=True)
    if not holds.update(ended_on=today):
        raise NotPaused(invoice=resumed.number)
    events.write("follow_up.resumed", actor=actor, today=today, debtor_id=resumed.debtor_id, invoice_id=resumed.pk,
                 invoice=resumed.number)  # fmt: skip


@transaction.atomic
def skip(*, id: str, reason: str, actor: Actor, today: date) -> None:  # noqa: A002 - what the command calls it
    """Pass over a message that waits, or a task: its steps count as taken today, and the ladder goes on from there.

    Raises:
        NoSuchMessage, NotSkippable, ReasonMissing: it cannot be.
    """
    actor.must(Deed.PREPARE_RUN)
    if not reason.strip():
        raise ReasonMissing
    books = actor.administration_id
    messages.lock_books(actor)
    task = Task.objects.of(books).select_for_update().filter(public_id=id).first()
    if task is not None:
        _end(task, TaskState.SKIPPED, reason, actor, today)
        return
    row = messages.lock(messages.find(id, actor=actor))
    if row.state not in (MessageState.PLANNED.value, MessageState.RELEASED.value):
        raise NotSkippable(id=id, state=row.state)
    lines = Action.objects.of(books).filter(message=row, state=ActionState.PLANNED.value)
    items = list(lines.values_list("receivable_id", flat=True))
    lines.update(state=ActionState.SKIPPED.value, taken_on=today)
    messages.look_again(books, items)
    row.state, row.why = MessageState.WITHDRAWN.value, "skipped"
    row.save(update_fields=["state", "why"])
    events.write("follow_up.skipped", actor=actor, today=today, debtor_id=row.debtor_id, what=row.step,
                 reason=reason.strip())  # fmt: skip


@transaction.atomic
def done(*, id: str, outcome: str = "", actor: Actor, today: date) -> None:  # noqa: A002
    """Finish a task, with its outcome in words.

    Raises:
        NoSuchMessage, NotATask: there is no such open task.
    """
    actor.must(Deed.RECORD_CALLS)
    messages.lock_books(actor)
    _end(_task(id, actor), TaskState.DONE, outcome, actor, today)


@transaction.atomic
def put_off(*, id: str, until: date, reason: str, actor: Actor, today: date) -> None:  # noqa: A002
    """Put off a task: from the day `until` it is on the list again. Said twice, it is put off once.

    Raises:
        ReasonMissing, NoDayToPutOffTo: the words are wrong.
        NoSuchMessage, NotATask: there is no such open task.
    """
    actor.must(Deed.RECORD_CALLS)
    if not reason.strip():
        raise ReasonMissing
    messages.lock_books(actor)
    task = _open(_task(id, actor))
    latest = today + timedelta(PUT_OFF_DAYS)
    if not today < until <= latest:
        raise NoDayToPutOffTo(until=until, latest=latest)
    said = until, reason.strip()[:500]
    if said == (task.put_off_until, task.put_off_why):
        return
    task.put_off_until, task.put_off_why = said
    task.save(update_fields=["put_off_until", "put_off_why"])
    events.write("task.put_off", actor=actor, today=today, debtor_id=task.debtor_id, what=task.kind,
                 until=until.isoformat(), reason=task.put_off_why)  # fmt: skip


@transaction.atomic
def take_up(*, id: str, actor: Actor, today: date) -> None:  # noqa: A002
    """Take up a task that was put off: it is on the list again. Where it is already, nothing happens.

    Raises:
        NoSuchMessage, NotATask: there is no such open task.
    """
    actor.must(Deed.RECORD_CALLS)
    messages.lock_books(actor)
    task = _open(_task(id, actor))
    if task.put_off_until is None or task.put_off_until <= today:
        return
    task.put_off_until, task.put_off_why = None, ""
    task.save(update_fields=["put_off_until", "put_off_why"])
    events.write("task.taken_up", actor=actor, today=today, debtor_id=task.debtor_id, what=task.kind)


def _task(id_: str, actor: Actor) -> Task:
    task = Task.objects.of(actor.administration_id).select_for_update().filter(public_id=id_).first()
    if task is None:
        raise NoSuchMessage(id=id_)
    return task


def _open(task: Task) -> Task:
    if task.state != TaskState.OPEN.value:
        raise NotATask(id=task.public_id, state=task.state)
    return task


def _end(task: Task, state: TaskState, outcome: str, actor: Actor, today: date) -> None:
    _open(task)
    task.state, task.outcome, task.ended_on = state.value, outcome.strip()[:500], today
    task.save(update_fields=["state", "outcome", "ended_on"])
    if state is TaskState.DONE:
        items = list(
            Action.objects.of(task.administration_id).filter(task=task).values_list("receivable_id", flat=True)
        )
        messages.look_again(task.administration_id, items)
    if state is TaskState.DONE:
        events.write("task.done", actor=actor, today=today, debtor_id=task.debtor_id, what=task.kind,
                     outcome=task.outcome)  # fmt: skip
    else:
        events.write("follow_up.skipped", actor=actor, today=today, debtor_id=task.debtor_id, what=task.kind,
                     reason=task.outcome)  # fmt: skip
