"""All that happened with one customer, the newest first: messages, money, calls and notes, changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from voldaan.records.debtors import Debtor
from voldaan.records.events import Event
from voldaan.records.messages import Message
from voldaan.records.notes import Note
from voldaan.records.receivables import Entry
from voldaan.records.together import together
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
DELIVERIES = ("letter.withdrawn", "message.received", "message.returned", "message.withdrawn")
MONEY = ("allocation.made", "allocation.reversed", "claim.less_by_law", "claim.paid_before", "claim.too_early",
         "proposal.accepted", "proposal.rejected", "receipt.allocated", "write_off.approved", "write_off.asked",
         "write_off.declined", "write_off.outdated", "write_off.withdrawn")  # fmt: skip
# Told by the message, the booking or the note itself.
TOLD = ("credit.paid_back", "credit_note.received", "entry.reversed", "invoice.received", "message.failed",
        "message.sent", "message.uncertain", "note.withdrawn", "note.written", "payment.recorded",
        "receipt.left_as_credit", "rests.given_up", "set_off.made", "write_off.made")  # fmt: skip


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
    whose, messages, entries, notes, events = together(
        _questions, actor.administration_id, debtor, kind=kind, after=after, most=most
    )
    if not whose:
        raise NoSuchDebtor(debtor=debtor)
    found = [*map(_message, messages), *map(_entry, entries), *map(_note, notes), *map(_event, events)]
    found.sort(key=lambda one: (one.key.day, one.key.rank, one.key.pk), reverse=True)
    return found[:most]


def _questions(books: int, debtor: str, *, kind: Kind | None, after: Key | None, most: int) -> list[QuerySet[Any, Any]]:
    """Ask who is meant, with his doubles, and for what happened of each sort; of what is not wanted, for nothing."""
    stays = Debtor.objects.of(books).filter(public_id=debtor).values(stays=Coalesce("merged_into_id", "pk"))
    # Not an OR of both: for that, SQLite would look through all debtors.
    whose = stays.union(Debtor.objects.of(books).filter(merged_into__in=stays).values(stays=F("pk")))
    messages = Message.objects.of(books).exclude(state__in=[one.value for one in FORGOTTEN])
    # What moved between doubles moved between names of one customer.
    entries = Entry.objects.of(books).exclude(kind=EntryKind.MOVED.value)
    notes, corrections = Note.objects.of(books), Note.objects.of(books).filter(corrects=OuterRef("pk"))
    rows = (
        (MESSAGE, kind in (None, Kind.MESSAGES), MESSAGE_FACTS,
         messages.annotate(day=Coalesce("sent_on", "decided_on"))),
        (ENTRY, kind in (None, Kind.MONEY), ENTRY_FACTS,
         entries.annotate(day=F("value_date"), of=Coalesce("receivable__invoice__number", "credit__invoice__number"))),
        (NOTE, kind in (None, Kind.CALLS), NOTE_FACTS,
         notes.annotate(day=F("written_on"), is_corrected=Exists(corrections))),
        (EVENT, True, EVENT_FACTS, _events(books, kind)),
    )  # fmt: skip
    return [whose, *(
        _behind(each.filter(debtor__in=whose) if is_wanted else each.none(), rank, after, most, *facts)
        for rank, is_wanted, facts, each in rows
    )]  # fmt: skip


MESSAGE_FACTS = (
    "public_id",
    "step",
    "channel",
    "recipient",
    "subject",
    "state",
    "total_cents",
    "currency",
    "returned_on",
)
ENTRY_FACTS = ("kind", "amount_cents", "currency", "source", "of")
NOTE_FACTS = ("public_id", "text", "withdrawn_on", "corrects__written_on", "user_id", "is_corrected", "user__name",
              "user__email")  # fmt: skip
EVENT_FACTS = ("kind", "user__name", "user__email", "via", "facts", "invoice__number")


def _behind(rows: QuerySet[Any], rank: int, after: Key | None, most: int, *columns: str) -> QuerySet[Any, Any]:
    """Ask for the newest rows behind a place; they have a `day`."""
    if after is not None:
        same = Q(day=after.day, pk__lt=after.pk) if rank == after.rank else Q(day=after.day)
        rows = rows.filter(Q(day__lt=after.day) | (same if rank <= after.rank else Q(pk=None)))
    return rows.order_by("-day", "-pk").values_list("day", "pk", *columns)[:most]


def _message(row: Sequence[Any]) -> Happening:
    day, pk, *facts = row
    return Happening(Kind.MESSAGES, "message", Key(day, MESSAGE, pk), "", dict(zip(MESSAGE_FACTS, facts, strict=True)))


def _entry(row: Sequence[Any]) -> Happening:
    day, pk, kind, cents, currency, source, invoice = row
    facts = {"kind": kind, "amount_cents": cents, "currency": currency, "source": source, "invoice": invoice}
    return Happening(Kind.MONEY, "entry", Key(day, ENTRY, pk), "", facts)


def _note(row: Sequence[Any]) -> Happening:
    day, pk, id_, text, withdrawn, corrects, user, is_corrected, name, email = row
    return Happening(
        Kind.CALLS, "note", Key(day, NOTE, pk), name or email or "",
        {"id": id_, "text": text, "withdrawn_on": withdrawn, "corrects": corrects, "user_id": user,
         "is_corrected": is_corrected},
    )  # fmt: skip


def _event(row: Sequence[Any]) -> Happening:
    day, pk, what, name, email, via, facts, invoice = row
    return Happening(_kind(what), what, Key(day, EVENT, pk), name or email or via, {"invoice": invoice} | facts)


def _events(books: int, kind: Kind | None) -> QuerySet[Event]:
    rows = Event.objects.of(books).exclude(kind__in=TOLD)
    match kind:
        case Kind.MONEY:
            return rows.filter(kind__in=MONEY)
        case Kind.CALLS:
            return rows.filter(kind__in=CALLS)
        case Kind.MESSAGES:
            return rows.filter(kind__in=DELIVERIES)
        case Kind.CHANGES:
            return rows.exclude(kind__in=MONEY + CALLS + DELIVERIES)
        case _:
            return rows


def _kind(what: str) -> Kind:
    kinds = {Kind.MONEY: MONEY, Kind.CALLS: CALLS, Kind.MESSAGES: DELIVERIES}
    return next((kind for kind, those in kinds.items() if what in those), Kind.CHANGES)
