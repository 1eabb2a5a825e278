"""The verb that ends a double: two customers that are one go on as one.

Nothing is rewritten in the ledger. What is open moves by bookings, as of today; what was booked, and a report of the
past, keep the name that they had. The double stays as a name by which the one that is left is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from voldaan.records.actions import Action, Task
from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.records.holds import Hold
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.records.proposals import Proposal
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.ledger import EntryKind
from voldaan.rules.outbox import FORGOTTEN, UNDER_WAY, MessageState, TaskState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import debtors, events, ledger, messages, strategies
from voldaan.usecases.ledger import NewEntry

FILLED = ("number", "street", "postcode", "city", "vat_number", "registration_number", "payment_term_days",
          "is_consumer", "strategy")  # fmt: skip


class SameDebtor(Refusal):
    code = "same_debtor"
    kind = Kind.INVALID
    says = mark("{debtor} is one and the same customer already: name two.")


class MessageUnderWay(Refusal):
    code = "message_under_way"
    kind = Kind.CONFLICT
    says = mark("A message to {debtor} is on its way. Send it, or skip or settle it, and then merge.")


@transaction.atomic
def merge(*, double: str, into: str, actor: Actor, today: date) -> int:
    """Let everything of `double` be of `into` from now on; return how many open items moved.

    Raises:
        NoSuchDebtor, SameDebtor: the words are wrong.
        MessageUnderWay: something to the double is about to leave under its name.
        PeriodClosed: `today` lies in a closed period.
    """
    actor.must(Deed.CHANGE_DEBTORS)
    books = actor.administration_id
    messages.lock_books(actor)
    gone, stays = debtors.find(double, actor=actor), debtors.find(into, actor=actor)
    if gone.pk == stays.pk:
        raise SameDebtor(debtor=stays.name)
    locked = {row.pk: row for row in Debtor.objects.of(books).locked().filter(pk__in=[gone.pk, stays.pk])}
    gone, stays = locked[gone.pk], locked[stays.pk]
    ledger.lock_numbers(actor)  # an invoice to the double is booked before this, and moves, or is refused after it
    theirs = Message.objects.of(books).filter(debtor=gone.pk)
    if theirs.filter(state__in=[state.value for state in UNDER_WAY]).exists():
        raise MessageUnderWay(debtor=gone.name)
    waiting = Message.objects.of(books).filter(debtor__in=locked, state=MessageState.PLANNED.value)
    messages.withdraw(books, list(waiting.values_list("pk", flat=True)), why="changed")
    receivables = Receivable.objects.of(books).filter(debtor=gone.pk)
    credits_ = Credit.objects.of(books).filter(debtor=gone.pk)
    moved = [*_moved("receivable", receivables, gone, stays, today), *_moved("credit", credits_, gone, stays, today)]
    items = receivables.still_open().count()
    if moved:
        ledger.post(entries=moved, actor=actor, today=today)
    _hand_over(gone.pk, stays.pk, books, today)
    _fill(gone, stays)
    strategies.look_again_at_all(books, debtor_id=stays.pk)
    events.write("debtor.merged", actor=actor, today=today, debtor_id=stays.pk, name=gone.name, number=gone.number,
                 items=items)  # fmt: skip
    return items


def _moved(what: str, rows: QuerySet[Any], gone: Debtor, stays: Debtor, today: date) -> Iterator[NewEntry]:
    """Take what is open from the one and give it to the other: on the item itself nothing changes."""
    sign = 1 if what == "receivable" else -1
    is_open = rows.filter(open_cents__gt=0).order_by("pk")
    for pk, currency, cents in is_open.values_list("pk", "currency", "open_cents"):
        made = Entry.objects.of(gone.administration_id).filter(**{what: pk}).order_by("number")
        first, times = made.values_list("source", flat=True)[0], made.filter(kind=EntryKind.MOVED.value).count()
        for whose, amount in ((gone, -sign * cents), (stays, sign * cents)):
            yield NewEntry(
                whose.pk, EntryKind.MOVED, currency, amount, today,
                f"moved:{times // 2 + 1}:{'from' if whose is gone else 'to'}:{first}"[:SOURCE],
                **{f"{what}_id": pk},
            )  # fmt: skip


SOURCE = Entry._meta.get_field("source").max_length  # noqa: SLF001 - Django's documented way


def _hand_over(gone: int, stays: int, books: int, today: date) -> None:
    """Let the rows that may change name the one that stays, save where it has one of its own already."""
    for table in (Receivable, Credit, Invoice, Hold, Proposal):
        table.objects.of(books).filter(debtor=gone).update(debtor=stays)
    own = Message.objects.of(books).filter(debtor=stays).exclude(state__in=[state.value for state in FORGOTTEN])
    days = set(own.values_list("currency", "decided_on"))
    theirs = Message.objects.of(books).filter(debtor=gone).values_list("pk", "currency", "decided_on")
    for block in messages.blocks([pk for pk, *day in theirs if tuple(day) not in days]):
        Message.objects.of(books).filter(pk__in=block).update(debtor=stays)
        Action.objects.of(books).filter(message__in=block).update(debtor=stays)
    for task in Task.objects.of(books).filter(debtor=gone):
        twin = None
        if task.state == TaskState.OPEN.value:
            twin = Task.objects.of(books).filter(
                debtor=stays, currency=task.currency, kind=task.kind, state=TaskState.OPEN.value
            ).first()  # fmt: skip
        Action.objects.of(books).filter(task=task).update(debtor=stays, task=twin or task)
        if twin:
            task.state, task.ended_on = TaskState.WITHDRAWN.value, today
        task.debtor_id = stays
        task.save(update_fields=["debtor_id", "state", "ended_on"])
    roles = Contact.objects.of(books).filter(debtor=stays).exclude(email="").values("role")
    Contact.objects.of(books).filter(debtor=stays, email="").filter(
        role__in=Contact.objects.of(books).filter(debtor=gone).exclude(email="").values("role")
    ).delete()
    Contact.objects.of(books).filter(debtor=gone).exclude(role__in=roles).exclude(email="").update(debtor=stays)
    known = PayerAlias.objects.of(books).filter(debtor=stays).values_list("iban", flat=True)
    PayerAlias.objects.of(books).filter(debtor=gone).exclude(iban__in=list(known)).update(debtor=stays)
    PayerAlias.objects.of(books).filter(debtor=gone).delete()
    Debtor.objects.of(books).filter(merged_into=gone).update(merged_into=stays)


def _fill(gone: Debtor, stays: Debtor) -> None:
    """Take from the double what is not known of the one that stays; the number only where it has none."""
    for field in FILLED:
        if getattr(stays, field) in ("", None) and getattr(gone, field) not in ("", None):
            setattr(stays, field, getattr(gone, field))
            if field == "number":
                gone.number = ""
    gone.merged_into = stays
    gone.save()
    stays.save()
