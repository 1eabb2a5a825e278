"""What a form of the calculator says, read once: each field keeps what was typed, and what is wrong with it.

A form is its address, so that a calculation is a link; whatever the address says, the work stays bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.http import QueryDict
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.rules.country import Country
from voldaan.rules.days import anniversary
from voldaan.rules.money import Money
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.web import typed

LONGEST = 40  # characters of a field
MOST_ROWS = 20
ROWS_MORE = 5
MORE = "meer_"  # before the name of a field: so many rows of it
FIRST_DAY = date(1992, 1, 1)  # the civil code that we reckon by came into force
YEARS_AHEAD = 5

NOT_ONE_OF_THESE = mark("“{typed}” is none of these. Choose one.")
ELSEWHERE = mark("Another country")

Value = TypeVar("Value")
Law = Mapping[str, Country]  # of each country, by its code


class DayBeyond(Refusal):
    code = "day_beyond"
    kind = Kind.INVALID
    says = mark("Choose a day from {first} up to and including {last}.")


class NoAmount(Refusal):
    code = "no_amount"
    kind = Kind.INVALID
    says = mark("Type an amount above zero.")


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it was filled in."""

    name: str
    id: str
    typed: str
    problem: str = ""  # in words of the reader

    @property
    def is_odd(self) -> bool:
        """Tell whether a field for days would lose what was typed: it shows days only."""
        try:
            return bool(self.typed) and not typed.day(self.typed)
        except typed.NotADay:
            return True


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field."""

    value: str
    word: str
    is_chosen: bool


class Form:
    """One form. Reading a field gives its value, or nothing where there is none or it is wrong; `problems` says so."""

    def __init__(self, said: QueryDict, today: date) -> None:
        self.said, self.today = said, today
        self.fields: dict[str, Field] = {}  # by id: the name, and in a row its number
        self.options: dict[str, list[Option]] = {}
        self.numbers: dict[str, list[int]] = {}  # of the rows, by the name of their first field
        self.problem = ""  # of all of it together
        self.is_blank = not said
        self.is_unfinished = self.is_blank or any(name.startswith(MORE) for name in said)

    @property
    def problems(self) -> list[Field]:
        """Give the fields that must be looked at."""
        return [field for field in self.fields.values() if field.problem]

    @property
    def is_right(self) -> bool:
        """Tell whether it can be reckoned."""
        return not self.problem and not self.problems

    def day(self, name: str, row: int | None = None, default: date | None = None) -> date | None:
        """Read a day."""
        return self._read(name, row, self._day, default.isoformat() if default else "")

    def cents(self, name: str, row: int | None = None) -> int | None:
        """Read an amount above zero."""
        return self._read(name, row, _cents)

    def percent(self, name: str) -> Decimal | None:
        """Read a rate."""
        return self._read(name, None, typed.percentage)

    def ticked(self, name: str) -> bool:
        """Read a box."""
        value = self.said.get(name, "")[:LONGEST]
        self.fields[name] = Field(name, name, value)
        return value == "ja"

    def choice(self, name: str, known: Mapping[str, tuple[str, Value]], row: int | None = None) -> Value:
        """Read a choice, the first where none was made; each has a marked word and a value."""
        first, key = next(iter(known)), _id(name, row)
        said = self._typed(name, row, first) or first
        problem = "" if said in known else words.said(NOT_ONE_OF_THESE).format(typed=said)
        self.fields[key] = Field(name, key, said, problem)
        self.options[key] = [Option(value, words.said(word), value == said) for value, (word, _) in known.items()]
        return known.get(said, known[first])[1]

    def needs_day(self, name: str, row: int | None = None) -> None:
        """Say that a day must be filled in."""
        self._needs(name, row, gettext("Choose a day."))

    def needs_amount(self, name: str, row: int | None = None) -> None:
        """Say that an amount must be filled in."""
        self._needs(name, row, gettext("Type an amount."))

    def wrong(self, name: str, row: int | None, problem: str) -> None:
        """Say what is wrong with a field."""
        was = self.fields[_id(name, row)]
        self.fields[was.id] = Field(was.name, was.id, was.typed, problem)

    def rows(self, *names: str, shown: int) -> list[int]:
        """Number the rows that are shown: all that were filled in, some empty ones where they were asked for."""
        asked = typed.number(self.said.get(f"{MORE}{names[0]}", ""), digits=3) or shown
        filled = max((place for name in names for place, text in enumerate(self.said.getlist(name), 1) if text.strip()),
                     default=0)  # fmt: skip
        if filled > MOST_ROWS:
            self.problem = gettext("So many lines are not reckoned here: {most} is the most.").format(most=MOST_ROWS)
        self.numbers[names[0]] = list(range(min(max(asked, filled, shown), MOST_ROWS)))
        return self.numbers[names[0]]

    def more(self, rows: list[int]) -> int:
        """Give the number of rows after asking for more; nothing where there are as many as can be."""
        return min(len(rows) + ROWS_MORE, MOST_ROWS) if len(rows) < MOST_ROWS else 0

    def _needs(self, name: str, row: int | None, says: str) -> None:
        """Say what is missing, unless the form is not done, or the field says what is wrong already."""
        if not self.is_unfinished and not self.fields[_id(name, row)].problem:
            self.wrong(name, row, says)

    def _typed(self, name: str, row: int | None, default: str = "") -> str:
        texts = self.said.getlist(name, [default])
        place = row or 0
        return texts[place].strip()[:LONGEST] if place < len(texts) else ""

    def _read(self, name: str, row: int | None, read: Callable[[str], Value], default: str = "") -> Value | None:
        text, problem, value, key = self._typed(name, row, default), "", None, _id(name, row)
        if text:
            try:
                value = read(text)
            except Refusal as refusal:
                problem = words.refused(refusal)
        self.fields[key] = Field(name, key, text, problem)
        return value

    def _day(self, text: str) -> date:
        day, last = typed.day(text), anniversary(self.today, YEARS_AHEAD)
        if not FIRST_DAY <= day <= last:
            raise DayBeyond(first=FIRST_DAY, last=last)
        return day


def _id(name: str, row: int | None) -> str:
    return name if row is None else f"{name}-{row + 1}"


def _cents(text: str) -> int:
    amount: Money = typed.amount(text, "EUR")
    if amount.cents <= 0:
        raise NoAmount
    return amount.cents


def lands(law: Law, *codes: str) -> dict[str, tuple[str, Country]]:
    """Give countries to choose from; the European default stands for any other."""
    return {code: (named(law[code]), law[code]) for code in codes}


def named(country: Country) -> str:
    """Give the name of a country, as a choice."""
    return ELSEWHERE if country.code == "EU" else country.name
