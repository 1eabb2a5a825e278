"""Bytes of a spreadsheet or a text file with columns -> rows of cells, as they stand; what they mean is not known here.

A table is read again from the top each time that its rows are asked for, so that no copy of the file is kept.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from voldaan.formats.shared.unpack import BadZip, check_zip
from voldaan.formats.shared.xml import BadXML, stream
from voldaan.rules.papers import Problem
from voldaan.rules.refusals import mark

MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
DELIMITERS = ";\t,|"
# The library lays a sheet out as a full grid; one cell in the far corner would ask for hundreds of gigabytes.
GRID_FOR_ANYONE = 1_000_000  # cells
GRID_PER_CELL = 4
LARGEST_GRID = 20_000_000

EMPTY = mark("The file is empty.")
NOT_TEXT = mark("This is neither a spreadsheet (.xlsx) nor a text file with columns.")
OLD_EXCEL = mark(
    "This is an old Excel file (.xls), or one with a password. Save it as .xlsx without a password, or as CSV."
)
ENCODING = mark("The text is in none of the encodings UTF-8, UTF-16 and Windows-1252. Save it as CSV UTF-8.")
BAD_QUOTES = mark("The quotation marks do not close as they should: {why}.")
TOO_MANY_ROWS = mark("The list has more than {limit} rows.")
TOO_MANY_COLUMNS = mark("The list has more than {limit} columns.")
TOO_SPREAD = mark(
    "A few cells stand very far apart on this sheet. Delete the empty rows and columns and save it again."
)
BROKEN = mark("The spreadsheet is damaged: {why}. Open it in Excel and save it again.")
NO_PLACE = mark("A cell without a value does not say where it stands. Open the file in Excel and save it again.")


class BadTable(Exception):  # noqa: N818 - caught by the reader and given back as its problem
    """The file cannot be taken apart into rows; `problem` says where and why."""

    def __init__(self, place: str, what: str, **facts: str) -> None:
        self.problem = Problem(place, what, facts=facts)
        super().__init__(str(self.problem))


@dataclass(frozen=True, slots=True)
class NoValue:
    """A cell that holds a formula or an error and no value: never taken for an empty cell."""

    why: str


# An empty cell is "". Numbers of a spreadsheet are floats: that is how the file keeps them.
Cell = str | float | bool | date | time | timedelta | NoValue
Row = list[Cell]
Span = tuple[tuple[int, int], tuple[int, int]]  # first and last (row, column) of merged cells, from 0


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet, or one way to cut a text into columns. Rows and columns count from 0 here, from 1 for people."""

    rows: Callable[[], Iterator[Row]]
    sheet: str = ""
    delimiter: str = ""
    encoding: str = ""
    first_column: int = 0  # of the sheet: a list may begin at column C
    hidden: bool = False
    days_from_1904: bool = False
    merged: tuple[Span, ...] = ()

    def letter(self, column: int) -> str:
        """Name a column as a spreadsheet does: A, B … Z, AA."""
        name, number = "", column + self.first_column + 1
        while number:
            number, rest = divmod(number - 1, 26)
            name = chr(ord("A") + rest) + name
        return name


def is_zip(data: bytes) -> bool:
    """Tell whether these bytes begin a zip, which a spreadsheet is."""
    return data.startswith(b"PK\x03\x04")


