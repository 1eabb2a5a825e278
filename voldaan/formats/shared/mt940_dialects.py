"""What Dutch banks write about a movement in MT940, behind the amount in :61: and in :86:.

These manners of writing are known: code words between slashes (ING, Rabobank, ABN AMRO, Knab, Triodos), the labelled
columns of ABN AMRO, numbered subfields (in a file of their own), the last line of Knab, and free text. Of any other
bank the text is kept whole.
"""

from __future__ import annotations

import re

from voldaan.formats.shared.mt940_subfields import subfields

# Name, IBAN, structured reference, text, end-to-end id, bank reference, return reason: as they stand in a Transaction.
Details = tuple[str, str, str, str, str, str, str]
Words = tuple[str, str, str, str, str, str]  # the same from :86: alone, so without the bank reference

WIDTH = 65  # characters on a line of :86: (SWIFT FIN, field 86: 6*65x); a full line was cut, a shorter one ended
COLUMN = 32  # ABN AMRO prints two columns of this width on a line, with one space between them
REFERENCE = 16  # characters of the reference in :61:

IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
REASON = re.compile(r"[A-Z]{2}[0-9]{2}|[A-Z]{4}")
POINTERS = frozenset(["", "NONREF", "EREF", "PREF", "MARF"])  # instead of a reference: where in :86: to find it

# The payer's own words may hold anything between slashes. So a code word counts once, and behind REMI only those count
# that the bank writes there; else a payer could give himself another name, or pass for a bounced direct debit.
CODE_WORDS = frozenset(
    "TRTP RTYP TRCD RTRN CREF EREF PREF MARF CSID CNTP ORDP BENM NAME ADDR IBAN BIC ULTB ULTC ULTD REMI".split()  # noqa: SIM905
)
BEHIND_TEXT = frozenset("CSID ISDT PURP SVCL ULTB ULTC ULTD OCMT EXCH CHGS INIT TRCD".split())  # noqa: SIM905
BEHIND_TEXT_ABN = BEHIND_TEXT | {"IBAN", "BIC", "EREF", "ORDP", "BENM"}

LABEL = re.compile(
    r"(IBAN|BIC|NAAM|OMSCHRIJVING|KENMERK|MACHTIGING|INCASSANT|BETALINGSKENM\.|ID DEBITEUR|VOOR): ?", re.IGNORECASE
)
BEFORE_LABEL = re.compile(f"(?<=  )(?={LABEL.pattern})", re.IGNORECASE)
KNAB = re.compile(r"(?:^|\n)(?:REK: ([A-Z0-9 ]+)/)?NAAM: ([^\n]*)$")  # until 2015: on the last line of the text
ISSUER = re.compile(r"ISSUER: *[A-Z]+ +REF: *(.+)")
PAYMENT_REFERENCE = re.compile(r"^BETALINGSKENM\. +([0-9]{7,16}) *$", re.MULTILINE)
IBAN_AND_BIC = re.compile(
    r"(?<![A-Z0-9])([A-Z]{2}[0-9]{2}[A-Z]{4}[0-9]{10}) [A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?= |$)", re.MULTILINE
)


def describe(reference: str, supplement: str, field: str) -> Details:
    """Read who it was and what he wrote; what the bank does not tell is empty.

    `reference` is what follows the kind of movement on the first line of :61:, `supplement` its further lines, and
    `field` the content of :86: with its line ends.
    """
    name, iban, structured, text, end_to_end_id, reason = _read(field)
    reference, _, bank_reference = reference.rstrip().partition("//")
    if "TRCD" in supplement:  # ING: a code for the kind of movement, behind the reference or on a line of its own
        bank_reference = (bank_reference + supplement.replace("\n", "")).partition("/TRCD/")[0]
        supplement = ""
    if len(reference) > REFERENCE:
        if own := _iban(reference):  # ASN and SNS: the counterparty's IBAN, and his name on the next line
            iban, name, supplement = iban or own, name or flowing(supplement), ""
            text = text.removeprefix(f"{iban} {name}").strip()
        else:  # Rabobank until 2014: the name
            name = name or flowing(reference[REFERENCE:])
    elif supplement and not iban and (iban := _iban(supplement)):  # Rabobank: the counterparty's IBAN on its own line
        supplement = ""
    if not text and not structured:
        reference = reference[:REFERENCE].strip()
        text = flowing(supplement) or ("" if reference in POINTERS else reference)
    bank_reference = bank_reference.strip()
    return name, iban, structured, text, end_to_end_id, "" if bank_reference == "NONREF" else bank_reference, reason


