"""How the columns of one list are written: the decimal mark, the order of day and month, debtors beside or above items.

The first of two passes over the rows. Nothing is decided by one row for another column, and nothing by chance: where
no cell decides and nobody said, that is a problem that asks for a mapping.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from voldaan.formats.shared.cells import Unreadable, day, figure, shown
from voldaan.formats.shared.columns import Guess
from voldaan.formats.shared.tables import Row, Table
from voldaan.formats.shared.vocabulary import is_total
from voldaan.rules.papers import Problem
from voldaan.rules.refusals import mark

WHICH_MARK = mark("“{shown}” may be read in two ways, and no amount decides. Say what the decimal mark is.")
WHICH_ORDER = mark("“{shown}” may be read in two ways, and no date decides. Say whether the day comes first.")

AMOUNTS = ("open", "balance", "debit", "credit", "original", "vat", "bucket", "paid", "discount")
OWED = ("open", "debit", "credit", "bucket", "paid")
DAYS = ("issue_date", "due_date")
DEBTOR = ("debtor", "debtor_number", "debtor_name")

# The columns of each field, from 0.
Columns = dict[str, list[int]]


@dataclass(slots=True)
class Conventions:
    """What holds for every row of the list."""

    marks: dict[int, str] = field(default_factory=dict)  # decimal mark of each column with amounts
    day_first: dict[int, bool] = field(default_factory=dict)
    grouped: bool = False  # debtors stand on lines of their own, above their items
    debtor_at: int = 0  # the first column of such a line
    rate_is_fraction: bool = False  # VAT is written 0.21 and not 21
    problems: list[Problem] = field(default_factory=list)


def filled(row: Row) -> list[int]:
    """Give the columns that hold something."""
    return [column for column, cell in enumerate(row) if cell != "" and not (isinstance(cell, str) and cell.isspace())]


def places(columns: Columns, *names: str) -> list[int]:
    """Give the columns of these fields."""
    return [place for name in names for place in columns.get(name, ())]


def conventions(table: Table, guess: Guess, columns: Columns) -> Conventions:
    """Look at every row and settle how each column is written."""
    amounts, days = places(columns, *AMOUNTS), places(columns, *DAYS)
    votes: dict[int, Counter[str]] = {column: Counter() for column in (*amounts, *days)}
    examples: dict[int, str] = {}
    rates = places(columns, "vat_rate")
    largest_rate = 0.0
    layout = _Layout(columns)
    for number, row in enumerate(table.rows()):
        if number <= guess.header_row:
            continue
        layout.look(row)
        width = len(row)
        for column in amounts:
            cell = row[column] if column < width else ""
            if isinstance(cell, str) and cell and (found := figure(cell)) and found.decides and found.marks:
                votes[column][found.marks] += 1
                if len(found.marks) > 1:
                    examples.setdefault(column, shown(cell))
        for column in days:
            cell = row[column] if column < width else ""
            if isinstance(cell, str) and cell and (order := _order(cell)):
                votes[column][order] += 1
                if len(order) > 1:
                    examples.setdefault(column, shown(cell))
        for column in rates:
            cell = row[column] if column < width else ""
            largest_rate = max(largest_rate, cell if isinstance(cell, float) else 1.0 if cell else 0.0)
    settled = Conventions(grouped=layout.grouped, debtor_at=layout.debtor_at, rate_is_fraction=0 < largest_rate < 1)
    for column, decided in _decide(amounts, votes, guess.mapping.decimal_mark or "", "").items():
        settled.marks[column] = decided or ","
        if not decided and column in examples:
            settled.problems.append(_ask(table, guess, column, WHICH_MARK, examples[column]))
    said = {None: "", True: "d", False: "m"}[guess.mapping.day_first]
    for column, decided in _decide(days, votes, said, "d" if guess.day_first_language else "").items():
        settled.day_first[column] = decided != "m"
        if not decided and column in examples:
            settled.problems.append(_ask(table, guess, column, WHICH_ORDER, examples[column]))
    return settled


def _order(cell: str) -> str:
    """Tell which order of day and month a date allows: "d", "m", both, or "" where it does not matter."""
    try:
        parts = day(cell)
    except Unreadable:
        return ""
    if not isinstance(parts, tuple) or parts[0] == parts[1]:
        return ""
    return ("d" if parts[1] <= 12 else "") + ("m" if parts[0] <= 12 else "")


def _decide(columns: list[int], votes: dict[int, Counter[str]], said: str, otherwise: str) -> dict[int, str]:
    """Give each column its reading: what a person said, else its own clear cells, else those of its neighbours."""
    own = {}
    for column in columns:
        clear = Counter({vote: count for vote, count in votes[column].items() if len(vote) == 1})
        own[column] = said or (clear.most_common(1)[0][0] if clear else "")
    all_clear = set(own.values()) - {""}
    fallback = all_clear.pop() if len(all_clear) == 1 else "" if all_clear else otherwise
    return {column: decided or fallback for column, decided in own.items()}


def _ask(table: Table, guess: Guess, column: int, what: str, example: str) -> Problem:
    place = f"column {table.letter(column)} ({guess.headers[column]})"
    return Problem(place, what, facts={"shown": example})


class _Layout:
    """Finds out whether debtors stand on lines of their own."""

    def __init__(self, columns: Columns) -> None:
        self._owed, self._days = set(places(columns, *OWED)), set(places(columns, *DAYS))
        self._debtor = set(places(columns, *DEBTOR))
        self._beside = self._above = 0
        self._line_seen: int | None = None
        self._line_above = False

    def look(self, row: Row) -> None:
        at = filled(row)
        if not at:
            return
        dated, owed = any(column in self._days for column in at), any(column in self._owed for column in at)
        if dated and owed:
            beside = any(column in self._debtor for column in at)
            self._beside += beside
            self._above += not beside
            self._line_above = self._line_above or self._line_seen is not None
        elif not dated and self._line_seen is None and at[0] not in self._owed and not is_total(row[at[0]]):
            self._line_seen = at[0]

    @property
    def grouped(self) -> bool:
        return self._line_above and self._above > self._beside

    @property
    def debtor_at(self) -> int:
        return self._line_seen or 0