def tables(data: bytes) -> list[Table]:
    """Give every sheet of a spreadsheet, or every way to cut a text; the caller knows which one is a list.

    Raises:
        BadTable: for bytes that are neither, or that are hostile or broken; `Table.rows` raises it as well.
    """
    if not data.strip():
        raise BadTable("file", EMPTY)
    if is_zip(data):
        return _sheets(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadTable("file", OLD_EXCEL)
    return cuts(*decoded(data))


# --- text ---------------------------------------------------------------------------------------------------------


def decoded(data: bytes) -> tuple[str, str]:
    """Give the text and the name of its encoding: UTF-8, UTF-16 (with or without BOM) or Windows-1252.

    Raises:
        BadTable: for bytes that are no text.
    """
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise BadTable("file", NOT_TEXT)
        return text.removeprefix("\ufeff"), encoding
    raise BadTable("file", ENCODING)


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if data.startswith(codecs.BOM_UTF8):
        return ("utf-8-sig",)
    start = data[:400]
    # Latin text in UTF-16 has a zero in every second byte; text in one byte has none.
    if start[1::2].count(0) > len(start) // 4:
        return ("utf-16-le",)
    if start[::2].count(0) > len(start) // 4:
        return ("utf-16-be",)
    return ("utf-8", "cp1252")


def cuts(text: str, encoding: str = "utf-8") -> list[Table]:
    """Give one table for each character that could separate the columns."""
    stated = re.match(r'"?sep=(.)"?\s*[\r\n]', text)  # Excel's own first line
    delimiters = stated[1] if stated and stated[1] in DELIMITERS else DELIMITERS
    return [Table(_cutter(text, delimiter), delimiter=delimiter, encoding=encoding) for delimiter in delimiters]


def _cutter(text: str, delimiter: str) -> Callable[[], Iterator[Row]]:
    def rows() -> Iterator[Row]:
        # Strict: a quotation mark that never closes would swallow the rows below it in silence.
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
        count = 0
        try:
            for count, cells in enumerate(reader, start=1):
                if count > MOST_ROWS:
                    raise BadTable("file", TOO_MANY_ROWS, limit=str(MOST_ROWS))
                if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
                    raise BadTable(f"row {count}", TOO_MANY_COLUMNS, limit=str(MOST_COLUMNS))
                yield [*cells[:MOST_COLUMNS]]
        except csv.Error as error:
            raise BadTable(f"row {count + 1}", BAD_QUOTES, why=str(error)) from error

    return rows


# --- spreadsheet --------------------------------------------------------------------------------------------------

_TAG = rb"<(?:\w+:)?"
_PLACED = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)([0-9]+)["'](\s*/>|\s+s="[0-9]+"\s*/>)?""")
_ERROR_CELL = re.compile(_TAG + rb"""c\b([^<>]*\bt\s*=\s*["']e["'][^<>]*)>""")
_FORMULA_CELL = re.compile(
    _TAG + rb"c\b([^<>]*)>\s*" + _TAG + rb"f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(" + _TAG + rb"v\s*/>|" + _TAG + rb"v\s*>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)  # fmt: skip
_SIGNS = ((b'"e"', b"'e'"), (b"<f", b":f"))
_IS_TEXT = re.compile(rb"""\bt\s*=\s*["']str["']""")
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]+)["']""")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the XML of a sheet says that the library keeps quiet about."""

    no_values: dict[tuple[int, int], NoValue] = field(default_factory=dict)


def _sheets(data: bytes) -> list[Table]:
    try:
        check_zip(io.BytesIO(data))
        surveys, from_1904 = _survey_all(data)
        workbook = CalamineWorkbook.from_object(io.BytesIO(data))
        return [
            _table(workbook.get_sheet_by_name(sheet.name), surveys[sheet.name], sheet.visible, from_1904=from_1904)
            for sheet in workbook.sheets_metadata
            if sheet.typ is SheetTypeEnum.WorkSheet
        ]
    except BadZip as error:
        raise BadTable(error.problem.place, error.problem.what, **error.problem.facts) from error
    except BadXML as error:
        raise BadTable(error.problem.place, error.problem.what, **error.problem.facts) from error
    except (CalamineError, OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BadTable("file", BROKEN, why=str(error)[:100]) from error
    except BaseException as error:
        # A slip inside the Rust library arrives as a panic, which Python does not count among the exceptions.
        if type(error).__name__ != "PanicException":
            raise
        raise BadTable("file", BROKEN, why="it cannot be read") from error


def _table(sheet: CalamineSheet, survey: _Sheet, visible: SheetVisibleEnum, *, from_1904: bool) -> Table:
    first_column = sheet.start[1] if sheet.start else 0
    holes = {(row, column - first_column): what for (row, column), what in survey.no_values.items()}

    def rows() -> Iterator[Row]:
        holed = {row for row, _ in holes}
        for number, cells in enumerate(sheet.iter_rows() if sheet.start else ()):
            row: Row = [*cells]
            if number in holed:
                row = [holes.get((number, column), cell) for column, cell in enumerate(row)]
            yield row

    return Table(
        rows,
        sheet=sheet.name,
        first_column=first_column,
        hidden=visible is not SheetVisibleEnum.Visible,
        days_from_1904=from_1904,
        merged=tuple(
            ((top, left - first_column), (bottom, right - first_column))
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        ),
    )


def _survey_all(data: bytes) -> tuple[dict[str, _Sheet], bool]:
    """Look through the XML of every sheet, by name of the sheet, before the library does; and how days are counted."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name.lower(): name for name in archive.namelist()}
        if len(parts) != len(archive.namelist()):
            raise BadTable("file", BROKEN, why="two parts have the same name")

        def part(name: str) -> bytes:
            return archive.read(parts[name.lower()])

        for name in parts:
            if name.endswith(".xml") and b"<!DOCTYPE" in part(name):
                _elements(part(name))  # raises for every DOCTYPE, with its own sentence
        book, relations = _elements(part("xl/workbook.xml")), _elements(part("xl/_rels/workbook.xml.rels"))
        targets = {each.get("Id", ""): each.get("Target", "") for _, each in relations}
        surveys = {}
        for sheet in (each for kind, each in book if kind == "sheet"):
            target = targets[next((each for key, each in sheet.items() if key.endswith(" id")), "")]
            path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            name = sheet.get("name", "")
            surveys[name] = _survey(name, part(path)) if "worksheets/" in path.lower() else _Sheet()
        from_1904 = any(kind == "workbookPr" and each.get("date1904") in {"1", "true"} for kind, each in book)
    return surveys, from_1904


