"""Verbs that let messages leave: send the mail, print the letters, stop, go on.

A message is claimed, and that is committed, before anything goes outside; what became of it is written down after.
Whatever happens in between, it is sent once, or not, or a person is asked: nothing is ever repeated by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from django.db import transaction

from voldaan.countries import COUNTRIES
from voldaan.formats import bound
from voldaan.outside.channels.email import Answer, Mailer, Receipt
from voldaan.records import correspondence, documents, renderings, situations
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration
from voldaan.records.correspondence import Drawn
from voldaan.records.debtors import Contact
from voldaan.records.documents import Document
from voldaan.records.fields import new_public_id
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.rules import mailboxes
from voldaan.rules.bundles import DueItem, bundle
from voldaan.rules.letters import Letter
from voldaan.rules.outbox import WAITS, ActionState, Channel, HeldSending, Live, MessageState, is_quiet_hour
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.strategy import Because, due_step
from voldaan.rules.wording import fill
from voldaan.usecases import events, messages

Clock = Callable[[], datetime]
Tell = Callable[[int, int], None]

# The refusals that are about the recipient's address, and not about the sender or the content (RFC 3463, 3.2 and 3.3).
ABOUT_THE_ADDRESS = re.compile(r"\d{3} 5\.(1\.\d+|2\.1)\b|55[013] (?!5\.)")
BY_POST = "post"  # the claim of a letter that lies printed


class NotLive(Refusal):
    code = "not_live"
    kind = Kind.CONFLICT
    says = mark(
        "Nothing leaves this machine yet: sending is off. Try it on yourself first: voldaan settings live self; "
        "then: voldaan settings live on."
    )


class NoMailAccount(Refusal):
    code = "no_mail_account"
    kind = Kind.CONFLICT
    says = mark(
        "There is no mail account to send from. Set it with: voldaan settings smtp - (it asks for smtp://…), and the "
        "address with: voldaan settings sender you@example.com."
    )


class SendingIsHeld(Refusal):
    code = "sending_is_held"
    kind = Kind.CONFLICT
    says = mark("Nothing is sent: sending is held ({why}). Look first, then: voldaan resume-sending.")


class SendingIsNotHeld(Refusal):
    code = "sending_is_not_held"
    kind = Kind.CONFLICT
    says = mark("Sending is not held.")


class NothingToPrint(Refusal):
    code = "nothing_to_print"
    kind = Kind.CONFLICT
    says = mark("There is no released letter to print. See: voldaan worklist.")


@dataclass(slots=True)
class Sent:
    """What became of the outbox."""

    sent: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)  # refused for good: the address is not used any more
    later: list[str] = field(default_factory=list)  # refused for now: tried again
    uncertain: list[str] = field(default_factory=list)  # nobody knows: for a person
    withdrawn: list[str] = field(default_factory=list)  # not true any more: the next run decides again
    waiting: int = 0  # released, and for another moment
    because: str = ""  # why the rest waits: quiet, bank_stale, account, stopped
    said: str = ""  # what the mail server said, where the account is at fault
    letters: int = 0  # released letters, to be printed


def send(*, actor: Actor, today: date, now: datetime, clock: Clock, patient: bool = False,
         tell: Tell | None = None) -> Sent:  # fmt: skip
    """Empty the outbox: every e-mail that is released and still true, once.

    `now` is the moment in the books, `clock` the machine's own, by which the leases of dead senders end. A `patient`
    sender leaves alone what was refused for now until its waiting time is over; a person who types it does not.

    Raises:
        NotLive, SendingIsHeld, NoMailAccount: nothing may or can leave.
    """
    actor.must(Deed.SEND)
    books = actor.administration_id
    own = _may_send(books)
    found = Sent()
    found.uncertain += _reap(actor, today, now, clock())
    released = Message.objects.of(books).filter(state=MessageState.RELEASED.value).order_by("pk")
    found.letters = released.filter(channel=Channel.LETTER.value).count()
    mails = released.filter(channel=Channel.EMAIL.value)
    if patient:
        mails = mails.exclude(retry_at__gt=now)
    keys = list(mails.values_list("pk", flat=True))
    if keys and (COUNTRIES[own.country].is_quiet(today) or is_quiet_hour(now.astimezone(ZoneInfo(own.time_zone)))):
        found.waiting, found.because = len(keys), "quiet"
        return found
    if keys and not (own.smtp and own.sender):
        raise NoMailAccount
    if keys:
        with Mailer(mailboxes.account(own.smtp)) as mailer:
            for done, key in enumerate(keys):
                if not _send_one(key, mailer, found, actor=actor, today=today, now=now, clock=clock):
                    found.waiting += len(keys) - done
                    break
                if tell:
                    tell(done + 1, len(keys))
    return found


def _may_send(books: int) -> Administration:
    own = Administration.objects.get(pk=books)
    if own.sending_held:
        raise SendingIsHeld(why=own.sending_held)
    if own.live == Live.OFF.value:
        raise NotLive
    return own


def _reap(actor: Actor, today: date, now: datetime, machine: datetime) -> list[str]:
    """Find what a dead sender left claimed: nobody knows whether it left, so a person is asked."""
    own = Administration.objects.get(pk=actor.administration_id)
    begun = now - timedelta(seconds=own.claim_lease_seconds)
    claimed = Message.objects.of(own.pk).filter(state=MessageState.CLAIMED.value, lease_until__isnull=False)
    found = []
    for message in (claimed.filter(lease_until__lte=machine) | claimed.filter(claimed_at__lte=begun)).order_by("pk"):
        with transaction.atomic():
            row = messages.lock(message)
            if row.state == MessageState.CLAIMED.value and row.claim == message.claim:
                _now_uncertain(row, actor, today)
                row.save()
                found.append(row.public_id)
    return found


def _now_uncertain(row: Message, actor: Actor, today: date) -> None:
    row.state = MessageState.UNCERTAIN.value
    events.write("message.uncertain", actor=actor, today=today, debtor_id=row.debtor_id, message=row.public_id)


def _send_one(key: int, mailer: Mailer, found: Sent, *, actor: Actor, today: date, now: datetime,
              clock: Clock) -> bool:  # fmt: skip
    """Send one message if it is still true; tell whether to go on with the next."""
    drawn = _draw(actor.administration_id, key, today)
    if drawn is None:
        return True  # somebody else has it
    content = None
    if drawn.letter is not None and drawn.content_hash == drawn.message.content_hash:
        recipient = _recipient(drawn)
        content = _keep(renderings.mail(drawn, drawn.letter, recipient, now), drawn.message, "eml", "message/rfc822")
    claim = new_public_id()
    with transaction.atomic():
        row = messages.lock(drawn.message)
        if row.state != MessageState.RELEASED.value:
            return True
        own = Administration.objects.get(pk=row.administration_id)
        if own.sending_held or own.live == Live.OFF.value:
            found.because = "stopped"
            return False
        why = _why_not(row, drawn, today)
        if why == Because.BANK_STALE.value:
            found.because = why
            found.waiting += 1
            return True
        if why or content is None or drawn.letter is None:
            messages.withdraw(row.administration_id, [row.pk], why=why or "changed")
            found.withdrawn.append(row.public_id)
            return True
        _claim(row, drawn.letter, content, claim)
        row.claimed_at, row.lease_until = now, clock() + timedelta(seconds=own.claim_lease_seconds)
        row.is_trial = own.live == Live.SELF.value
        row.save()
    with documents.opened(content) as stored:
        receipt = mailer.send(stored.read(), sender=drawn.letter.sender.email, recipient=recipient)
    return _write_down(row, claim, receipt, found, actor=actor, today=today, now=now)


def _draw(books: int, key: int, today: date) -> Drawn | None:
    message = Message.objects.of(books).filter(pk=key, state=MessageState.RELEASED.value).first()
    return correspondence.letters(books, [message], today=today)[0] if message else None


def _recipient(drawn: Drawn) -> str:
    own = Administration.objects.get(pk=drawn.message.administration_id)
    return own.sender if own.live == Live.SELF.value else drawn.message.recipient


def _why_not(message: Message, drawn: Drawn, today: date) -> str:
    """Say why a released message may not leave now, asking everything anew; empty where it may.

    The debtor is locked: no payment is booked between this and the claim.
    """
    books = message.administration_id
    (again,) = correspondence.letters(books, [message], today=today)
    if again.letter != drawn.letter or again.content_hash != message.content_hash:
        return "changed"
    span = (message.debtor_id, message.debtor_id)
    house = situations.books_of(books)
    reaches = situations.reaches(house, span)
    reach = reaches[message.debtor_id]
    _, strategy = house.strategies[reach.strategy]
    country = COUNTRIES[Administration.objects.values_list("country", flat=True).get(pk=books)]
    lines = dict(
        Action.objects.of(books)
        .filter(message=message, state=ActionState.PLANNED.value)
        .values_list("receivable_id", "step")
    )
    items = Receivable.objects.of(books).filter(pk__in=lines)
    due = []
    for one in situations.of(items, books, span, today=today, reaches=reaches, about_to_leave=True):
        decision = due_step(strategy, one.item, house.bank, country, today=today)
        if decision.because is not Because.DUE or decision.step is None:
            return decision.because.value
        if decision.step.code != lines[one.receivable_id]:
            return "changed"
        due.append(DueItem(one.receivable_id, one.invoice, one.item, decision.step))
    one_message = bundle(strategy, due) if due else None
    if one_message is None:
        return Because.COVERED_BY_CREDIT.value
    channel = one_message.channel(has_mailbox=bool(reach.email), has_address=reach.has_address)
    recipient = reach.email if channel is Channel.EMAIL else ""
    return "" if (channel.value, recipient) == (message.channel, message.recipient) else "changed"


def _claim(row: Message, letter: Letter, content: Document, claim: str) -> None:
    row.state, row.claim, row.content = MessageState.CLAIMED.value, claim, content
    row.subject, row.final_date = fill(letter.wording, letter).subject[:300], letter.final_date
    row.attempts += 1
    row.retry_at, row.why = None, ""


def _write_down(row: Message, claim: str, receipt: Receipt, found: Sent, *, actor: Actor, today: date,
                now: datetime) -> bool:  # fmt: skip
    """Write down what the mail server answered; tell whether to go on with the next message."""
    with transaction.atomic():
        row = messages.lock(row)
        if row.claim != claim or row.state not in (MessageState.CLAIMED.value, MessageState.UNCERTAIN.value):
            return True  # a person settled it in the meantime
        row.said = receipt.said
        match receipt.answer:
            case Answer.ACCEPTED:
                row.sent_at, row.sent_on = now, today
                messages.taken(row, today)
                events.write("message.sent", actor=actor, today=today, debtor_id=row.debtor_id, message=row.public_id,
                             to=row.recipient)  # fmt: skip
                found.sent.append(row.public_id)
            case Answer.REFUSED:
                _failed(row, actor, today)
                found.failed.append(row.public_id)
            case Answer.LATER if row.attempts > len(WAITS):
                _failed(row, actor, today)
                found.failed.append(row.public_id)
            case Answer.LATER:
                row.state, row.retry_at = MessageState.RELEASED.value, now + WAITS[row.attempts - 1]
                row.claim, row.lease_until = "", None
                found.later.append(row.public_id)
            case Answer.ACCOUNT:
                row.state, row.claim, row.lease_until = MessageState.RELEASED.value, "", None
                row.attempts -= 1  # the account is at fault, not the message
                found.because, found.said = "account", receipt.said
            case Answer.UNSURE:
                _now_uncertain(row, actor, today)
                found.uncertain.append(row.public_id)
        row.save()
    return receipt.answer is not Answer.ACCOUNT


def _failed(row: Message, actor: Actor, today: date) -> None:
    """Give a message up: its steps are decided again, and not for an address that is refused."""
    row.state, row.why = MessageState.FAILED.value, "refused"
    messages.forget(row.administration_id, [row.pk])
    if ABOUT_THE_ADDRESS.match(row.said):
        mailbox = Contact.objects.of(row.administration_id).filter(debtor=row.debtor_id, email=row.recipient)
        mailbox.update(refused_on=today)
    events.write("message.failed", actor=actor, today=today, debtor_id=row.debtor_id, message=row.public_id,
                 said=row.said)  # fmt: skip


def _keep(content: bytes, message: Message, ending: str, media_type: str) -> Document:
    return documents.keep(
        BytesIO(content), administration_id=message.administration_id, name=f"{message.public_id}.{ending}",
        media_type=media_type,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    """Letters as one PDF, and which they are."""

    name: str
    content: bytes
    ids: list[str]
    withdrawn: list[str]
    is_posted: bool


def print_letters(*, confirm: bool, actor: Actor, today: date, now: datetime) -> Printed:
    """Print what is released for the post as one PDF; with `confirm`, write down that it is in the post.

    What was printed before and is not confirmed yet comes out again, and a confirmation is of exactly that: what was
    released since then waits for the next print.

    Raises:
        NothingToPrint: there is no letter.
    """
    actor.must(Deed.SEND)
    books = actor.administration_id
    own = Administration.objects.get(pk=books)
    if own.sending_held:
        raise SendingIsHeld(why=own.sending_held)
    withdrawn: list[str] = []
    letters = Message.objects.of(books).filter(channel=Channel.LETTER.value)
    printed = letters.filter(state=MessageState.CLAIMED.value, claim=BY_POST)
    if not (confirm and printed.exists()):
        for key in letters.filter(state=MessageState.RELEASED.value).order_by("pk").values_list("pk", flat=True):
            _print_one(key, withdrawn, actor=actor, today=today, now=now)
    rows = list(printed.select_related("content").order_by("pk"))
    if not rows:
        raise NothingToPrint
    contents = []
    for row in rows:
        assert row.content is not None, "what is printed has a content"
        with documents.opened(row.content) as stored:
            contents.append(stored.read())
    whole = bound.bind(contents)
    if confirm:
        for row in rows:
            _posted(row, actor=actor, today=today, now=now)
    return Printed(f"brieven-{today.isoformat()}.pdf", whole, [row.public_id for row in rows], withdrawn, confirm)


def _print_one(key: int, withdrawn: list[str], *, actor: Actor, today: date, now: datetime) -> None:
    drawn = _draw(actor.administration_id, key, today)
    if drawn is None:
        return
    content = None
    if drawn.letter is not None:
        content = _keep(renderings.post(drawn, drawn.letter), drawn.message, "pdf", "application/pdf")
    with transaction.atomic():
        row = messages.lock(drawn.message)
        if row.state != MessageState.RELEASED.value:
            return
        why = _why_not(row, drawn, today)
        if why == Because.BANK_STALE.value:
            return
        if why or content is None or drawn.letter is None:
            messages.withdraw(row.administration_id, [row.pk], why=why or "changed")
            withdrawn.append(row.public_id)
            return
        _claim(row, drawn.letter, content, BY_POST)
        row.claimed_at = now
        row.save()


def _posted(row: Message, *, actor: Actor, today: date, now: datetime) -> None:
    with transaction.atomic():
        row = messages.lock(row)
        if row.state != MessageState.CLAIMED.value:
            return
        row.sent_at, row.sent_on = now, today
        messages.taken(row, today)
        row.save()
        events.write("message.sent", actor=actor, today=today, debtor_id=row.debtor_id, message=row.public_id, to="")


@transaction.atomic
def stop(*, actor: Actor, today: date, why: HeldSending = HeldSending.STOPPED) -> None:
    """Hold the outbox: at most what a sender has in hand still leaves."""
    actor.must(Deed.SEND)
    own = Administration.objects.select_for_update(no_key=True).get(pk=actor.administration_id)
    if not own.sending_held:
        own.sending_held = why.value
        own.save(update_fields=["sending_held"])
    events.write("sending.stopped", actor=actor, today=today, why=why.value)


@transaction.atomic
def resume_sending(*, actor: Actor, today: date) -> None:
    """Let the outbox go on with exactly the rest.

    Raises:
        SendingIsNotHeld: it was not held.
    """
    actor.must(Deed.RELEASE_RUN)
    own = Administration.objects.select_for_update(no_key=True).get(pk=actor.administration_id)
    if not own.sending_held:
        raise SendingIsNotHeld
    own.sending_held = ""
    own.save(update_fields=["sending_held"])
    events.write("sending.resumed", actor=actor, today=today)
