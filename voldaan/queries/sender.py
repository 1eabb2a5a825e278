"""Where mail comes from, whether any leaves, and what would leave now. A password is never among it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from voldaan.records.administrations import Administration
from voldaan.records.messages import Message
from voldaan.rules import mailboxes
from voldaan.rules.mailboxes import Security
from voldaan.rules.outbox import Channel, MessageState
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server without its password."""

    host: str
    port: int
    security: Security
    user: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Where mail comes from."""

    address: str
    server: Server | None
    live: str  # of `Live`
    held: str  # of `HeldSending`; empty where sending goes on
    is_demo: bool

    @property
    def is_set(self) -> bool:
        """Tell whether anything could leave."""
        return bool(self.address and self.server)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many messages wait, and for what."""

    released: int  # e-mail that leaves as soon as it may
    letters: int  # to be printed
    planned: int  # for somebody's yes


def sender(*, actor: Actor) -> Sender:
    """Tell where mail comes from."""
    actor.must(Deed.READ_SETTINGS)
    own = Administration.objects.get(pk=actor.administration_id)
    try:
        account = mailboxes.account(own.smtp) if own.smtp else None
    except ValueError:
        account = None
    server = Server(account.host, account.port, account.security, account.user) if account else None
    return Sender(own.sender, server, own.live, own.sending_held, own.is_demo)


def waiting(*, actor: Actor) -> Waiting:
    """Count what waits."""
    actor.must(Deed.READ_SETTINGS)
    is_released, is_letter = Q(state=MessageState.RELEASED.value), Q(channel=Channel.LETTER.value)
    rows = Message.objects.of(actor.administration_id).filter(
        state__in=[MessageState.RELEASED.value, MessageState.PLANNED.value]
    )
    found = rows.aggregate(
        released=Count("pk", filter=is_released & ~is_letter),
        letters=Count("pk", filter=is_released & is_letter),
        planned=Count("pk", filter=~is_released),
    )
    return Waiting(**found)
