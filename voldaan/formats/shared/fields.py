"""One row of an open-items list at a time: its amounts, days and texts by field, and the problems that they give."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from fractions import Fraction

from voldaan.formats.shared.cells import SIGNS, Unreadable, cents, day_of, figure, shown, text
from voldaan.formats.shared.columns import Guess
from voldaan.formats.shared.conventions import OWED, Columns, conventions, places
from voldaan.formats.shared.particulars import Doubtful, particular
from voldaan.formats.shared.tables import Cell, Row, Table
from voldaan.rules.money import Money
from voldaan.rules.papers import Problem, Severity
from voldaan.rules.refusals import mark

MOST_ERRORS = 200  # named one by one; the file is refused at the first

NO_AMOUNT = mark("The row has no amount.")
NOT_A_SIDE = mark("“{shown}” is neither debit nor credit.")
OTHER_CURRENCY = mark("The row names more than one currency: {currencies}.")
NOT_A_CURRENCY = mark("“{shown}” is not a currency.")
WHICH_BALANCE = mark("The balance is not debit less credit here. Say which column is what is open.")
BAD_RATE = mark("“{shown}” is not a VAT rate: the VAT of this item is unknown.")
VAT_BY_RATE = mark("The VAT is worked out from this rate and the amount of the invoice, VAT included.")

_IDENTITY = {"debtor", "debtor_number", "debtor_name", "invoice_number", "currency", "side"}  # never left out
_SIDES = {"": 1, "d": 1, "debet": 1, "debit": 1, "dr": 1, "c": -1, "credit": -1, "cr": -1}


class Fields:
    """The cells of the row in hand, by field, read as the conventions of their columns say."""

    def __init__(self, table: Table, guess: Guess, columns: Columns) -> None:
        self.problems: list[Problem] = []
        self._table, self._guess, self._columns = table, guess, columns
        self._settled = conventions(table, guess, columns)
        self._at = {name: found[0] for name, found in columns.items()}
        self._owed = set(places(columns, *OWED))
        self._headers = guess.headers
        self._place = "file"
        self._row: Row = []
        self._errors = 0
        self._said: set[str] = set()
        self._signed_credits: Counter[bool] = Counter()

    @property
    def undecided(self) -> bool:
        """Tell whether a column can be read in two ways and a person must say which."""
        return bool(self._settled.problems)

    def _cell(self, name: str) -> Cell:
        """Give the cell of a field; "" where the list has no such column or the cell is blank."""
        column = self._at.get(name)
        cell = "" if column is None else self._row[column]
        return "" if isinstance(cell, str) and cell.isspace() else cell

    def _text(self, name: str) -> str:
        if name not in self._at or (cell := self._cell(name)) == "":
            return ""
        try:
            return particular(name, text(cell))
        except Unreadable as error:
            severity = Severity.ERROR if name in _IDENTITY else Severity.WARNING
            self._say(error.what, severity, name, **error.facts)
        except Doubtful as error:
            self._say(error.what, Severity.WARNING, name, shown=shown(cell))
        return ""

    def _day(self, name: str) -> date | None:
        cell = self._cell(name)
        if cell == "" or (isinstance(cell, str) and cell.strip() in {"-", "–"}):
            return None
        first = self._settled.day_first[self._at[name]]
        try:
            return day_of(cell, day_first=first, days_from_1904=self._table.days_from_1904)
        except Unreadable as error:
            self._say(error.what, Severity.ERROR, name, **error.facts)
            return None

    def _amount(self, name: str, currency: str, flip: int = 1, column: int | None = None) -> int | None:
        """Read an amount, positive where the debtor owes; None where the cell is empty, or wrong (then it is said)."""
        cell = self._cell(name) if column is None else self._row[column]
        if cell == "" or (isinstance(cell, str) and cell.isspace()):
            return None
        at = self._at[name] if column is None else column
        try:
            amount = cents(cell, self._settled.marks[at], currency)
        except Unreadable as error:
            self._say(error.what, Severity.ERROR, at, **error.facts)
            return None
        return amount * flip * (-1 if self._guess.mapping.owed_is_positive is False else 1)

    def _owed_cents(self, currency: str) -> int | None:
        """Read what is open: its own column, else debit less credit, else the sum of the ages."""
        errors = self._errors
        if "open" in self._at:
            found = [self._amount("open", currency)]
        elif "bucket" in self._at:
            found = [self._amount("bucket", currency, column=each) for each in self._columns["bucket"]]
        else:
            sides = ((name, flip) for name, flip in (("debit", 1), ("credit", -1)) if name in self._at)
            found = [self._amount(name, currency, flip) for name, flip in sides]
        amounts = [amount for amount in found if amount is not None]
        if not amounts:
            if self._errors == errors:
                self._error(NO_AMOUNT)
            return None
        balance = self._amount("balance", currency)
        if balance is not None and balance != sum(amounts) and WHICH_BALANCE not in self._said:
            self._said.add(WHICH_BALANCE)
            self._say(WHICH_BALANCE, Severity.ERROR, "balance")
        return sum(amounts)

    def _flip(self, amount: int) -> int:
        """Give -1 for an amount that a column of its own calls a credit, without a minus sign."""
        word = self._text("side")
        side = _SIDES.get(word.lower())
        if side is None:
            self._say(NOT_A_SIDE, Severity.ERROR, "side", shown=shown(word))
        if side == -1 and amount:
            self._signed_credits[amount < 0] += 1
            return -1 if amount > 0 else 1
        return 1

    def _vat_by_rate(self, original: int | None, currency: str) -> int | None:
        word = self._text("vat_rate")
        if not word:
            return None
        plain_rate = word.rstrip("% ").replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,2}(?:\.[0-9]{1,4})?", plain_rate):
            self._say(BAD_RATE, Severity.WARNING, "vat_rate", shown=shown(word))
            return None
        if VAT_BY_RATE not in self._said:
            self._said.add(VAT_BY_RATE)
            self._say(VAT_BY_RATE, Severity.WARNING, "vat_rate")
        rate = Fraction(plain_rate) * (100 if self._settled.rate_is_fraction else 1)
        return None if original is None else Money(original, currency).times(rate / (100 + rate)).cents

    def _currencies(self) -> set[str]:
        """Give every currency that the row names: in its column, in the header of its amount and beside its amount."""
        word = self._text("currency").upper()
        named = {SIGNS.get(word, word)}
        if word and not re.fullmatch("[A-Z]{3}", SIGNS.get(word, word)):
            self._say(NOT_A_CURRENCY, Severity.ERROR, "currency", shown=shown(word))
        for column in self._owed:
            cell = self._row[column]
            found = figure(cell) if isinstance(cell, str) and cell else None
            named |= {found.currency} if found else set()
            named.add(self._guess.currencies.get(self._headers[column], ""))
        return named - {""}

    def _currency(self) -> str:
        named = self._currencies()
        if len(named) > 1:
            self._error(OTHER_CURRENCY, currencies=", ".join(sorted(named)))
        return min(named, default=self._otherwise())

    def _otherwise(self) -> str:
        return self._guess.mapping.currency or "EUR"

    # --- problems -------------------------------------------------------------------------------------------------

    def _error(self, what: str, *, place: str = "", **facts: str) -> None:
        self._errors += 1
        if self._errors <= MOST_ERRORS:
            self.problems.append(Problem(place or self._place, what, facts=facts))

    def _say(self, what: str, severity: Severity, at: str | int = "", *, place: str = "", **facts: str) -> None:
        """Note a problem of this row, and of the column of a field where `at` names it."""
        place = place or self._place
        column = self._at.get(at) if isinstance(at, str) else at
        if column is not None:
            place += f", column {self._table.letter(column)} ({self._headers[column]})"
        if severity is Severity.ERROR:
            self._error(what, place=place, **facts)
        else:
            self.problems.append(Problem(place, what, severity, facts))
