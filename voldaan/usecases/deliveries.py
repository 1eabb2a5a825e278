"""Verbs on what became of a message after it left: it was received, it came back, or we take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q

from voldaan.records import announced
from voldaan.records.actions import Action, Task
from voldaan.records.debtors import Debtor
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.rules.money import Money
from voldaan.rules.names import fitting
from voldaan.rules.notices import FINAL_NOTICE
from voldaan.rules.outbox import ActionState, MessageState, TaskState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.strategy import StepKind
from voldaan.usecases import charges, events, lowering, messages
from voldaan.usecases.sending import BY_POST
from voldaan.usecases.write_offs import ReasonMissing

LONGEST_WORDS = 300
WITHDRAWN = ActionState.WITHDRAWN.value


class NotSent(Refusal):
    code = "not_sent"
    kind = Kind.CONFLICT
    says = mark("Message {id} did not reach the customer: it is {state}. {now}.")


IT_IS_OVER = mark("Then there is nothing to write down of it")
# What can be done with a message that did not leave, by its state.
INSTEAD = {
    MessageState.PLANNED.value: mark("Skip it instead, or let it rest"),
    MessageState.RELEASED.value: mark("Take it back instead, or skip it"),
    MessageState.CLAIMED.value: mark("Say first that it is in the post, or wait until the mail server answered"),
    MessageState.UNCERTAIN.value: mark("Say first whether it was sent"),
    MessageState.SENT.value: mark("It was a trial, and went to yourself only"),
}


class NeverCounted(Refusal):
    code = "never_counted"
    kind = Kind.CONFLICT
    says = mark("Message {id} came back, or was taken back, on {on}.")


class ReceivedBeforeSent(Refusal):
    code = "received_before_sent"
    kind = Kind.INVALID
    says = mark("Message {id} left on {sent}: it cannot have been received or come back on {on}.")


class NotYetThere(Refusal):
    code = "not_yet_there"
    kind = Kind.INVALID
    says = mark("{on} is still to come.")


@transaction.atomic
def received(*, message: str, on: date, proof: str, actor: Actor, today: date) -> date | None:
    """Write down that a message was received, and what proves it; give the day from which its costs may be asked.

    The term of a notice that counts from receipt is counted anew from that day. What a final notice claimed before it
    was over is taken back, and a person is asked what to write.

    Raises:
        NoSuchMessage, NotSent, NeverCounted, ReceivedBeforeSent, NotYetThere, ReasonMissing, TooLong: it cannot be.
    """
    actor.must(Deed.SEND)
    row = _left(message, on, proof, actor, today)
    row.received_on, row.delivery_words = on, proof.strip()
    row.lapses_on = messages.lapse(row)
    row.save(update_fields=["received_on", "delivery_words", "lapses_on"])
    _look_again(row)
    events.write("message.received", actor=actor, today=today, debtor_id=row.debtor_id, message=row.public_id,
                 on=on.isoformat(), proof=proof.strip())  # fmt: skip
    lowering.lower(_lock_owners(row), actor=actor, today=today)
    return row.lapses_on


@transaction.atomic
def returned(*, message: str, on: date, words: str, actor: Actor, today: date) -> Money:
    """Write down that a message came back: it was never received, and its steps are decided again.

    What it claimed is taken back, and what final notices claimed by its strength; give that.

    Raises:
        NoSuchMessage, NotSent, NeverCounted, ReceivedBeforeSent, NotYetThere, ReasonMissing, TooLong: it cannot be.
        PeriodClosed: what it claimed cannot be taken back today.
    """
    actor.must(Deed.SEND)
    row, back = _undone(message, on, words, actor, today)
    events.write("message.returned", actor=actor, today=today, debtor_id=row.debtor_id, message=row.public_id,
                 on=on.isoformat(), words=words.strip(), amount=str(back))  # fmt: skip
    return back


@transaction.atomic
def withdrawn(*, message: str, reason: str, actor: Actor, today: date) -> Money | None:
    """Take back a notice that was sent, as if it never was: what it claimed, or final notices by it, too. Give that.

    The customer is not told by it: that is for whoever takes it back. One that lies printed is not to be posted: it
    gives nothing, and nobody needs to be told.

    Raises:
        NoSuchMessage, NotSent, NeverCounted, ReasonMissing, TooLong: it cannot be.
        PeriodClosed: what it claimed cannot be taken back today.
    """
    actor.must(Deed.SEND)
    if (printed := _printed(message, reason, actor)) is not None:
        _unposted(printed, reason, actor, today)
        return None
    row, back = _undone(message, today, reason, actor, today)
    events.write("message.withdrawn", actor=actor, today=today, debtor_id=row.debtor_id, message=row.public_id,
                 words=reason.strip(), amount=str(back))  # fmt: skip
    return back


def _undone(message: str, on: date, words: str, actor: Actor, today: date) -> tuple[Message, Money]:
    """Let a message count as never received: its steps are decided again, and what it claimed is taken back.

    The final notices that claimed by its strength fall with it.
    """
    row = _left(message, on, words, actor, today)
    lines = Action.objects.of(row.administration_id).filter(message=row, state=ActionState.TAKEN.value).order_by("pk")
    steps = list(lines.values_list("pk", "receivable_id"))
    cents = _fallen(row, on, words, actor, today)
    for later in announced.resting_on(row, today=today):
        cents += _fallen(later, on, words, actor, today)
    if steps:
        items = [item for _, item in steps]
        for one in _finals_under_way(row.administration_id, items):
            _unposted(one, words, actor, today)
        _step_back(row.administration_id, items, steps[0][0], today)
    return row, Money(cents, row.currency)


def _finals_under_way(books: int, items: Sequence[int]) -> list[Message]:
    """Find the final notices on these items that wait, or lie printed: without the notice before they may not leave."""
    lines = Action.objects.of(books).filter(receivable__in=items, state=ActionState.PLANNED.value, step=FINAL_NOTICE)
    waits = Q(state__in=[MessageState.PLANNED.value, MessageState.RELEASED.value])
    printed = Q(state=MessageState.CLAIMED.value, claim=BY_POST)
    return list(Message.objects.of(books).filter(waits | printed, pk__in=lines.values("message")).order_by("pk"))


def _printed(message: str, words: str, actor: Actor) -> Message | None:
    """Lock a message that lies printed and give it; nothing where it does not."""
    messages.lock_books(actor)
    row = messages.find(message, actor=actor)
    if (row.state, row.claim) != (MessageState.CLAIMED.value, BY_POST):
        return None
    row = messages.lock(row)
    if row.state != MessageState.CLAIMED.value:  # it was posted just now
        return None
    if not words.strip():
        raise ReasonMissing
    fitting(words.strip(), LONGEST_WORDS)
    return row


def _unposted(row: Message, words: str, actor: Actor, today: date) -> None:
    """Let a message not leave: its steps are decided again. Of one that lies printed the trail says so."""
    messages.withdraw(row.administration_id, [row.pk], why="changed")
    if row.state != MessageState.CLAIMED.value:
        return
    events.write("letter.withdrawn", actor=actor, today=today, debtor_id=row.debtor_id, message=row.public_id,
                 what=row.step, words=words.strip())  # fmt: skip


def _lock_owners(row: Message) -> list[int]:
    """Lock the customers who owe what a message is about: he to whom it went, or into whom he was merged."""
    books = row.administration_id
    items = Action.objects.of(books).filter(message=row).values("receivable")
    owners = Receivable.objects.of(books).filter(pk__in=items).values("debtor")
    return list(Debtor.objects.of(books).locked().filter(pk__in=owners).values_list("pk", flat=True))


def _fallen(row: Message, on: date, words: str, actor: Actor, today: date) -> int:
    """Write down that a message does not count, and give the cents that it claimed."""
    row.returned_on, row.received_on, row.lapses_on, row.delivery_words = on, None, None, words.strip()
    row.save(update_fields=["returned_on", "received_on", "lapses_on", "delivery_words"])
    cents = charges.take_back(row, actor=actor, today=today)
    _look_again(row)
    Action.objects.of(row.administration_id).filter(message=row, state=ActionState.TAKEN.value).update(state=WITHDRAWN)
    return cents


def _step_back(books: int, items: Sequence[int], since: int, today: date) -> None:
    """Let the calls after a message that fell be made again, unless another message left since."""
    later = Action.objects.of(books).filter(receivable__in=items, pk__gt=since).exclude(state=WITHDRAWN)
    written = later.filter(message__isnull=False).values("receivable")
    handed_over = Q(task__kind=StepKind.HAND_OVER.value, task__state=TaskState.DONE.value)
    calls = later.filter(task__isnull=False).exclude(receivable__in=written).exclude(handed_over)
    tasks = set(calls.values_list("task_id", flat=True))
    Action.objects.of(books).filter(pk__in=list(calls.values_list("pk", flat=True))).update(state=WITHDRAWN)
    still = Action.objects.of(books).filter(task__in=tasks).exclude(state=WITHDRAWN).values("task")
    ended = Task.objects.of(books).filter(pk__in=tasks, state=TaskState.OPEN.value).exclude(pk__in=still)
    ended.update(state=TaskState.WITHDRAWN.value, ended_on=today)


def _left(message: str, on: date, words: str, actor: Actor, today: date) -> Message:
    """Lock a message that left and give it.

    Raises:
        As the verbs say.
    """
    if not words.strip():
        raise ReasonMissing
    fitting(words.strip(), LONGEST_WORDS)
    messages.lock_books(actor)
    row = messages.lock(messages.find(message, actor=actor))
    if row.state != MessageState.SENT.value or row.is_trial or row.sent_on is None:
        raise NotSent(id=row.public_id, state=row.state, now=ValueError(INSTEAD.get(row.state, IT_IS_OVER)))
    if row.returned_on is not None:
        raise NeverCounted(id=row.public_id, on=row.returned_on)
    if on > today:
        raise NotYetThere(on=on)
    if on < row.sent_on:
        raise ReceivedBeforeSent(id=row.public_id, sent=row.sent_on, on=on)
    return row


def _look_again(row: Message) -> None:
    lines = Action.objects.of(row.administration_id).filter(message=row, state=ActionState.TAKEN.value)
    messages.look_again(row.administration_id, list(lines.values_list("receivable_id", flat=True)))
