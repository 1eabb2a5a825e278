"""What one cell says: an amount, a day, a text; exact or not at all.

Where a text allows two readings (1.234 or 03-04-2026), the whole column decides, never the cell: the functions here
tell which readings a cell allows, and read it once the choice is made.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from voldaan.formats.shared.tables import Cell, NoValue
from voldaan.rules.money import LARGEST_CENTS, MINOR_DIGITS, minor_digits
from voldaan.rules.refusals import mark

SHOWN = 40  # characters of a cell that a problem repeats
NOISE = Decimal("1e-6")  # of one unit of the currency: what adding floats leaves behind, and no more
_COMMON = """
    AED AUD BGN BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF IDR ILS INR MAD MXN MYR NOK NZD PLN RON RUB SAR SEK SGD THB TRY
    TWD UAH USD ZAR
"""
CURRENCIES = frozenset(MINOR_DIGITS) | frozenset(_COMMON.split())
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "EURO": "EUR"}

NOT_AN_AMOUNT = mark("“{shown}” is not an amount.")
NOT_WHOLE_CENTS = mark("{shown} is not a whole number of cents.")
TOO_LARGE = mark("{shown} is too large for an amount.")
OTHER_MARK = mark("“{shown}” does not have the decimal mark of the rest of this column, which is “{mark}”.")
NOT_A_DAY = mark("“{shown}” is not a date.")
OTHER_ORDER = mark("“{shown}” does not have its day and month in the order of the rest of this column.")
NOT_LOCAL = mark("“{shown}” is a moment in some time zone, not a day. Export the date without its time.")
NO_VALUE = mark("The cell holds a formula or an error, and no value. Open the file in Excel and save it again.")
NOT_A_TEXT = mark("Excel keeps 15 digits of a number, and “{shown}” is longer. Make the column text and fill it again.")


class Unreadable(Exception):  # noqa: N818 - caught by the reader, which knows the row and the column
    """The cell does not say what its column promises."""

    def __init__(self, what: str, cell: Cell, **facts: str) -> None:
        self.what = what
        self.facts = {"shown": shown(cell), **facts}
        super().__init__(what)


def shown(cell: Cell) -> str:
    """Give a cell as a problem repeats it: short, on one line."""
    return " ".join(str(cell).split())[:SHOWN]


def text(cell: Cell) -> str:
    """Give a cell as text on one line; a number without a decimal point where it has none.

    Raises:
        Unreadable: for a cell without a value, and for a number of which Excel has dropped digits.
    """
    if isinstance(cell, str):
        if cell.startswith('="') and cell.endswith('"'):  # written so that Excel keeps the zeros in front
            cell = cell[2:-1]
        return " ".join(cell.split())
    if isinstance(cell, NoValue):
        raise Unreadable(NO_VALUE, cell)
    if isinstance(cell, float):
        if not math.isfinite(cell) or abs(cell) >= 1e15:
            raise Unreadable(NOT_A_TEXT, cell)
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


# --- amounts ------------------------------------------------------------------------------------------------------

_SPACE = "\u0020\u00a0\u2007\u2008\u2009\u202f"
_MARK = r"[-−–+()€$£]|EURO(?![A-Z])|[A-Z]{1,3}(?![A-Z])"
_AMOUNT = re.compile(
    rf"(?P<before>(?:(?:{_MARK})[{_SPACE}]*)*)(?P<body>[.,]?[0-9](?:[0-9.,'’{_SPACE}]*[0-9])?)"
    rf"(?P<round>[.,](?:-{{1,2}}|–|=))?(?P<after>(?:[{_SPACE}]*(?:{_MARK}))*)"
)
_MINUS = frozenset("-−–")
_SIDES = {"CR": True, "C": True, "DR": False, "D": False}


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount as text, before the decimal mark is known."""

    negative: bool
    body: str  # digits and the marks between them
    currency: str  # "" where the cell does not say
    marks: str  # the decimal marks that this text allows: ",", "." or both
    decides: bool  # whether the choice of mark matters: `1234` is the same in both


