"""Files that bookkeeping packages take in: how each lays out a booking stands in a TOML file of its own."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import IO, Any

from voldaan.rules.cells import harmless
from voldaan.rules.exports import AGAINST, CODES, MatchedPayment
from voldaan.rules.money import Money

FOLDER = Path(__file__).parent / "ledger_layouts"
MEDIA = {"csv": "text/csv", "xml": "application/xml"}
# What no cell and no XML may hold; line ends become blanks.
CONTROL = dict.fromkeys([*range(0x20), 0x7F, *range(0x80, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], " ")
SIDES = ("debit", "credit")

Codes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """How one package wants its bookings. The how-to says what each word means."""

    code: str  # of its file: snelstart
    name: str
    sure: str  # how sure we are of it: H, M or L
    day: str
    needs: tuple[str, ...]
    usual: dict[str, str] = field(default_factory=dict)  # codes of a new administration in that package
    usual_debtors: dict[str, str] = field(default_factory=dict)  # the account of the customers, by country
    numbered_customers: bool = False  # it knows customers by their number
    any_currency: bool = False
    separator: str = ""
    decimal: str = "."
    line: tuple[dict[str, str], ...] = ()  # of a CSV: for each line of a booking, what stands in each column
    head: str = ""
    booking: str = ""  # of an XML
    foot: str = ""

    @property
    def ending(self) -> str:
        """Name the kind of file."""
        return "csv" if self.line else "xml"

    def filled(self, said: Codes, country: str) -> dict[str, str]:
        """Give every code: as the administration said it, else the usual one of this package in its country."""
        usual = {**self.usual, "debtors": self.usual_debtors.get(country, "")}
        return {code: said.get(code) or usual.get(code, "") for code in CODES}

    def lacks(self, known: Codes, whats: Iterable[str] = ()) -> list[str]:
        """Name the codes that must be told first, to write bookings of these kinds."""
        if not self.needs:
            return []
        return [code for code in dict.fromkeys([*self.needs, *(AGAINST[one] for one in whats)]) if not known[code]]


@cache
def layouts() -> dict[str, Layout]:
    """Give every layout by its code."""
    return {path.stem: read(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}


def read(code: str, text: str) -> Layout:
    """Read one layout."""
    said: dict[str, Any] = tomllib.loads(text)
    said["needs"], said["line"] = tuple(said["needs"]), tuple(said.get("line", ()))
    return Layout(code, **said)


def write(out: IO[str], layout: Layout, rows: Iterable[MatchedPayment], codes: Codes) -> None:
    """Write a file. What a customer or a bank wrote stands in it as text: never as a formula, never as an element."""
    if layout.line:
        writer = csv.writer(out, delimiter=layout.separator)
        writer.writerow(layout.line[0])
        for row in rows:
            values = _values(row, layout, codes, harmless)
            writer.writerows([cell.format_map(values) for cell in line.values()] for line in layout.line)
        return
    out.write(layout.head.lstrip())
    for row in rows:
        out.write(_xml(layout.booking.lstrip(), _values(row, layout, codes, str)))
    out.write(layout.foot.lstrip())


def _xml(form: str, values: dict[str, str]) -> str:
    return form.format_map({name: _Escaped(value) for name, value in values.items()})


class _Escaped(str):
    """A text that is cut to its length before it is escaped, so that no escape is cut in two."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return escape(super().__format__(spec))


def _values(row: MatchedPayment, layout: Layout, codes: Codes, safe: Callable[[str], str]) -> dict[str, str]:
    """Give each word that a layout may use."""
    side = SIDES if row.cents > 0 else SIDES[::-1]
    unsigned = _amount(abs(row.cents), row.currency, layout)
    nothing = _amount(0, row.currency, layout)
    told = {
        "customer": row.debtor_number, "name": row.debtor, "invoice": row.invoice, "account": row.account or "",
        "iban": row.counterparty_iban or "", "reference": row.bank_reference or "", "text": _text(row),
    }  # fmt: skip
    return {
        **codes,
        **{name: safe(_printable(value)) for name, value in told.items()},
        "against": codes.get(AGAINST[row.what], ""),
        "number": str(row.number), "reverses": "" if row.reverses is None else str(row.reverses), "what": row.what,
        "booked_on": row.booked_on.strftime(layout.day), "day": row.value_date.strftime(layout.day),
        "year": str(row.value_date.year), "month": str(row.value_date.month),
        "currency": row.currency, "amount": _amount(row.cents, row.currency, layout),
        "opposite": _amount(-row.cents, row.currency, layout), "unsigned": unsigned,
        "side": side[0], "other_side": side[1], side[0]: unsigned, side[1]: nothing,
    }  # fmt: skip


def _text(row: MatchedPayment) -> str:
    """Describe a booking: by its number it is found again here."""
    undone = "" if row.reverses is None else f" (storno {row.reverses})"
    return f"Voldaan {row.number}{undone} {row.invoice} {row.debtor}"


def _printable(text: str) -> str:
    return text.translate(CONTROL)


def _amount(cents: int, currency: str, layout: Layout) -> str:
    return Money(cents, currency).plain().replace(".", layout.decimal)
