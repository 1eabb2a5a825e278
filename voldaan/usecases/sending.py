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
from typing import Self
from zoneinfo import ZoneInfo

from django.db import transaction

from voldaan.countries import COUNTRIES
from voldaan.formats import bound
from voldaan.outside.channels.email import Answer, Mailer, Receipt
from voldaan.records import documents, renderings
from voldaan.records.administrations import Administration
from voldaan.records.correspondence import Drawn
from voldaan.records.debtors import Contact
from voldaan.records.documents import Document
from voldaan.records.fields import new_public_id
from voldaan.records.messages import Message
from voldaan.rules import mailboxes
from voldaan.rules.letters import Letter
from voldaan.rules.outbox import WAITS, Channel, HeldSending, Live, MessageState, content_hash, is_quiet_hour
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.strategy import Because
from voldaan.rules.wording import fill
from voldaan.usecases import events, messages
from voldaan.usecases.outbox import Outbox

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


class NothingPrinted(Refusal):
    code = "nothing_printed"
    kind = Kind.CONFLICT
    says = mark("Print the letters first: only what was printed can be in the post.")


class Rehearsal:
    """The mail server of the demo: takes everything, and nothing leaves this machine."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def send(self, content: bytes, *, sender: str, recipient: str) -> Receipt:  # noqa: ARG002 - as the real one
        """Take a message."""
        return Receipt(Answer.ACCEPTED, "250 OK")


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

    `now` is the moment in the books at which it begins, `clock` the machine's own, by which leases end and the moment
    moves on. A `patient` sender leaves alone what was refused for now until its waiting time is over; a person who
    types it does not.

    Raises:
        NotLive, SendingIsHeld, NoMailAccount: nothing may or can leave.
    """
    actor.must(Deed.SEND)
    books = actor.administration_id
    began, found = clock(), Sent()
    found.uncertain += _reap(actor, today, now, began)
    own = _may_send(books)
    released = Message.objects.of(books).filter(state=MessageState.RELEASED.value).order_by("pk")
    found.letters = released.filter(channel=Channel.LETTER.value).count()
    mails = released.filter(channel=Channel.EMAIL.value)
    if patient:
        mails = mails.exclude(retry_at__gt=now)
    keys = list(mails.values_list("pk", flat=True))
    if keys and _is_quiet(own, now):
        found.waiting, found.because = len(keys), "quiet"
        return found
    if keys and not (own.is_demo or (own.smtp and own.sender)):
        raise NoMailAccount
    if keys:
        outbox = Outbox(books, today)
        with Rehearsal() if own.is_demo else Mailer(mailboxes.account(own.smtp)) as mailer:
            for done, (drawn, why) in enumerate(outbox.laid_out(keys)):
                moment = now + (clock() - began)
                if _is_quiet(own, moment):  # thousands of messages take their time: evening has come
                    found.waiting, found.because = found.waiting + len(keys) - done, "quiet"
                    break
                if not _send_one(drawn, why, outbox, mailer, found, actor=actor, now=moment, clock=clock):
                    found.waiting += len(keys) - done
                    break
                if tell:
                    tell(done + 1, len(keys))
    return found


def _may_send(books: int) -> Administration:
    own = Administration.objects.get(pk=books)
    if own.sending_held:
        raise SendingIsHeld(why=own.sending_held)
    if not is_live(own):
        raise NotLive
    return own


def _is_quiet(own: Administration, moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(own.time_zone))
    return COUNTRIES[own.country].is_quiet(local.date()) or is_quiet_hour(local)


def is_live(own: Administration) -> bool:
    """Tell whether its outbox may be emptied; that of the demo leads nowhere."""
    return own.is_demo or own.live != Live.OFF.value


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


def _send_one(drawn: Drawn, why: str, outbox: Outbox, mailer: Mailer | Rehearsal, found: Sent, *, actor: Actor,
              now: datetime, clock: Clock) -> bool:  # fmt: skip
    """Send one message if it is still true; tell whether to go on with the next."""
    mail, unfit, recipient = b"", "", _recipient(drawn)
    if drawn.letter is not None and not why:
        try:
            mail = renderings.mail(drawn, drawn.letter, recipient, now)
        except Refusal as refusal:
            unfit = refusal.code  # its text asks for what it does not have, or an address is none: it is held
    claim = new_public_id()
    with transaction.atomic():
        row = messages.lock(drawn.message)
        if row.state != MessageState.RELEASED.value:
            return True
        own = Administration.objects.get(pk=row.administration_id)
        if own.sending_held or not is_live(own):
            found.because = "stopped"
            return False
        if recipient != _recipient(drawn):
            return True  # a trial began or ended since it was drawn up: the next sender has it
        why = unfit or outbox.why_not(drawn, why)
        if why == Because.BANK_STALE.value:
            found.because = why
            found.waiting += 1
            return True
        if why or drawn.letter is None:
            messages.withdraw(row.administration_id, [row.pk], why=why or "changed")
            found.withdrawn.append(row.public_id)
            return True
        # Kept by whoever claims it: two senders at one second draw up the very same bytes.
        _claim(row, drawn.letter, _keep(mail, row, "eml", "message/rfc822"), claim)
        row.claimed_at, row.lease_until = now, clock() + timedelta(seconds=own.claim_lease_seconds)
        row.is_trial = own.live == Live.SELF.value
        row.save()
    receipt = mailer.send(mail, sender=drawn.letter.sender.email, recipient=recipient)
    return _write_down(row, claim, receipt, outbox, found, actor=actor, now=now)


