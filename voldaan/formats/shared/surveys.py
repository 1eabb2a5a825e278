"""What columns a list has, with some of their cells, for a person who says what each of them is.

A list that is not recognised has columns as well: the row that looks most like a header is taken for one.
"""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass

from voldaan.formats.shared.cells import figure, shown
from voldaan.formats.shared.columns import (
    HEADER_WITHIN,
    Certainty,
    Guess,
    guess,
    header_texts,
    of_columns,
)
from voldaan.formats.shared.conventions import filled
from voldaan.formats.shared.tables import BadTable, Row, Table, tables

SAMPLES = 3  # cells of each column
FEWEST = 2  # columns: a text with fewer is no list


@dataclass(frozen=True, slots=True)
class Column:
    """One column as a person sees it, and what it was taken for."""

    letter: str  # as a spreadsheet names it
    header: str
    field: str  # "" where it is nothing that is read
    certainty: Certainty
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """The columns of one sheet, or of one text."""

    columns: tuple[Column, ...]
    sheet: str
    sheets: tuple[str, ...]  # all that may be chosen; empty for a text
    header_row: int  # from 1

    @property
    def headers(self) -> tuple[str, ...]:
        """Give the texts of the header."""
        return tuple(column.header for column in self.columns)


def survey(data: bytes, *, sheet: str = "") -> Survey | None:
    """Look at the columns of a list, on one sheet where it is named; None where there are none to see.

    A bank statement and a list of suppliers are no such list.
    """
    try:
        found = [table for table in tables(data) if not table.hidden]
        sheets = tuple(table.sheet for table in found if table.sheet)
        looks = [look for table in found if sheet in ("", table.sheet) and (look := _look(table))]
    except BadTable:
        return None
    if not looks:
        return None
    table, guessed, top = max(looks, key=lambda look: (look[1].is_list, _known(look[1]), len(look[1].headers)))
    if len(guessed.headers) < FEWEST or guessed.of_bank or guessed.of_suppliers:
        return None
    below = top[guessed.header_row + 1 :]
    return Survey(
        tuple(
            Column(table.letter(at), header, field, certainty, _samples(below, at))
            for at, (header, field, certainty) in enumerate(guessed.certainty)
        ),
        table.sheet,
        sheets,
        guessed.header_row + 1,
    )


def _known(guessed: Guess) -> int:
    return len({field for _, field, _ in guessed.certainty if field})


def _look(table: Table) -> tuple[Table, Guess, list[Row]] | None:
    top: list[Row] = []
    with contextlib.suppress(BadTable):  # the reading of the rows says what is wrong with them
        top.extend(itertools.islice(table.rows(), HEADER_WITHIN))
    found = guess(table) or _unrecognised(table, top)
    return (table, found, top) if found else None


def _unrecognised(table: Table, top: list[Row]) -> Guess | None:
    """Take the row with most words in it for the header: figures and empty cells are none."""
    words = [sum(isinstance(cell := row[at], str) and figure(cell) is None for at in filled(row)) for row in top]
    if not words or max(words) < FEWEST:
        return None
    number = words.index(max(words))
    headers = header_texts(table, number, top[number], top[number - 1] if number else [])
    return of_columns(headers, top[number + 1 :], number)


def _samples(below: list[Row], at: int) -> tuple[str, ...]:
    cells = (shown(row[at]) for row in below if at < len(row))
    return tuple(itertools.islice(filter(None, cells), SAMPLES))