def flowing(field: str) -> str:
    """Join the lines of free text: a full line was cut by the bank, a shorter one ends with a word."""
    if "\n" in field:
        field = "".join(line if len(line) >= WIDTH else f"{line} " for line in field.split("\n"))
    return " ".join(field.split())


def _iban(account: str) -> str:
    """Give `account` without spaces where it has the shape of an IBAN, else nothing."""
    account = account.replace(" ", "")
    return account if IBAN.fullmatch(account) else ""


def _read(field: str) -> Words:
    if field[:1] == "/" and field[1:5].rstrip("/") in CODE_WORDS:
        return _code_words(field)
    if field[:5].upper() == "SEPA ":
        return _columns(field)
    if numbered := subfields(field):
        name, account, text, end_to_end_id, reason = numbered
        return name, account, "", text, end_to_end_id, reason
    if last := KNAB.search(field):
        text = flowing(field[: last.start()])
        return flowing(last[2]), _iban(last[1] or ""), "", text, "", ""
    iban, reference = IBAN_AND_BIC.search(field), PAYMENT_REFERENCE.search(field)
    return "", iban[1] if iban else "", reference[1] if reference else "", flowing(field), "", ""


def _code_words(field: str) -> Words:
    """Read `/EREF/…/CNTP/…/REMI/…`: ING, Rabobank, and ABN AMRO where it begins with TRTP or RTYP."""
    abn = field[:6] in {"/TRTP/", "/RTYP/"}
    if abn:  # which trims its lines: one that lacks a character lost the space at its end
        field = "".join(f"{line} " if len(line) == WIDTH - 1 else line for line in field.split("\n"))
    else:
        field = field.replace("\n", "")
    value: list[str] = []
    words = {"": value}
    known = CODE_WORDS
    for part in field.split("/"):
        if part in known and part not in words:
            words[part] = value = []
            if part == "REMI":
                known = BEHIND_TEXT_ABN if abn else BEHIND_TEXT
        else:
            value.append(part)

    if "CNTP" in words:  # account, BIC, name, town
        iban, _, name, *_ = [*words["CNTP"], "", "", ""]
    else:
        iban, name = _value(words, "IBAN"), _value(words, "NAME")
    name = " ".join(name.split())
    reference, text = _remittance(_value(words, "REMI"))
    end_to_end_id = _value(words, "EREF")
    reason = REASON.match(_value(words, "RTRN"))
    return (
        name,
        _iban(iban),
        reference,
        text or ("" if reference or name or "REMI" in words else field),
        "" if end_to_end_id == "NOTPROVIDED" else end_to_end_id,
        reason[0] if reason else "",
    )


def _value(words: dict[str, list[str]], word: str) -> str:
    return "/".join(words[word]).strip("/ ") if word in words else ""


def _remittance(words: str) -> tuple[str, str]:
    """Give the structured reference, without spaces and marks, and the free text; one of them is empty."""
    kind, _, rest = words.partition("/")
    if kind == "USTD":  # nothing behind it: the payer wrote nothing
        words = rest.lstrip("/")
    elif kind == "STRD":
        return _unmarked(rest.partition("/")[2]), ""
    elif words.startswith("ISSUE") and (issuer := ISSUER.fullmatch(words)):
        return _unmarked(issuer[1]), ""
    return "", " ".join(words.split())


def _unmarked(reference: str) -> str:
    return "".join(character for character in reference if character.isascii() and character.isalnum())


def _columns(field: str) -> Words:
    """Read ABN AMRO's `SEPA OVERBOEKING      IBAN: …`: labelled values that run on from column to column."""
    value: list[str] = []
    words = {"": value}
    for line in field.split("\n"):
        first, *others = BEFORE_LABEL.sub("\n", line).split("\n")
        blocks = [first[:COLUMN], first[COLUMN + 1 :]] if first[COLUMN : COLUMN + 1] == " " else [first]
        for block in blocks + [other.rstrip() for other in others]:
            label = LABEL.match(block)
            if label and label[1].upper() not in words:
                words[label[1].upper()] = value = [block[label.end() :]]
            else:
                value.append(block)
            if len(block) < COLUMN:
                value.append(" ")

    plain = {label: " ".join("".join(value).split()) for label, value in words.items()}
    reference, text = _unmarked(plain.get("BETALINGSKENM.", "")), plain.get("OMSCHRIJVING", "")
    end_to_end_id = plain.get("KENMERK", "")
    return (
        plain.get("NAAM", ""),
        _iban(plain.get("IBAN", "")),
        reference,
        text if text or reference else flowing(field),
        "" if end_to_end_id == "NOTPROVIDED" else end_to_end_id,
        "",
    )
