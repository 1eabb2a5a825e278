"""What a person types in a form, read without a guess."""

from __future__ import annotations

import re

from voldaan.rules.money import Money, NotAnAmount, typed

COMMA = re.compile(r"-?\d{1,3}(\.\d{3})*(,\d+)?|-?\d+(,\d+)?")
POINT = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?|-?\d+(\.\d+)?")


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
