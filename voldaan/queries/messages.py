"""Messages: what was decided, what became of each, and each as it was or will be seen by the customer."""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from voldaan.formats import pdf_picture
from voldaan.records import correspondence, documents, renderings
from voldaan.records.actions import Action
from voldaan.records.messages import Message
from voldaan.rules.outbox import Channel
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchMessage, NothingToShow
from voldaan.rules.wording import fill


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of the outbox. Amounts are cents."""

    id: str
    message_id: str  # the Message-ID header, without brackets
    debtor: str
    debtor_id: str
    invoices: list[str]
    step: str
    channel: str
    to: str
    subject: str
    state: str
    total_cents: int
    currency: str
    decided_on: date
    sent_at: datetime | None
    why: str  # why it waits, failed or was withdrawn


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a file."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes along with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as the customer sees it: a mail by its parts, or a letter as a PDF."""

    id: str
    state: str
    channel: str
    step: str
    debtor: str
    debtor_id: str
    cents: int
    currency: str
    name: str  # of the file
    subject: str = ""
    sender: str = ""
    recipient: str = ""
    html: str = ""  # its pictures are in it
    text: str = ""
    attachments: tuple[Attached, ...] = ()
    pdf: bytes = b""
    pages: range = range(0)

    @property
    def has_sender(self) -> bool:
        """Tell whether somebody said from where mail comes."""
        return renderings.NOT_SET not in self.sender


def messages(*, actor: Actor, today: date) -> list[MessageRow]:
    """List every message, oldest first."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    invoices: dict[int, list[str]] = defaultdict(list)
    lines = Action.objects.of(books).filter(message__isnull=False).order_by("receivable__due_date", "pk")
    for message, number in lines.values_list("message_id", "receivable__invoice__number").iterator():
        invoices[message].append(number)
    rows = list(Message.objects.of(books).select_related("debtor", "copy_of").order_by("pk"))
    subjects = _subjects(books, [row for row in rows if not row.subject], today)
    return [
        MessageRow(
            row.public_id, row.header_id if row.channel == Channel.EMAIL.value else "", row.debtor.name,
            row.debtor.public_id, [row.copy_of.number] if row.copy_of else invoices[row.pk], row.step, row.channel,
            row.recipient, row.subject or subjects.get(row.pk, ""), row.state, row.total_cents, row.currency,
            row.decided_on, row.sent_at, row.said if row.why == "refused" else row.why,
        )
        for row in rows
    ]  # fmt: skip


def _subjects(books: int, rows: list[Message], today: date) -> dict[int, str]:
    """Fill in the subjects of what did not leave yet."""
    subjects = {}
    for start in range(0, len(rows), correspondence.BLOCK):
        for drawn in correspondence.letters(books, rows[start : start + correspondence.BLOCK], today=today):
            if drawn.letter is not None:
                subjects[drawn.message.pk] = fill(drawn.letter.wording, drawn.letter).subject
    return subjects


def message(id: str, *, actor: Actor, today: date, now: datetime) -> Shown:  # noqa: A002 - the word of the contract
    """Show a message as it was sent, or as it will be if it leaves today.

    Raises:
        NoSuchMessage, NothingToShow: there is nothing to show.
    """
    actor.must(Deed.READ_BOOKS)
    return _shown(_found(id, actor), today, now)


def seen(id: str, *, actor: Actor, today: date, now: datetime) -> Seen:  # noqa: A002 - the word of the contract
    """Show a message by its parts: the same bytes as `message` gives.

    Raises:
        NoSuchMessage, NothingToShow: there is nothing to show.
    """
    actor.must(Deed.READ_BOOKS)
    return looked_at(_found(id, actor), today, now)


def looked_at(row: Message, today: date, now: datetime) -> Seen:
    """Take a message apart, also one that is not written down yet."""
    shown = _shown(row, today, now)
    about = (row.public_id, row.state, row.channel, row.step, row.debtor.name, row.debtor.public_id, row.total_cents,
             row.currency, shown.name)  # fmt: skip
    if row.channel == Channel.LETTER.value:
        return Seen(*about, pdf=shown.content, pages=range(pdf_picture.count(shown.content)))
    return Seen(*about, *mail_parts(shown.content))


def mail_parts(content: bytes) -> tuple[str, str, str, str, str, tuple[Attached, ...]]:
    """Take a mail apart: its subject, from, to, HTML with its pictures in it, text, and what goes along."""
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    page, text = mail.get_body(("html",)), mail.get_body(("plain",))
    pictures = {part["Content-ID"].strip("<>"): part for part in mail.walk() if part["Content-ID"]}
    html = page.get_content() if page else ""
    for cid, part in pictures.items():
        data = b64encode(part.get_content()).decode()
        html = html.replace(f"cid:{cid}", f"data:{part.get_content_type()};base64,{data}")
    attachments = tuple(
        Attached(one.get_filename() or "", one.get_content_type(), one.get_content()) for one in mail.iter_attachments()
    )
    return (str(mail["Subject"]), str(mail["From"]), str(mail["To"]), html, text.get_content() if text else "",
            attachments)  # fmt: skip


def _found(id_: str, actor: Actor) -> Message:
    rows = Message.objects.of(actor.administration_id).select_related("debtor", "content")
    row = rows.filter(public_id=id_).first()
    if row is None:
        raise NoSuchMessage(id=id_)
    return row


def _shown(row: Message, today: date, now: datetime) -> Shown:
    if row.content is not None:
        with documents.opened(row.content) as stored:
            return Shown(row.content.name, stored.read())
    (drawn,) = correspondence.letters(row.administration_id, [row], today=today)
    if drawn.letter is None:
        raise NothingToShow(id=row.public_id)
    if row.channel == Channel.LETTER.value:
        return Shown(f"{row.public_id}.pdf", renderings.post(drawn, drawn.letter))
    return Shown(f"{row.public_id}.eml", renderings.mail(drawn, drawn.letter, row.recipient, now))
