"""What a dossier is made of: who owes whom, what is open, all that was done, and the papers that prove it.

A question gives the facts; `Written` holds the same in the words of one language, ready to be drawn or packed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, BinaryIO

from voldaan.rules.refusals import Kind, Refusal, mark

MOST_PAPERS = 5_000  # and of happenings four times as many: more is no dossier but the books
LONGEST_NAME = 80  # bytes of what a file name says, between its day and its ending


class TooLargeADossier(Refusal):
    code = "too_large_a_dossier"
    kind = Kind.INVALID
    says = mark("This would be a dossier of more than {most} documents. Make it of one invoice.")


class PaperKind(Enum):
    """What a document is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    MAIL = "mail"
    LETTER = "letter"
    TERMS = "terms"  # this and the next are drawn when they are asked for
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Paper:
    """One document as it is kept, and what is known of it. It is an exhibit by its number."""

    number: int
    kind: PaperKind
    day: date
    about: str  # the number of an invoice, the subject of a message, the number of a version of the terms
    media_type: str
    sha256: str  # of what is drawn: empty until it is
    size: int
    facts: Mapping[str, Any] = field(default_factory=dict)  # of a message: how it went, and who let it go
    sent_at: datetime | None = None  # in the time zone of the administration


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that was done or booked. `cents` moves what is owed; None: it moves nothing."""

    day: date
    what: str  # entry, allocation, message, task, note, or the kind of an event
    facts: Mapping[str, Any]
    who: str = ""
    cents: int | None = None
    paper: int | None = None  # the number of the document that proves it


# Gives a document as it is kept; None where it is not to be found any more.
Opened = Callable[[Paper], BinaryIO | None]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A document in words."""

    paper: Paper
    mark: str  # "Exhibit 3"
    title: str  # "Invoice 2026-0042"
    day: str
    name: str  # of its file
    facts: tuple[tuple[str, str], ...]  # label and words of what is known of it


@dataclass(frozen=True, slots=True)
class Row:
    """A happening in words."""

    day: str
    says: str
    who: str
    exhibit: int | None
    amount: str
    balance: str


@dataclass(frozen=True, slots=True)
class Written:
    """A dossier in the words of one language."""

    language: str
    on: date
    title: str
    labels: Mapping[str, str]
    parties: tuple[tuple[str, tuple[str, ...]], ...]  # label and lines of creditor and customer
    about: tuple[tuple[str, str], ...]  # label and words: what it is of, as it stands when, how much
    owed: tuple[tuple[str, str, str, str, str, str], ...]  # invoice, issued, due, amount, open, interest
    totals: tuple[tuple[str, str], ...]  # the last is the sum
    rows: tuple[Row, ...]
    exhibits: tuple[Exhibit, ...]


# No system of files takes these, or they turn the text around them.
_HARMFUL = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')


def file_name(number: int, count: int, day: date, about: str, ending: str) -> str:
    """Name a file so that names sort by number and harm nobody: `03 2026-03-01 factuur 2026-0042.pdf`.

    It begins with a digit, so it is neither hidden nor a path nor a name that Windows keeps for itself.
    """
    return f"{number:0{max(2, len(str(count)))}} {day.isoformat()} {harmless(about)}{ending}"


def harmless(about: str) -> str:
    """Make of any words a part of a file name."""
    seen = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in unicodedata.normalize("NFC", about))
    words = " ".join(_HARMFUL.sub("-", seen).split()).strip(". ")
    return words.encode(errors="ignore")[:LONGEST_NAME].decode(errors="ignore").strip(". ") or "-"
