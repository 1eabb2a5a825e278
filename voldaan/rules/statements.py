"""Which papers prove balances, and whether two tellings of a bank movement are one: overlaps, other formats, twins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

STATEMENTS = frozenset(["camt.053", "coda", "mt940"])  # state by nature what stood on the account, before and after
INTERIM = frozenset(["camt.052", "camt.054", "mt942"])  # tell of a day that is not over, or of some movements only
FURTHEST = timedelta(days=7)  # ahead, that banks date: over a weekend with feast days, with some to spare


def is_far_ahead(day: date, today: date) -> bool:
    """Tell whether no bank dates a booking or a balance like this, today."""
    return day - today > FURTHEST


def is_held_to_balances(format_: str, *, has_both: bool) -> bool:
    """Tell whether the balances of a paper are proved; what is not held to them never says how far the bank is known.

    A statement always is, so one without balances is doubted. An interim report never is: what it calls a balance is of
    a day that goes on. Any other export of a bank is where it states both.
    """
    return format_ in STATEMENTS or (has_both and format_ not in INTERIM)


@dataclass(slots=True, unsafe_hash=True)  # not frozen, for speed; and never changed
class Told:
    """How one file told a movement, of which account, day and amount are known to be equal."""

    format: str
    counterparty_iban: str = ""
    end_to_end_id: str = ""
    bank_reference: str = ""
    text: str = ""
    # These tell no movement from another.
    batch_reference: str = field(default="", compare=False)
    return_reason: str = field(default="", compare=False)
    pk: int = field(default=0, compare=False)

    @property
    def words(self) -> str:
        """Give the text without layout: another program may have broken its lines elsewhere."""
        return "".join(self.text.split())


def paired(incoming: Sequence[Told], stored: Sequence[Told]) -> dict[int, int]:
    """Pair each telling with the stored movement that it tells again, the surest first.

    Both lists are of one account, day, currency and amount. Twins are counted: two equal tellings against one stored
    movement leave one that is new. Gives places in `stored` by places in `incoming`; what is not in it is new.
    """
    pairs: dict[int, int] = {}
    new, free = list(range(len(incoming))), set(range(len(stored)))
    formats = sorted({told.format for told in stored})
    for sign, also_in_one_format in SIGNS:
        by_sign: dict[tuple[str, Hashable], list[int]] = defaultdict(list)
        for place in sorted(free):
            if (key := sign(stored[place])) is not None:
                by_sign[stored[place].format, key].append(place)
        still_new = []
        for place in new:
            one = incoming[place]
            those = [] if (key := sign(one)) is None else [f for f in formats if also_in_one_format or f != one.format]
            alike = (by_sign.get((each, key), []) for each in those)
            twin = next((taken for places in alike if (taken := _take(one, places, stored)) is not None), None)
            if twin is None:
                still_new.append(place)
            else:
                pairs[place] = twin
                free.remove(twin)
        new = still_new
    return pairs


def is_sum_of(whole: Told, parts: Iterable[Told], *, surely: bool) -> bool:
    """Tell whether a movement is the one sum in which the bank booked these, of which it is known that they add up.

    It surely is where both tell the same reference of the bank; else where they are told in formats that leave it out
    or number in their own way, and nothing is known of a payer of the whole.
    """
    parts = list(parts)
    if surely:
        return bool(whole.bank_reference) and all(part.batch_reference == whole.bank_reference for part in parts)
    is_nobodys = not (whole.counterparty_iban or whole.end_to_end_id)
    return is_nobodys and all(part.format != whole.format for part in parts)


def _take(one: Told, places: list[int], stored: Sequence[Told]) -> int | None:
    """Take the first of these places away that may hold the same movement."""
    at = next((at for at, place in enumerate(places) if _may_be_one(one, stored[place])), None)
    return None if at is None else places.pop(at)


# What makes two tellings one movement, the surest first; None: this telling lacks the sign. The weakest hold between
# formats only: what one format tells alike in all words was found by then.
SIGNS: tuple[tuple[Callable[[Told], Hashable | None], bool], ...] = (
    (lambda t: t, True),
    (lambda t: (t.bank_reference, t.end_to_end_id) if t.bank_reference else None, True),
    (lambda t: (t.end_to_end_id, t.counterparty_iban) if t.end_to_end_id else None, True),
    (lambda t: (t.counterparty_iban, t.words), True),
    (lambda t: t.end_to_end_id or None, False),  # where one of the formats leaves the account out
    (lambda t: t.counterparty_iban or None, False),
    (lambda _: "", False),  # nothing but account, day and amount, where nothing contradicts
)


def _may_be_one(one: Told, other: Told) -> bool:
    """Tell whether nothing in two tellings contradicts that they are of one movement."""
    if one.format == other.format:
        if one.bank_reference and other.bank_reference:
            return one.bank_reference == other.bank_reference and one.end_to_end_id == other.end_to_end_id
        return (one.end_to_end_id, one.counterparty_iban, one.words) == (
            other.end_to_end_id,
            other.counterparty_iban,
            other.words,
        )
    return not any(
        a and b and a != b
        for a, b in ((one.end_to_end_id, other.end_to_end_id), (one.counterparty_iban, other.counterparty_iban))
    )
