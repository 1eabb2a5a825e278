"""What is printed: the shapes of the contract, tables for people, CSV and Excel that no formula gets into."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import fields
from datetime import date
from typing import Any

import click
import pytest
import python_calamine
from click.testing import CliRunner

from tests.cli.conftest import INIT, LIST, STATEMENT
from voldaan.cli import output, words
from voldaan.cli.main import voldaan
from voldaan.config.entry import Installation
from voldaan.rules.bad_debt_vat import VatLine
from voldaan.rules.ledger import By, EntryKind
from voldaan.rules.matches import Evidence, MatchClass
from voldaan.rules.money import Money
from voldaan.rules.permissions import Role
from voldaan.rules.receipts import ReceiptState

# The contract of the command line, field by field.
REPORTS = {
    "open-items": "invoice debtor debtor_id issue_date due_date currency original_cents open_cents days_overdue state",
    "transactions": "id account cents left_cents currency value_date counterparty_name counterparty_iban text "
                    "end_to_end_id bank_reference state",
    "allocations": "id receipt transaction end_to_end_id bank_reference invoice currency cents value_date by class "
                   "evidence reverses",
    "proposals": "id transaction rank class evidence allocations",
    "entries": "number booked_on value_date kind debtor debtor_id invoice currency cents source reverses",
    "aging": "debtor debtor_id currency not_due_cents d1_30_cents d31_60_cents d61_90_cents d91_120_cents "
             "d120_plus_cents credits_cents total_cents",
    "statement": "value_date kind invoice currency cents balance_cents",
}  # fmt: skip
IMPORT = ("file format result new changed vanished known booked proposed unmatched control_total_cents total_cents "
          "booked_to questions problems")  # fmt: skip
STATEMENT_FIELDS = {"account", "currency", "number", "opening", "closing", "adds_up", "pending", "transactions"}
MOVEMENT_FIELDS = {
    "cents", "currency", "value_date", "booking_date", "counterparty_name", "counterparty_iban", "structured_reference",
    "text", "end_to_end_id", "bank_reference", "return_reason", "reversal",
}  # fmt: skip


def words_of(name: str) -> list[str]:
    return ["report", name, *(["--debtor", "1001"] if name == "statement" else [])]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_has_the_fields_of_the_contract(asked, story, name):
    rows = asked(*words_of(name))
    assert rows
    assert {tuple(row) for row in rows} == {tuple(REPORTS[name].split())}
    for row in rows:
        for field, value in row.items():
            if field.endswith("cents"):
                assert isinstance(value, int)
            if re.search(r"_(date|on)$", field):
                assert date.fromisoformat(value)


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_an_empty_list_for_a_program_and_a_next_step_for_a_person(typed, asked, name):
    typed(*INIT)
    typed("debtor", "add", "--name", "Nog niets", "--number", "1001")
    assert asked(*words_of(name)) == []
    assert typed(*words_of(name), "--format", "csv").stdout.splitlines() == [REPORTS[name].replace(" ", ",")]
    said = typed(*words_of(name)).stdout
    assert "voldaan" in said, "what to do next"
    assert said != typed(*words_of(name), language="nl").stdout


def test_figures_of_an_import_are_those_of_the_contract(asked, typed):
    typed(*INIT)
    (answer,) = asked("import", LIST, exits=4)
    assert list(answer) == IMPORT.split()
    assert (answer["result"], answer["new"], answer["control_total_cents"], answer["total_cents"]) == (
        "imported", 7, 574750, 574750,
    )  # fmt: skip
    assert [set(question) for question in answer["questions"]] == [{"place", "what", "severity"}]


def test_inspect_has_the_shape_of_the_contract(asked):
    items, statement, unknown = asked("inspect", LIST, STATEMENT, __file__, exits=3)
    assert items["open_items"] == {"rows": 7, "total_cents": 574750, "currency": "EUR"}
    assert {"file", "format", "version", "problems"} <= set(items)
    (one,) = statement["statements"]
    assert set(one) == STATEMENT_FIELDS
    assert one["opening"] == {"date": "2027-03-01", "cents": 1000000}
    assert set(one["transactions"][0]) == MOVEMENT_FIELDS
    assert unknown["format"] is None
    assert unknown["problems"][0]["severity"] == "error"


def test_check_and_fingerprint_have_the_shapes_of_the_contract(asked, story):
    answer = asked("check")
    assert answer["ok"] is True
    assert {tuple(one) for one in answer["checks"]} == {("name", "ok", "found", "rows")}
    assert {tuple(one) for one in asked("fingerprint")} == {("name", "rows", "hash")}


def test_a_table_speaks_the_language_of_the_reader_and_json_the_words_of_the_contract(typed, asked, story):
    table = typed("report", "transactions", language="nl").stdout
    assert "€ 1.210,00" in table
    assert "€ −1.150,00" in table
    assert "2027-03-02" in table
    assert "terzijde gelegd" in table
    assert {row["state"] for row in asked("report", "transactions")} == {"booked", "proposed", "unmatched", "ignored"}
    assert "bekende rekening" in typed("proposals", language="nl").stdout


@pytest.mark.parametrize(
    ("field", "known"),
    [("kind", {kind.value for kind in EntryKind}),
     ("by", {by.value for by in By}),
     ("class", {kind.value for kind in MatchClass}),
     ("evidence", {evidence.value for evidence in Evidence}),
     ("state", {state.value for state in ReceiptState}),
     ("role", {role.value for role in Role})],
    ids=lambda it: it if isinstance(it, str) else "",
)  # fmt: skip
def test_every_word_of_the_books_has_a_word_for_people(field, known):
    assert known - set(words.VALUES[field]) == set()


@pytest.mark.parametrize("name", REPORTS)
def test_every_column_has_a_title(name):
    assert set(REPORTS[name].split()) | set(IMPORT.split()) - {"questions"} <= set(words.TITLES)


TABLES = [
    ["claim", "--principal", "1000945.62", "--due", "2025-01-01", "--on", "2027-03-01", "--country", "NL", "--debtor",
     "business", "--paid", "2026-01-05=945.62"],
    ["worklist", "--today", "2027-03-03"],
    *(words_of(name) for name in REPORTS if name != "proposals"),
]  # fmt: skip
WORDS = {*words.VALUES, "currency", "text", "articles", "in_words", "what"}  # may be translated, and wrapped


@pytest.fixture
def on_a_terminal(typed, monkeypatch):
    """Type a command on a terminal of some width; give what is seen of it."""

    def seen(typed_words: list[str], width: int) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("VOLDAAN_LANGUAGE", "en")
        monkeypatch.setattr("rich.console.Console.is_terminal", property(lambda _: True))
        return click.unstyle(CliRunner().invoke(voldaan, typed_words, obj=Installation()).output)

    return seen


@pytest.mark.parametrize("said", TABLES, ids=lambda said: " ".join(said[:2]))
def test_no_amount_date_id_or_number_is_cut_at_any_width(asked, typed, story, on_a_terminal, said):
    """What does not fit in a table becomes cards: every value is there still, whole and in its own order."""
    rows = list(csv.DictReader(io.StringIO(typed(*said, "--format", "csv").stdout)))
    assert rows
    whole = {
        output.euro_style(Money(int(value), row.get("currency") or "EUR")) if field.endswith("cents")
        else f"{value} %".replace(".", ",") if field == "rate_percent" else value
        for row in rows
        for field, value in row.items()
        if value and (field.endswith("cents") or " " not in value) and field not in WORDS
    }  # fmt: skip
    for width in range(20, 255, 5):
        shown = on_a_terminal(said, width)
        assert [value for value in sorted(whole) if value not in shown] == [], width
        assert "…" not in shown
        assert "─" not in shown or max(map(len, shown.split("\n\n")[0].splitlines())) <= width, "a table fits"


def test_words_wrap_before_a_table_gives_way_to_cards(on_a_terminal, typed):
    """A table of a claim fits on a usual screen because its articles take several lines."""
    shown = on_a_terminal(TABLES[0], 120)
    assert "─" in shown
    assert "€ 1.000.945,62" in shown
    for article in ("6:119a", "6:120(2)", "6:96(2)(c)"):
        assert article in shown


@pytest.mark.parametrize("width", [20, 40, 80, 250])
@pytest.mark.parametrize("name", [name for name in REPORTS if name != "proposals"])
def test_a_narrow_screen_loses_nothing(asked, story, on_a_terminal, name, width):
    """Also the words of a name, wherever they stand."""
    shown = on_a_terminal(words_of(name), width)
    for row in asked(*words_of(name)):
        for field, value in row.items():
            if isinstance(value, str) and field not in WORDS:
                assert [word for word in value.split() if word not in shown] == []


def test_what_a_stranger_wrote_does_not_steer_the_terminal_nor_the_table(capsys):
    output.show([{"debtor": "\x1b[2J[red]Jan[/red] :smile:\u202e", "cents": 1, "currency": "EUR"}], "table")
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[red]Jan[/red] :smile:" in shown


@pytest.mark.parametrize(
    "evil", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '"=1', ";=1", "|=1", "\n=1"]
)
def test_no_text_becomes_a_formula_in_csv(evil, capsys):
    output.show([{"debtor": evil, "cents": -5, "evidence": [evil, "a"], "ok": True}], "csv")
    ((debtor, cents, evidence, ok),) = list(csv.reader(io.StringIO(capsys.readouterr().out)))[1:]
    if evil != "|=1":
        assert debtor.startswith("'")
        assert evidence.startswith("'")
    assert (cents, ok) == ("-5", "true"), "an amount is a number"


@pytest.mark.parametrize("name", REPORTS)
def test_csv_has_the_fields_and_figures_of_json(typed, asked, story, name):
    rows = list(csv.DictReader(io.StringIO(typed(*words_of(name), "--format", "csv").stdout)))
    expected = asked(*words_of(name))
    assert len(rows) == len(expected)
    for row, one in zip(rows, expected, strict=True):
        assert list(row) == list(one)
        assert {f: v for f, v in row.items() if f.endswith("cents")} == {
            f: str(v) for f, v in one.items() if f.endswith("cents")
        }


@pytest.mark.parametrize("name", REPORTS)
def test_an_excel_file_can_be_read_again(typed, asked, story, tmp_path, name):
    path = tmp_path / "report.xlsx"
    typed(*words_of(name), "--output", str(path))
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    sheet: list[list[Any]] = book.get_sheet_by_name(name).to_python()
    rows = asked(*words_of(name))
    assert len(sheet) == len(rows) + 1
    assert sheet[0] == [words.TITLES[field] for field in rows[0]]
    for cells, row in zip(sheet[1:], rows, strict=True):
        for cell, (field, value) in zip(cells, row.items(), strict=True):
            if field.endswith("cents"):
                assert round(cell * 100) == value
            elif re.search(r"_(date|on)$", field):
                assert cell.isoformat() == value


def test_an_excel_file_holds_no_formulas(tmp_path):
    path = tmp_path / "evil.xlsx"
    path.write_bytes(output.as_xlsx("evil", [{"debtor": "=1+1", "text": "https://x.example"}]))
    sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert sheet[1] == ["=1+1", "https://x.example"]


@pytest.mark.parametrize(
    ("money", "shown"),
    [(Money(123456), "€ 1.234,56"), (Money(-5), "€ −0,05"), (Money(0), "€ 0,00"), (Money(100000000), "€ 1.000.000,00"),
     (Money(1000, "JPY"), "JPY 1.000"), (Money(1234, "KWD"), "KWD 1,234"), (Money(-7, ""), "−0,07")],
)  # fmt: skip
def test_amounts_are_written_as_the_readers_do(money, shown):
    assert output.euro_style(money) == shown


def test_json_is_readable_by_people_too(typed, story):
    said = typed("report", "open-items", "--json").stdout
    assert "Café" in said
    assert json.loads(said)


def test_days_inside_a_list_are_days_in_csv():
    written = output.as_csv([{"interruptions": [{"day": date(2027, 3, 1), "kind": "demand"}]}])
    assert "2027-03-01" in written


def test_a_report_of_nothing_keeps_its_heading(typed, tmp_path):
    typed(*INIT)
    printed = typed("report", "bad-debt-vat", "--format", "csv").stdout
    assert printed.splitlines() == [",".join(field.name for field in fields(VatLine))]
    typed("report", "bad-debt-vat", "--output", str(tmp_path / "a.xlsx"))
    sheet = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_index(0)
    assert len(sheet.to_python()[0]) == len(fields(VatLine))


def test_the_table_of_limitation_fits_a_screen_and_holds_everything_where_asked(typed):
    typed(*INIT)
    typed("debtor", "add", "--name", "Installatiebedrijf Van der Steen en Zonen B.V.", "--number", "1")
    typed("invoice", "receive", "1", "--number", "F1", "--amount", "100", "--date", "2026-01-01")
    narrow, wide = (typed("report", "limitation", *more).stdout for more in ((), ("--wide",)))
    assert max(map(len, narrow.splitlines())) <= 120
    assert "F1" in narrow
    assert max(map(len, wide.splitlines())) > 120


@pytest.mark.parametrize("name", ["bank_freshness_days", "write_off_limit"])
def test_a_setting_that_is_off_says_so(asked, typed, name):
    typed(*INIT)
    assert asked("settings", name, "off") == [{"name": name, "value": "off"}]


def test_a_name_in_a_problem_cannot_steer_the_terminal(capsys):
    output.say_problems("\x1b]0;x\x07\u202ea.zip/b.xml", [{"place": "line 29", "what": "\x1b[2J"}])
    said = capsys.readouterr().err
    assert not set(said) & set("\x1b\x07\u202e")
    assert "a.zip/b.xml, line 29: " in said
