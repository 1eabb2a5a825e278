"""Where in the words of a bank line the evidence stands: the number, the reference or the name that a match goes by."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from voldaan.rules.remittance import endings, ends_with, folded, shorter

FURTHEST = 3  # signs that may part the letters and digits of one number
SHORTEST_NAME = 4  # letters
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Signs:
    """What to look for in the words of a bank line."""

    numbers: tuple[str, ...] = ()  # of invoices, and payment references, as they are printed
    name: str = ""


def pieces(text: str, signs: Signs) -> Iterator[tuple[str, bool]]:
    """Cut a text into what is evidence (True) and what is not; together they are the text."""
    at = 0
    for start, end in spans(text, signs):
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


@lru_cache(maxsize=2_048)
def spans(text: str, signs: Signs) -> tuple[Span, ...]:
    """Find what bears the evidence, in order and apart."""
    line = _Line.of(text)
    found: list[Span] = []
    for number in signs.numbers:
        ways = sorted({folded(number), *shorter(number)} - {""}, key=len, reverse=True)
        those = next((those for way in ways if (those := line.places(way))), [])
        found += those or _by_ending(line, text, folded(number))
    if len(name := folded(signs.name)) >= SHORTEST_NAME:
        found += line.places(name)
    return tuple(_joined(sorted(found)))


def _by_ending(line: _Line, text: str, number: str) -> list[Span]:
    """Find `417` where `factuur 417` stands for the whole number."""
    return [place for end in endings(text) if ends_with(number, end) for place in line.places(end)]


@dataclass(frozen=True, slots=True)
class _Line:
    """A text as matching reads it, each sign with its place."""

    signs: str  # letters and digits only, upper case, without accents
    at: tuple[int, ...]  # where each stands in the text

    @classmethod
    def of(cls, text: str) -> _Line:
        told = [
            (upper, at)
            for at, sign in enumerate(text)
            for part in unicodedata.normalize("NFKD", sign)
            for upper in part.upper()
            if upper.isalnum() and not unicodedata.combining(upper)
        ]
        return cls("".join(sign for sign, _ in told), tuple(at for _, at in told))

    def places(self, wanted: str) -> list[Span]:
        """Find a word that stands by itself, its parts perhaps apart; a word may be glued before a number."""
        found, start = [], self.signs.find(wanted)
        while start >= 0:
            end = start + len(wanted)
            if self._begins(start) and self._ends(end) and self._holds(start, end):
                found.append((self.at[start], self.at[end - 1] + 1))
            start = self.signs.find(wanted, start + 1)
        return found

    def _begins(self, start: int) -> bool:
        is_glued = start > 0 and self.at[start] - self.at[start - 1] <= 1
        return not is_glued or (self.signs[start].isdigit() != self.signs[start - 1].isdigit())

    def _ends(self, end: int) -> bool:
        return end == len(self.signs) or self.at[end] - self.at[end - 1] > 1

    def _holds(self, start: int, end: int) -> bool:
        return all(self.at[n + 1] - self.at[n] <= FURTHEST + 1 for n in range(start, end - 1))


def _joined(found: Iterable[Span]) -> Iterator[Span]:
    last: Span | None = None
    for start, end in found:
        if last is None:
            last = (start, end)
        elif start <= last[1]:
            last = (last[0], max(last[1], end))
        else:
            yield last
            last = (start, end)
    if last is not None:
        yield last
