"""The movements of an account as banks in the Netherlands and Belgium export them in CSV.

What each bank writes where is data: one file per layout in bank_layouts/. The file is read twice as a stream, so that
memory does not grow with it: first for the balances, which may stand at either end, then for the movements.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO

from voldaan.formats.shared.bank_chain import Chain
from voldaan.formats.shared.bank_places import HEADER_WITHIN, SAMPLE, Places, recognise
from voldaan.formats.shared.bank_rows import Facts, Rows, Unreadable
from voldaan.formats.shared.csv_rows import Endless, encoding_of, encoding_of_all, lines_of, rows_of
from voldaan.formats.shared.problems import Problems
from voldaan.rules.money import Money
from voldaan.rules.papers import (
    Problem,
    Reading,
    Severity,
    StatementEnd,
    StatementPart,
    StatementStart,
)
from voldaan.rules.refusals import mark

HEAD = 1 << 16
MOST_UNREADABLE = 10_000  # rows: by then it is no CSV of a bank, or of another one
MOST_ACCOUNTS = 100
DELIMITERS = ";,\t|"
CREDIT_CARD = "International Card Services"

OF_A_CARD = mark(
    "This is the statement of a credit card (ICS). It holds what you spent and no payments of customers, so it is not "
    "read."
)
NOT_KNOWN = mark("The columns of this file are those of no bank that is known here.")
NOTHING = mark("There is not one movement in this file.")
ENDLESS = mark("A line of this file does not end: it is no CSV, and is not read further.")
BAD_QUOTES = mark("The quotation marks of this row do not close as they should ({why}).")
NO_ACCOUNT = mark(
    "{bank} does not say in this file whose account it is. Name it on the command line, with --account, or download a "
    "CAMT.053 file."
)
OTHER_ACCOUNT = mark("From here on there are movements of {account}; those above are of {first}.")
TOO_MANY_UNREADABLE = mark("More than {count} rows cannot be read. The rest is not looked at.")
TOO_MANY_ACCOUNTS = mark("The file has more than {count} accounts.")
NOT_BOOKED = mark("{bank} refused this payment; it is not read as money.")
DOES_NOT_FOLLOW = mark(
    "The balance here ({found}) does not follow on the row before it ({expected}): a row is missing or was changed."
)


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a file is to be taken apart, and what it was recognised as."""

    encoding: str
    delimiter: str
    places: Places


def sniff(head: bytes) -> str | None:
    """Tell whether these first kilobytes are the CSV of a bank: "bank-csv", or None."""
    return "bank-csv" if _is_of_a_card(head) or _shape(head) else None


def read(source: BinaryIO, account: str = "") -> Reading[StatementPart]:
    """Read the movements as a stream, a statement per account; `account` is whose they are where the file is silent.

    Nothing is raised: a row that cannot be read exactly is an ERROR with its line. Where the bank gives balances, each
    row must follow on the one before it.
    """
    told = _Problems()
    source.seek(0)
    head = source.read(HEAD)
    if _is_of_a_card(head):
        told.tell("file", OF_A_CARD)
        return Reading((), told.list)
    shape = _shape(head)
    if shape is None:
        told.tell("file", NOT_KNOWN)
        return Reading((), told.list)
    return Reading(_told(_parts(source, shape, account, told), told), told.list, shape.places.layout.name)


