"""Which customer bears a name much like that of a payer: another order, a legal form less, a letter typed wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from rapidfuzz import fuzz

from voldaan.rules import names

LIKE = 86.0  # of a hundred: a letter or two of a name of ten
AHEAD = 8.0  # so much better than the next: who is like two customers is like none
SHORTEST = 5  # letters: what is shorter is like too much
MOST = 500  # customers looked at; among more, a name that is only like theirs tells nothing

_FOR = re.compile(r"\b(?:inzake|inz|namens|betreft|o\.?b\.?o\.?|pour compte de|on behalf of)\b")
_MANNERS = frozenset({"dhr", "hr", "heer", "mevr", "mevrouw", "mw", "fam", "familie", "eo", "mr", "mrs",
                      "mme", "monsieur", "madame", "drs", "ing", "ir", "holding", "groep", "group"})  # fmt: skip


def most_like(name: str, customers: Mapping[int, str]) -> int | None:
    """Give the customer whose name is like this one, and much more so than the name of any other."""
    parts = _parts(name)
    if not parts or len(customers) > MOST:
        return None
    scores = sorted(((_likeness(parts, other), pk) for pk, other in customers.items()), reverse=True)
    best, pk = scores[0] if scores else (0.0, 0)
    is_ahead = len(scores) < 2 or best - scores[1][0] >= AHEAD
    return pk if best >= LIKE and is_ahead else None


def _likeness(parts: tuple[str, ...], other: str) -> float:
    return max((fuzz.ratio(part, _shortened(whole, part)) for part in parts for whole in _parts(other)), default=0.0)


def _shortened(whole: str, part: str) -> str:
    """Write the first names as the payer does: `anna vries` is `a vries`, where he is `a vries`."""
    said = set(part.split())
    return " ".join(sorted(w[0] if w[0] in said and w not in said else w for w in whole.split()))


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[str, ...]:
    """Give what tells a name from others; of `Kantoor Smit inzake Bakkerij Maes` each of the two by itself."""
    pieces = _FOR.split(names.folded(name))
    found = (" ".join(w for w in names.essence(piece).split() if w not in _MANNERS) for piece in pieces)
    return tuple(part for part in found if len(part) >= SHORTEST)
