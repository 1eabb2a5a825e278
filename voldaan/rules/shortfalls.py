"""Why a payment may fall short on purpose: what the law lets a customer withhold, what he keeps back, what he sets off.

Only a hint for the person who looks. What is short stays open until he says what became of it.
"""

from __future__ import annotations

import re
from enum import Enum

from voldaan.rules.refusals import mark

# Act of 27 June 1969, article 30bis (social security), and the like for taxes: the customer pays it to the office.
SOCIAL, FISCAL = 35, 15  # percent of the price without VAT
KEPT_BACK = (5, 10)  # percent, in construction, until completion
VAT = (0, 6, 21)  # percent: construction in Belgium; without, where the customer accounts for it

_SETS_OFF = re.compile(
    r"\b(?:verreken|schuldvergelijking|compens|saldering|gesaldeerd|in mindering|set.?off|verrechn|aufrechn)",
    re.IGNORECASE,
)


class Shortfall(Enum):
    """Why so much too little came in, perhaps."""

    SET_OFF = mark("the customer sets something off")
    SOCIAL = mark("35 % withheld for social security (art. 30bis)")
    FISCAL = mark("15 % withheld for taxes")
    KEPT_BACK = mark("5 or 10 % kept back until completion")


def shortfall(cents: int, asked: int, *, text: str, country: str) -> Shortfall | None:
    """Say why `cents` were paid where `asked` was open, if the words or the exact percentage tell."""
    short = asked - cents
    if not 0 < short < asked:
        return None
    if _SETS_OFF.search(text):
        return Shortfall.SET_OFF
    if country == "BE":
        for kind, percent in ((Shortfall.SOCIAL, SOCIAL), (Shortfall.FISCAL, FISCAL)):
            if any(_is_percent(short, asked, percent, vat) for vat in VAT):
                return kind
    return Shortfall.KEPT_BACK if any(_is_percent(short, asked, percent, 0) for percent in KEPT_BACK) else None


def _is_percent(short: int, asked: int, percent: int, vat: int) -> bool:
    """Tell whether an amount is this percentage of a price without its VAT, whichever way a cent was rounded."""
    return abs(short * (100 + vat) - asked * percent) < 100 + vat
