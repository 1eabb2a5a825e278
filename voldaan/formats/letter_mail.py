"""A letter as an e-mail: text and HTML with the same figures, the code to pay from, and what goes along.

Nothing in it is fetched from elsewhere, and nothing tells us whether it was read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from voldaan.formats.shared import mail_headers, mail_page, pay_code
from voldaan.formats.shared.shown import Row, Shown, cut, particulars, shown
from voldaan.rules import references
from voldaan.rules.letters import Letter, one_line
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.tongues import tongue
from voldaan.rules.wording import put

LONGEST_NAME = 120  # characters of a name in a header, and of the name of a file

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.+_=-]{1,120}@[A-Za-z0-9.-]{1,120}>")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_NOT_IN_A_FILE_NAME = re.compile(r'[\\/:*?"<>|;]+')


class BadAddress(Refusal):
    code = "bad_address"
    kind = Kind.INVALID
    says = mark("“{typed}” is no e-mail address that a message can go to or come from.")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along."""

    name: str
    media_type: str
    content: bytes


def compose(
    letter: Letter,
    *,
    sender_address: str,
    to_address: str,
    message_id: str,
    sent_at: datetime,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """Write the whole message, as it is handed to a mail server; the same facts give the same bytes.

    Raises:
        BadAddress: one of the addresses is none, or more than one.
        Unresolved: the text asks for what the letter does not have.
    """
    assert _MESSAGE_ID.fullmatch(message_id), "we make the number of a message ourselves"
    assert sent_at.tzinfo, "a message tells its hour everywhere"
    seen = shown(letter)
    names = [_file_name(attachment.name) for attachment in attachments]
    address = letter.sender.email.strip()
    headers = {
        "From": _mailbox(letter.sender.name, sender_address),
        **({"Reply-To": _mailbox(letter.sender.name, address)} if _is_another(address, sender_address) else {}),
        "To": _mailbox(letter.customer.name, to_address),
        "Subject": mail_headers.subject(seen.words.subject),
        "Date": format_datetime(sent_at),
        "Message-ID": message_id,
        # No answering machine may answer it (RFC 3834).
        "Auto-Submitted": "auto-generated",
        "Content-Language": seen.language,
    }
    message = EmailMessage(policy=SMTP)
    picture = f"pay-code{message_id[message_id.index('@') : -1]}"
    message.set_content(_text(letter, seen, names), cte="quoted-printable")
    message.add_alternative(mail_page.page(letter, seen, names, picture), subtype="html", cte="quoted-printable")
    if seen.code:
        html = message.get_payload(1)
        assert isinstance(html, EmailMessage)
        html.add_related(
            pay_code.png(seen.code), "image", "png", cid=f"<{picture}>", disposition="inline", filename="qr.png"
        )
    for name, attachment in zip(names, attachments, strict=True):
        _attach(message, name, attachment)
    _bound(message, message_id)
    head = "".join(f"{name}: {words}\r\n" for name, words in headers.items())
    return head.encode("ascii") + message.as_bytes()


def _mailbox(name: str, typed: str) -> str:
    address = references.email(typed)
    if address is None:
        raise BadAddress(typed=one_line(typed)[:80])
    return mail_headers.mailbox(cut(one_line(name), LONGEST_NAME), address)


def _is_another(address: str, sender_address: str) -> bool:
    return bool(address) and address.lower() != sender_address.strip().lower()


def _file_name(typed: str) -> str:
    """Clean the name of a file: no folder, nothing unseen, nothing that a system takes for something else."""
    name = _NOT_IN_A_FILE_NAME.sub("-", one_line(typed)).strip(" .-")
    stem, point, kind = name.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{point}{kind[:10]}" if stem else (kind[:LONGEST_NAME] or "document")


def _attach(message: EmailMessage, name: str, attachment: Attachment) -> None:
    kind = attachment.media_type if _MEDIA_TYPE.fullmatch(attachment.media_type) else "application/octet-stream"
    main, _, sub = kind.partition("/")
    # A message or multipart as an attachment would be read as part of this one.
    if main in {"message", "multipart"}:
        main, sub = "application", "octet-stream"
    message.add_attachment(attachment.content, main, sub, filename=name)


def _bound(message: EmailMessage, message_id: str) -> None:
    """Part the message by a line of its own number, where the library takes a random one."""
    # Of every part the text is quoted-printable or base64, and in neither of them stands “=_”.
    mark_ = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    parts = (part for part in message.walk() if part.is_multipart())
    for number, part in enumerate(parts):
        part.set_boundary(f"=_{mark_}_{number}")


def _text(letter: Letter, seen: Shown, names: Sequence[str]) -> str:
    labels = seen.labels
    early, late = seen.words.paragraphs[:2], seen.words.paragraphs[2:]
    blocks = [
        *early,
        _columns(seen.pay),
        *late,
        "\n".join([f"{labels['overview']}:", *(_text_of(row, seen) for row in seen.rows)]),
        _columns(seen.totals),
        *seen.words.closing,
        "\n".join([f"{labels['attachments']}:", *(f"- {name}" for name in names)]) if names else "",
        "\n".join(["-- ", one_line(letter.sender.name), *particulars(letter.sender, tongue(seen.language))]),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _columns(pairs: Sequence[tuple[str, str]]) -> str:
    width = max((len(name) for name, _ in pairs), default=0) + 3
    return "\n".join(f"{name + ':':{width}}{words}" for name, words in pairs)


def _text_of(row: Row, seen: Shown) -> str:
    labels = seen.labels
    lines = [
        f"- {labels['invoice']} {row.invoice} {put(labels['dated'], {'day': row.issue_date})}",
        *([row.description] if row.description else []),
        f"{labels['due_date']} {row.due_date}",
        f"{labels['open']} {row.open} {put(labels['of_amount'], {'amount': row.amount})}",
    ]
    return "\n  ".join(lines)
