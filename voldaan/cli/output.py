"""Answers on stdout: a table for people, JSON and CSV for programs. Amounts in JSON and CSV are whole cents."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from typing import Any

import click

from voldaan.cli.usage import say
from voldaan.cli.words import NOTHING, TITLES, VALUES
from voldaan.look.places import place
from voldaan.look.spreadsheets import Cell, excel_file
from voldaan.rules.cells import harmless
from voldaan.rules.money import Money, typed
from voldaan.rules.refusals import mark

CONTROL = dict.fromkeys(
    [*range(0x20), 0x7F, *range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd"
)

# Columns of plain words, which may take several lines on a screen. In all others a line of a cell stays in one piece.
FLOWING = (
    "alike", "articles", "because", "counterparty_name", "debtor", "evidence", "in_words", "name", "other", "problems",
    "put_off_why", "reason", "said", "says", "subject", "text", "warnings", "why",
)  # fmt: skip
COMFORTABLE = 24  # characters: a column of words is not made narrower than this, nor than its longest word


class Listing(list[Any]):
    """Rows that know their columns, also where there is none, and those that a table shows; none named: all."""

    def __init__(self, rows: Iterable[Any], kind: type, narrow: Sequence[str] = ()) -> None:
        super().__init__(rows)
        self.columns, self.narrow = [field.name.rstrip("_") for field in fields(kind)], narrow


def show(answer: Any, layout: str, about: str = "") -> None:
    """Print an answer: a record, or a list of them; `about` says of what, for the words when there is nothing."""
    if answer is None:  # it was written to a file
        return
    match layout:
        case "json":
            click.echo(json.dumps(_plain(answer), default=str, ensure_ascii=False, indent=1))
        case "csv":
            click.echo(as_csv(_records(answer), getattr(answer, "columns", ())), nl=False)
        case _ if records := _records(answer):
            _table(records, getattr(answer, "narrow", ()))
        case _:
            click.echo(say(NOTHING.get(about, mark("Nothing to show."))))


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


def as_csv(records: list[dict[str, Any]], columns: Sequence[str] = ()) -> str:
    """Write records as CSV that a spreadsheet takes for text and numbers, never for formulas (OWASP, CSV injection).

    `columns` name them where there are no records.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    if titles := list(records[0] if records else columns):
        writer.writerow(titles)
    writer.writerows([_harmless(value) for value in record.values()] for record in records)
    return out.getvalue()


def as_xlsx(name: str, answer: Any) -> bytes:
    """Write records as an Excel file: amounts as numbers in whole currency, everything else as text or date."""
    out, records = io.BytesIO(), _records(answer)
    titles = [_title(field) for field in (records[0] if records else getattr(answer, "columns", ()))]
    excel_file(out, name, titles, ([_filled(*one, record) for one in record.items()] for record in records))
    return out.getvalue()


def _filled(field: str, value: Any, record: dict[str, Any]) -> Cell:
    match value:
        case None | bool() | date():
            return value
        case int():
            return Money(value, record.get("currency") or "EUR") if field.endswith("cents") else value
        case _:
            return _cell(field, value, record)


def _harmless(value: Any) -> Any:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return harmless(
                "; ".join(part if isinstance(part, str) else json.dumps(part, default=str) for part in value)
            )
        case str():
            return harmless(value)
    return value


