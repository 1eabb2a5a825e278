"""Names at the places where banks leave files: which are for us, where what was dealt with goes, and by what name."""

from __future__ import annotations

from collections.abc import Container

from voldaan.rules.bank_places import PlaceTrouble
from voldaan.rules.refusals import mark

TAKEN, REFUSED = "taken", "refused"
WHY = ".why.txt"  # what follows the name of a refused file, for the reason beside it
LONGEST = 230  # bytes of a name, so that its reason and a number still fit
MOST_BYTES = 200 * 2**20  # of one file that comes over a network: as much as a zip may hold
MOST_TRIES = 1_000  # for a free name: a server may say of any name that it is there
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")


NO_NAME_FREE = mark(
    "{name} cannot be put aside: {tries} files by that name lie there already. Take those away from “taken” and "
    "“refused”."
)


def is_meant(name: str) -> bool:
    """Tell whether a file may be for us, by its name: hidden and unfinished ones are not."""
    return not name.startswith(".") and not name.lower().endswith(_UNFINISHED)


def free(name: str, there: Container[str]) -> str:
    """Give a name like this one that is not there yet: nothing is ever written over.

    Raises:
        PlaceTrouble: so many are there that none is looked for any longer.
    """
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    if len(name.encode(errors="surrogateescape")) > LONGEST:
        stem, ending = stem[:50], ending[:10]
    tried, number = f"{stem}{dot}{ending}", 1
    while tried in there:
        if number >= MOST_TRIES:
            raise PlaceTrouble(NO_NAME_FREE, name=name, tries=str(MOST_TRIES))
        number += 1
        tried = f"{stem} ({number}){dot}{ending}"
    return tried


def shown(said: str, most: int = 200) -> str:
    """Give what a stranger said as one line that can be shown anywhere."""
    return " ".join("".join(char if char.isprintable() else " " for char in said).split())[:most]
