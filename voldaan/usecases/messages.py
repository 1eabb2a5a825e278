"""Verbs on messages before they leave: approve them, pass them over, take them back; and settle an uncertain one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction

from voldaan.countries import COUNTRIES
from voldaan.records import correspondence, proposals, situations
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration
from voldaan.records.debtors import Debtor
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.rules.contacts import ContactRole
from voldaan.rules.notice_dates import Delivery
from voldaan.rules.notices import TO_CONSUMERS
from voldaan.rules.outbox import ActionState, Channel, MessageState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.unknown import NoSuchMessage
from voldaan.usecases import charges, events


class NotWaiting(Refusal):
    code = "not_waiting"
    kind = Kind.CONFLICT
    says = mark("Message {id} does not wait for approval: it is {state}.")


class CountWanted(Refusal):
    code = "count_wanted"
    kind = Kind.CONFLICT
    says = mark(
        "{count} messages would be released at once. If that is meant, type it: voldaan approve --all --count {count}."
    )


class OtherCount(Refusal):
    code = "other_count"
    kind = Kind.CONFLICT
    says = mark("{count} messages would be released, not {typed}. Nothing was released.")


class NotUncertain(Refusal):
    code = "not_uncertain"
    kind = Kind.CONFLICT
    says = mark("Message {id} is not uncertain: it is {state}.")


@dataclass(frozen=True, slots=True)
class Approved:
    """What became of the messages that somebody approved."""

    released: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)  # not true any more: withdrawn, and the next run decides again
    left: list[str] = field(default_factory=list)  # with a warning: to be approved one by one


@transaction.atomic
def approve(*, ids: Sequence[str] = (), everything: bool = False, count: int | None = None,
            not_before: datetime | None = None, actor: Actor, today: date) -> Approved:  # fmt: skip
    """Let messages go: these, or all that wait and carry no warning; `not_before` leaves time to think again.

    A message whose items changed since it was decided is withdrawn; the next run decides again. Twice does no harm:
    what was released stays released.

    Raises:
        NoSuchMessage, NotWaiting: an id is wrong.
        CountWanted, OtherCount: a large run wants its number typed.
    """
    actor.must(Deed.RELEASE_RUN)
    books = actor.administration_id
    large = lock_books(actor).large_run
    waiting = Message.objects.of(books).filter(state=MessageState.PLANNED.value)
    if everything:
        found = list(waiting.order_by("pk").values_list("pk", "public_id", "warnings", "debtor_id"))
        asked = set(proposals.asked(books))  # also what came in since the message was decided
        left = [public_id for _, public_id, warnings, debtor in found if warnings or debtor in asked]
        keys = [pk for pk, _, warnings, debtor in found if not warnings and debtor not in asked]
        if count is not None and count != len(keys):
            raise OtherCount(count=len(keys), typed=count)
        if count is None and len(keys) > large:
            raise CountWanted(count=len(keys))
    else:
        left = []
        keys = [message.pk for message in (find(one, actor=actor) for one in dict.fromkeys(ids)) if _waits(message)]
    released = release(keys, by=actor.user_id, not_before=not_before, actor=actor, today=today)
    gone = set(released)
    rows = Message.objects.of(books)
    names = [one for block in blocks(keys) for one in rows.filter(pk__in=block).values_list("public_id", flat=True)]
    events.write("messages.released", actor=actor, today=today, count=len(released))
    return Approved(released, [name for name in names if name not in gone], left)


def _waits(message: Message) -> bool:
    """Tell whether it still waits; released twice is released once.

    Raises:
        NotWaiting: it is beyond approval.
    """
    if message.state in (MessageState.PLANNED.value, MessageState.RELEASED.value):
        return message.state == MessageState.PLANNED.value
    raise NotWaiting(id=message.public_id, state=message.state)


def release(
    keys: Sequence[int], *, by: int | None, not_before: datetime | None = None, actor: Actor, today: date
) -> list[str]:
    """Release messages as they stand, and withdraw those that are not true any more; give the ids of the released.

    Part of a verb, not one itself: the caller holds the transaction.
    """
    books = actor.administration_id
    released = []
    waiting = Message.objects.of(books).filter(state=MessageState.PLANNED.value)
    for block in blocks(_by_debtor(books, keys)):
        # No payment is booked, and nobody else decides on them, between the look and the release.
        owners = waiting.filter(pk__in=block).values("debtor")
        list(Debtor.objects.of(books).locked().filter(pk__in=owners).values_list("pk"))
        rows = list(waiting.filter(pk__in=block).select_for_update().order_by("debtor_id", "pk"))
        actions = Action.objects.of(books).filter(message__in=block, state=ActionState.PLANNED.value)
        lines = Counter(actions.values_list("message_id", flat=True))
        mailboxes = situations.mailboxes(books, {row.debtor_id for row in rows}, first=ContactRole.REMINDER)
        good, changed = [], []
        for drawn in correspondence.letters(books, rows, today=today):
            message, letter = drawn.message, drawn.letter
            is_there = message.recipient in ("", mailboxes.get(message.debtor_id))
            still = is_there and letter is not None and len(letter.lines) == lines.get(message.pk) and (
                (letter.asked_cents, letter.credit_cents) == (message.total_cents, message.credit_cents)
            )  # fmt: skip
            if still:
                good.append((drawn.content_hash, today.isoformat(), by, message.pk))
                released.append(message.public_id)
            else:
                changed.append(message.pk)
        _write_released(good, not_before)
        withdraw(books, changed, why="changed")
    return released


def _by_debtor(books: int, keys: Sequence[int]) -> list[int]:
    """Put messages in the order in which every verb locks debtors."""
    rows = Message.objects.of(books)
    debtors = [pair for block in blocks(keys) for pair in rows.filter(pk__in=block).values_list("debtor_id", "pk")]
    return [pk for _, pk in sorted(debtors)]


def _write_released(rows: Sequence[tuple[str, str, int | None, int]], not_before: datetime | None) -> None:
    if rows:
        moment = connection.ops.adapt_datetimefield_value(not_before) if not_before else None
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE records_message SET retry_at = %s, state = 'released', content_hash = %s, released_on = %s, "
                "released_by = %s WHERE id = %s",
                [(moment, *row) for row in rows],
            )


@transaction.atomic
def take_back(*, ids: Sequence[str] = (), not_before: datetime | None = None, actor: Actor, today: date) -> int:
    """Let messages wait for approval again that were approved and did not leave yet; give how many.

    These, or all that this actor approved together and that were not to leave before `not_before`. What has left
    meanwhile, or is about to, is not among them.

    Raises:
        NoSuchMessage: an id is wrong.
    """
    actor.must(Deed.RELEASE_RUN)
    books = actor.administration_id
    lock_books(actor)
    released = Message.objects.of(books).filter(state=MessageState.RELEASED.value)
    if not_before is None:
        keys = [find(one, actor=actor).pk for one in dict.fromkeys(ids)]
    else:
        keys = list(released.filter(retry_at=not_before, released_by=actor.user_id).values_list("pk", flat=True))
    count = 0
    for block in blocks(_by_debtor(books, keys)):
        owners = released.filter(pk__in=block).values("debtor")
        list(Debtor.objects.of(books).locked().filter(pk__in=owners).values_list("pk"))
        locked = list(released.filter(pk__in=block).select_for_update().order_by("pk").values_list("pk", flat=True))
        count += Message.objects.of(books).filter(pk__in=locked).update(
            state=MessageState.PLANNED.value, content_hash="", released_on=None, released_by=None, retry_at=None
        )  # fmt: skip
    events.write("messages.taken_back", actor=actor, today=today, count=count)
    return count


def withdraw(books: int, keys: Sequence[int], *, why: str) -> None:
    """Take back messages that did not leave: their steps may be decided again. Part of a verb, not one itself."""
    for block in blocks(keys):
        Message.objects.of(books).filter(pk__in=block).update(state=MessageState.WITHDRAWN.value, why=why)
        forget(books, block)


def forget(books: int, keys: Sequence[int]) -> None:
    """Let the steps of these messages be decided again."""
    lines = Action.objects.of(books).filter(message__in=keys).exclude(state=ActionState.SKIPPED.value)
    items = list(lines.values_list("receivable_id", flat=True))
    lines.update(state=ActionState.WITHDRAWN.value)
    look_again(books, items)


def look_again(books: int, receivables: Sequence[int]) -> None:
    """Have the next run look at these items, whatever it knew of them."""
    for block in blocks(receivables):
        Receivable.objects.of(books).filter(pk__in=block).update(next_on=date.min)


def blocks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut a long list of keys into lists that a query can carry."""
    for start in range(0, len(keys), correspondence.BLOCK):
        yield keys[start : start + correspondence.BLOCK]