def _table(records: list[dict[str, Any]], narrow: Sequence[str]) -> None:
    """Print a table; where the screen is too narrow for one, a card per record. A column without a word is left out."""
    from rich import box  # noqa: PLC0415 - slow to load; JSON and CSV do without
    from rich.cells import cell_len  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    rows = [{field: _cell(field, value, record) for field, value in record.items()} for record in records]
    wanted = narrow or list(rows[0])
    shown = [field for field in wanted if any(row[field] for row in rows) and not _is_said(field, records[0])]
    console = Console(file=sys.stdout)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    lacking = []  # by column, how many characters its longest line has more than it got
    for field in shown:
        is_number = any(isinstance(record[field], int) and not isinstance(record[field], bool) for record in records)
        title, cells = _title(field), [row[field] for row in rows]
        widest = max(map(cell_len, _lines(cells)))
        flows = console.is_terminal and field in FLOWING
        least = max(map(cell_len, " ".join([title, *cells] if flows else [title]).split()), default=0)
        least = max(least, min(COMFORTABLE, widest) if flows else widest)
        lacking.append(max(widest, cell_len(title)) - least)
        table.add_column(
            Text(title, no_wrap=False), justify="right" if is_number else "left", no_wrap=not flows, width=least
        )
    for row in rows:
        table.add_row(*(Text(row[field]) for field in shown))
    needed = console.measure(table, options=console.options.update(max_width=sys.maxsize)).minimum
    if not console.is_terminal:
        console.width = needed + sum(lacking)  # in a pipe there is no edge of the screen
    if needed > console.width:
        click.echo("\n\n".join(_card(row, shown) for row in rows))
        return
    for _ in range(min(console.width - needed, sum(lacking))):
        neediest = lacking.index(max(lacking))
        lacking[neediest] -= 1
        table.columns[neediest].width = (table.columns[neediest].width or 0) + 1
    console.print(table)


def _lines(cells: list[str]) -> list[str]:
    return [line for cell in cells for line in cell.split("\n")]


def _card(row: dict[str, str], shown: list[str]) -> str:
    """Show one record line by line."""
    width = max(len(_title(field)) for field in shown)
    indent = " " * (width + 2)
    return "\n".join(
        f"{_title(field):{width}}  " + row[field].replace("\n", f"\n{indent}") for field in shown if row[field]
    )


def _title(field: str) -> str:
    return say(TITLES.get(field, field))


def _is_said(field: str, record: dict[str, Any]) -> bool:
    """Tell whether a column says nothing that the amounts beside it do not say."""
    return field == "currency" and any(other.endswith("cents") for other in record)


def _cell(field: str, value: Any, record: dict[str, Any]) -> str:
    match value:
        case None:
            return say(mark("total")) if field == "debtor" else ""  # the last row of an ageing is of nobody
        case bool():
            return say(mark("yes")) if value else say(mark("no"))
        case int() if field.endswith("cents"):
            return euro_style(Money(value, record.get("currency") or ""))
        case date():
            return value.isoformat()
        case list():
            return (", " if field == "evidence" else "\n").join(_part(field, part, record) for part in value)
        case _:
            return value_in_words(field, str(value))


def _part(field: str, part: Any, record: dict[str, Any]) -> str:
    if isinstance(part, dict) and field == "evidence":
        return say(part["what"]).format(**{name: _fact(name, fact) for name, fact in part["facts"].items()})
    if isinstance(part, dict):
        cells = (_cell(inner, value, record | part) for inner, value in part.items())
        return " ".join(filter(None, cells))
    return value_in_words(field, str(part))


def _fact(name: str, fact: str) -> str:
    """Write a fact of the evidence; only an amount is written otherwise than it is kept."""
    if name != "amount":
        return fact.translate(CONTROL)
    currency, plain = fact.split(" ")
    return euro_style(typed(plain, currency))


def value_in_words(field: str, value: str) -> str:
    """Translate a word that the books use for a value; anything else stays, without what could steer a terminal."""
    if (word := VALUES.get(field, {}).get(value)) is not None:
        return say(word)
    return value.translate(CONTROL)


def euro_style(amount: Money) -> str:
    """Write an amount as Dutch and Belgian readers do: `€ 1.234,56`, with a true minus sign; no currency, no symbol."""
    sign = "−" if amount.cents < 0 else ""
    symbol = "€" if amount.currency == "EUR" else amount.currency
    whole, _, digits = amount.plain().lstrip("-").partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{symbol} {sign}{grouped}{',' + digits if digits else ''}".lstrip()


def say_problems(file: str, problems: list[dict[str, Any]]) -> None:
    """Tell people what is wrong with a file, or asked about it, on stderr; a name may hold what steers a terminal."""
    for problem in problems:
        said = f"{file}, {place(problem['place'], say)}: {problem['what']}"
        click.echo(said.translate(CONTROL), err=True)
