"""What the lines of one movement in CODA tell: who it was, what he wrote, and whether it takes back another.

Records 21, 22 and 23 are the movement itself; 31, 32 and 33 inform about it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from voldaan.formats.shared.coda_communications import REASON, understand
from voldaan.formats.shared.coda_lines import WIDTH, decoded
from voldaan.rules.bank_accounts import BELGIAN, known_as

# Name, account, structured reference, text, end-to-end id, bank reference, return reason, reversal: as they stand in a
# Transaction.
Details = tuple[str, str, str, str, str, str, str, bool]

BLANK = " " * WIDTH
NOTHING = frozenset(["NOTPROVIDED", "NOT PROVIDED"])

IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
R_TRANSACTION = re.compile(r" {3}[1-5]")  # reject, return, refund, reversal, cancellation

# Sign, family and operation of movements that take back an earlier one (annex II): unpaid, reimbursed, claimed back,
# reversed, not to be executed. On the debit side operation 49 is a correction in each family; on the credit side banks
# use its counterpart 99 for plain payments too.
TAKEN_BACK = frozenset(
    f"{sign}{code}"
    for sign, codes in {
        "1": ["0307", "0309", "0338", "0339", "0503", "0505", "0705", "0707", "0739", "4307", "4705", "4707"],
        "0": ["0154", "0254", "0360", "0362", "0554", "0556", "0558", "4362"],
    }.items()
    for code in codes
)


def describe(lines: list[str], currency: str) -> Details:
    """Read all but the money of a movement, or of one detail of it; what the bank does not tell is empty."""
    first, second, third, further = lines[0], BLANK, BLANK, []
    for line in lines[1:]:
        if line[0] == "3":
            further.append(line)
        elif line[1] == "2":
            second = line
        else:
            third = line
    name, reference, reason = third[47:82], "", ""
    is_back = first[31] + first[54:58] in TAKEN_BACK or (first[31] == "1" and first[56:58] == "49")
    words = first[62:115] + second[10:63] + third[82:125]
    if first[61] == "1":
        said = understand(words[:3], words[3:])
        is_same_amount = words[:3] == "105" and said.text.endswith(currency)  # in no other currency: nothing is told
        reference, words, reason = said.structured_reference, "" if is_same_amount else said.text, said.return_reason
        name, is_back = said.name if name.isspace() else name, is_back or said.taken_back
    if further:
        full, ultimate, more = _informed(further)
        name, words = full or (ultimate if name.isspace() else name), f"{words} {more}"
    if second[112] != " " and R_TRANSACTION.match(second, 109):  # until version 2.2 something else stood here
        is_back = True
        reason = second[113:117] if REASON.fullmatch(second[113:117]) else reason
    end_to_end_id, bank_reference = " ".join(second[63:98].split()), " ".join(first[10:31].split())
    if not end_to_end_id.strip("0") or end_to_end_id in NOTHING:
        end_to_end_id = ""
    if not bank_reference.strip("0"):
        bank_reference = ""
    name, words = " ".join(name.split()), " ".join(words.split())
    if not (name.isascii() and words.isascii() and end_to_end_id.isascii() and bank_reference.isascii()):
        name, words, end_to_end_id, bank_reference = map(decoded, (name, words, end_to_end_id, bank_reference))
    return name, account(third[10:47]), reference, words, end_to_end_id, bank_reference, reason, is_back


def explained(whole: Details, details: list[Details]) -> Details:
    """Give a movement what only its details tell, such as the reference of a payment from abroad."""

    def first(place: int) -> str:
        return next((said for each in (whole, *details) if (said := str(each[place]))), "")

    text = whole[3] or " ".join(filter(None, (each[3] for each in details)))
    return first(0), first(1), first(2), text, first(4), whole[5], first(6), any(each[7] for each in (whole, *details))


def _informed(lines: list[str]) -> tuple[str, str, str]:
    """Give the full name of the other side, who is behind it, and words of the bank that nothing else holds."""
    name, ultimate, words, keeps = "", "", "", True
    for line in lines:
        if line[1] == "1":
            code = line[40:43] if line[39] == "1" else ""
            keeps = code in {"", "002"}  # the others tell addresses, other banks, coins and securities
            if code == "001":
                name = line[43:113].strip()
            elif code in {"008", "009"}:
                ultimate = line[43:113].strip()
            if keeps:
                words += line[43:113] if code else line[40:113]
        elif keeps:
            words += line[10:115] if line[1] == "2" else line[10:100]
    return name, ultimate, words


@lru_cache(maxsize=4096)
def account(field: str) -> str:
    """Read the account of the other side, with its currency in 37 positions: an IBAN where it has one."""
    number, _, rest = field.strip().partition(" ")
    if IBAN.fullmatch(number):
        return number
    if BELGIAN.fullmatch(number):
        return known_as(number) if number.strip("0") else ""
    if field[34:].isalpha() and field[34:].isupper():
        rest = rest.removesuffix(field[34:])
    number += rest.replace(" ", "")
    return decoded(number) if number.strip("0") else ""


def own_account(field: str, structure: str) -> tuple[str, str]:
    """Read account and currency of a balance: 0 and 1 are numbers from before IBAN, Belgian and foreign."""
    if structure == "0":
        number, currency = field[:12].strip(), field[13:16]
        return number if number.strip("0") else "", currency
    return "".join(field[:34].split()), field[34:]
