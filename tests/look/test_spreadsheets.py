"""Files for spreadsheets: read back they hold what was written, as numbers, days and texts, and never a formula."""

from __future__ import annotations

import csv
import io
import re
import tracemalloc
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pytest
import python_calamine

from voldaan.look import spreadsheets
from voldaan.look.spreadsheets import Cell, Total
from voldaan.rules.money import Money

EVIL = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '"=1', ";=1", "\n=1", ",=1"]
ROWS: list[Sequence[Cell]] = [
    ["Zee", date(2027, 2, 1), 14, Money(123456), None],
    ["Aal", date(2027, 2, 2), -3, Money(-5), "later"],
    ["Yen", date(2027, 2, 3), 0, Money(1000, "JPY"), ""],
    Total(["Total", None, None, Money(123451), None]),
]
TITLES = ["Customer", "Due", "Days", "Open", "Said"]


def excel(rows: Iterable[Sequence[Cell]], titles: Sequence[str] = TITLES) -> bytes:
    out = io.BytesIO()
    spreadsheets.excel_file(out, "Open", titles, rows)
    return out.getvalue()


def sheets(content: bytes) -> list[list[list[Any]]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def in_csv(rows: Iterable[Sequence[Cell]], point: str) -> list[list[str]]:
    out = io.StringIO()
    spreadsheets.csv_file(out, TITLES, rows, point=point)
    text = out.getvalue()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";" if point == "," else ","))


def test_excel_holds_numbers_days_and_texts():
    assert sheets(excel(ROWS)) == [
        [TITLES, ["Zee", date(2027, 2, 1), 14, 1234.56, ""], ["Aal", date(2027, 2, 2), -3, -0.05, "later"],
         ["Yen", date(2027, 2, 3), 0, 1000, ""], ["Total", "", "", 1234.51, ""]]
    ]  # fmt: skip


def test_an_amount_has_the_decimals_of_its_currency_and_a_total_stands_out():
    looks = zipfile.ZipFile(io.BytesIO(excel(ROWS))).read("xl/styles.xml").decode()
    assert set(re.findall('formatCode="(.*?)"', looks)) == {"#,##0.00", "#,##0", "yyyy-mm-dd"}
    assert "<b/>" in looks


@pytest.mark.parametrize("evil", EVIL)
def test_no_text_becomes_a_formula(evil):
    content = excel([[evil, None, 1, Money(-5), evil]])
    assert sheets(content)[0][1] == [evil, "", 1, -0.05, evil]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    (_, (name, _, _, amount, said)) = in_csv([[evil, None, 1, Money(-5), evil]], ".")
    assert (name, amount, said) == (f"'{evil}", "-0.05", f"'{evil}")


@pytest.mark.parametrize(("point", "amount"), [(",", "1234,56"), (".", "1234.56")])
def test_csv_is_what_the_spreadsheet_of_the_reader_expects(point, amount):
    titles, zee, aal, yen, total = in_csv(ROWS, point)
    assert titles == TITLES
    assert zee == ["Zee", "2027-02-01", "14", amount, ""]
    assert aal[2:] == ["-3", f"-0{point}05", "later"]
    assert yen[3] == "1000"
    assert total[0] == "Total"


def test_what_no_sheet_can_hold_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS", 3)
    monkeypatch.setattr(spreadsheets, "LOOKED_AT", 2)
    found = sheets(excel([[f"{n}"] for n in range(6)], ["Number"]))
    assert found == [[["Number"], ["0"], ["1"], ["2"]], [["Number"], ["3"], ["4"], ["5"]]]
    assert sheets(excel([], ["Number"])) == [[["Number"]]]


def test_memory_does_not_grow_with_the_rows():
    peaks = []
    for count in (500, 5_000):
        tracemalloc.start()
        excel(["Zee", date(2027, 2, 1), n, Money(n), None] for n in range(count))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 3