def _recipient(drawn: Drawn) -> str:
    own = Administration.objects.get(pk=drawn.message.administration_id)
    return own.sender if own.live == Live.SELF.value else drawn.message.recipient


def _claim(row: Message, letter: Letter, content: Document, claim: str) -> None:
    row.state, row.claim, row.content = MessageState.CLAIMED.value, claim, content
    row.subject, row.final_date = fill(letter.wording, letter).subject[:300], letter.final_date
    if row.was_asked:  # it tells how things are now: an amount may be another than when it was asked for
        row.content_hash = content_hash(letter, Channel(row.channel), row.recipient)
    row.attempts += 1
    row.retry_at, row.why = None, ""


def _write_down(row: Message, claim: str, receipt: Receipt, outbox: Outbox, found: Sent, *, actor: Actor,
                now: datetime) -> bool:  # fmt: skip
    """Write down what the mail server answered; tell whether to go on with the next message."""
    today = outbox.today
    with transaction.atomic():
        row = messages.lock(row)
        if row.claim != claim or row.state not in (MessageState.CLAIMED.value, MessageState.UNCERTAIN.value):
            return True  # a person settled it in the meantime
        row.said = receipt.said
        match receipt.answer:
            case Answer.ACCEPTED:
                row.sent_at, row.sent_on = now, today
                messages.taken(row, actor=actor, today=today)
                event = events.write("message.sent", actor=actor, today=today, debtor_id=row.debtor_id,
                                     message=row.public_id, to=row.recipient)  # fmt: skip
                outbox.wrote(event)
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


def print_letters(*, confirm: bool, only_printed: bool = False, actor: Actor, today: date, now: datetime) -> Printed:
    """Print what is released for the post as one PDF; with `confirm`, write down that it is in the post.

    What was printed before and is not confirmed yet comes out again, and a confirmation is of exactly that: what was
    released since then waits for the next print. With `only_printed` nothing is drawn anew: for who does not get the
    PDF with the same answer.

    Raises:
        NothingToPrint, NothingPrinted: there is no letter.
    """
    actor.must(Deed.SEND)
    books = actor.administration_id
    own = Administration.objects.get(pk=books)
    if own.sending_held:
        raise SendingIsHeld(why=own.sending_held)
    withdrawn: list[str] = []
    letters = Message.objects.of(books).filter(channel=Channel.LETTER.value)
    printed = letters.filter(state=MessageState.CLAIMED.value, claim=BY_POST)
    if not (only_printed or (confirm and printed.exists())):
        outbox = Outbox(books, today)
        keys = letters.filter(state=MessageState.RELEASED.value).order_by("pk").values_list("pk", flat=True)
        for drawn, why in outbox.laid_out(list(keys)):
            _print_one(drawn, why, outbox, withdrawn, now=now)
    rows = list(printed.select_related("content").order_by("pk"))
    if not rows:
        raise NothingPrinted if only_printed else NothingToPrint
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


def _print_one(drawn: Drawn, why: str, outbox: Outbox, withdrawn: list[str], *, now: datetime) -> None:
    page, unfit = b"", ""
    if drawn.letter is not None and not why:
        try:
            page = renderings.post(drawn, drawn.letter)
        except Refusal as refusal:
            unfit = refusal.code
    with transaction.atomic():
        row = messages.lock(drawn.message)
        if row.state != MessageState.RELEASED.value:
            return
        why = unfit or outbox.why_not(drawn, why)
        if why == Because.BANK_STALE.value:
            return
        if why or drawn.letter is None:
            messages.withdraw(row.administration_id, [row.pk], why=why or "changed")
            withdrawn.append(row.public_id)
            return
        _claim(row, drawn.letter, _keep(page, row, "pdf", "application/pdf"), BY_POST)
        row.claimed_at = now
        row.save()


def _posted(row: Message, *, actor: Actor, today: date, now: datetime) -> None:
    with transaction.atomic():
        row = messages.lock(row)
        if row.state != MessageState.CLAIMED.value:
            return
        row.sent_at, row.sent_on = now, today
        messages.taken(row, actor=actor, today=today)
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
