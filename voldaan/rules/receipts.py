"""Where a bank transaction stands on its way into the ledger."""

from __future__ import annotations

from enum import Enum


class ReceiptState(Enum):
    """What is still to be done about a movement on an own account."""

    UNMATCHED = "unmatched"  # nobody knows yet whose it is
    PROPOSED = "proposed"  # the matcher thinks it knows: a person decides
    BOOKED = "booked"  # all of it is in the ledger
    IGNORED = "ignored"  # not from a customer: paid out, or a person said so


def first_state(cents: int, *, taken_back: bool) -> ReceiptState:
    """Give the state in which a movement comes in: what was paid out asks nothing, unless it takes a receipt back."""
    return ReceiptState.UNMATCHED if cents > 0 or taken_back else ReceiptState.IGNORED
