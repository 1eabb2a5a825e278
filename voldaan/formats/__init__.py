"""First floor: bytes to papers and back, one file per format. Pure: no Django, no network, no database.

`FORMATS` is the list; a file is recognised by what is in it, never by its name. Containers are unwrapped here.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, BinaryIO

from voldaan.formats import bank_csv, camt, coda, mt940, open_items, remittance_advice, ubl
from voldaan.formats.shared.unpack import BadZip, unzip
from voldaan.rules.papers import Problem, Reading
from voldaan.rules.refusals import mark

HEAD = 1 << 16  # bytes that are enough to recognise a file

UNKNOWN = mark(
    "This is no bank statement (CAMT.053, MT940, CODA, or the CSV of a bank that is known here), e-invoice (UBL), "
    "remittance advice of a payer or open-items list (CSV, Excel) that can be read."
)


class Paper(Enum):
    """What a file is about."""

    BANK = "bank"
    INVOICE = "invoice"
    OPEN_ITEMS = "open_items"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Format:
    """One format: how it is recognised and read."""

    paper: Paper
    sniff: Callable[..., str | None]  # the name it goes by, such as "camt.053"; None: not this one
    read: Callable[..., Reading[Any]]
    is_known_whole: bool = False  # by all that is in it: its beginning does not tell


# A text can look like a list; so the lists are asked last.
FORMATS = (
    Format(Paper.BANK, camt.sniff, camt.read),
    Format(Paper.BANK, mt940.sniff, mt940.read),
    Format(Paper.BANK, coda.sniff, coda.read),
    Format(Paper.BANK, bank_csv.sniff, bank_csv.read),
    Format(Paper.INVOICE, ubl.sniff, ubl.read),
    Format(Paper.ADVICE, remittance_advice.sniff, remittance_advice.read, is_known_whole=True),
    Format(Paper.OPEN_ITEMS, open_items.sniff, open_items.read),
)


def recognise(source: BinaryIO, *, as_list: bool = False) -> tuple[str, Format] | None:
    """Tell what a file is by its beginning; leave the source at its start.

    With `as_list` a person has said which columns a list has: what is nothing else is taken for one.
    """
    source.seek(0)
    head = source.read(HEAD)
    source.seek(0)
    for each in FORMATS:
        if as_list and each.paper is Paper.ADVICE:
            continue
        name = each.sniff(source) if each.is_known_whole else each.sniff(head)
        source.seek(0)
        if name:
            return name, each
    if as_list:
        return ("open-items-xlsx" if head.startswith(b"PK") else "open-items-csv"), FORMATS[-1]
    return None


def unwrapped(name: str, source: BinaryIO) -> Iterator[tuple[str, BinaryIO | Problem]]:
    """Give the files in a file: those in a zip, each by its own name, or the file itself.

    A zip that is broken or hostile gives its problem.
    """
    source.seek(0)
    is_zip = source.read(4) == b"PK\x03\x04"
    if not is_zip or recognise(source):
        source.seek(0)
        yield name, source
        return
    source.seek(0)
    try:
        for member, content in unzip(source):
            yield f"{name}/{member}", io.BytesIO(content)
    except BadZip as error:
        yield name, error.problem
