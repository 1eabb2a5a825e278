"""Bank statements in MT940, and interim reports in MT942: SWIFT Standards Category 9, as Dutch banks bend them.

The file is cut into fields by one pattern and read as a stream, so memory does not grow with it. What the banks write
in field :86: is read in shared/mt940_dialects.py. Balances are reported, not checked here: the importer does that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import BinaryIO

from voldaan.formats.shared.mt940_dialects import describe
from voldaan.formats.shared.mt940_fields import OUTSIDE, fields, outside, plain
from voldaan.formats.shared.problems import LineProblems
from voldaan.rules.money import LARGEST_CENTS, minor_digits
from voldaan.rules.papers import (
    Balance,
    Reading,
    Severity,
    StatementEnd,
    StatementPart,
    StatementStart,
    Transaction,
)
from voldaan.rules.refusals import mark

NO_STATEMENT = mark("There is no usable MT940 statement in this file.")
STRAY = mark("This movement stands outside any statement: “{text}”.")
NO_MOVEMENT = mark("This is not a readable movement (:61:): “{text}”.")
NO_BALANCE = mark("This is not a readable balance (:{tag}:): “{text}”.")
NO_DAY = mark("“{text}” is not a day of the calendar.")
DAY_TAKEN = mark("“{text}” is past the end of its month; {day} is taken.")
NOT_EXACT = mark("The amount {text} is too large, or has more decimals than {currency} has.")
SECOND_OPENING = mark("A second opening balance inside one statement: “{text}”.")
OTHER_CURRENCY = mark("The closing balance is in {text}, the statement in {currency}.")
NO_CLOSING = mark("The statement has no closing balance. The file may be cut off; download it again.")
MOVEMENT = re.compile(r"([0-9]{6})([0-9]{4})? *([RE]?[CD])[A-Z]?([0-9]{1,15}),([0-9]{0,6}) ?[A-Z][A-Z0-9 ]{3}([^\n]*)")
BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9]{1,15}),([0-9]{0,6})\s*")
CURRENCY = re.compile(r"[A-Z]{3}")
RECEIVED = frozenset(["C", "RD"])  # RD takes back what was paid, RC what was received

BEGINNING = re.compile(
    rb"\s*(?::940:|:20:|0000 01[A-Z]{4}|[A-Z]{6}[A-Z0-9]{2,6}\s+94[02]\s|\{1:[^{}]*\}\s*\{2:[IO]94[02])"
)
HEAD = re.compile(rb"^:20:[^\n]*\n\s*:2[15]", re.MULTILINE)
INTERIM = re.compile(rb"^(?::34F:|:90[CD]:|:13D:|942\s)|\{2:[IO]942", re.MULTILINE)
OPENING = re.compile(rb"^:60[FM]:", re.MULTILINE)


def sniff(head: bytes) -> str | None:
    """Tell whether `head`, the first kilobytes of a file, is "mt940", "mt942" (interim, no balances) or neither."""
    head = plain(head)
    if not (BEGINNING.match(head) or HEAD.search(head)):
        return None
    return "mt942" if INTERIM.search(head) and not OPENING.search(head) else "mt940"


def read(source: BinaryIO) -> Reading[StatementPart]:
    """Read the statements in `source` as a stream: start, movements, end, and so on.

    Nothing is raised: what cannot be read exactly is an ERROR with its line, and reading goes on. An MT942 gives its
    movements without balances; what it only expects (EC, ED) is counted as pending.
    """
    told = LineProblems()
    return Reading(_parts(source, told), told.list)


class _Statement:
    """The statement that is open at this line, and what its head said."""

    def __init__(self, told: LineProblems) -> None:
        self.told = told
        self.found = self.is_open = self.is_interim = False
        self.account = self.number = self.currency = ""
        self.digits = 2
        self.pending = 0

    def start(self, currency: str, opening: Balance | None) -> StatementStart:
        self.found = self.is_open = True
        self.pending = 0
        self.currency, self.digits = currency, minor_digits(currency)
        account = "".join(self.account.split())
        return StatementStart(account.removesuffix(currency) or account, currency, self.number, opening)

    def end(self, line: int, closing: Balance | None = None, *, stated: bool = False) -> StatementEnd:
        if not (stated or self.is_interim):
            self.told.tell(line, NO_CLOSING, Severity.WARNING)
        self.is_open = False
        return StatementEnd(closing, self.pending)

    def other(self, line: int, tag: str, content: str) -> Iterator[StatementPart]:
        """Read any field but a movement."""
        first, _, rest = content.partition("\n")
        if tag == "20":
            if self.is_open:
                yield self.end(line)
            self.account = self.number = ""
            self.is_interim = False
        elif tag in ("25", "25P"):
            self.account = first
        elif tag in ("28", "28C"):
            self.number = first.strip()
        elif tag in ("60F", "60M"):
            if self.is_open:
                self.told.tell(line, SECOND_OPENING, text=first)
            else:
                currency, opening = self.balance(line, tag, first)
                yield self.start(currency, opening)
        elif tag == "34F" and not self.is_open:
            self.is_interim = True
            if not CURRENCY.match(first):
                self.told.tell(line, NO_BALANCE, tag=tag, text=first)
            yield self.start(first[:3], None)
        elif tag in ("62F", "62M") and self.is_open:
            currency, closing = self.balance(line, tag, first)
            if closing and currency != self.currency:
                self.told.tell(line, OTHER_CURRENCY, text=currency, currency=self.currency)
            yield self.end(line, closing, stated=True)
        elif tag in ("62F", "62M"):
            self.told.tell(line, OUTSIDE, Severity.WARNING, text=first)
        outside(self.told, line + 1, rest)

    def balance(self, line: int, tag: str, text: str) -> tuple[str, Balance | None]:
        match = BALANCE.fullmatch(text)
        if not match:
            self.told.tell(line, NO_BALANCE, tag=tag, text=text)
            return "", None
        sign, stamp, currency, whole, part = match.groups()
        cents = _cents(whole, part, minor_digits(currency))
        if cents is None:
            self.told.tell(line, NOT_EXACT, text=f"{whole},{part}", currency=currency)
            return currency, None
        on, _, exact = _days(stamp, "")
        if not exact:
            self.no_day(line, stamp, on)
        return currency, Balance(on, cents if sign == "C" else -cents) if on else None

    def no_day(self, line: int, stamp: str, taken: date | None) -> None:
        """Ask about a day past the end of its month; refuse what is no day at all."""
        if taken:
            self.told.tell(line, DAY_TAKEN, Severity.QUESTION, text=stamp, day=str(taken))
        else:
            self.told.tell(line, NO_DAY, text=stamp)

    def movement(self, line: int, content: str, words: str) -> Transaction | None:
        """Read :61: and its :86:, or tell why not."""
        match = MOVEMENT.match(content)
        if not (self.is_open and match):
            self.told.tell(line, NO_MOVEMENT if self.is_open else STRAY, text=content.partition("\n")[0])
            return None
        stamp, entry, status, whole, part, reference = match.groups("")
        cents = _cents(whole, part, self.digits)
        if cents is None:
            self.told.tell(line, NOT_EXACT, text=f"{whole},{part}", currency=self.currency)
            return None
        value_date, booking_date, exact = _days(stamp, entry)
        if not exact:
            self.no_day(line, stamp + entry, value_date and booking_date)
        if not (value_date and booking_date):
            return None
        if status[0] == "E":
            self.pending += 1
            return None
        return Transaction(
            cents if status in RECEIVED else -cents,
            self.currency,
            value_date,
            booking_date,
            *describe(reference, content[match.end() :].strip("\n"), words.strip("\n")),
            reversal=len(status) == 2,
        )


def _parts(source: BinaryIO, told: LineProblems) -> Iterator[StatementPart]:
    statement = _Statement(told)
    line = 1
    for line, tag, content, words in fields(source, told):
        if tag != "61":
            yield from statement.other(line, tag, content)
        elif movement := statement.movement(line, content, words):
            yield movement
    if statement.is_open:
        yield statement.end(line)
    if not statement.found:
        told.tell(1, NO_STATEMENT)
    told.close()


def _cents(whole: str, part: str, digits: int) -> int | None:
    """Count minor units, or None where that is not exact."""
    if part[digits:].strip("0"):
        return None
    cents = int(whole + part[:digits].ljust(digits, "0"))
    return cents if cents <= LARGEST_CENTS else None


@lru_cache(maxsize=4096)
def _days(stamp: str, entry: str) -> tuple[date | None, date | None, bool]:
    """Read YYMMDD, and MMDD in the year nearest to it (that day itself where there is none).

    The last answer tells whether both are days of the calendar. Banks that reckon every month at thirty days write a
    30 February: that is read as the last day of its month. None: not even that.
    """
    year = int(stamp[:2]) + (1900 if stamp[:2] >= "80" else 2000)
    value_date = _day(year, stamp[2:]) or _end_of_month(year, stamp[2:])
    if not value_date:
        return None, None, False
    if not entry:
        return value_date, value_date, f"{value_date:%m%d}" == stamp[2:]
    near, years = value_date, (year - 1, year, year + 1)
    days = [found for each in years if (found := _day(each, entry))]
    days = days or [found for each in years if (found := _end_of_month(each, entry))]
    booking_date = min(days, key=lambda day: abs(day - near), default=None)
    exact = bool(booking_date) and (f"{value_date:%m%d}", f"{booking_date:%m%d}") == (stamp[2:], entry)
    return value_date, booking_date, exact


def _end_of_month(year: int, month_and_day: str) -> date | None:
    if not "29" <= month_and_day[2:] <= "31":
        return None
    return next(filter(None, (_day(year, f"{month_and_day[:2]}{last}") for last in (30, 29, 28))), None)


def _day(year: int, month_and_day: str) -> date | None:
    try:
        return date(year, int(month_and_day[:2]), int(month_and_day[2:]))
    except ValueError:
        return None
