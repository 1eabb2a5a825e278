"""What a person types in a form, read without a guess."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from voldaan.rules.money import Money, NotAnAmount, typed
from voldaan.rules.refusals import Kind, Refusal, mark

COMMA = re.compile(r"-?\d{1,3}(\.\d{3})*(,\d+)?|-?\d+(,\d+)?")
POINT = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?|-?\d+(\.\d+)?")

PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")

MOST_DIGITS = 18  # of a key in a database


class NotADay(Refusal):
    code = "not_a_day"
    kind = Kind.INVALID
    says = mark("“{typed}” is no day. Choose one, or type it like 2027-03-01.")


class NoSuchChoice(Refusal):
    code = "no_such_choice"
    kind = Kind.INVALID
    says = mark("This page cannot choose “{typed}” for “{name}”. It knows: {known}. Or leave it out of the address.")


class NotAPercentage(Refusal):
    code = "not_a_percentage"
    kind = Kind.INVALID
    says = mark("“{typed}” is not a percentage. Type it like 8.25.")


def choice(asked: Mapping[str, str], name: str, known: Collection[str], otherwise: str = "") -> str:
    """Read which rows of a list an address asks for; what is left out or empty is what the page shows otherwise.

    Raises:
        NoSuchChoice: there are none of that name.
    """
    said = asked.get(name) or otherwise
    if said == otherwise or said in known:
        return said
    raise NoSuchChoice(typed=said[:40], name=name, known=", ".join(one for one in known if one))


def amount(text: str, currency: str) -> Money:
    """Read `1.234,56`, `1234,56`, `1,234.56` or `1234.56`; what could be two amounts is refused.

    Raises:
        NotAnAmount: it is no amount, or could be two.
    """
    plain = re.sub(r"[\s\u00a0€]", "", text).replace("−", "-")
    ways = {
        _read(plain, ".", ",") if COMMA.fullmatch(plain) else "",
        _read(plain, ",", ".") if POINT.fullmatch(plain) else "",
    }
    found = ways - {""}
    if len(found) != 1:
        raise NotAnAmount(typed=text)
    return typed(found.pop(), currency)


def _read(text: str, thousands: str, point: str) -> str:
    return text.replace(thousands, "").replace(point, ".")


def day(text: str) -> date:
    """Read a day as a field for days sends it.

    Raises:
        NotADay: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADay(typed=text) from None


def percentage(text: str) -> Decimal:
    """Read `8`, `8.25`, `8,25` or `8,25 %`.

    Raises:
        NotAPercentage: it is none, or one that nobody agrees on.
    """
    plain = text.removesuffix("%").strip().replace(",", ".")
    if not PERCENT.fullmatch(plain):
        raise NotAPercentage(typed=text)
    return Decimal(plain)


def number(text: str, *, digits: int = MOST_DIGITS) -> int | None:
    """Read a whole number in an address or a form; None where it is none, or longer than a database takes."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
