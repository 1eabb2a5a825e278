"""How CAMT writes an amount, a side and a day; what is not exact cannot be read."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from voldaan.rules.money import LARGEST_CENTS, minor_digits
from voldaan.rules.refusals import mark

AMOUNT = re.compile(r"(?:([A-Z]{3})\s+)?([0-9]{1,18})(?:\.([0-9]{0,18}))?", re.ASCII)
DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[TZ+-].*)?")
SIGNS = {"CRDT": 1, "DBIT": -1}

NOT_AN_AMOUNT = mark("“{amount}” is not an amount.")
DECIMALS = mark("“{amount}” has more decimals than {currency} has.")
TOO_LARGE = mark("“{amount}” is larger than any amount we can keep.")
NO_CURRENCY = mark("The amount “{amount}” has no currency.")
NO_SIDE = mark("It does not say whether it is a credit or a debit (CdtDbtInd “{side}”).")
NOT_A_DAY = mark("“{day}” is not a date.")
NO_DAY = mark("It has no date, and its statement has none either.")


class Unreadable(Exception):  # noqa: N818 - a problem on its way to the place where it is told
    """What stands there is not exact; `what` and `facts` say why."""

    def __init__(self, what: str, **facts: str) -> None:
        super().__init__(what)
        # A hostile file may hold a text of megabytes where an amount should be.
        self.what, self.facts = what, {name: fact[:60] for name, fact in facts.items()}


@lru_cache(maxsize=1024)
def cents_of(text: str, currency: str) -> tuple[int, str]:
    """Read `EUR 12.50` into minor units and currency; `currency` where the text has none.

    Raises:
        Unreadable: for signs, exponents, other digits than 0 to 9, and decimals that the currency does not have.
    """
    found = AMOUNT.fullmatch(text)
    if not found:
        raise Unreadable(NOT_AN_AMOUNT, amount=text)
    currency = found[1] or currency
    if not currency:
        raise Unreadable(NO_CURRENCY, amount=text)
    digits, part = minor_digits(currency), (found[3] or "").rstrip("0")
    if len(part) > digits:
        raise Unreadable(DECIMALS, amount=text, currency=currency)
    cents = int(found[2] + part.ljust(digits, "0"))
    if cents > LARGEST_CENTS:
        raise Unreadable(TOO_LARGE, amount=text)
    return cents, currency


def sign_of(side: str) -> int:
    """Give 1 for a credit and -1 for a debit.

    Raises:
        Unreadable: for anything else.
    """
    if side not in SIGNS:
        raise Unreadable(NO_SIDE, side=side)
    return SIGNS[side]


@lru_cache(maxsize=1024)
def day_of(text: str) -> date:
    """Read a date, or the date part of a moment as the bank writes it, in the bank's own time.

    Raises:
        Unreadable: for what is no day of the calendar.
    """
    if not text:
        raise Unreadable(NO_DAY)
    found = DAY.fullmatch(text)
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise Unreadable(NOT_A_DAY, day=text) from None
