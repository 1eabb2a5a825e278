"""Which open items add up to an amount: all of them, a few in only one way, or those that were due up to a day."""

from __future__ import annotations

from voldaan.rules.candidates import Candidate

MOST_ITEMS = 20  # of one debtor, of which every sum is tried
MOST_STEPS = 20_000  # of trying sums
SURE_SUM = 3  # items: so many that add up are no chance; of twenty items some larger set nearly always fits


def adding_up(items: list[Candidate], cents: int) -> tuple[list[Candidate], bool] | None:
    """Find items that add up to an amount, oldest due first, and whether that is surely no chance."""
    if sum(item.open_cents for item in items) <= cents:
        return whole(items, cents)
    if len(items) <= MOST_ITEMS:
        ways, chosen = _subset(items, cents)
        if ways is not None:
            return (chosen, ways == 1 and len(chosen) <= SURE_SUM) if ways else None
    chosen = _due_up_to_a_day(items, cents) or _pair(items, cents)
    return (chosen, False) if chosen else None


def whole(items: list[Candidate], cents: int) -> tuple[list[Candidate], bool] | None:
    """Give all the items, if they add up to the amount."""
    return (items, True) if sum(item.open_cents for item in items) == cents else None


def _subset(items: list[Candidate], cents: int) -> tuple[int | None, list[Candidate]]:
    """Count the ways to add up to an amount (0, 1, or 2 for more) and give the first; None where it takes too long.

    Dynamic programming over the sums that can still be reached and completed, the largest items first.
    """
    falling = sorted(items, key=lambda item: -item.open_cents)
    rest, steps = sum(item.open_cents for item in items), 0
    reached = {0: (1, 0)}  # sum: the ways to it, and the items of the first as bits
    for at, item in enumerate(falling):
        rest -= item.open_cents
        steps += len(reached)
        if steps > MOST_STEPS:
            return None, []
        without = {so_far: way for so_far, way in reached.items() if so_far + rest >= cents}
        for so_far, (ways, bits) in reached.items():
            now = so_far + item.open_cents
            if now <= cents <= now + rest:
                others, first = without.get(now, (0, bits | 1 << at))
                without[now] = (min(2, ways + others), first)
        reached = without
    ways, bits = reached.get(cents, (0, 0))
    chosen = {item.receivable_id for at, item in enumerate(falling) if bits >> at & 1}
    return ways, [item for item in items if item.receivable_id in chosen]


def _due_up_to_a_day(items: list[Candidate], cents: int) -> list[Candidate]:
    """Find everything due up to some day that adds up: who pays all that is overdue pays so."""
    total = 0
    for at, item in enumerate(items, 1):
        total += item.open_cents
        if total >= cents:
            is_whole_day = at == len(items) or items[at].due_date > item.due_date
            return items[:at] if total == cents and is_whole_day else []
    return []


def _pair(items: list[Candidate], cents: int) -> list[Candidate]:
    seen: dict[int, Candidate] = {}
    for item in items:
        if cents - item.open_cents in seen:
            return [seen[cents - item.open_cents], item]
        seen.setdefault(item.open_cents, item)
    return []
