"""The particulars of a debtor as a list states them: checked, and written the same way whoever made the list."""

from __future__ import annotations

import re
import unicodedata

from stdnum import iban

from voldaan.rules.refusals import mark

BAD_EMAIL = mark("“{shown}” is not an e-mail address: left out.")
BAD_IBAN = mark("“{shown}” is not a valid IBAN: left out.")
BAD_WORD = mark("“{shown}” is not understood: left out.")

_EMAIL = re.compile(r"[^@\s,;<>\"()]+@[^@\s,;<>\"()]+\.[^@\s,;<>\"().]{2,}")
_NOTHING = {"", "-", "–", "n.v.t.", "nvt", "n/a"}
_COUNTRIES = {
    "nederland": "NL", "netherlands": "NL", "thenetherlands": "NL", "holland": "NL", "paysbas": "NL", "belgie": "BE",
    "belgium": "BE", "belgique": "BE", "duitsland": "DE", "germany": "DE", "deutschland": "DE", "allemagne": "DE",
    "frankrijk": "FR", "france": "FR", "luxemburg": "LU", "luxembourg": "LU", "verenigdkoninkrijk": "GB",
    "unitedkingdom": "GB", "spanje": "ES", "spain": "ES", "italie": "IT", "italy": "IT", "oostenrijk": "AT",
    "austria": "AT", "ierland": "IE", "ireland": "IE", "denemarken": "DK", "denmark": "DK", "zwitserland": "CH",
    "switzerland": "CH", "polen": "PL", "poland": "PL",
}  # fmt: skip
_LANGUAGES = {
    "nl": "nl", "nederlands": "nl", "dutch": "nl", "fr": "fr", "frans": "fr", "french": "fr", "francais": "fr",
    "de": "de", "duits": "de", "german": "de", "deutsch": "de", "en": "en", "engels": "en", "english": "en",
}  # fmt: skip
_CONSUMERS = {
    **dict.fromkeys(("ja", "yes", "true", "1", "particulier", "consument", "consumer", "b2c", "individual"), "yes"),
    **dict.fromkeys(("nee", "no", "false", "0", "zakelijk", "bedrijf", "business", "b2b", "company"), "no"),
}


class Doubtful(Exception):  # noqa: N818 - caught by the reader, which leaves the value out and says so
    """The text is not what its column promises."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


def particular(name: str, text: str) -> str:
    """Give the value of the field `name`; "" for nothing, "yes" or "no" for a consumer.

    Raises:
        Doubtful: for an address, an IBAN or a word that is not one.
    """
    if text.lower() in _NOTHING:
        return ""
    match name:
        case "email":
            if not _EMAIL.fullmatch(text):
                raise Doubtful(BAD_EMAIL)
            return text
        case "iban":
            if not text.isascii() or not iban.is_valid(text):
                raise Doubtful(BAD_IBAN)
            return str(iban.compact(text))
        case "country":
            return text.upper() if re.fullmatch("[A-Za-z]{2}", text) else _word(_COUNTRIES, text)
        case "language":
            return _word(_LANGUAGES, text.partition("-")[0].partition("_")[0])
        case "is_consumer":
            return _word(_CONSUMERS, text)
        case "vat_number" | "registration_number":
            return re.sub(r"[\s.]", "", text).upper()
        case "payment_reference":
            bare = re.sub(r"[\s+/.*-]", "", text).upper()
            return bare if bare.isalnum() else text
        case _:
            return text


def _word(known: dict[str, str], text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).lower()
    word = known.get(re.sub("[^a-z0-9]", "", letters))
    if word is None:
        raise Doubtful(BAD_WORD)
    return word
