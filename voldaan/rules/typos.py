"""Whether a number was typed wrong: one digit another, or two neighbours swapped. Never proof, always a hint."""

from __future__ import annotations

SHORTEST = 5  # characters: a shorter number is one digit away from far too many


def is_typed_wrong(said: str, number: str) -> bool:
    """Tell whether a word is this number (both folded) but for one digit, or for two neighbours in the other order."""
    if len(said) != len(number) or len(number) < SHORTEST or said == number:
        return False
    wrong = [at for at, (one, other) in enumerate(zip(said, number, strict=True)) if one != other]
    if not all(said[at].isdigit() and number[at].isdigit() for at in wrong):
        return False
    first, last = wrong[0], wrong[-1]
    is_swapped = len(wrong) == 2 and last == first + 1 and said[first : last + 1] == number[last] + number[first]
    return len(wrong) == 1 or is_swapped
