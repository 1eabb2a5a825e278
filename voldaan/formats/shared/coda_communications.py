"""Structured communications in CODA: a code of three digits, and fields of fixed width behind it.

Source: Febelfin, Coded statement of account (CODA) 2.6, annex III. What a field is called is left out of the text that
people and the matcher read; only what the bank filled in stays.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from voldaan.formats.shared.coda_lines import is_number

LENGTH = 146  # characters that records 21, 22 and 23 have for it together, without the code

REASON = re.compile(r"[A-Z]{2}[0-9]{2}|[A-Z]{4}")
RF = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")
PAID = frozenset(" 0")

# Width and kind of each field: t text, n the name of the other side, d day, h hour, a amount in thousandths,
# r rate in percent with eight decimals; - what says nothing to a reader (codes, serial numbers, rates of exchange).
LAYOUTS = {
    "103": "t12",  # number of a cheque or card
    "105": "-15 a15 -12 t3",  # original amount: account currency, its own, rate, currency; then an OGM
    "106": "a15 a15 r12",  # VAT, withholding tax, commission: amount, of what, rate
    "107": "t12 d6 t30",  # direct debit before SEPA: number, day, communication; then whether it was paid
    "108": "-15 t15 r12 d6 d6",  # closing: calculation basis, interest, from, to
    "111": "-1 t6 -3 -6 d6 -6 d6 -1 t16 t10",  # card terminal, total: number, first day, last day, place
    "113": "t16 -1 -6 -6 d6 h4 -1 n16 t10 a15 -12 t3",  # paid by card: card, day, where, original amount
    "114": "-1 t6 -3 t6 d6 h4 -1 t16 t10 t16",  # card terminal, one payment: number, day, place, reference
    "115": "t16 -1 -6 -6 d6 h4 -6 -6 a15 -1 t16 t10 t12",  # cash deposit at a terminal
    "121": "a15 d6 -6 -6 t11 t3 -3 t13",  # bill: amount, due, company, currency, number
    "122": "-4 -12 a15 -1 t13 d6",  # interest on a bill
    "123": "d6 d6 a15 r12 -4 -1 t13",  # fees: from, until, basis, rate, guarantee
    "124": "t20 -1 t12 t15 d6",  # credit card: card, invoice, identification, day
    "125": "t12 -15 a15 a15 a15 t3 d6 d6 -12 t13",  # credit: account, balances, amount, period, reference
    "126": "t15 a15 -15 d6 d6 r12 a15 t3",  # term investment
}


class Communication(NamedTuple):
    """What a structured communication tells."""

    structured_reference: str = ""
    text: str = ""
    name: str = ""
    return_reason: str = ""
    taken_back: bool = False  # a direct debit that was refused, returned or reversed


def understand(code: str, content: str) -> Communication:
    """Read the communication with this code; one that is not known is given as it stands."""
    content = content.ljust(LENGTH)
    match code:
        case "101" | "102":
            return _reference(content, 12)
        case "100":
            found = RF.match(content)
            return _reference(content, found.end()) if found else Communication(text=_line(content))
        case "127":
            return _direct_debit(content)
        case _ if code in LAYOUTS:
            name, text = _fields(code, content)
            reference = content[45:57] if code == "105" and is_number(content[45:57]) else ""
            return Communication(
                reference if reference.strip("0") else "", text, name,
                taken_back=code == "107" and content[48] not in PAID,
            )  # fmt: skip
        case _:
            return Communication(text=_line(f"{code} {content}"))


def _reference(content: str, width: int) -> Communication:
    reference = content[:width]
    if not is_number(reference) and not reference.startswith("RF"):
        return Communication(text=_line(content))
    return Communication(reference, _line(content[width:]))


def _direct_debit(content: str) -> Communication:
    """Read a SEPA direct debit: the communication and the mandate, and why it came back."""
    mandate, words, kind, reason = content[44:79], content[79:141], content[141], content[142:146]
    is_reason = REASON.fullmatch(reason) is not None
    return Communication(
        text=_line(f"{words} {mandate}"),
        return_reason=reason if is_reason else "",
        taken_back=content[8] not in PAID or kind not in PAID or is_reason,
    )


@lru_cache(maxsize=64)
def _layout(code: str) -> list[tuple[str, int, int]]:
    at, fields = 0, []
    for field in LAYOUTS[code].split():
        end = at + int(field[1:])
        if field[0] != "-":
            fields.append((field[0], at, end))
        at = end
    return fields


def _fields(code: str, content: str) -> tuple[str, str]:
    """Give the name of the other side, and in one line what the fields say; what is empty or nought is left out."""
    name, said, amount = "", [], False
    for kind, start, end in _layout(code):
        raw = " ".join(content[start:end].split())
        shown = "" if not raw.strip("0 ") else raw
        if kind == "n":
            name = shown
        if len(raw) == end - start and is_number(raw):
            shown = SHOWN.get(kind, str)(shown)
        if kind == "a":
            amount = shown != ""
        if shown and (kind != "t" or end - start != 3 or amount):  # a currency says nothing without its amount
            said.append(shown)
    return name, " ".join(said)


def _amount(digits: str) -> str:
    return digits and f"{int(digits[:-3])}.{digits[-3:-1]}{digits[-1:].rstrip('0')}"


def _rate(digits: str) -> str:
    return digits and f"{int(digits[:-8])}.{digits[-8:]}".rstrip("0").rstrip(".") + " %"


def _day(digits: str) -> str:
    return digits and f"{digits[:2]}-{digits[2:4]}-{digits[4:]}"


def _hour(digits: str) -> str:
    return digits and f"{digits[:2]}:{digits[2:]}"


SHOWN = {"a": _amount, "r": _rate, "d": _day, "h": _hour}


def _line(text: str) -> str:
    return " ".join(text.split())