def _shape(decimal: str, thousands: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:[0-9]+|[1-9][0-9]{{0,2}}(?P<s>[{thousands}'’{_SPACE}])[0-9]{{3}}(?:(?P=s)[0-9]{{3}})*)?"
        rf"(?:{re.escape(decimal)}[0-9]+)?"
    )


_SHAPES = {",": _shape(",", "."), ".": _shape(".", ",")}


def figure(cell: str) -> Figure | None:
    """Take a text apart into sign, digits and currency; None where it is no amount.

    A sign may stand in front, behind (`12,50-`), be brackets, or CR for credit; `12,-` is the Dutch way to write 12,00.
    """
    written = cell.strip()
    return _figure(written.upper()) if len(written) <= SHOWN else None  # no long text is kept in the cache


@lru_cache(maxsize=1 << 14)
def _figure(written: str) -> Figure | None:
    match = _AMOUNT.fullmatch(written)
    if match is None:
        if re.fullmatch(rf"(?:€|EUR)?[{_SPACE}]*[-–][{_SPACE}]*(?:€|EUR)?", written):
            return Figure(
                negative=False, body="0", currency="", marks=",.", decides=False
            )  # how a spreadsheet prints nothing owed
        return None
    before, after = (re.findall(_MARK, match[part]) for part in ("before", "after"))
    marks = [*before, *after]
    currencies = [SIGNS.get(each, each) for each in marks if each in SIGNS or each in CURRENCIES]
    minus = sum(each in _MINUS for each in marks)
    brackets = before.count("("), after.count(")")
    sides = [_SIDES[each] for each in after if each in _SIDES]
    signs = minus + max(brackets) + len(sides) + marks.count("+")
    known = len(currencies) + signs + min(brackets)
    if known != len(marks) or signs > 1 or brackets[0] != brackets[1] or len(currencies) > 1:
        return None
    body = match["body"] + (f"{match['round'][0]}00" if match["round"] else "")
    marks_allowed = "".join(decimal for decimal in ",." if _SHAPES[decimal].fullmatch(body))
    decides = "," in body or "." in body
    return Figure(bool(minus or brackets[0] or any(sides)), body, "".join(currencies), marks_allowed, decides)


def cents(cell: Cell, decimal_mark: str, currency: str) -> int:
    """Read an amount exactly, in whole minor units of `currency`.

    Raises:
        Unreadable: for what is no amount, has another decimal mark, is no whole number of cents or too large.
    """
    digits = minor_digits(currency)
    if isinstance(cell, NoValue):
        raise Unreadable(NO_VALUE, cell)
    if isinstance(cell, float):  # `bool` is no float
        return _cents_of_number(cell, digits)
    if not isinstance(cell, str) or len(cell) > SHOWN:
        raise Unreadable(NOT_AN_AMOUNT, cell)
    return _cents_of_text(cell, decimal_mark, digits)


@lru_cache(maxsize=1 << 14)
def _cents_of_text(cell: str, decimal_mark: str, digits: int) -> int:
    found = figure(cell)
    if found is None or not found.marks:
        raise Unreadable(NOT_AN_AMOUNT, cell)
    if decimal_mark not in found.marks:
        raise Unreadable(OTHER_MARK, cell, mark=decimal_mark)
    whole, _, part = found.body.partition(decimal_mark)
    whole, part = re.sub("[^0-9]", "", whole), part[:digits].ljust(digits, "0") + part[digits:].rstrip("0")
    if len(part) > digits:
        raise Unreadable(NOT_WHOLE_CENTS, cell)
    amount = int(whole + part or "0")
    if amount > LARGEST_CENTS:
        raise Unreadable(TOO_LARGE, cell)
    return -amount if found.negative else amount


@lru_cache(maxsize=1 << 14)
def _cents_of_number(number: float, digits: int) -> int:
    if not math.isfinite(number) or abs(number) * 10**digits > LARGEST_CENTS:
        raise Unreadable(TOO_LARGE, number)
    exact = Decimal(repr(number)).scaleb(digits)
    nearest = exact.to_integral_value()
    if abs(exact - nearest) > NOISE.scaleb(digits):
        raise Unreadable(NOT_WHOLE_CENTS, number)
    return int(nearest)


# --- days ---------------------------------------------------------------------------------------------------------

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january janvier januar", "feb febr februari february fev fevr fevrier februar",
            "mrt maart mar march mars mrz marz maerz", "apr april avr avril", "mei may mai",
            "jun juni june juin", "jul juli july juil juillet", "aug augustus august aout",
            "sep sept september septembre", "okt oktober oct october octobre", "nov november novembre",
            "dec december decembre dez dezember",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_CLOCK = r"(?:[T ](?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_YEAR_FIRST = re.compile(
    rf"(?P<y>[0-9]{{4}})(?P<s>[-/.]?)(?P<m>[0-9]{{2}}|[0-9](?=[-/.]))(?P=s)(?P<d>[0-9]{{1,2}}){_CLOCK}"
)
_YEAR_LAST = re.compile(
    rf"(?P<a>[0-9]{{1,2}})(?P<s>[-/. ])(?P<b>[0-9]{{1,2}})(?P=s)(?P<y>[0-9]{{4}}|[0-9]{{2}}){_CLOCK}"
)
_NAMED = (
    re.compile(r"(?P<d>[0-9]{1,2})[-/. ]{1,2}(?P<m>[A-Z]{3,9})[-/., ]{1,2}(?P<y>[0-9]{4}|[0-9]{2})"),
    re.compile(r"(?P<m>[A-Z]{3,9})[. ]{1,2}(?P<d>[0-9]{1,2}),? (?P<y>[0-9]{4})"),
)
_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet, as it counts from March 1900 on
_FROM_1904 = 1462
_SERIALS = range(18264, 73051)  # 1950 to 2099
_YEARS = range(1950, 2100)

# A day, or (first, second, year) where the order of day and month is still open.
Day = date | tuple[int, int, int]


def day(cell: str) -> Day | None:
    """Take a date in text apart; None where it is none. A date with a month name or the year in front is sure.

    Raises:
        Unreadable: for a moment with a time zone, which is another day elsewhere.
    """
    return _day(cell) if len(cell) <= SHOWN else None


@lru_cache(maxsize=1 << 14)
def _day(cell: str) -> Day | None:
    written = unicodedata.normalize("NFD", cell.strip().upper())
    written = "".join(each for each in written if not unicodedata.combining(each))
    if match := _YEAR_FIRST.fullmatch(written):
        _no_zone(cell, match)
        return _calendar(match["y"], match["m"], match["d"])
    if match := _YEAR_LAST.fullmatch(written):
        _no_zone(cell, match)
        return int(match["a"]), int(match["b"]), _year(match["y"])
    for pattern in _NAMED:
        match = pattern.fullmatch(written)
        if match and match["m"].lower() in _MONTHS:
            return _calendar(match["y"], str(_MONTHS[match["m"].lower()]), match["d"])
    return None


def _no_zone(cell: str, match: re.Match[str]) -> None:
    if match["zone"] and match["clock"].strip("0:."):
        raise Unreadable(NOT_LOCAL, cell)


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 70 else 1900)


