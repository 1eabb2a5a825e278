"""A mail that came in (.eml): its text, who sent it and when, and the files in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from html.parser import HTMLParser

LARGEST = 25 << 20  # bytes of a mail
MOST_PARTS = 100
HEADERS = ("From", "Date", "Subject", "MIME-Version", "Message-ID", "Received")

_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?[A-Za-z][A-Za-z0-9-]{1,40}:[ \t\r\n]")
_NEW_LINE = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table"}


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says."""

    sender: str
    sent_on: date | None
    subject: str
    text: str
    files: tuple[bytes, ...]


def is_mail(head: bytes) -> bool:
    """Tell whether bytes begin a mail: with headers, among which several that every mail has."""
    if not _HEADER.match(head):
        return False
    found = BytesHeaderParser(policy=policy.compat32).parsebytes(head)
    return "From" in found and sum(name in found for name in HEADERS) >= 3


def opened(data: bytes) -> Mail | None:
    """Read a mail; None for what is none, too large, or broken beyond reading."""
    if len(data) > LARGEST:
        return None
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
        parts = [part for _, part in zip(range(MOST_PARTS), message.walk(), strict=False)]
        files = tuple(content for part in parts if (content := _file(part)))
        return Mail(_sender(message), _day(message), str(message["Subject"] or ""), _text(parts), files)
    except Exception:  # noqa: BLE001 - the library raises whatever a broken header leads it to
        return None


def _sender(message: EmailMessage) -> str:
    addresses = message["From"].addresses if message["From"] else ()
    return addresses[0].display_name if addresses else ""


def _day(message: EmailMessage) -> date | None:
    sent = message["Date"]
    return sent.datetime.date() if sent and sent.datetime else None


def _file(part: EmailMessage) -> bytes:
    if part.is_multipart() or not (part.get_filename() or part.get_content_disposition() == "attachment"):
        return b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(parts: list[EmailMessage]) -> str:
    """Give the plain text, else the words of the HTML, with the cells of its tables apart."""
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and not _file(part):
                said = str(part.get_content())
                return said if kind == "text/plain" else _words(said)
    return ""


def _words(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    return "".join(reader.said)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._is_hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the library's
        self._is_hidden = tag in {"style", "script", "title"}
        if tag in _NEW_LINE:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._is_hidden = False
        if tag in {"td", "th"}:
            self.said.append("\t")

    def handle_data(self, data: str) -> None:
        if not self._is_hidden:
            self.said.append(" ".join(data.split()) and f" {' '.join(data.split())} ")