def _elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """Give the name and attributes of every element of a small part."""
    found: list[tuple[str, dict[str, str]]] = []
    for _ in stream(io.BytesIO(xml), lambda *element: found.append(element), lambda *_: None, lambda *_: None):
        pass
    return found


def _survey(name: str, xml: bytes) -> _Sheet:
    columns, rows, cells = set(), set(), 0
    for placed in _PLACED.finditer(xml):
        letters, number, empty = placed.groups()
        if not empty:
            columns.add(letters)
            rows.add(number)
            cells += 1
    width = max((_column(letters) + 1 for letters in columns), default=0)
    height = max((int(number) for number in rows if len(number) < 8), default=0)
    place = f"sheet {name}"
    if height > MOST_ROWS or any(len(number) >= 8 for number in rows):
        raise BadTable(place, TOO_MANY_ROWS, limit=str(MOST_ROWS))
    if width > MOST_COLUMNS:
        raise BadTable(place, TOO_MANY_COLUMNS, limit=str(MOST_COLUMNS))
    if width * height > min(max(GRID_FOR_ANYONE, GRID_PER_CELL * cells), LARGEST_GRID):
        raise BadTable(place, TOO_SPREAD)
    return _Sheet(dict(_no_values(place, xml)))


def _no_values(place: str, xml: bytes) -> Iterator[tuple[tuple[int, int], NoValue]]:
    """Find the cells that the library would show as empty: errors, and formulas that were never worked out."""
    # Most exports hold neither: then there is nothing to search the cells for.
    has_errors, has_formulas = (any(sign in xml for sign in signs) for signs in _SIGNS)
    found = [(cell[1], "error") for cell in (_ERROR_CELL.finditer(xml) if has_errors else ())]
    found += [
        (cell[1], "formula")
        for cell in (_FORMULA_CELL.finditer(xml) if has_formulas else ())
        if not (cell[2] and _IS_TEXT.search(cell[1]))  # a formula whose outcome is an empty text
    ]
    for attributes, why in found:
        reference = _REFERENCE.search(attributes)
        if reference is None:
            raise BadTable(place, NO_PLACE)
        yield (int(reference[2]) - 1, _column(reference[1])), NoValue(why)


def _column(letters: bytes) -> int:
    """Give the column of its letters, from 0; of no letters -1; anything longer than a real one lies far outside."""
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
