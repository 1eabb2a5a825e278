"""Rows as files for a spreadsheet, Excel or CSV. No text becomes a formula, and memory does not grow with the rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain, count, islice
from typing import IO, Any

from voldaan.rules.cells import harmless
from voldaan.rules.money import Money, minor_digits

Cell = str | int | date | Money | None

SHEET_ROWS = 1_048_575  # of one sheet of Excel, below its titles
LOOKED_AT = 200  # rows that say how wide the columns are
NARROWEST, WIDEST = 8, 48  # characters
A4 = 9  # Excel's number for it


class Total(tuple[Cell, ...]):
    """A row that says what others add up to."""

    __slots__ = ()


def csv_file(out: IO[str], titles: Sequence[str], rows: Iterable[Sequence[Cell]], *, point: str) -> None:
    """Write CSV as a spreadsheet reads it where `point` stands before the decimals; amounts are plain numbers."""
    out.write("\ufeff")  # or Excel takes the letters for those of another alphabet
    writer = csv.writer(out, delimiter=";" if point == "," else ",")
    writer.writerow(titles)
    for row in rows:
        writer.writerow([_written(cell, point) for cell in row])


def _written(cell: Cell, point: str) -> str | int:
    match cell:
        case None:
            return ""
        case Money():
            return cell.plain().replace(".", point)
        case date():
            return cell.isoformat()
        case str():
            return harmless(cell)
    return cell


def excel_file(out: IO[bytes], sheet: str, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write an Excel file: amounts are numbers, days are days, totals stand out, all else is text."""
    import xlsxwriter  # noqa: PLC0415 - slow to load, and seldom asked for

    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        formats = _Formats(book)
        left = iter(rows)
        for number in count(1):
            first = list(islice(left, LOOKED_AT))
            if number > 1 and not first:
                break
            name = sheet[:31] if number == 1 else f"{sheet[:27]} {number}"
            _sheet(book.add_worksheet(name), formats, titles, first, islice(left, SHEET_ROWS - len(first)))


class _Formats:
    """How cells look, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Any] = {}

    def of(self, cell: Cell, *, is_bold: bool) -> Any:
        match cell:
            case Money():
                pattern = "#,##0" + ("." + "0" * digits if (digits := minor_digits(cell.currency)) else "")
            case date():
                pattern = "yyyy-mm-dd"
            case _:
                pattern = "General"
        if (key := (pattern, is_bold)) not in self._made:
            self._made[key] = self._book.add_format({"num_format": pattern, "bold": is_bold})
        return self._made[key]


def _sheet(sheet: Any, formats: _Formats, titles: Sequence[str], first: Sequence[Sequence[Cell]],
           others: Iterator[Sequence[Cell]]) -> None:  # fmt: skip
    for column, title in enumerate(titles):
        widest = max(len(_shown(one)) for one in (title, *(row[column] for row in first)))
        sheet.set_column(column, column, min(max(widest, NARROWEST), WIDEST) + 2)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for row, cells in enumerate(chain([Total(titles)], first, others)):
        is_bold = isinstance(cells, Total)
        for column, cell in enumerate(cells):
            _write(sheet, row, column, cell, formats.of(cell, is_bold=is_bold))


def _write(sheet: Any, row: int, column: int, cell: Cell, look: Any) -> None:
    match cell:
        case None:
            pass
        case str():
            sheet.write_string(row, column, cell, look)
        case Money():
            sheet.write_number(row, column, cell.decimal(), look)
        case date():
            sheet.write_datetime(row, column, datetime.combine(cell, time()), look)
        case bool():
            sheet.write_boolean(row, column, cell, look)
        case _:
            sheet.write_number(row, column, cell, look)


def _shown(cell: Cell) -> str:
    return f"{cell.decimal():,}" if isinstance(cell, Money) else str(cell or "")
