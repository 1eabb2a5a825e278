"""Numbers that prove themselves: IBAN, RF, OGM/VCS, betalingskenmerk, VAT and registration numbers; and e-mail.

A reader takes the text of one field, whatever it holds, and answers its normal form or None; it never looks for a
number inside a longer text. A maker is handed a number of ours, a printer a normal form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from functools import partial

from stdnum import iban as stdnum_iban
from stdnum.be import vat as stdnum_kbo
from stdnum.eu import vat as stdnum_vat
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

LONGEST = 64  # characters; the longest printed form has 42, and huge digit strings are slow to turn into a number

# Betaalvereniging Nederland, specification of the betalingskenmerk: weights of the digits, from the right.
ELEVEN_TEST_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)

_LOCAL_PART = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?P<local>{_LOCAL_PART})@(?P<domain>(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL})")


class ReferenceKind(Enum):
    """The structured references that a payer's bank knows."""

    RF = "rf"  # ISO 11649, all of SEPA
    OGM = "ogm"  # Belgium; VCS in French
    BETALINGSKENMERK = "betalingskenmerk"  # the Netherlands


def _bare(text: str, marks: str = "") -> str:
    """Take out white space and `marks`, in upper case; empty where anything but ASCII letters and digits is left."""
    if len(text) > LONGEST:
        return ""
    bare = "".join(char for char in text if not char.isspace() and char not in marks)
    return bare.upper() if bare.isascii() and bare.isalnum() else ""


def _proven(validate: Callable[[str], str], bare: str) -> str | None:
    try:
        return validate(bare)
    except ValidationError:
        return None


def iban(text: str) -> str | None:
    """Read an IBAN (ISO 13616), typed in any case and spacing: `NL91ABNA0417164300`.

    Its check digits count, and the length and layout of its country. Check digits run from 02 to 98; 00, 01 and 99
    would give one account two numbers.
    """
    # Not the checks per country: they hold Belgian numbers against a list of banks that lags behind the banks.
    number = _proven(partial(stdnum_iban.validate, check_country=False), _bare(text, ".-"))
    return number if number and "02" <= number[2:4] <= "98" else None


def print_iban(number: str) -> str:
    """Write an IBAN in groups of four: `NL91 ABNA 0417 1643 00`."""
    return _in_fours(number)


def rf(text: str) -> str | None:
    """Read a creditor reference (ISO 11649): `RF18539007547034`. Leading zeros stay as they were written."""
    bare = _bare(text, ".-/")
    return bare if bare.startswith("RF") and make_rf(bare[4:]) == bare else None


def make_rf(text: str) -> str | None:
    """Make a creditor reference of an invoice number; None where it holds other than 1 to 21 letters and digits.

    Spaces and the marks `.-/` fall out, so that 1-11 and 11-1 give the same reference: the caller keeps it unique.
    """
    bare = _bare(text, ".-/")
    if not 1 <= len(bare) <= 21:
        return None
    return f"RF{mod_97_10.calc_check_digits(bare + 'RF')}{bare}"


def print_rf(reference: str) -> str:
    """Write a creditor reference in groups of four: `RF18 5390 0754 7034`."""
    return _in_fours(reference)


def ogm(text: str) -> str | None:
    """Read a Belgian structured communication, with or without its crosses or stars: 12 digits, `123456789002`.

    The last two are the first ten modulo 97, and 97 for a remainder of 0 (Febelfin).
    """
    bare = _bare(text, "+*/")
    if not bare.isdigit() or len(bare) != 12 or bare.startswith("0" * 10):
        return None
    return bare if make_ogm(int(bare[:10])) == bare else None


def make_ogm(number: int) -> str:
    """Make a Belgian structured communication of a number of ours, from 1 to 9,999,999,999."""
    assert 0 < number < 10**10, "a structured communication has ten digits of its own"
    return f"{number:010}{number % 97 or 97:02}"


