"""A CSV file to calculate over: its lines, and what stands in a cell; a refusal names the line and the column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from voldaan.countries import told_rates
from voldaan.formats import rate_list
from voldaan.formats.shared.tables import BadTable, decoded
from voldaan.rules.money import LARGEST_CENTS
from voldaan.rules.rates import Row
from voldaan.rules.refusals import Kind, Refusal, mark

DELIMITERS = (",", ";", "\t")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CENTS = re.compile(r"[0-9]{1,16}")
PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")

A_DAY = ValueError(mark("a date like 2027-03-01"))
BAD_QUOTES = ValueError(mark("Its quotation marks do not close as they should, or a cell is far too long."))
SOME_CENTS = ValueError(mark("an amount in whole cents, like 125000"))


class BadFile(Refusal):
    code = "bad_file"
    kind = Kind.INVALID
    says = mark("{why} So nothing of {file} is calculated.")


class NoSuchColumn(Refusal):
    code = "no_such_column"
    kind = Kind.INVALID
    says = mark("{file} has no column {column}, or has it twice. Line 1 must name: {needed}.")


class BadLine(Refusal):
    code = "bad_line"
    kind = Kind.INVALID
    says = mark("Line {line} cannot be used. {why} So nothing is calculated.")


class BadCell(Refusal):
    code = "bad_cell"
    kind = Kind.INVALID
    says = mark("Line {line}, column {column}: “{value}” is not {wanted}.")


class UnknownWord(Refusal):
    code = "unknown_word"
    kind = Kind.INVALID
    says = mark("Line {line}, column {column}: “{value}” is not known. Choose one of: {known}.")


@dataclass(frozen=True, slots=True)
class Cells:
    """One line of the file, by the names of its columns."""

    line: int
    values: dict[str, str]

    def text(self, column: str) -> str:
        """Give a cell as it stands."""
        return self.values[column]

    def day(self, column: str) -> date:
        """Read a date."""
        return self.as_day(column, self.values[column])

    def cents(self, column: str) -> int:
        """Read an amount."""
        return self.as_cents(column, self.values[column])

    def word(self, column: str, known: Sequence[str]) -> str:
        """Read a word of a list."""
        return self.as_word(column, self.values[column], known)

    def parts(self, column: str, separator: str) -> list[str]:
        """Cut a cell that holds a list; an empty one holds nothing."""
        text = self.values[column].strip()
        return [part.strip() for part in text.split(separator)] if text else []

    def as_day(self, column: str, text: str) -> date:
        """Read a part of a cell as a date."""
        try:
            return date.fromisoformat(text if DAY.fullmatch(text) else "")
        except ValueError:
            raise self.bad(column, text, A_DAY) from None

    def as_cents(self, column: str, text: str) -> int:
        """Read a part of a cell as an amount that is not negative."""
        if not CENTS.fullmatch(text) or int(text) > LARGEST_CENTS:
            raise self.bad(column, text, SOME_CENTS)
        return int(text)

    def as_word(self, column: str, text: str, known: Sequence[str]) -> str:
        """Read a part of a cell as a word of a list."""
        if text not in known:
            raise UnknownWord(line=self.line, column=column, value=_short(text), known=", ".join(known))
        return text

    def as_percent(self, column: str, text: str) -> Decimal:
        """Read a part of a cell as a percentage."""
        if not PERCENT.fullmatch(text):
            raise self.bad(column, text, ValueError(mark("a percentage like 12.50")))
        return Decimal(text)

    def bad(self, column: str, text: str, wanted: ValueError) -> BadCell:
        """Make the refusal of a cell; `wanted` is a marked phrase."""
        return BadCell(line=self.line, column=column, value=_short(text), wanted=wanted)


def rows(path: Path, needed: Sequence[str]) -> Iterator[Cells]:
    """Read the lines of a CSV file that has at least these columns; comma, semicolon or tab stands between cells.

    Raises:
        BadFile: what is no text, or does not close its quotation marks.
        NoSuchColumn: a column is missing, or is there twice.
        BadLine: a line has more cells than the first one.
    """
    try:
        text, _ = decoded(path.read_bytes()) if path.stat().st_size else ("", "")
    except BadTable as bad:
        raise BadFile(file=path.name, why=ValueError(bad.problem.what)) from bad
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [name.strip() for name in next(reader, [])]
        for name in needed:
            if columns.count(name) != 1:
                raise NoSuchColumn(file=path.name, column=name, needed=", ".join(needed))
        for cells in reader:
            if any(cells):
                yield _cells(reader.line_num, columns, cells)
    except csv.Error as error:
        raise BadLine(line=reader.line_num, why=BAD_QUOTES) from error


def rates_of(path: Path | None) -> tuple[Row, ...]:
    """Read the rates of `--rates` that did not come with Voldaan.

    Raises:
        The refusals of `rate_list.read` and `told_rates.fresh`.
    """
    return tuple(told_rates.fresh(rate_list.read(path.read_bytes(), path.name))) if path else ()


def _cells(line: int, columns: list[str], cells: list[str]) -> Cells:
    if len(cells) > len(columns):
        raise BadLine(line=line, why=ValueError(mark("It has more cells than line 1 has columns.")))
    values = dict.fromkeys(columns, "") | dict(zip(columns, cells, strict=False))
    return Cells(line, values)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
