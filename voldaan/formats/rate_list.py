"""A list of statutory rates (CSV) -> what each line says, with its place. The columns are those of the own table."""

from __future__ import annotations

import csv
import io

from voldaan.formats.shared.tables import BadTable, decoded
from voldaan.rules.rates import FORECAST, Told
from voldaan.rules.refusals import Kind, Refusal, mark

NEEDED = ("country", "kind", "valid_from", "rate_percent", "source")
OPTIONAL = ("known_until", "certainty")
DELIMITERS = (",", ";", "\t")
MOST_ROWS = 2_000
MOST_BYTES = 1_000_000

TOO_LARGE = ValueError(mark("It is far too large for a list of rates."))
NO_RATES = ValueError(mark("There is no rate in it."))
BAD_QUOTES = ValueError(mark("Its quotation marks do not close as they should, or a cell is far too long."))
TOO_MANY_CELLS = ValueError(mark("It has more cells than line 1 has columns."))


class BadRateList(Refusal):
    code = "bad_rate_list"
    kind = Kind.INVALID
    says = mark("{place} cannot be used. {why} So no rate was added.")


class NoRateColumn(Refusal):
    code = "no_rate_column"
    kind = Kind.INVALID
    says = mark("{place} has no column {column}, or has it twice. Line 1 must name: {needed}.")


def read(data: bytes, name: str) -> list[Told]:
    """Give what each line says; a forecast is left out, as in the built-in table.

    Raises:
        BadRateList, NoRateColumn: it is no such list, or a line of it is broken.
    """
    if len(data) > MOST_BYTES:
        raise BadRateList(place=name, why=TOO_LARGE)
    try:
        text, _ = decoded(data)
    except BadTable as bad:
        raise BadRateList(place=name, why=ValueError(bad.problem.what)) from bad
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=head.count), strict=True)
    found: list[dict[str, str]] = []
    try:
        columns = [cell.strip() for cell in next(reader, [])]
        for column in (*NEEDED, *(column for column in OPTIONAL if column in columns)):
            if columns.count(column) != 1:
                raise NoRateColumn(place=name, column=column, needed=", ".join(NEEDED))
        for cells in reader:
            place = f"{name}:{reader.line_num}"
            if len(cells) > len(columns):
                raise BadRateList(place=place, why=TOO_MANY_CELLS)
            if len(found) > MOST_ROWS:
                raise BadRateList(place=name, why=TOO_LARGE)
            if any(map(str.strip, cells)):
                found.append(dict.fromkeys((*NEEDED, *OPTIONAL), "") | {"place": place} | _named(columns, cells))
    except csv.Error as error:
        raise BadRateList(place=f"{name}:{reader.line_num}", why=BAD_QUOTES) from error
    if not found:
        raise BadRateList(place=name, why=NO_RATES)
    return [_told(row) for row in found if row["certainty"] != FORECAST]


def _named(columns: list[str], cells: list[str]) -> dict[str, str]:
    named = zip(columns, cells, strict=False)
    return {column: cell.strip() for column, cell in named if column in (*NEEDED, *OPTIONAL)}


def _told(row: dict[str, str]) -> Told:
    return Told(row["place"], row["country"], row["kind"], row["valid_from"], row["known_until"], row["rate_percent"],
                row["source"])  # fmt: skip
