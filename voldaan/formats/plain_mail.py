"""A short mail of the house itself, to the people who keep the books: plain text, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from voldaan.formats.shared import mail_headers
from voldaan.rules.letters import one_line


@dataclass(frozen=True, slots=True)
class Words:
    """What it says."""

    subject: str
    text: str


def compose(words: Words, *, sender_name: str, sender_address: str, to_address: str, message_id: str,
            sent_at: datetime) -> bytes:  # fmt: skip
    """Write the whole message, as it is handed to a mail server; the addresses were proven before."""
    headers = {
        "From": mail_headers.mailbox(one_line(sender_name)[:120], sender_address),
        "To": to_address,
        "Subject": mail_headers.subject(words.subject),
        "Date": format_datetime(sent_at),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",  # no answering machine may answer it (RFC 3834)
    }
    message = EmailMessage(policy=SMTP)
    message.set_content(words.text, cte="quoted-printable")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode("ascii") + message.as_bytes()
