"""A mail with bank files: who sent it, what its server says of that, and the files with it. Written to be lied to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from itertools import islice

from voldaan.rules.bank_names import shown

MOST_PARTS = 200
# What the library needs no more than a moment for: each line is held against each boundary, and each header is kept.
MOST_BOUNDARIES = 20
MOST_LINES = 2_000_000
LONGEST_HEAD = 256 * 1024  # bytes
_BOUNDARY = re.compile(rb"boundary[*0-9]*\s*=", re.IGNORECASE)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n|\r\r")
LONGEST_HEADER = 10_000  # characters
LONGEST_NAME = 150
# One address, with or without a name before it; anything cleverer is nobody.
_FROM = re.compile(
    r'\s*(?:(?:"[^"\\<>]*"|[^"\\<>@,;:()]*)\s*<(?P<one>[^\s<>@"]+@[\w.-]+)>|(?P<other>[^\s<>@",;:()]+@[\w.-]+))\s*'
)


class Unreadable(Exception):  # noqa: N818 - it is refused, and told
    """What came is no mail, or is made to do harm."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file with a mail."""

    name: str  # as its sender gave it, without folders: data, never a path
    content: bytes


@dataclass(frozen=True, slots=True)
class BankMail:
    """What is to be known of a mail."""

    sender: str  # in small letters; empty: it names nobody, or several
    subject: str
    results: str  # the topmost Authentication-Results: the one that was written last
    attachments: tuple[Attachment, ...]


def read(content: bytes) -> BankMail:
    """Read a mail.

    Raises:
        Unreadable: nothing is to be made of it.
    """
    _refuse_monsters(content)
    try:
        mail = message_from_bytes(content)
        parts = _parts(mail)
        return BankMail(_sender(mail), shown(_decoded(_first(mail, "Subject"))), _first(mail, "Authentication-Results"),
                        tuple(_attachments(parts)))  # fmt: skip
    except Unreadable:
        raise
    except Exception as error:  # the library was not made for mails that mean harm: it breaks in many ways
        raise Unreadable from error


def _refuse_monsters(content: bytes) -> None:
    """Refuse, before it is taken apart, what would take minutes or all memory."""
    end = _END_OF_HEAD.search(content, 0, LONGEST_HEAD)
    is_long = end is None and len(content) > LONGEST_HEAD
    lines = content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")
    boundaries = sum(1 for _ in islice(_BOUNDARY.finditer(content), MOST_BOUNDARIES + 1))
    if is_long or lines > MOST_LINES or boundaries > MOST_BOUNDARIES:
        raise Unreadable


# Of a mail that no person sent (RFC 3834, 5): the program of a bank generates it, and answers nobody.
FROM_ITSELF = {"", "no", "auto-generated"}


def _parts(mail: Message) -> list[Message]:
    """Give the parts of what the sender himself wrote: an answer by itself brings along what a stranger wrote."""
    said = _first(mail, "Auto-Submitted").lower().partition(";")[0].strip()
    if mail.get_content_type() == "multipart/report" or said not in FROM_ITSELF:
        return []
    found: list[Message] = []
    for part in _own_parts(mail):
        found.append(part)
        if len(found) > MOST_PARTS:
            raise Unreadable
    return found


def _own_parts(part: Message) -> Iterator[Message]:
    """Walk through a mail, and not through a mail that comes with it: that is of somebody else."""
    if part.get_content_maintype() == "message":
        return
    yield part
    if part.is_multipart():
        for inner in part.get_payload():
            assert isinstance(inner, Message)
            yield from _own_parts(inner)


def _attachments(parts: list[Message]) -> list[Attachment]:
    found: list[Attachment] = []
    for part in parts:
        name = part.get_filename()
        is_file = name is not None or part.get_content_disposition() == "attachment"
        content = part.get_payload(decode=True)
        if is_file and isinstance(content, bytes) and not part.is_multipart():
            found.append(Attachment(_plain(_decoded(name or "")) or f"{len(found) + 1}", content))
    return found


def _first(mail: Message, header: str) -> str:
    return " ".join(str((mail.get_all(header) or [""])[0])[:LONGEST_HEADER].split())


def _sender(mail: Message) -> str:
    if len(mail.get_all("From") or []) != 1:
        return ""
    found = _FROM.fullmatch(_first(mail, "From"))
    return (found["one"] or found["other"]).lower() if found else ""


def _decoded(said: str) -> str:
    try:
        return str(make_header(decode_header(said[:LONGEST_HEADER])))
    except (ValueError, LookupError):
        return said


def _plain(name: str) -> str:
    """Give the last part of a name: a path is nothing to us."""
    last = re.split(r"[/\\]", shown(name, LONGEST_HEADER))[-1].lstrip(".")
    stem, dot, ending = last.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending[:20]}"
