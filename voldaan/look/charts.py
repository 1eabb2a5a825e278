"""Pictures of figures, drawn here: the numbers of an SVG, which a template writes and the style sheet colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from voldaan.rules.aging import BUCKETS

KEPT = 2_000  # bars that are kept as they are drawn: a page has one in each of its rows
LEAST = 6  # thousandths of the width: what is there is seen


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of the ageing bar."""

    name: str  # of the bucket, and so of its colour
    label: str  # marked
    cents: int
    share: int  # whole percents; together they are 100
    x: str  # percents of the width, as SVG wants them
    width: str


@lru_cache(KEPT)
def ageing_bar(cents: tuple[int, ...]) -> tuple[Segment, ...]:
    """Lay out what is open by bucket, in their order, from left to right over the whole width."""
    widths = _parts_of(1000, cents, least=LEAST)
    shares = _parts_of(100, cents)
    segments, at = [], 0
    for bucket, own, share, width in zip(BUCKETS, cents, shares, widths, strict=True):
        segments.append(Segment(bucket.name, bucket.label, own, share, _percent(at), _percent(width)))
        at += width
    return tuple(segments)


def _parts_of(whole: int, cents: Sequence[int], *, least: int = 0) -> list[int]:
    """Divide `whole` in the proportion of `cents`, in whole parts that add up, the largest remainders first."""
    there = [max(own, 0) for own in cents]
    total = sum(there)
    if not total:
        return [0] * len(cents)
    kept = least * sum(own > 0 for own in there)
    divided = [divmod(own * (whole - kept), total) for own in there]
    parts = [part + (least if own else 0) for (part, _), own in zip(divided, there, strict=True)]
    by_rest = sorted(range(len(parts)), key=lambda at: divided[at][1], reverse=True)
    for at in by_rest[: whole - sum(parts)]:
        parts[at] += 1
    return parts


def _percent(thousandths: int) -> str:
    return f"{thousandths // 10}.{thousandths % 10}%"