def find(id_: str, *, actor: Actor) -> Message:
    """Find a message by its public id.

    Raises:
        NoSuchMessage: there is none here.
    """
    found = Message.objects.of(actor.administration_id).filter(public_id=id_).first()
    if found is None:
        raise NoSuchMessage(id=id_)
    return found


@transaction.atomic
def resolve(*, message: str, was_sent: bool, actor: Actor, today: date) -> None:
    """Settle an uncertain message by what a person found out.

    Not sent, it may leave again, with the same Message-ID: a server that has it already knows it for the same mail.

    Raises:
        NoSuchMessage, NotUncertain: there is nothing to settle.
    """
    actor.must(Deed.SEND)
    row = lock(find(message, actor=actor))
    if row.state != MessageState.UNCERTAIN.value:
        raise NotUncertain(id=row.public_id, state=row.state)
    if was_sent:
        taken(row, actor=actor, today=today)
    else:
        row.state, row.claim, row.claimed_at, row.lease_until = MessageState.RELEASED.value, "", None, None
    row.save()
    events.write("message.resolved", actor=actor, today=today, debtor_id=row.debtor_id, message=row.public_id,
                 sent="yes" if was_sent else "no")  # fmt: skip


def lock_books(actor: Actor) -> Administration:
    """Keep out runs, approvals and imports: who changes what waits does so one at a time."""
    return Administration.objects.select_for_update(no_key=True).get(pk=actor.administration_id)


