"""Where a rule stands in the law, and towards whom: what every rule of a country carries with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum


class DebtorKind(Enum):
    """Who owes: it decides the law."""

    CONSUMER = "consumer"  # a natural person not acting in business
    BUSINESS = "business"  # also a sole trader; in the Netherlands every legal person
    PUBLIC_BODY = "public_body"


class Certainty(Enum):
    """How sure we are of a rule; where it is not certain, the cautious reading is built in."""

    HIGH = "high"  # the text of the law was seen, or independent sources agree
    MEDIUM = "medium"  # one good secondary source
    LOW = "low"  # the rule exists, a detail is not verified


@dataclass(frozen=True, slots=True)
class Article:
    """One place in the law."""

    name: str  # as lawyers of the country write it: art. 6:119a BW
    valid_from: date
    source: str  # where its text, or its reading, was published
    certainty: Certainty = Certainty.HIGH
    valid_until: date | None = None
    address: str = ""  # where anybody can read it; nothing: we know of no place that stays

    def __str__(self) -> str:
        return self.name

    def holds_on(self, day: date) -> bool:
        """Tell whether the article is in force on `day`."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
