"""Placeholder until the rules are written in this file: replace it whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum


class Evidence(Enum):
    STRUCTURED_REFERENCE = "structured reference"
    INVOICE_NUMBER = "invoice number"


class MatchClass(Enum):
    REFERENCE_AMOUNT = "reference_amount"


@dataclass(frozen=True, slots=True)
class Candidate:
    receivable_id: int
    debtor_id: int
    invoice_id: int
    number: str
    reference: str
    open_cents: int
    due_date: date
    debtor_name: str


@dataclass(frozen=True, slots=True)
class Receipt:
    cents: int
    iban: str
    name: str
    text: str
    structured_reference: str
    end_to_end_id: str


@dataclass(frozen=True, slots=True)
class Match:
    match_class: MatchClass
    evidence: tuple[Evidence, ...]
    lines: tuple[tuple[int, int], ...]
    left_cents: int
    debtor_id: int
    certain: bool


def words(text: str) -> frozenset[str]:
    return frozenset()


def folded(number: str) -> str:
    return "".join(c for c in number.upper() if c.isalnum())


def propose(receipt: Receipt, candidates: Sequence[Candidate], *, known_payers: frozenset[int]) -> list[Match]:
    return []
