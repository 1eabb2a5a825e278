"""What a payer wrote: the words of a remittance text that may be numbers of invoices, and how surely they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter

from voldaan.rules.money import Money

MOST_WORDS = 60  # looked up per text
LONGEST_WORD = 35  # characters of a folded number; a reference (RF) has 25 at most
LONGEST_TEXT = 2_000  # characters read; SEPA carries 140, an older statement some 400

# How surely a word is one that the payer wrote as a whole.
HINT = 0  # a piece of something longer, or a reference of the payer's own making
LOOSE = 1  # put together over a space or a point, or one of several numbers in a row
WHOLE = 2

_TOKEN = re.compile(r"([^\W_]+)")
_DIGIT = re.compile(r"\d")
# What people put before a number without a space (fact2026-001); the code of the banks for a number is /INV/.
_GLUED = re.compile(r"(?<![^\W_])(?:FACTUUR(?:NUMMER|NR)?|FACT(?:URE|NR)?|FNR|INVOICE|NR)(?=[A-Z]{0,3}[0-9])")
_CODE = "/INV/"
_LETTERS = re.compile(r"^[^\W\d_]+[^\w]*(?=\d)")  # in front of a number, of a series
_ZEROS = re.compile(r"(?<=[^\W\d_]|[^\w])0+(?=\d)")  # behind a letter or a mark
_ENDING = re.compile(
    r"(?<![^\W_])(?:FACT[^\W\d_]*|FNR|INVOICE|REKENING|NOTA|NR|NUMMER)[\s.:#°]*([0-9]{2,6})(?![^\W_]|[-/.,][0-9])"
)
_SHORTEST = 5  # characters of a number that is written shorter than it is printed
_TIGHT = frozenset("-/_")  # holds the parts of one number together
_JOINING = _TIGHT | {"", ".", ":"}  # after white space; not the comma, which parts a list and cents
_PREFIX = 6  # letters: a longer word beside a number is no part of it

_YEAR = "(?:19|20)[0-9]{2}"
_MONTH, _DAY = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
_PERIOD = "(?:Q|T|K|KW|W|WK|WEEK|SEM|SEMAINE)"
_SOMETHING_ELSE = re.compile(
    "[0-9]{4}"  # a year, a day and month, a Belgian postcode
    "|[0-9]{4}[A-Z]{2}"  # a Dutch postcode
    f"|{_YEAR}{_MONTH}{_DAY}|(?:{_DAY}|[1-9])(?:{_MONTH}|[1-9]){_YEAR}|{_MONTH}{_DAY}{_YEAR}"
    f"|{_DAY}{_MONTH}[0-9]{{2}}|[0-9]{{2}}{_MONTH}{_DAY}|{_MONTH}{_YEAR}|{_YEAR}{_MONTH}"
    f"|(?:[0-9]{{1,2}}[A-Z]{{3,9}}|[A-Z]+){_YEAR}|{_YEAR}[A-Z]+"  # 3 mrt 2026, January 2026
    f"|(?:{_YEAR})?{_PERIOD}[0-9]{{1,2}}(?:{_YEAR})?"
)


def folded(number: str) -> str:
    """Fold an invoice number to its letters and digits, upper case and without accents: `f 2026/001` is `F2026001`."""
    if number.isascii() and number.isalnum():
        return number.upper()
    return "".join(_TOKEN.findall(_plain(number)))


def words(text: str) -> frozenset[str]:
    """Give the folded numbers that a text may name, at most 60: each word with a digit, and neighbours joined."""
    return frozenset(said_in(text))


def _plain(text: str) -> str:
    if text.isascii():
        return text.upper()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).upper()


@lru_cache(maxsize=4096)  # the caller asks the words of a block of texts, then their proposals
def said_in(text: str) -> dict[str, int]:
    """Give each folded number in a text with how surely it stands there: HINT, LOOSE or WHOLE."""
    plain = _plain(text[:LONGEST_TEXT])
    if not _DIGIT.search(plain):
        return {}
    if plain.isalnum() and not _GLUED.match(plain):
        return {plain: WHOLE} if len(plain) <= LONGEST_WORD else {}
    parts = _TOKEN.split(_GLUED.sub(r"\g<0> ", plain).replace(_CODE, " "))
    tokens, gaps = parts[1::2], parts[::2]  # gaps[at] stands before tokens[at], gaps[at + 1] behind it
    singles = [
        (token, LOOSE if gaps[at] in _TIGHT or gaps[at + 1] in _TIGHT else WHOLE)
        for at, token in enumerate(tokens)
        if not token.isalpha() and len(token) <= LONGEST_WORD
    ]
    # The surest first, so that what falls off in a long text is the least of it.
    joined = sorted(_joined(tokens, gaps), key=itemgetter(1), reverse=True)
    said: dict[str, int] = {}
    for word, surely in singles + joined:
        if word in said or len(said) < MOST_WORDS:
            said[word] = max(surely, said.get(word, HINT))
    return said


def _joined(tokens: list[str], gaps: list[str]) -> Iterator[tuple[str, int]]:
    """Join two to four neighbours where a digit is among them; what a mark ties to still more is only a hint."""
    alpha = [token.isalpha() for token in tokens]
    long = [is_alpha and len(token) > _PREFIX for is_alpha, token in zip(alpha, tokens, strict=True)]
    for first, word in enumerate(tokens):
        surely, has_digit = WHOLE, not alpha[first]
        # A creditor reference is printed in groups of four, up to seven of them.
        widest = 7 if word[:2] == "RF" and word[2:4].isdigit() else 4
        for last in range(first + 1, min(first + widest, len(tokens))):
            gap = gaps[last]
            if gap not in _TIGHT:
                surely = LOOSE
                if long[last - 1] or long[last] or gap.strip() not in _JOINING:
                    break
            word += tokens[last]  # noqa: PLW2901 - it grows
            has_digit = has_digit or not alpha[last]
            if len(word) > LONGEST_WORD:
                break
            if has_digit:
                yield word, HINT if gaps[first] in _TIGHT or gaps[last + 1] in _TIGHT else surely


@lru_cache(maxsize=4096)
def shorter(number: str) -> frozenset[str]:
    """Give how people shorten a number, folded: `F2026-0417` is also `2026-0417`, `F2026-417` and `2026-417`."""
    plain = _plain(number)
    bare = _LETTERS.sub("", plain)
    found = {folded(way) for one in (plain, bare) for way in (one, _ZEROS.sub("", one))}
    return frozenset(word for word in found - {folded(number)} if len(word) >= _SHORTEST)


@lru_cache(maxsize=4096)
def endings(text: str) -> frozenset[str]:
    """Give the few digits that stand for a whole number in a text: `factuur 417`, or `417` and nothing else."""
    plain = _plain(text[:LONGEST_TEXT]).strip()
    found = [plain] if re.fullmatch("[0-9]{2,6}", plain) else _ENDING.findall(plain)
    return frozenset(ending for ending in found if not re.fullmatch(_YEAR, ending))


def ends_with(number: str, ending: str) -> bool:
    """Tell whether a folded number ends so: by three digits, or by all of its last figure."""
    before = number.removesuffix(ending)[-1:]
    return number.endswith(ending) and (len(ending) >= 3 or (len(ending) == 2 and before == "0"))


def is_distinctive(word: str, surely: int, cents: int) -> bool:
    """Tell whether a word is hardly anything but the number of an invoice: no year, date, postcode, week or amount."""
    if surely == HINT or len(word) < (4 if surely == WHOLE else 6):
        return False
    amount = Money(cents).plain()
    return word not in (amount.replace(".", ""), amount.partition(".")[0]) and not _SOMETHING_ELSE.fullmatch(word)
