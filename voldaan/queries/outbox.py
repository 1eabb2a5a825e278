"""The outbox, to read: every message page by page, the newest first, how many there are of each kind, and the gate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, When

from voldaan.countries import COUNTRIES
from voldaan.queries.coverage import missing_days
from voldaan.records import known_until
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration
from voldaan.records.bulk import Counted
from voldaan.records.messages import OF_A_STRATEGY, Message
from voldaan.records.together import Found, Rows, together
from voldaan.rules import names
from voldaan.rules.outbox import Channel, MessageState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.strategy import Bank
from voldaan.rules.unknown import NoSuchMessage


class Which(Enum):
    """Which messages are asked for."""

    ALL = "all"
    WAITS = "waits"  # for somebody's yes
    LEAVES = "leaves"  # let go: by itself, as an e-mail
    POST = "post"  # let go: to be printed and posted by a person
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


_LET_GO = (MessageState.RELEASED.value, MessageState.CLAIMED.value)
_OF: dict[Which, Q] = {
    Which.ALL: Q(),
    Which.WAITS: Q(state=MessageState.PLANNED.value),
    Which.LEAVES: Q(state__in=_LET_GO, channel=Channel.EMAIL.value),
    Which.POST: Q(state__in=_LET_GO, channel=Channel.LETTER.value),
    Which.UNCERTAIN: Q(state=MessageState.UNCERTAIN.value),
    Which.FAILED: Q(state=MessageState.FAILED.value),
    Which.SENT: Q(state=MessageState.SENT.value),
    Which.WITHDRAWN: Q(state=MessageState.WITHDRAWN.value),
}


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message. Amounts are cents."""

    id: str
    debtor: str
    debtor_id: str
    step: str
    channel: str
    recipient: str
    subject: str  # empty as long as it did not leave
    state: str
    cents: int
    currency: str
    decided_on: date
    sent_on: date | None
    is_trial: bool  # it went to the sender's own address
    retry_at: datetime | None  # let go, but not before this moment
    said: str  # the last words of the mail server
    why: str  # why it failed or was withdrawn
    returned_on: date | None  # it does not count: it came back, or was withdrawn after it left
    was_asked: bool  # by a person, beside every strategy
    invoices: tuple[str, ...]
    key: int  # to go on after


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether anything leaves, and what keeps it in."""

    live: str  # of `Live` in rules/outbox.py
    held: str  # of `HeldSending`; empty: it is not
    sender: str
    bank_is_stale: bool
    account: str = ""  # of which days are missing in between
    missing: tuple[date, ...] = ()  # those bank days


COLUMNS = ("public_id", "debtor__name", "debtor__public_id", "step", "channel", "recipient", "subject", "state",
           "total_cents", "currency", "decided_on", "sent_on", "is_trial", "retry_at", "said", "why",
           "returned_on")  # fmt: skip


def outbox(*, which: Which = Which.ALL, search: str = "", after: int | None = None, most: int,
           actor: Actor) -> list[OutboxRow]:  # fmt: skip
    """List messages; `search` is part of the name of a customer, or his number."""
    actor.must(Deed.READ_BOOKS)
    rows = Message.objects.of(actor.administration_id).filter(_OF[which])
    if asked := search.strip():
        rows = rows.filter(Q(debtor__name_search__contains=names.folded(asked)) | Q(debtor__number=asked))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return [_row(*row) for row in _columns(rows, actor.administration_id).order_by("-pk")[:most]]


def one(id: str, *, actor: Actor) -> OutboxRow:  # noqa: A002 - the word of the contract
    """Give one message.

    Raises:
        NoSuchMessage: there is none here.
    """
    actor.must(Deed.READ_BOOKS)
    rows = Message.objects.of(actor.administration_id).filter(public_id=id)
    found = _columns(rows, actor.administration_id).first()
    if found is None:
        raise NoSuchMessage(id=id)
    return _row(*found)


def _columns(rows: QuerySet[Message], books: int) -> QuerySet[Message, Any]:
    lines = Action.objects.of(books).filter(message=OuterRef("pk")).order_by("receivable__due_date", "pk")
    by_hand = Case(When(OF_A_STRATEGY, then=False), default=True)
    invoices = Rows(lines.values_list("receivable__invoice__number"))
    return rows.values_list(*COLUMNS, by_hand, "copy_of__number", invoices, "pk")


def _row(*facts: Any) -> OutboxRow:
    *about, copied, lines, key = facts
    return OutboxRow(*(*about, (copied,) if copied else tuple(number for (number,) in lines), key))


@dataclass(frozen=True, slots=True)
class Outbox:
    """How many messages there are of each kind, and whether anything leaves."""

    counts: dict[Which, int]
    gate: Gate


def stand(*, actor: Actor, today: date) -> Outbox:
    """Tell where the outbox stands, without reading the messages that are done with."""
    actor.must(Deed.READ_BOOKS)
    own, accounts, states, told = together(_stand, actor.administration_id)
    return Outbox(_counts(states, told), _at_the_gate(own, accounts, today))


def _stand(books: int) -> list[QuerySet[Any, Any]]:
    return [*_gate(books), *_counted(books)]


def _counts(states: Found, told: Found) -> dict[Which, int]:
    ((every, sent),) = told
    found = Counter({(state, channel): count for state, channel, count in states})
    of_state = Counter[str]()
    for (state, _), count in found.items():
        of_state[state] += count
    let_go = {channel: sum(found[state, channel.value] for state in _LET_GO) for channel in Channel}
    return {
        Which.ALL: every,
        Which.WAITS: of_state[MessageState.PLANNED.value],
        Which.LEAVES: let_go[Channel.EMAIL],
        Which.POST: let_go[Channel.LETTER],
        Which.UNCERTAIN: of_state[MessageState.UNCERTAIN.value],
        Which.FAILED: of_state[MessageState.FAILED.value],
        Which.SENT: sent,
        Which.WITHDRAWN: every - sent - of_state.total(),
    }


def _counted(books: int) -> list[QuerySet[Any, Any]]:
    rows = Message.objects.of(books).order_by()
    done = [MessageState.SENT.value, MessageState.WITHDRAWN.value]
    # Whatever left has its day: both counts come from the index of those days.
    sent = rows.filter(sent_on__isnull=False)
    told = Administration.objects.filter(pk=books).values_list(Counted(rows), Counted(sent))
    return [rows.exclude(state__in=done).values_list("state", "channel").annotate(Count("pk")), told]


def gate(*, actor: Actor, today: date) -> Gate:
    """Tell whether anything leaves."""
    actor.must(Deed.READ_BOOKS)
    own, accounts = together(_gate, actor.administration_id)
    return _at_the_gate(own, accounts, today)


def _at_the_gate(own: Found, accounts: Found, today: date) -> Gate:
    ((live, held, sender, country, freshness),) = own
    known = known_until.furthest_behind(accounts)
    bank = Bank(known.day if known else None, freshness)
    account, missing = missing_days(known, COUNTRIES[country], today)
    return Gate(live, held, sender, bank.is_stale(today, COUNTRIES[country]), account, tuple(missing))


def _gate(books: int) -> list[QuerySet[Any, Any]]:
    columns = ("live", "sending_held", "sender", "country", "bank_freshness_days")
    return [Administration.objects.filter(pk=books).values_list(*columns), known_until.told(books)]
