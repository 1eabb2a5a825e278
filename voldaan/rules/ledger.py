"""The words of the ledger: kinds of entry, who allocates, and on which day a booking shows in reports."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from hashlib import sha256

LONGEST_SOURCE = 120  # characters


class EntryKind(Enum):
    """Why what a debtor owes has moved."""

    INVOICED = "invoiced"
    BROUGHT_FORWARD = "brought_forward"  # open in another bookkeeping when it came here
    CREDITED = "credited"
    RECEIVED = "received"
    WRITE_OFF = "write_off"
    REFUNDED = "refunded"  # credit that was paid back
    SET_OFF = "set_off"  # we owe the customer as much, or he paid it for us to the state
    DISCOUNT = "discount"  # taken off by who paid in time
    DIFFERENCE = "difference"  # a few cents that a payment fell short
    INTEREST = "interest"  # formally claimed by a letter; negative: what of it was more than the law gives
    COSTS = "costs"  # the same
    CORRECTION = "correction"  # another bookkeeping's list says otherwise
    MOVED = "moved"  # what is open went to another debtor, of whom this one was a double
    REVERSAL = "reversal"  # takes back the entry that it names


class ReceivableKind(Enum):
    """What a receivable is: the price itself, or what a letter formally claimed because it came late."""

    PRINCIPAL = "principal"
    INTEREST = "interest"
    COSTS = "costs"


class TooMuch(Enum):
    """Why a claim stands for more than the law gives, so that the difference is taken back."""

    PAID_BEFORE = "paid_before"  # money was booked only after it was claimed, and counts for an earlier day
    TOO_EARLY = "too_early"  # the term of the notice before it was not over
    LESS_BY_LAW = "less_by_law"  # by anything else that is known now


class By(Enum):
    """Who allocated: the matcher with proof, or a person."""

    MACHINE = "machine"
    PERSON = "person"


def counts_on(value_date: date, closed_until: date | None) -> date:
    """Give the day from which reports show a booking: its value date, or the first open day after a close.

    A closed period never changes; what arrives late for it shows in the open one and keeps both its dates.
    """
    if closed_until is None:
        return value_date
    return max(value_date, closed_until + timedelta(days=1))


def source(words: str) -> str:
    """Name what brought in an entry: as it was put together, or a part of it and a hash where that is too long.

    The same words give the same name, and others another, however long they are: nothing is booked twice.
    """
    if len(words) <= LONGEST_SOURCE:
        return words
    mark = f"~{sha256(words.encode()).hexdigest()[:24]}"
    return f"{words[: LONGEST_SOURCE - len(mark)]}{mark}"
