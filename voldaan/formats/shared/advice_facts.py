"""What a remittance advice says beside its lines: who pays, on which day, and how much in all."""

from __future__ import annotations

import re
from datetime import date

from voldaan.formats.shared.cells import Unreadable, day, day_of

LONGEST_LINE = 400  # characters: what is longer is prose

AMOUNT = re.compile(
    r"(?<![\w.,/-])(?:[-−–]\s?)?(?:(?:€|EUR|USD|GBP|\$|£)\s?)?(?:[-−–]\s?)?"
    r"(?:[0-9]{1,3}(?:[.'’ \u00a0\u202f][0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+(?=\.)|[0-9]+)"
    r"[.,](?:[0-9]{2}|-{1,2})(?![0-9.,/]*[0-9])-?(?:\s?(?:€|EUR|USD|GBP))?"
    # With its currency before it anything is an amount, so that none goes by without a word.
    r"|(?<!\w)(?:[-−–]\s?)?(?:€|EUR|USD|GBP|\$|£)\s?[-−–]?\s?[0-9](?:[0-9.,'’]*[0-9])?(?![\w/-])"
)
_TOTAL = re.compile(
    r"\b(?:(?:eind|sub)?[ -]?tota+l\w*|grand total|gesamt\w*|summe|overgemaakt\w*|betaald\w*|voldaan|overboeking"
    r"|(?:total|amount) paid|payment amount|transferred|montant (?:pay|r[eé]gl|vir)\w*|vir[eé]s?|zahlbetrag)\b",
    re.IGNORECASE,
)
_PAYER = re.compile(
    r"\s*(?:opdrachtgever|(?:naam )?betaler|betaald door|payer(?: name)?|paid by|donneur d.ordre|[eé]mis par"
    r"|auftraggeber|zahler)\s*[:=\t ]\s*(?P<said>\S.*)",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\s*(?:(?P<ours>betaaldatum|betaaldag|betaald op|datum(?: van)?(?: de)? ?(?:betaling)?|betalingsdatum"
    r"|uitvoer(?:ings)?datum|valutadatum|date (?:de |du )?(?:paiement|r[eè]glement|virement)|zahlungsdatum|zahltag)"
    r"|payment date|paid on|value date|date)\s*[:=\t ]\s*(?P<said>[0-9A-Za-zéû][^:;]*)",
    re.IGNORECASE,
)


def amounts(line: str) -> list[str]:
    """Give the amounts of money that stand in a line: figures with two decimals, or with a currency."""
    return [found[0].strip() for found in AMOUNT.finditer(line)]


class Facts:
    """Gathers what lines outside the list say; the first one counts."""

    def __init__(self) -> None:
        self.payer = ""
        self.paid_on: date | None = None
        self.totals: list[tuple[str, str]] = []  # place, and the amount as it is written

    def look(self, line: str, place: str) -> bool:
        """Take in what a line tells; False where it tells of money and does not say what that is."""
        if len(line) > LONGEST_LINE:
            return True
        if not self.payer and (found := _PAYER.fullmatch(line)):
            self.payer = " ".join(found["said"].split())[:300]
            return True
        if self.paid_on is None and (found := _DAY.fullmatch(line)):
            self.paid_on = _day(found["said"].strip(), is_ours=bool(found["ours"]))
        money = amounts(line)
        if not money:
            return True
        if len(money) > 1 or not _TOTAL.search(line):
            return False
        self.totals.append((place, money[0]))
        return True


def _day(said: str, *, is_ours: bool) -> date | None:
    """Read a day; in English the order of day and month must be plain."""
    try:
        found = day(said)
        is_plain = isinstance(found, date) or is_ours or (found is not None and max(found[:2]) > 12)
        first = not isinstance(found, tuple) or found[1] <= 12
        return day_of(said, day_first=first) if is_plain else None
    except Unreadable:
        return None
