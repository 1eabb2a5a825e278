"""What banks write in the text of a row: who paid, his reference, in the manner of each bank."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from voldaan.formats.shared.mt940_dialects import describe
from voldaan.rules.references import LONGEST, betalingskenmerk, ogm, rf

LINE = 65  # characters: ABN AMRO puts the lines of its MT940 behind each other

ING_DAY = re.compile(r" ?(?:Valutadatum|Value date): ([0-9]{2})[-/]([0-9]{2})[-/]([0-9]{4})$")
ING_TEXT = ("Omschrijving: ", "Description: ")
ING_MARK = ("Betalingskenmerk: ", "Payment reference: ")
ING_REFERENCE = re.compile(r"^(?:Kenmerk|Reference): (.+)")
ING_BEHIND = re.compile(
    r" (?:Machtiging ID|Mandate ID|Incassant ID|Creditor ID|Doorlopende incasso|Recurrent SEPA|Datum/Tijd|Date/time"
    r"|Andere partij|Other party)\b"
)
OGM_MARKS = "+*/"
WHOLE = 16  # digits of a betalingskenmerk of the longest kind


@dataclass(frozen=True, slots=True)
class Words:
    """What a text says beside the columns; empty where it says nothing."""

    text: str
    name: str = ""
    iban: str = ""
    structured_reference: str = ""
    end_to_end_id: str = ""
    return_reason: str = ""
    value_date: date | None = None


def words(dialect: str, text: str, iban: str) -> Words:
    """Read a text of one line; `iban` is what the row has for the account of the payer."""
    match dialect:
        case "ing":
            return _ing(text, iban)
        case "abnamro":
            return _abnamro(text)
        case _:
            return Words(text)


def structured(text: str) -> str:
    """Give a text that is a structured reference and nothing else, without its marks; else nothing.

    Plain digits may as well be an invoice number: of those only a whole betalingskenmerk counts.
    """
    if len(text) > LONGEST:
        return ""
    if text[:2] in ("RF", "rf"):
        return rf(text) or ""
    if len(text) == WHOLE and text.isdigit():
        return betalingskenmerk(text) or ""
    return (any(mark in text for mark in OGM_MARKS) and ogm(text)) or ""


def _ing(text: str, iban: str) -> Words:
    """Read `Naam: … Omschrijving: … IBAN: … Kenmerk: … Valutadatum: …`.

    The payer's own words may hold all of these. So the bank's account is the last one, and only where it is the one
    of its own column.
    """
    day = None
    if match := ING_DAY.search(text):
        text = text[: match.start()]
        try:
            day = date(int(match[3]), int(match[2]), int(match[1]))
        except ValueError:
            day = None
    if not text.startswith(("Naam: ", "Name: ")):
        return Words(text, value_date=day)
    before, found, behind = text.rpartition(f" IBAN: {iban}") if iban else ("", "", "")
    if not found:
        before, behind = text, ""
    own = next((rest for label in ING_TEXT for rest in [before.partition(label)[2]] if rest), "")
    mark = next((rest for label in ING_MARK for rest in [before.partition(label)[2]] if rest and not own), "")
    reference = ING_REFERENCE.match(ING_BEHIND.split(behind.strip(), maxsplit=1)[0])
    end_to_end_id = reference[1].strip() if reference else ""
    return Words(
        own if own or mark or found else text,
        structured_reference="".join(mark.split()) if betalingskenmerk(mark) else "",
        end_to_end_id=end_to_end_id,
        value_date=day,
    )


def _abnamro(text: str) -> Words:
    lines = [text[at : at + LINE] for at in range(0, len(text), LINE)]
    field = "\n".join(lines) if text[:5].upper() == "SEPA " else text
    name, iban, reference, own, end_to_end_id, _, reason = describe("", "", field)
    return Words(" ".join(own.split()), name, iban, reference, end_to_end_id, reason)
