"""What a newer open-items list says about an item that is known here: nothing new, grown, or settled elsewhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """What to do about one item, in cents; both zero: the list says nothing new."""

    grown_cents: int = 0  # booked as a correction: the bookkeeping claims more
    settled_cents: int = 0  # proposed to a person: paid in the bookkeeping, not explained by anything booked here


def difference(*, listed_cents: int, claimed_cents: int, open_cents: int) -> Difference:
    """Compare what a list has open with what it claimed before and what is open here.

    `claimed_cents` is all that was brought in for the item. What was paid here explains that the bookkeeping has not
    processed it yet (the list shows more than is open) as well as that it has (the list shows less than was claimed).
    """
    if listed_cents > claimed_cents:
        return Difference(grown_cents=listed_cents - claimed_cents)
    return Difference(settled_cents=max(open_cents - listed_cents, 0))