class _Problems(Problems):
    """The problems of one file, by line."""

    def tell(
        self,
        place: int | str,
        what: str,
        severity: Severity = Severity.ERROR,
        facts: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Tell one more."""
        self.add(Problem(place if isinstance(place, str) else f"line {place}", what, severity, dict(facts)))


# --- from bytes to rows -------------------------------------------------------------------------------------------


def _is_of_a_card(head: bytes) -> bool:
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(CREDIT_CARD.encode())


def _shape(head: bytes) -> _Shape | None:
    """Find out what a file is by its beginning."""
    encoding = encoding_of(head)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head).removeprefix("\ufeff")
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        lines = io.StringIO(text, newline="")
        found = rows_of(lines, delimiter, HEADER_WITHIN + SAMPLE)
        rows = [cells if isinstance(cells, list) else [] for _, cells in found]
        if len(head) >= HEAD:
            del rows[-1:]  # may have been cut in two
        if places := recognise(rows):
            return _Shape(encoding, delimiter, places)
    return None


# --- from rows to statements --------------------------------------------------------------------------------------


Key = tuple[str, str]  # account, currency


def _told(parts: Iterator[StatementPart], told: _Problems) -> Iterator[StatementPart]:
    """Give the parts, and say at the end what was more to tell, however they ended."""
    yield from parts
    told.close()


def _parts(source: BinaryIO, shape: _Shape, own: str, told: _Problems) -> Iterator[StatementPart]:
    shape = _Shape(encoding_of_all(source, shape.encoding), shape.delimiter, shape.places)
    rows = Rows(shape.places, own)
    layout = shape.places.layout
    chains: dict[Key, Chain] = {}
    follows = True
    unreadable = 0
    for line, facts in _facts(source, shape, rows, told):
        if facts is None:
            follows = False
            unreadable += 1
            if unreadable > MOST_UNREADABLE:
                told.tell(line, TOO_MANY_UNREADABLE, facts={"count": str(MOST_UNREADABLE)})
                return
            continue
        key = (facts.account, facts.currency)
        if chain := chains.get(key):
            chain.add(line, facts, follows=follows)
        elif len(chains) == MOST_ACCOUNTS:
            told.tell(line, TOO_MANY_ACCOUNTS, facts={"count": str(MOST_ACCOUNTS)})
            return
        else:
            if chains and facts.account not in {account for account, _ in chains}:
                severity = Severity.QUESTION if layout.one_account else Severity.WARNING
                told.tell(line, OTHER_ACCOUNT, severity, {"account": facts.account, "first": next(iter(chains))[0]})
            chains[key] = chain = Chain(facts, facts, facts.booking_date, facts.booking_date)
            chain.add(line, facts, follows=False)
        follows = True
    if not chains and not told.list:
        told.tell("file", NOTHING, Severity.WARNING)
    if any(not account for account, _ in chains):
        told.tell("file", NO_ACCOUNT, facts={"bank": layout.bank})
    for (account, currency), chain in chains.items():
        for line, expected, found in chain.breaks:
            amounts = {"expected": str(Money(expected, currency)), "found": str(Money(found, currency))}
            told.tell(line, DOES_NOT_FOLLOW, Severity.QUESTION, amounts)
        opening, closing = chain.balances()
        yield StatementStart(account, currency, "", opening)
        yield from _movements(source, shape, rows, (account, currency), told)
        yield StatementEnd(closing)


def _movements(source: BinaryIO, shape: _Shape, rows: Rows, key: Key, told: _Problems) -> Iterator[StatementPart]:
    """Give the movements of one account; what was wrong with their money has been told."""
    for line, cells in _cells(source, shape, _Problems()):
        try:
            if not isinstance(cells, list) or rows.account(cells) != key[0] or not rows.is_booked(cells):
                continue
            facts = rows.facts(cells)
        except Unreadable:
            continue
        if facts.currency != key[1]:
            continue
        try:
            yield rows.transaction(cells, facts)
        except Unreadable as error:
            told.tell(line, error.what, facts=error.facts)


def _facts(source: BinaryIO, shape: _Shape, rows: Rows, told: _Problems) -> Iterator[tuple[int, Facts | None]]:
    """Give the money of each row, None for one that cannot be read."""
    for line, cells in _cells(source, shape, told):
        if not isinstance(cells, list):
            told.tell(line, BAD_QUOTES, facts={"why": cells})
            yield line, None
            continue
        try:
            if rows.is_booked(cells):
                yield line, rows.facts(cells)
            else:
                told.tell(line, NOT_BOOKED, Severity.WARNING, {"bank": rows.layout.bank})
        except Unreadable as error:
            told.tell(line, error.what, facts=error.facts)
            yield line, None


def _cells(source: BinaryIO, shape: _Shape, told: _Problems) -> Iterator[tuple[int, list[str] | str]]:
    """Give the rows below the header that are not blank."""
    rows = rows_of(lines_of(source, shape.encoding), shape.delimiter)
    try:
        for number, (line, cells) in enumerate(rows):
            if number >= shape.places.first_row and (isinstance(cells, str) or any(map(str.strip, cells))):
                yield line, cells
    except Endless:
        told.tell("file", ENDLESS)
