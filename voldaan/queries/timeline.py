"""All that happened with one customer, the newest first: messages, money, calls and notes, changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from voldaan.records.debtors import Debtor
from voldaan.records.events import Event
from voldaan.records.messages import Message
from voldaan.records.notes import Note
from voldaan.records.people import User
from voldaan.records.receivables import Entry
from voldaan.rules.ledger import EntryKind
from voldaan.rules.outbox import FORGOTTEN, MessageState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchDebtor


class Kind(Enum):
    """What can be asked for by itself."""

    MESSAGES = "messages"
    MONEY = "money"
    CALLS = "calls"  # and notes
    CHANGES = "changes"


CALLS = ("task.done", "task.put_off", "task.taken_up")
MONEY = ("allocation.made", "allocation.reversed", "proposal.accepted", "proposal.rejected", "receipt.allocated")
# Told by the message, the booking or the note itself.
TOLD = ("credit_note.received", "entry.reversed", "invoice.received", "message.failed", "message.sent",
        "message.uncertain", "note.withdrawn", "note.written", "payment.recorded", "receipt.left_as_credit",
        "write_off.made")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """A place in the timeline, to go on after."""

    day: date
    rank: int  # of what happened on one day: what is written last in this list stands first
    pk: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: a message, a booking, a note or an event."""

    kind: Kind
    what: str  # message, entry, note, or the kind of an event
    key: Key
    who: str  # the name of a person, or the words of the door; empty where it is not known
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_contact(self) -> bool:
        """Tell whether the customer heard us: a message that left, a call that was made."""
        return self.what == "task.done" or (self.what == "message" and self.facts["state"] == MessageState.SENT.value)


EVENT, ENTRY, MESSAGE, NOTE = range(4)  # ranks


def timeline(debtor: str, *, kind: Kind | None = None, after: Key | None = None, most: int,
             actor: Actor) -> list[Happening]:  # fmt: skip
    """List what happened with a customer (public id), and with doubles that were merged into it.

    Raises:
        NoSuchDebtor: there is no such customer here.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    asked = Debtor.objects.of(books).filter(public_id=debtor).values_list("pk", "merged_into").first()
    if asked is None:
        raise NoSuchDebtor(debtor=debtor)
    stays = asked[1] or asked[0]
    whose = list(Debtor.objects.of(books).filter(Q(pk=stays) | Q(merged_into=stays)).values_list("pk", flat=True))
    found: list[Happening] = []
    if kind in (None, Kind.MESSAGES):
        found += _messages(books, whose, after, most)
    if kind in (None, Kind.MONEY):
        found += _entries(books, whose, after, most)
    if kind in (None, Kind.CALLS):
        found += _notes(books, whose, after, most)
    if kind is not Kind.MESSAGES:
        found += _events(books, whose, kind, after, most)
    found.sort(key=lambda one: (one.key.day, one.key.rank, one.key.pk), reverse=True)
    return found[:most]


def _behind(rows: QuerySet[Any], rank: int, after: Key | None, most: int, *columns: str) -> list[tuple[Any, ...]]:
    """Give the newest rows behind a place; they have a `day`."""
    if after is not None:
        same = Q(day=after.day, pk__lt=after.pk) if rank == after.rank else Q(day=after.day)
        rows = rows.filter(Q(day__lt=after.day) | (same if rank <= after.rank else Q(pk=None)))
    return list(rows.order_by("-day", "-pk").values_list("day", "pk", *columns)[:most])


def _messages(books: int, whose: Collection[int], after: Key | None, most: int) -> list[Happening]:
    rows = Message.objects.of(books).filter(debtor__in=whose).exclude(state__in=[one.value for one in FORGOTTEN])
    columns = ("public_id", "step", "channel", "recipient", "subject", "state", "total_cents", "currency")
    return [
        Happening(Kind.MESSAGES, "message", Key(day, MESSAGE, pk), "", dict(zip(columns, facts, strict=True)))
        for day, pk, *facts in _behind(
            rows.annotate(day=Coalesce("sent_on", "decided_on")), MESSAGE, after, most, *columns
        )
    ]


def _entries(books: int, whose: Collection[int], after: Key | None, most: int) -> list[Happening]:
    # What moved between doubles moved between names of one customer.
    rows = Entry.objects.of(books).filter(debtor__in=whose).exclude(kind=EntryKind.MOVED.value)
    columns = ("kind", "amount_cents", "currency", "source", "invoice")
    named = rows.annotate(
        day=F("value_date"), invoice=Coalesce("receivable__invoice__number", "credit__invoice__number")
    )
    return [
        Happening(Kind.MONEY, "entry", Key(day, ENTRY, pk), "", dict(zip(columns, facts, strict=True)))
        for day, pk, *facts in _behind(named, ENTRY, after, most, *columns)
    ]


def _notes(books: int, whose: Collection[int], after: Key | None, most: int) -> list[Happening]:
    rows = Note.objects.of(books).filter(debtor__in=whose).annotate(day=F("written_on"))
    columns = ("public_id", "text", "withdrawn_on", "corrects__written_on", "user_id", "user__name", "user__email")
    found = _behind(rows, NOTE, after, most, *columns)
    corrected = set(
        Note.objects.of(books).filter(corrects__in=[row[1] for row in found]).values_list("corrects", flat=True)
    )
    return [
        Happening(
            Kind.CALLS, "note", Key(day, NOTE, pk), name or email or "",
            {"id": id_, "text": text, "withdrawn_on": withdrawn, "corrects": corrects, "user_id": user,
             "is_corrected": pk in corrected},
        )
        for day, pk, id_, text, withdrawn, corrects, user, name, email in found
    ]  # fmt: skip


def _events(books: int, whose: Collection[int], kind: Kind | None, after: Key | None, most: int) -> list[Happening]:
    rows = Event.objects.of(books).filter(debtor__in=whose).exclude(kind__in=TOLD)
    match kind:
        case Kind.MONEY:
            rows = rows.filter(kind__in=MONEY)
        case Kind.CALLS:
            rows = rows.filter(kind__in=CALLS)
        case Kind.CHANGES:
            rows = rows.exclude(kind__in=MONEY + CALLS)
    found = _behind(rows, EVENT, after, most, "kind", "user_id", "via", "facts", "invoice__number")
    names = {pk: name or email for pk, name, email in
             User.objects.filter(pk__in={row[3] for row in found}).values_list("pk", "name", "email")}  # fmt: skip
    return [
        Happening(_kind(what), what, Key(day, EVENT, pk), names.get(user, via), {"invoice": invoice} | facts)
        for day, pk, what, user, via, facts, invoice in found
    ]


def _kind(what: str) -> Kind:
    return Kind.MONEY if what in MONEY else Kind.CALLS if what in CALLS else Kind.CHANGES
