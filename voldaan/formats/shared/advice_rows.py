"""The rows of a remittance advice: the invoices that it pays, what is taken off, and the total that it states."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from voldaan.formats.shared.advice_facts import Facts, amounts
from voldaan.formats.shared.advice_text import DIGIT, number_in
from voldaan.formats.shared.cells import Unreadable, cents, figure, shown
from voldaan.formats.shared.columns import Guess
from voldaan.formats.shared.conventions import Columns, filled
from voldaan.formats.shared.fields import MOST_ERRORS, NO_AMOUNT, Fields
from voldaan.formats.shared.items import EXTRA_CELLS
from voldaan.formats.shared.tables import Table
from voldaan.formats.shared.vocabulary import is_total
from voldaan.rules.money import Money
from voldaan.rules.papers import AdvisedLine, Problem, RemittanceAdvice, Severity
from voldaan.rules.refusals import mark

MOST_LINES = 20_000

NO_LINES = mark("No line of it names an invoice and an amount that can be read.")
TOO_MANY_LINES = mark("The list has more than {limit} lines.")
SEVERAL_CURRENCIES = mark("The list has amounts in several currencies: {currencies}.")
NOT_A_PAYMENT = mark("The lines do not add up to a payment: {amount}.")
WHICH_INVOICE = mark("“{shown}” names an amount, and not plainly one invoice with it.")
NO_NUMBER = mark("The line does not say which invoice it pays.")
CREDIT_WITHOUT_MINUS = mark("“{shown}” is called a credit note, and its amount has no minus sign.")
DOES_NOT_FOLLOW = mark("{original} less {reduced} is not {paid}.")
SUM_DIFFERS = mark("The list says {stated} in all, and its lines add up to {read}.")
NOT_ALL_READ = mark("{count} more lines cannot be read.")

_FIGURES = re.compile(r"\S*[0-9]\S*")
_PAGE = re.compile(r"\b(?:pagina|blad|page|seite)\b", re.IGNORECASE)
_CREDIT = re.compile(r"credit|avoir|note de cr[eé]dit|gutschrift", re.IGNORECASE)


class AdviceRows(Fields):
    """Reads the rows of one list; `advice` and `problems` are complete after `read`."""

    def __init__(self, table: Table, guess: Guess, columns: Columns, facts: Facts, *, is_text: bool) -> None:
        super().__init__(table, guess, columns)
        self.advice: RemittanceAdvice | None = None
        self._facts = facts
        self._is_text = is_text
        self._lines: list[AdvisedLine] = []
        self._sums: Counter[str] = Counter()
        self._stated: list[tuple[str, int]] = []  # place and cents
        self._header_row: list[object] = []
        self._unsure: list[tuple[str, str]] = []  # place and words of lines that hold figures and no amount

    def read(self) -> None:
        """Read every row, once."""
        undecided = list(self._settled.problems)
        for number, row in enumerate(self._table.rows()):
            self._place, self._row = f"{'line' if self._is_text else 'row'} {number + 1}", row
            if number == self._guess.header_row:
                self._header_row = [*row]
            if number <= self._guess.header_row or len(row) == 1:
                self._aside(is_above=number <= self._guess.header_row)
            elif row != self._header_row:
                self._take()
            if len(self._lines) > MOST_LINES:
                self.problems = [Problem("file", TOO_MANY_LINES, facts={"limit": str(MOST_LINES)})]
                return
        # A row that cannot be read keeps the others from nothing; which mark or order holds for all does.
        self.problems = undecided + [replace(one, severity=Severity.QUESTION) for one in self.problems]
        self._finish()

    def _aside(self, *, is_above: bool) -> None:
        """Look at a line that is no row of the list; above it much may be said."""
        line = "  ".join(str(self._row[at]) for at in filled(self._row))
        is_clear = self._facts.look(line, self._place)
        if is_above:
            return
        if not is_clear:
            self._error(WHICH_INVOICE, shown=shown(line))
        elif self._lines and not amounts(line) and not _PAGE.search(line) and len(_FIGURES.findall(line)) > 1:
            self._unsure.append((self._place, line))

    def _take(self) -> None:
        at = filled(self._row)
        if not at:
            return
        if at[-1] >= len(self._headers):
            self._error(EXTRA_CELLS)
            return
        self._row += [""] * (len(self._headers) - len(self._row))
        first = next((self._row[each] for each in at if isinstance(self._row[each], str)), "")
        is_amount = self._cell("paid") != ""
        if is_total(first) and is_amount:
            self._total()
        elif is_amount:
            self._line(at)
        elif number_in(self._text("invoice_number")):
            self._error(NO_AMOUNT)
        else:
            self._aside(is_above=False)

    def _total(self) -> None:
        cents_ = self._amount("paid", self._currency())
        if cents_ is not None:
            self._stated.append((self._place, cents_))

    def _line(self, at: list[int]) -> None:
        errors, currency = self._errors, self._currency()
        said = self._text("invoice_number")
        paid = self._amount("paid", currency)
        reduced = self._amount("discount", currency) or 0
        original = self._amount("original", currency)
        if paid is None or self._errors > errors:
            return
        paid *= self._flip(paid)
        number = number_in(said) or said
        has_number = DIGIT.search(number) is not None
        words = said or shown(next((c for each in at if isinstance(c := self._row[each], str) and not figure(c)), ""))
        if not words:
            self._error(NO_NUMBER)
        elif _CREDIT.search(" ".join(str(self._row[each]) for each in at)) and paid > 0:
            self._error(CREDIT_WITHOUT_MINUS, shown=shown(words))
        elif original is not None and reduced and paid not in {original - reduced, original + reduced}:
            money = (str(Money(each, currency)) for each in (original, abs(reduced), paid))
            self._error(DOES_NOT_FOLLOW, **dict(zip(("original", "reduced", "paid"), money, strict=True)))
        elif self._errors == errors and (paid or reduced):
            for place, line in self._unsure:  # between two lines of the list, so most likely one itself
                self._error(WHICH_INVOICE, place=place, shown=shown(line))
            self._unsure.clear()
            self._sums[currency] += paid
            self._lines.append(
                AdvisedLine(self._place, number[:120] if has_number else "", paid, abs(reduced), shown(words))
            )

    # --- the whole ------------------------------------------------------------------------------------------------

    def _finish(self) -> None:
        if not self._lines or self.undecided:
            if not self._lines:
                self.problems.append(Problem("file", NO_LINES))
            return
        if len(self._sums) > 1:
            self._tell(SEVERAL_CURRENCIES, Severity.ERROR, currencies=", ".join(sorted(self._sums)))
            return
        ((currency, read),) = self._sums.items()
        self._read_totals(currency)
        # Of subtotals and totals one must be that of all lines; where none is, the last is what the list says.
        stated = [cents_ for _, cents_ in self._stated]
        does_add_up = not stated or read in stated
        whole = read if does_add_up else stated[-1]
        if not does_add_up:
            facts = {"stated": str(Money(whole, currency)), "read": str(Money(read, currency))}
            self._tell(SUM_DIFFERS, Severity.QUESTION, **facts)
        if whole <= 0:
            self._tell(NOT_A_PAYMENT, Severity.ERROR, amount=str(Money(whole, currency)))
            return
        if self._errors > MOST_ERRORS:
            self._tell(NOT_ALL_READ, Severity.QUESTION, count=str(self._errors - MOST_ERRORS))
        self.advice = RemittanceAdvice(
            self._facts.payer, self._facts.paid_on, currency, whole, tuple(self._lines),
            is_whole=does_add_up and not self.problems,
        )  # fmt: skip

    def _read_totals(self, currency: str) -> None:
        """Read the totals that stand outside the columns, with the decimal mark of these."""
        mark_ = self._settled.marks[self._at["paid"]]
        for place, written in self._facts.totals:
            try:
                self._stated.append((place, cents(written, mark_, currency)))
            except Unreadable as error:
                self.problems.append(Problem(place, error.what, Severity.QUESTION, error.facts))

    def _tell(self, what: str, severity: Severity, **facts: str) -> None:
        self.problems.append(Problem("file", what, severity, facts))