def lock(message: Message) -> Message:
    """Lock a message, after its debtor, and give it as it is now."""
    Debtor.objects.of(message.administration_id).locked().get(pk=message.debtor_id)
    return Message.objects.of(message.administration_id).select_for_update().get(pk=message.pk)


def taken(message: Message, *, actor: Actor, today: date) -> None:
    """Write down that a message left: its steps are taken, the next ones count from today, what it claims is booked."""
    message.state = MessageState.SENT.value
    message.sent_on = message.sent_on or today
    message.lease_until = None
    lines = Action.objects.of(message.administration_id).filter(message=message, state=ActionState.PLANNED.value)
    items = list(lines.values_list("receivable_id", flat=True))
    lines.update(state=ActionState.TAKEN.value, taken_on=message.sent_on)
    message.lapses_on = lapse(message)
    look_again(message.administration_id, items)
    charges.book(message, actor=actor, today=today)


def lapse(message: Message) -> date | None:
    """Count the term of a notice to a consumer: the first day on which what it announced may be asked.

    None of any other message; and where the law counts from receipt, of a mail of which nobody can show that it
    arrived.
    """
    if message.step not in TO_CONSUMERS or message.sent_on is None or message.returned_on is not None:
        return None
    law = COUNTRIES.get(message.debtor.country)
    if law is None or (notice := law.consumer.notice) is None or notice.name != message.step:
        return None
    delivery = Delivery.POST if message.channel == Channel.LETTER.value else Delivery.ELECTRONIC
    if delivery is Delivery.ELECTRONIC and notice.counts_from_receipt and message.received_on is None:
        return None
    return notice.of(message.sent_on, delivery, message.received_on, as_worded=True).costs_from
