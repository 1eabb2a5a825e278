"""Bytes into rows: encodings, separators, spreadsheets, and what is hostile in them."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from voldaan.formats.shared.tables import BadTable, NoValue, Row, Table, tables

TEXT = "Factuurnr;Naam;Bedrag\r\n1;Café 't Hoekje;12,50\r\n"
ROWS = [["Factuurnr", "Naam", "Bedrag"], ["1", "Café 't Hoekje", "12,50"]]


def workbook(fill: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    fill(book)
    book.close()
    return target.getvalue()


def by_delimiter(data: bytes) -> dict[str, Table]:
    return {table.delimiter: table for table in tables(data)}


def repacked(data: bytes, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return target.getvalue()


def one_sheet(rows: list[list[object]]) -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Lijst")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return workbook(fill)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_encoding_gives_the_same_rows(encoding: str) -> None:
    assert list(by_delimiter(TEXT.encode(encoding))[";"].rows()) == ROWS


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_every_separator_and_line_end(delimiter: str, ending: str) -> None:
    text = ending.join(delimiter.join(f'"{cell}"' for cell in row) for row in ROWS)
    assert list(by_delimiter(text.encode())[delimiter].rows()) == ROWS


def test_excel_may_state_its_separator() -> None:
    found = tables(b"sep=,\r\na,b;c\r\n")
    assert [table.delimiter for table in found] == [","]
    assert list(found[0].rows()) == [["sep=", ""], ["a", "b;c"]]


def test_quotes_hold_separators_quotes_and_line_ends() -> None:
    table = by_delimiter(b'a;b\n"x;1";"zei ""nee""\nen ging"\n')[";"]
    assert list(table.rows()) == [["a", "b"], ["x;1", 'zei "nee"\nen ging']]


@pytest.mark.parametrize("text", ['a;b\n"open;2\n3;4\n', 'a;b\n"x"y;2\n'])
def test_a_quote_that_does_not_close_is_refused_and_swallows_nothing(text: str) -> None:
    with pytest.raises(BadTable, match="quotation marks"):
        list(by_delimiter(text.encode())[";"].rows())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "old Excel"),
        (b"\x00\x01\x02\x03" * 50, "neither"),
        (b"a;b\n\x81\x8d;\xff\n", "encodings"),
        (b"PK\x03\x04" + bytes(200), "damaged"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(BadTable, match=why):
        tables(data)


def test_more_columns_than_the_limit() -> None:
    with pytest.raises(BadTable, match="200 columns"):
        list(by_delimiter((";".join("x" * 201) + "\n").encode())[";"].rows())


def test_a_sheet_says_where_its_cells_stand() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Lijst")
        sheet.write_row(2, 3, ["Factuurnr", "Bedrag"])
        sheet.write_row(3, 3, [12345, 12.5])
        book.add_worksheet("Geheim").hide()

    first, second = tables(workbook(fill))
    assert list(first.rows()) == list(first.rows()) == [["", ""], ["", ""], ["Factuurnr", "Bedrag"], [12345.0, 12.5]]
    assert (first.letter(0), first.letter(23), first.hidden, second.hidden) == ("D", "AA", False, True)


def test_a_formula_without_a_value_and_an_error_are_not_empty_cells() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 1, ["a", "b", "c", "d"])
        sheet.write_formula(1, 1, "=1+1", None, 2)
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 3, '=""', None, "leeg")
        sheet.write_formula(1, 4, "=1+2", None, 3)

    def unsolved(name: str, content: bytes) -> bytes:
        return content.replace(b"<f>1+2</f><v>3</v>", b"<f>1+2</f>").replace(b"<v>leeg</v>", b"<v></v>")

    *_, row = tables(repacked(workbook(fill), unsolved))[0].rows()
    assert row == [2.0, NoValue("error"), "", NoValue("formula")]


SHEET = "xl/worksheets/sheet1.xml"
LIST = one_sheet([["Factuurnr", "Bedrag"], ["F1", 12.5]])


def far_cell(reference: str) -> bytes:
    def change(name: str, content: bytes) -> bytes:
        cell = (
            f'<row r="{reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{reference}"><v>1</v></c></row>'.encode()
        )
        return content.replace(b"</sheetData>", cell + b"</sheetData>") if name == SHEET else content

    return repacked(LIST, change)


def doctype(name: str, content: bytes) -> bytes:
    return content.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1) if name == SHEET else content


HOSTILE = {
    "a cell in the far corner": (far_cell("XFD1048576"), "columns|rows"),
    "a cell far down": (far_cell("A999999"), "far apart"),
    "a row number past every limit": (far_cell("A99999999999999999999"), "rows"),
    "a column past every limit": (far_cell("ZZZZZZZZZ5"), "columns"),
    "a document type": (repacked(LIST, doctype), "document type"),
    "two parts of one name but for case": (repacked(LIST, lambda _, it: it, {SHEET.upper(): b"<x/>"}), "same name"),
    "a part that is a bomb": (repacked(LIST, lambda _, it: it, {"xl/b.xml": bytes(20_000_000)}), "times its size"),
    "no workbook": (repacked(LIST, lambda name, it: b"" if name == "xl/workbook.xml" else it), "well-formed"),
    "a sheet that leads nowhere": (repacked(LIST, lambda _, it: it.replace(b' r:id="rId1"', b"")), "damaged"),
    "cut in half": (LIST[: len(LIST) // 2], "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_spreadsheets_are_refused_fast(name: str) -> None:
    data, why = HOSTILE[name]
    begin = time.process_time()
    with pytest.raises(BadTable, match=why):
        [list(table.rows()) for table in tables(data)]
    assert time.process_time() - begin < 1


@pytest.mark.parametrize("seed", range(150))
def test_mutants_of_a_spreadsheet_never_crash(seed: int) -> None:
    chance = random.Random(seed)

    def change(name: str, content: bytes) -> bytes:
        if not name.startswith("xl/") or chance.random() < 0.5:
            return content
        spoiled = bytearray(content)
        for _ in range(chance.randint(1, 12)):
            spoiled[chance.randrange(len(spoiled))] = chance.choice(b"<>\"'&;=/09AZaz\x00\xff")
        return bytes(spoiled)

    data = repacked(LIST, change) if seed % 3 else bytes(
        byte if chance.random() > 0.01 else chance.randrange(256) for byte in LIST
    )  # fmt: skip
    try:
        rows: list[Row] = [row for table in tables(data) for row in table.rows()]
    except BadTable:
        return
    assert len(rows) < 1000
