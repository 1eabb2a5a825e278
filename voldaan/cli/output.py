"""Answers on stdout: a table for people, JSON and CSV for programs. Amounts in JSON and CSV are whole cents."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time
from typing import Any

import click
import xlsxwriter
from django.utils.translation import gettext
from rich import box
from rich.console import Console
from rich.table import Table

from voldaan.rules.money import Money
from voldaan.rules.refusals import mark

# The titles of columns in tables, by the name of the field.
TITLES = {
    "account": mark("account"),
    "allocations": mark("pays"),
    "balance_cents": mark("balance"),
    "booked_on": mark("booked on"),
    "by": mark("by"),
    "cents": mark("amount"),
    "class": mark("class"),
    "counterparty_iban": mark("account of the payer"),
    "counterparty_name": mark("payer"),
    "credits_cents": mark("credits"),
    "currency": mark("currency"),
    "d120_plus_cents": mark("over 120 days"),
    "d1_30_cents": mark("1–30 days"),
    "d31_60_cents": mark("31–60 days"),
    "d61_90_cents": mark("61–90 days"),
    "d91_120_cents": mark("91–120 days"),
    "days_overdue": mark("days overdue"),
    "debtor": mark("customer"),
    "debtor_id": mark("customer id"),
    "due_date": mark("due date"),
    "bank_reference": mark("bank reference"),
    "booked": mark("booked"),
    "booked_to": mark("last booking"),
    "changed": mark("changed"),
    "control_total_cents": mark("total in the file"),
    "end_to_end_id": mark("end-to-end id"),
    "evidence": mark("evidence"),
    "file": mark("file"),
    "format": mark("format"),
    "found": mark("found"),
    "hash": mark("hash"),
    "id": mark("id"),
    "invoice": mark("invoice"),
    "issue_date": mark("invoice date"),
    "kind": mark("kind"),
    "known": mark("known"),
    "left_cents": mark("left"),
    "name": mark("name"),
    "new": mark("new"),
    "not_due_cents": mark("not due"),
    "number": mark("number"),
    "ok": mark("right"),
    "open_cents": mark("open"),
    "original_cents": mark("invoice amount"),
    "problems": mark("problems"),
    "proposed": mark("proposed"),
    "rank": mark("rank"),
    "receipt": mark("receipt"),
    "result": mark("result"),
    "reverses": mark("takes back"),
    "rows": mark("rows"),
    "rule": mark("rule"),
    "says": mark("says"),
    "source": mark("source"),
    "state": mark("state"),
    "text": mark("description"),
    "total_cents": mark("total"),
    "transaction": mark("bank transaction"),
    "unmatched": mark("unmatched"),
    "value": mark("value"),
    "value_date": mark("value date"),
    "vanished": mark("vanished"),
}


def show(answer: Any, layout: str) -> None:
    """Print an answer: a record, or a list of them."""
    match layout:
        case "json":
            click.echo(json.dumps(_plain(answer), default=str, ensure_ascii=False, indent=1))
        case "csv":
            click.echo(as_csv(_records(answer)), nl=False)
        case _:
            _table(_records(answer))


def _plain(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_plain(row) for row in answer]
    if is_dataclass(answer) and not isinstance(answer, type):
        # A word that Python keeps for itself bears an underscore in the field.
        return {field.rstrip("_"): value for field, value in asdict(answer).items()}
    return answer


def _records(answer: Any) -> list[dict[str, Any]]:
    plain = _plain(answer)
    return plain if isinstance(plain, list) else [plain]


def as_csv(records: list[dict[str, Any]]) -> str:
    """Write records as CSV that a spreadsheet takes for text and numbers, never for formulas (OWASP, CSV injection)."""
    out = io.StringIO()
    writer = csv.writer(out)
    if records:
        writer.writerow(records[0])
        writer.writerows([_harmless(value) for value in record.values()] for record in records)
    return out.getvalue()


def as_xlsx(name: str, answer: Any) -> bytes:
    """Write records as an Excel file: amounts as numbers in whole currency, everything else as text or date."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(name[:31])
        title, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        amount = book.add_format({"num_format": "#,##0.00"})
        for row, record in enumerate(_records(answer), 1):
            for column, (field, value) in enumerate(record.items()):
                if row == 1:
                    sheet.write_string(0, column, gettext(TITLES.get(field, field)), title)
                match value:
                    case None:
                        pass
                    case date():
                        sheet.write_datetime(row, column, datetime.combine(value, time()), day)
                    case int() if field.endswith("cents"):
                        sheet.write_number(row, column, Money(value, record.get("currency") or "EUR").decimal(), amount)
                    case int():
                        sheet.write_number(row, column, value)
                    case _:
                        sheet.write_string(row, column, str(value))
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return out.getvalue()


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip(" \"';,").startswith(
        ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
    ):
        return f"'{value}"
    return "" if value is None else value


def _table(records: list[dict[str, Any]]) -> None:
    console = Console(file=sys.stdout)
    if not records:
        click.echo(gettext(mark("Nothing to show.")))
        return
    # In a pipe there is no edge of the screen to fold at.
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for field in records[0]:
        right = field.endswith("_cents") or isinstance(records[0][field], int)
        table.add_column(
            gettext(TITLES.get(field, field)), justify="right" if right else "left", no_wrap=not console.is_terminal
        )
    for record in records:
        table.add_row(*(_cell(field, value, record) for field, value in record.items()))
    if not console.is_terminal:
        console.width = 10_000
    console.print(table)


def _cell(field: str, value: Any, record: dict[str, Any]) -> str:
    match value:
        case None:
            return ""
        case bool():
            return gettext(mark("yes")) if value else gettext(mark("no"))
        case int() if field.endswith("cents"):
            return euro_style(Money(value, record.get("currency") or "EUR"))
        case date():
            return value.isoformat()
        case list():
            return "\n".join(_part(part) for part in value)
        case _:
            return str(value)


def _part(part: Any) -> str:
    if isinstance(part, dict):
        return " ".join(_cell(field, value, part) for field, value in part.items())
    return str(part)


def euro_style(amount: Money) -> str:
    """Write an amount as Dutch and Belgian readers do: `€ 1.234,56`, with a true minus sign."""
    sign = "−" if amount.cents < 0 else ""
    symbol = "€" if amount.currency == "EUR" else amount.currency
    whole, _, digits = amount.plain().lstrip("-").partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{symbol} {sign}{grouped}{',' + digits if digits else ''}"