def _calendar(year: str, month: str, day_of_month: str) -> date | None:
    try:
        found = date(_year(year), int(month), int(day_of_month))
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def day_of(cell: Cell, *, day_first: bool, days_from_1904: bool = False) -> date:
    """Read a day, with day and month in the order that the column has.

    Raises:
        Unreadable: for what is no day of 1950 to 2099, and for a day and month in the other order.
    """
    found: Day | None = None
    if isinstance(cell, NoValue):
        raise Unreadable(NO_VALUE, cell)
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    elif isinstance(cell, float) and cell.is_integer() and int(cell) in _SERIALS:
        found = _EPOCH + timedelta(days=int(cell) + _FROM_1904 * days_from_1904)
    elif isinstance(cell, float) and cell.is_integer():
        return _day_of_text(str(int(cell)), day_first)  # 20260304
    elif isinstance(cell, str):
        return _day_of_text(cell[: SHOWN + 1], day_first)
    if not isinstance(found, date) or found.year not in _YEARS:
        raise Unreadable(NOT_A_DAY, cell)
    return found


@lru_cache(maxsize=1 << 14)
def _day_of_text(cell: str, day_first: bool) -> date:  # noqa: FBT001 - the cache takes no keyword as fast
    found = day(cell)
    if isinstance(found, date):
        return found
    if found is None:
        raise Unreadable(NOT_A_DAY, cell)
    first, second, year = found
    month, number = (second, first) if day_first else (first, second)
    if month > 12 >= number:
        raise Unreadable(OTHER_ORDER, cell)
    in_order = _calendar(f"{year:04}", str(month), str(number))
    if in_order is None:
        raise Unreadable(NOT_A_DAY, cell)
    return in_order
