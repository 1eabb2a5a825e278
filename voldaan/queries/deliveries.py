"""What became of a message after it left: what it charges, from when that may be asked, received or come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery, Sum

from voldaan.queries import charges
from voldaan.queries.charges import Charges
from voldaan.records.charges import Charge
from voldaan.records.events import Event
from voldaan.records.messages import Message
from voldaan.records.receivables import Entry
from voldaan.rules.notices import ANNOUNCING, TO_CONSUMERS
from voldaan.rules.outbox import Channel, MessageState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchMessage


@dataclass(frozen=True, slots=True)
class Became:
    """What a message claimed, as the receivable that it became. Amounts are cents."""

    id: str  # of its invoice
    number: str
    kind: str  # of `ReceivableKind` in rules/ledger.py
    of: str  # of interest: the number of the invoice that it runs on
    cents: int
    open_cents: int
    lowered_cents: int  # of it: taken back, for it was more than the law gives


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message after it left."""

    charges: Charges | None
    became: list[Became]
    asked_from: date | None  # the first day on which what it announced may be asked
    awaits_receipt: bool  # its term counts from receipt, and nobody wrote down when that was
    received_on: date | None
    returned_on: date | None  # it does not count: it came back, or was withdrawn
    is_withdrawn: bool
    words: str  # what proves it, or why it does not count
    may_be_told: bool  # it left, and counts: what became of it can be written down
    is_printed: bool  # it lies printed, and nobody said that it is in the post

    @property
    def claimed_cents(self) -> int:
        """Give what is taken back with it."""
        return sum(one.cents - one.lowered_cents for one in self.became)


def delivery(id: str, *, actor: Actor) -> Delivery:  # noqa: A002 - the word of the contract
    """Tell what became of a message.

    Raises:
        NoSuchMessage: there is none here.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    rows = Message.objects.of(books).filter(public_id=id)
    found = rows.annotate(charged=charges.of_messages(books)).first()
    if found is None:
        raise NoSuchMessage(id=id)
    left = found.state == MessageState.SENT.value and not found.is_trial
    counts = left and found.returned_on is None
    summed = charges.summed(found.charged, found.total_cents)
    return Delivery(
        summed,
        _became(books, found) if summed and not summed.is_announced else [],
        _asked_from(found) if counts else None,
        counts and found.step in TO_CONSUMERS and found.lapses_on is None,
        found.received_on, found.returned_on, found.returned_on is not None and _was_withdrawn(books, found),
        found.delivery_words, counts and not found.was_asked,
        found.state == MessageState.CLAIMED.value and found.channel == Channel.LETTER.value,
    )  # fmt: skip


def _became(books: int, message: Message) -> list[Became]:
    lowered = Entry.objects.of(books).filter(
        receivable=OuterRef("booked_as"), kind=OuterRef("kind"), reverses__isnull=True, amount_cents__lt=0
    )
    less = lowered.order_by().values("receivable").annotate(cents=Sum("amount_cents")).values("cents")
    rows = Charge.objects.of(books).filter(message=message, booked_as__isnull=False).order_by("pk")
    columns = ("booked_as__invoice__public_id", "booked_as__invoice__number", "kind", "principal__invoice__number",
               "cents", "booked_as__open_cents")  # fmt: skip
    return [
        Became(id_, number, kind, of or "", cents, left, -(taken or 0))
        for id_, number, kind, of, cents, left, taken in rows.values_list(*columns, Subquery(less))
    ]


def _asked_from(message: Message) -> date | None:
    """Give the first day after its term, of a notice that announces; one to a business counts as it was written."""
    if message.step not in ANNOUNCING:
        return None
    if message.step in TO_CONSUMERS or message.final_date is None:
        return message.lapses_on
    return message.final_date + timedelta(days=1)


def _was_withdrawn(books: int, message: Message) -> bool:
    events = Event.objects.of(books).filter(debtor=message.debtor_id, kind="message.withdrawn")
    return any(facts.get("message") == message.public_id for facts in events.values_list("facts", flat=True))