def print_ogm(reference: str) -> str:
    """Write a Belgian structured communication as on a transfer: `+++123/4567/89002+++`."""
    return f"+++{reference[:3]}/{reference[3:7]}/{reference[7:]}+++"


def betalingskenmerk(text: str) -> str | None:
    """Read a Dutch payment reference of 7, 9 to 14 or 16 digits (Betaalvereniging Nederland).

    16 digits begin with a check digit; 9 to 14 with a check digit and the last figure of the length that follows.
    Seven digits carry no proof at all: ask only of a field that is meant for a reference.
    """
    bare = _bare(text)
    if not bare.isdigit() or not bare.strip("0"):
        return None
    length = len(bare)
    if length == 7:
        return bare
    if length == 16 or (9 <= length <= 14 and bare[1] == str((length - 2) % 10)):
        return bare if bare[0] == _eleven_test_digit(bare[1:]) else None
    return None


def make_betalingskenmerk(number: int) -> str:
    """Make a Dutch payment reference of 16 digits, of a number of ours below 10**15."""
    assert 0 < number < 10**15, "a payment reference has fifteen digits of its own"
    digits = f"{number:015}"
    return _eleven_test_digit(digits) + digits


def print_betalingskenmerk(reference: str) -> str:
    """Write a Dutch payment reference in groups of four, counted from the right: `12 2345 3462 2567`."""
    head = len(reference) % 4
    return f"{reference[:head]} {_in_fours(reference[head:])}".strip()


READERS: dict[ReferenceKind, Callable[[str], str | None]] = {
    ReferenceKind.RF: rf,
    ReferenceKind.OGM: ogm,
    ReferenceKind.BETALINGSKENMERK: betalingskenmerk,
}


def structured(text: str) -> str | None:
    """Read a structured reference of any kind. Kinds that share a length share their normal form: plain digits."""
    return next((reference for read in READERS.values() if (reference := read(text))), None)


def vat_number(text: str) -> str | None:
    """Read a VAT number of a member state or Northern Ireland, with its country in front: `NL820605876B01`.

    Dutch sole traders pass modulo 97, others the eleven test. That it exists, only VIES knows.
    """
    return _proven(stdnum_vat.validate, _bare(text, ".-/()"))


def registration_number(text: str, country: str) -> str | None:
    """Read the number of a business in its register: KvK in the Netherlands, KBO/BCE in Belgium.

    Of a country whose rule we do not know it is what was written, in one line.
    """
    read = _REGISTERS.get(country.upper(), _as_written)
    return read(text)


def _kvk(text: str) -> str | None:
    bare = _bare(text, ".-")  # eight digits without a check digit (Handelsregister)
    return bare if bare.isdigit() and len(bare) == 8 and bare.strip("0") else None


def _kbo(text: str) -> str | None:
    return _proven(stdnum_kbo.validate, _bare(text, ".-/()"))


def _as_written(text: str) -> str | None:
    line = " ".join(text[: LONGEST + 1].split())
    return line if 0 < len(line) <= LONGEST and line.isprintable() else None


_REGISTERS: dict[str, Callable[[str], str | None]] = {"BE": _kbo, "NL": _kvk}


def email(text: str) -> str | None:
    """Read exactly one plain e-mail address; its domain in lower case.

    None for a name beside it, a list, a line break, quotes or comments, letters outside ASCII, and for what RFC 5321
    calls too long (64 before the @, 254 in all).
    """
    address = text.strip(" \t") if len(text) <= 254 + LONGEST else ""
    found = _ADDRESS.fullmatch(address) if len(address) <= 254 else None
    if found is None or len(found["local"]) > 64:
        return None
    return f"{found['local']}@{found['domain'].lower()}"


def _in_fours(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _eleven_test_digit(digits: str) -> str:
    weighted = sum(
        int(digit) * ELEVEN_TEST_WEIGHTS[at % len(ELEVEN_TEST_WEIGHTS)] for at, digit in enumerate(reversed(digits))
    )
    check = 11 - weighted % 11
    return str({10: 1, 11: 0}.get(check, check))
