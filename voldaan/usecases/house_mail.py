"""Mail of the house to the people who keep the books: a test of the mail server, and word of a change to all owners.

None of it is about a customer, so it asks neither for a yes nor whether sending is live.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from voldaan.formats import plain_mail
from voldaan.formats.plain_mail import Words
from voldaan.outside.channels.email import Answer, Mailer, Receipt
from voldaan.records.administrations import Administration
from voldaan.records.fields import new_public_id
from voldaan.records.people import Membership, User
from voldaan.rules import mailboxes
from voldaan.rules.permissions import Actor, Deed, Role
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events
from voldaan.usecases.administrations import DemoStaysOff

STEP_SECONDS, ALL_SECONDS = 5, 15  # somebody waits for the page


class NothingToTry(Refusal):
    code = "nothing_to_try"
    kind = Kind.CONFLICT
    says = mark("There is nothing to try yet: first say from which address you write, and through which mail server.")


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a test message."""

    to: str
    was_taken: bool
    said: str  # by the mail server, or a marked sentence of ours


@dataclass(frozen=True, slots=True)
class Way:
    """By which server word reaches whom: taken before a change, so that who changes the server does not change this."""

    account: mailboxes.MailAccount
    name: str
    sender: str
    owners: tuple[str, ...]


def try_out(*, words: Words, actor: Actor, today: date, now: datetime) -> Tried:
    """Send a test message to whoever asks for it, and tell what the mail server said.

    Raises:
        DemoStaysOff, NothingToTry: there is no mail server to ask.
    """
    actor.must(Deed.CHANGE_SENDER)
    own = Administration.objects.get(pk=actor.administration_id)
    if own.is_demo:
        raise DemoStaysOff
    if not (own.smtp and own.sender):
        raise NothingToTry
    to = User.objects.get(pk=actor.user_id).email if actor.user_id else own.sender
    (receipt,) = _sent(Way(mailboxes.account(own.smtp), own.name, own.sender, (to,)), words, (to,), now)
    events.write("sender.tried", actor=actor, today=today, said=receipt.said)
    return Tried(to, receipt.answer is Answer.ACCEPTED, receipt.said)


def way_to_owners(actor: Actor) -> Way | None:
    """Tell how the owners are reached by mail; None where that cannot be."""
    own = Administration.objects.get(pk=actor.administration_id)
    if own.is_demo or not (own.smtp and own.sender):
        return None
    return Way(mailboxes.account(own.smtp), own.name, own.sender, _owners(actor))


def tell_owners(way: Way, words: Words, *, actor: Actor, now: datetime) -> bool:
    """Send word to all owners of before and after a change; tell whether each of them was reached."""
    everybody = tuple(sorted({*way.owners, *_owners(actor)}))
    return all(receipt.answer is Answer.ACCEPTED for receipt in _sent(way, words, everybody, now))


def _owners(actor: Actor) -> tuple[str, ...]:
    members = Membership.objects.of(actor.administration_id).filter(role=Role.OWNER.value, user__is_active=True)
    return tuple(members.values_list("user__email", flat=True))


def _sent(way: Way, words: Words, to: Sequence[str], now: datetime) -> list[Receipt]:
    receipts = []
    with Mailer(way.account, timeout_seconds=STEP_SECONDS, deadline_seconds=ALL_SECONDS) as mailer:
        for address in to:
            mail = plain_mail.compose(
                words, sender_name=way.name, sender_address=way.sender, to_address=address, sent_at=now,
                message_id=f"<{new_public_id()}.house@voldaan.invalid>",
            )  # fmt: skip
            receipts.append(mailer.send(mail, sender=way.sender, recipient=address))
            if receipts[-1].answer is Answer.ACCOUNT:
                break  # nobody else would be reached either
    return receipts
