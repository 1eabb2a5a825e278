"""Which layout a file has, and where in this file its columns are.

A layout with headers is known by their names, in any order; one without by the number of columns and the shape of the
cells. What a bank may write in two ways (commas or points) is settled for the whole file by its first rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from voldaan.formats.shared.bank_layouts import CURRENCY, SEVERAL, Layout, account, amounts, days, layouts, plain

MOST_COLUMNS = 200
HEADER_WITHIN = 40  # rows: above it stand a title, or what was searched for
SAMPLE = 50  # rows below it that settle what a layout leaves open


@dataclass(frozen=True, slots=True)
class Places:
    """A layout as it stands in one file: which column is what, and how this file writes amounts and days."""

    layout: Layout
    columns: dict[str, int]  # role: column, from 0; of the roles that a file may have once
    texts: tuple[int, ...]  # the columns of the role `text`
    width: int  # cells of a row; more may follow when they are blank
    fewest: int
    header: tuple[str, ...]  # as the file names its columns
    first_row: int  # from 0: the first that is a movement
    account: str  # as it stands above the header
    decimal: str = ""
    day: str = ""

    def title(self, role: str) -> str:
        """Name a column for people: by its header, else by its number."""
        column = self.columns[role]
        return self.header[column] if self.header else str(column + 1)


def recognise(rows: Sequence[list[str]]) -> Places | None:
    """Find the layout that fits the first rows of a file; of several the one that knows most of its columns."""
    named = [
        places
        for number, row in enumerate(rows[:HEADER_WITHIN])
        if sum(map(bool, row)) > 2 and len(row) <= MOST_COLUMNS
        for names in [[plain(cell) for cell in row]]
        for layout in layouts()
        if layout.has_header and (places := _by_names(layout, rows, number, names))
    ]
    if named:
        return max(named, key=lambda places: len(places.columns) + len(places.texts))
    return next(filter(None, (_by_shape(layout, rows) for layout in layouts() if not layout.has_header)), None)


def _by_names(layout: Layout, rows: Sequence[list[str]], number: int, names: list[str]) -> Places | None:
    columns: dict[str, int] = {}
    texts: list[int] = []
    known = set()
    for role, wanted in zip(layout.roles, layout.headers, strict=True):
        at = [place for place, name in enumerate(names) if name in wanted]
        if len(at) != 1:
            if at or not layout.may_lack.intersection(wanted):
                return None
            continue
        known.update(at)
        if role == "text":
            texts += at
        elif role != "-":
            columns[role] = at[0]
    if layout.only_these and len(known) < sum(map(bool, names)):
        return None
    header = tuple(map(str.strip, rows[number]))
    width = max(at for at, name in enumerate(header, 1) if name)
    above = (row[1] for row in rows[:number] if len(row) > 1 and plain(row[0]) in layout.account_above)
    places = Places(layout, columns, tuple(texts), width, width, header, number + 1, next(above, ""))
    below = [row for row in rows[number + 1 : number + 1 + SAMPLE] if any(row)]
    return max(_variants(places), key=lambda variant: _fitting(variant, below))


def _by_shape(layout: Layout, rows: Sequence[list[str]]) -> Places | None:
    columns = {role: at for at, role in enumerate(layout.roles) if role not in SEVERAL}
    texts = tuple(at for at, role in enumerate(layout.roles) if role == "text")
    width = len(layout.roles)
    has_titles = not any(character.isdigit() for row in rows[:1] for cell in row for character in cell)
    below = [row for row in rows[has_titles : has_titles + SAMPLE] if any(row)]
    places = Places(layout, columns, texts, width, layout.fewest or width, (), int(has_titles), "")
    best = max(_variants(places), key=lambda variant: _fitting(variant, below))
    return best if 2 * _fitting(best, below) > len(below) else None


def _variants(places: Places) -> Iterable[Places]:
    return (
        replace(places, decimal=decimal, day=day) for day in places.layout.days for decimal in places.layout.decimal
    )


def _fitting(places: Places, rows: Sequence[list[str]]) -> int:
    """Count the rows that are movements, by the shape of the cells of which the shape is known."""
    checks = [(places.columns[role], check) for role, check in _shapes(places).items() if role in places.columns]
    return sum(
        places.fewest <= len(row)
        and not any(row[places.width :])
        and all(check(row[at]) for at, check in checks if at < len(row))
        for row in rows
    )


def _shapes(places: Places) -> dict[str, Callable[[str], bool]]:
    """Give how the cells look that money, days and accounts hang on."""
    layout = places.layout
    cents = amounts(places.decimal, layout.decimals, thousands=layout.thousands)
    day = days(places.day)

    def amount(cell: str) -> bool:
        return cents(cell.strip(), 2) is not None

    return {
        "account": lambda cell: account(cell) != "",
        "booking_date": lambda cell: day(cell.strip()) is not None,
        "amount": amount,
        "balance_before": amount,
        "balance_after": amount,
        "currency": lambda cell: CURRENCY.fullmatch(cell.strip()) is not None,
        "sign": lambda cell: plain(cell) in layout.received | layout.paid,
        "counterparty_iban": lambda cell: not cell.strip() or any(each.isdigit() for each in cell) or layout.has_header,
    }
