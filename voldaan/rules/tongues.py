"""The languages of our messages: how each writes an amount and a day, its labels, and its text of each step.

What a language knows stands in `wordings/<language>.toml`; a new file there is a new language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from voldaan.rules.money import minor_digits

FALLBACK = "en"
_FILES = {
    file.name.removesuffix(".toml"): file
    for file in (files("voldaan.rules") / "wordings").iterdir()
    if file.name.endswith(".toml")
}
LANGUAGES = tuple(sorted(_FILES))


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language, as our messages write it."""

    language: str
    weekdays: tuple[str, ...]  # Monday first
    months: tuple[str, ...]
    months_short: tuple[str, ...]
    thousands: str
    point: str
    euro: str  # with its space, where the language puts one; the space comes first where it stands behind the number
    percent: str  # with its space
    first_day: str  # the number of the first of a month
    day_mark: str  # after the number of another day
    weekday_mark: str  # after a weekday
    phrases: Mapping[str, str]  # of which the words for a placeholder are made
    labels: Mapping[str, str]
    countries: Mapping[str, str]  # for the last line of an address abroad
    steps: Mapping[str, Mapping[str, str]]

    def amount(self, cents: int, currency: str) -> str:
        """Write an amount: `€ 1.234,56`, `€1,234.56`, `1.234,56 €`; another currency by its code."""
        number = self.number(abs(cents), currency)
        sign = "−" if cents < 0 else ""
        if self.euro.startswith(" "):
            return f"{sign}{number}{self.euro if currency == 'EUR' else f' {currency}'}"
        if currency != "EUR":
            return f"{currency} {sign}{number}"
        return f"{self.euro}{sign}{number}" if self.euro.endswith(" ") else f"{sign}{self.euro}{number}"

    def number(self, cents: int, currency: str) -> str:
        """Write an amount without its currency: `1.234,56`."""
        digits = minor_digits(currency)
        whole, part = divmod(abs(cents), 10**digits)
        grouped = f"{whole:,}".replace(",", self.thousands)
        return f"{'−' if cents < 0 else ''}{grouped}{f'{self.point}{part:0{digits}}' if digits else ''}"

    def rate(self, percent: Decimal) -> str:
        """Write a rate: `10,4%`."""
        return f"{percent.normalize():f}{self.percent}".replace(".", self.point)

    def long_day(self, day: date) -> str:
        """Write a day in full: `vrijdag 21 maart 2027`."""
        return f"{self.weekdays[day.weekday()]}{self.weekday_mark} {self.day(day)}"

    def day(self, day: date) -> str:
        """Write a day without its weekday: `21 maart 2027`."""
        return self._day(day, self.months)

    def short_day(self, day: date) -> str:
        """Write a day for a table: `21 mrt 2027`."""
        return self._day(day, self.months_short)

    def _day(self, day: date, months: tuple[str, ...]) -> str:
        number = self.first_day if day.day == 1 else f"{day.day}{self.day_mark}"
        return f"{number} {months[day.month - 1]} {day.year}"


@lru_cache
def tongue(language: str) -> Tongue:
    """Give a language by its code (`nl`, `nl-BE`); English where we do not speak it."""
    code = language.replace("_", "-").partition("-")[0].lower()
    return _read(code if code in _FILES else FALLBACK)


@lru_cache(maxsize=len(_FILES))
def _read(code: str) -> Tongue:
    known = tomllib.loads(_FILES[code].read_text("utf-8"))
    for names in ("weekdays", "months", "months_short"):
        known[names] = tuple(known[names])
    return Tongue(language=code, **known)
