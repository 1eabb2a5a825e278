"""Names at the places where banks leave files: which are for us, where what was dealt with goes, and by what name."""

from __future__ import annotations

from collections.abc import Container

TAKEN, REFUSED = "taken", "refused"
WHY = ".why.txt"  # what follows the name of a refused file, for the reason beside it
LONGEST = 230  # bytes of a name, so that its reason and a number still fit
MOST_BYTES = 200 * 2**20  # of one file that comes over a network: as much as a zip may hold
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")


def is_meant(name: str) -> bool:
    """Tell whether a file may be for us, by its name: hidden and unfinished ones are not."""
    return not name.startswith(".") and not name.lower().endswith(_UNFINISHED)


def free(name: str, there: Container[str]) -> str:
    """Give a name like this one that is not there yet: nothing is ever written over."""
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    if len(name.encode(errors="surrogateescape")) > LONGEST:
        stem, ending = stem[:50], ending[:10]
    tried, number = f"{stem}{dot}{ending}", 1
    while tried in there:
        number += 1
        tried = f"{stem} ({number}){dot}{ending}"
    return tried


def shown(said: str, most: int = 200) -> str:
    """Give what a stranger said as one line that can be shown anywhere."""
    return " ".join("".join(char if char.isprintable() else " " for char in said).split())[:most]
