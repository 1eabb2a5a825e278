"""Verbs on what a person asks to be sent beside every strategy: a copy of an invoice, a statement of account.

It leaves through the outbox like any message. It asks nothing that was not asked before, so neither the rhythm nor the
bank keeps it back; and it tells how things are at the moment it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from voldaan.records import asked
from voldaan.records.administrations import Administration
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.rules.outbox import UNDER_WAY, MessageState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.unknown import NoSuchInvoice
from voldaan.usecases import debtors, events, messages
from voldaan.usecases.sending import is_live


class SendingIsOff(Refusal):
    code = "sending_is_off"
    kind = Kind.CONFLICT
    says = mark("Nothing leaves yet: sending is off. Switch it on first, under Settings.")


class NotTakenBack(Refusal):
    code = "not_taken_back"
    kind = Kind.CONFLICT
    says = mark("Message {id} cannot be taken back: it is {state}.")


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A message that was asked for, and from when it may leave."""

    id: str
    not_before: datetime | None


@transaction.atomic
def send_copy(*, invoice: str, not_before: datetime | None = None, actor: Actor, today: date) -> UnderWay:
    """Send an invoice (public id) to its customer once more.

    One that is still under way is not asked for twice. `not_before` leaves time to think again.

    Raises:
        NoSuchInvoice, NotKept, NoMailbox: there is nothing to send, or nowhere to send it.
        SendingIsOff: nothing leaves.
    """
    actor.must(Deed.RELEASE_RUN)
    books = actor.administration_id
    found = Invoice.objects.of(books).filter(public_id=invoice).first()
    if found is None:
        raise NoSuchInvoice(invoice=invoice)
    Debtor.objects.of(books).locked().get(pk=found.debtor_id)
    row = Invoice.objects.of(books).select_related("debtor", "document").get(pk=found.pk)
    message, is_new = _let_go(asked.copy(row, today=today), not_before, actor, copy_of=row)
    if is_new:
        events.write("copy.asked", actor=actor, today=today, debtor_id=message.debtor_id, invoice=row.number,
                     to=message.recipient)  # fmt: skip
    return UnderWay(message.public_id, message.retry_at)


@transaction.atomic
def send_statement(*, debtor: str, currency: str, since: date, not_before: datetime | None = None, actor: Actor,
                   today: date) -> UnderWay:  # fmt: skip
    """Send a customer (public id) its account in a currency, with the bookings since a day.

    One that is still under way is not asked for twice.

    Raises:
        NoSuchDebtor, NothingToState, TooLongAStatement, NoMailbox: there is nothing to send, or nowhere to send it.
        SendingIsOff: nothing leaves.
    """
    actor.must(Deed.RELEASE_RUN)
    found = debtors.find(debtor, actor=actor)
    row = Debtor.objects.of(actor.administration_id).locked().get(pk=found.pk)
    message = asked.statement(row, currency=currency, since=since, today=today)
    message, is_new = _let_go(message, not_before, actor, debtor=row, currency=currency, statement_since=since)
    if is_new:
        events.write("statement.asked", actor=actor, today=today, debtor_id=row.pk, to=message.recipient)
    return UnderWay(message.public_id, message.retry_at)


def _let_go(message: Message, not_before: datetime | None, actor: Actor, **same: Any) -> tuple[Message, bool]:
    """Put a message in the outbox, unless the same one is under way: then give that one; and tell whether it is new."""
    books = actor.administration_id
    if not is_live(Administration.objects.get(pk=books)):
        raise SendingIsOff
    under_way = Message.objects.of(books).filter(state__in=[one.value for one in UNDER_WAY], **same)
    if there := under_way.order_by("pk").last():
        return there, False
    message.released_on, message.released_by, message.retry_at = message.decided_on, actor.user_id, not_before
    message.save()
    return message, True


@transaction.atomic
def take_back(*, id: str, actor: Actor, today: date) -> None:  # noqa: A002 - what the page calls it
    """Take back what a person asked for, as long as it did not leave. Twice does no harm.

    Raises:
        NoSuchMessage, NotTakenBack: it cannot be.
    """
    actor.must(Deed.RELEASE_RUN)
    row = messages.lock(messages.find(id, actor=actor))
    if row.was_asked and row.state == MessageState.RELEASED.value:
        row.state, row.why = MessageState.WITHDRAWN.value, "taken_back"
        row.save(update_fields=["state", "why"])
        events.write("message.taken_back", actor=actor, today=today, debtor_id=row.debtor_id, what=row.step)
    elif not row.was_asked or row.state != MessageState.WITHDRAWN.value:
        raise NotTakenBack(id=id, state=row.state)
