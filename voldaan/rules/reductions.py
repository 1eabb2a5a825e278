"""What is given up with a payment that falls short: a discount that was taken in time, or a few cents.

Whether it is given up by itself, the matcher says by what it was named with; here is only whether the amounts fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from voldaan.rules.ledger import EntryKind
from voldaan.rules.money import spread

WHOLE = 10_000  # a hundred percent, in hundredths of a percent


class GivenUp(NamedTuple):
    """What is given up on one receivable, and as what it is booked."""

    receivable_id: int
    cents: int
    kind: EntryKind


@dataclass(frozen=True, slots=True)
class EarlyPayment:
    """The discount that one open item still gives to who pays all the rest of it in time."""

    least_cents: int  # whichever way the payer rounded
    most_cents: int
    until: date  # the last day

    @classmethod
    def of(cls, cents: int, *, rate: int, until: date) -> EarlyPayment:
        """Give the discount on an amount, at a rate in hundredths of a percent; a cent is always left to pay."""
        return cls(cents * rate // WHOLE, min(-(-cents * rate // WHOLE), cents - 1), until)


class Asked(NamedTuple):
    """One open item, as far as it matters here."""

    receivable_id: int
    open_cents: int
    discount: EarlyPayment | None


def given_up(items: Sequence[Asked], cents: int, *, paid_on: date, tolerance_cents: int) -> list[GivenUp] | None:
    """Say what is given up where `cents` settle all these items: nothing if they are exact; None: they do not settle.

    A discount is given up only whole, on every item that still gives one; a few cents at most as many as the tolerance,
    on the largest item.
    """
    short = sum(item.open_cents for item in items) - cents
    if short <= 0:
        return None if short else []
    offers = [(item, item.discount) for item in items if item.discount and paid_on <= item.discount.until]
    least = sum(offer.least_cents for _, offer in offers)
    if least and least <= short <= sum(offer.most_cents for _, offer in offers):
        roundings, _ = spread(short - least, [offer.most_cents - offer.least_cents for _, offer in offers])
        shares = [offer.least_cents + more for (_, offer), more in zip(offers, roundings, strict=True)]
        return [
            GivenUp(item.receivable_id, share, EntryKind.DISCOUNT)
            for (item, _), share in zip(offers, shares, strict=True)
            if share
        ]
    largest = max(items, key=lambda item: item.open_cents)
    if short <= tolerance_cents and short < largest.open_cents:
        return [GivenUp(largest.receivable_id, short, EntryKind.DIFFERENCE)]
    return None
