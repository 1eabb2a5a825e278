"""The verb that ends a double: two customers that are one go on as one.

Nothing is rewritten in the ledger. What is open moves by bookings, as of today; what was booked, and a report of the
past, keep the name that they had. The double stays as a name by which the one that is left is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from voldaan.records.actions import Action, Task
from voldaan.records.bulk import Keys
from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.records.holds import Hold
from voldaan.records.invoices import Invoice
from voldaan.records.messages import OF_A_STRATEGY, Message
from voldaan.records.notes import Note
from voldaan.records.proposals import Proposal
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.ledger import EntryKind
from voldaan.rules.outbox import FORGOTTEN, UNDER_WAY, MessageState, TaskState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import debtors, events, ledger, messages, strategies
from voldaan.usecases.ledger import NewEntry

FILLED = ("number", "street", "postcode", "city", "vat_number", "registration_number", "payment_term_days",
          "kind", "strategy")  # fmt: skip


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
    number = gone.number
    _fill(gone, stays)
    strategies.look_again_at_all(books, debtor_id=stays.pk)
    events.write(
        "debtor.merged", actor=actor, today=today, debtor_id=stays.pk, name=gone.name, number=number or gone.public_id,
        items=items,
    )  # fmt: skip
    return items


def _moved(what: str, rows: QuerySet[Any], gone: Debtor, stays: Debtor, today: date) -> Iterator[NewEntry]:
    """Take what is open from the one and give it to the other: on the item itself nothing changes."""
    is_open = rows.filter(open_cents__gt=0).order_by("pk").values_list("pk", "currency", "open_cents")
    made: dict[int, list[str]] = defaultdict(list)
    entries = Entry.objects.of(gone.administration_id).filter(**{f"{what}__in": Keys([pk for pk, *_ in is_open])})
    for pk, source in entries.order_by("number").values_list(f"{what}_id", "source"):
        made[pk].append(source)
    for pk, currency, cents in is_open:
        owed = cents if what == "receivable" else -cents
        for whose, amount, way in ((gone, -owed, "from"), (stays, owed, "to")):
            # An item may move again: by the number of its bookings so far, each move has a source of its own.
            source = f"moved:{len(made[pk])}:{way}:{made[pk][0]}"
            yield NewEntry(whose.pk, EntryKind.MOVED, currency, amount, today, source, **{f"{what}_id": pk})


def _hand_over(gone: int, stays: int, books: int, today: date) -> None:
    """Let the rows that may change name the one that stays, save where it has one of its own already."""
    for table in (Receivable, Credit, Invoice, Hold, Note, Proposal):
        table.objects.of(books).filter(debtor=gone).update(debtor=stays)
    own = (
        Message.objects.of(books)
        .filter(OF_A_STRATEGY, debtor=stays)
        .exclude(state__in=[state.value for state in FORGOTTEN])
    )
    days = set(own.values_list("currency", "decided_on"))
    sent = Message.objects.of(books).filter(debtor=gone)
    theirs = sent.filter(OF_A_STRATEGY).values_list("pk", "currency", "decided_on")
    sent.exclude(OF_A_STRATEGY).update(debtor=stays)
    for block in messages.blocks([pk for pk, *day in theirs if tuple(day) not in days]):
        Message.objects.of(books).filter(pk__in=block).update(debtor=stays)
        Action.objects.of(books).filter(message__in=block).update(debtor=stays)
    _join_tasks(gone, stays, books, today)
    _join_contacts(gone, stays, books)
    known = PayerAlias.objects.of(books).filter(debtor=stays).values_list("iban", flat=True)
    PayerAlias.objects.of(books).filter(debtor=gone).exclude(iban__in=list(known)).update(debtor=stays)
    PayerAlias.objects.of(books).filter(debtor=gone).delete()
    Debtor.objects.of(books).filter(merged_into=gone).update(merged_into=stays)


def _join_tasks(gone: int, stays: int, books: int, today: date) -> None:
    """Hand the tasks over; what waits joins a task of the same kind that waits: nobody is on the list twice."""
    is_open = Task.objects.of(books).filter(state=TaskState.OPEN.value)
    there = {tuple(kind): pk for pk, *kind in is_open.filter(debtor=stays).values_list("pk", "currency", "kind")}
    for pk, *kind in is_open.filter(debtor=gone).values_list("pk", "currency", "kind"):
        if twin := there.get(tuple(kind)):
            Action.objects.of(books).filter(task=pk).update(debtor=stays, task=twin)
            Task.objects.of(books).filter(pk=pk).update(state=TaskState.WITHDRAWN.value, ended_on=today)
    Action.objects.of(books).filter(task__debtor=gone).update(debtor=stays)
    Task.objects.of(books).filter(debtor=gone).update(debtor=stays)


def _join_contacts(gone: int, stays: int, books: int) -> None:
    """Hand the contacts over; where the one that stays has one for the same, only what that lacks is taken."""
    there = {row.role: row for row in Contact.objects.of(books).filter(debtor=stays)}
    for row in Contact.objects.of(books).filter(debtor=gone):
        mine = there.get(row.role)
        if mine is None:
            row.debtor_id = stays
            row.save(update_fields=["debtor"])
            continue
        if not mine.email:
            mine.email, mine.refused_on = row.email, row.refused_on
        mine.name, mine.phone = mine.name or row.name, mine.phone or row.phone
        mine.save()


def _fill(gone: Debtor, stays: Debtor) -> None:
    """Take from the double what is not known of the one that stays; the number only where it has none."""
    for field in FILLED:
        if getattr(stays, field) in ("", None) and getattr(gone, field) not in ("", None):
            setattr(stays, field, getattr(gone, field))
            if field in gone.edited:  # a person set it: no list overwrites it here either
                stays.edited = sorted({*stays.edited, field})
            if field == "number":
                gone.number = ""
    gone.merged_into = stays
    gone.save()
    stays.save()
