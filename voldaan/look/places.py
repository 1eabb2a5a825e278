"""Where in a file something stands, in the language of the reader."""

from __future__ import annotations

import re
from collections.abc import Callable

from voldaan.rules.refusals import mark

PLACES = {
    "column": mark("column {at}"),
    "entry": mark("entry {at}"),
    "file": mark("file"),
    "line": mark("line {at}"),
    "movement": mark("movement {at}"),
    "row": mark("row {at}"),
    "sheet": mark("sheet {at}"),
    "statement": mark("statement {at}"),
    "step": mark("step {at}"),
}
PLACE = re.compile(rf"(?:^|(?<=, ))(?:file$|({'|'.join(PLACES.keys() - {'file'})}) ([^ ,]+))")


def place(said: str, say: Callable[[str], str]) -> str:
    """Say it; `say` translates."""
    return PLACE.sub(lambda found: say(PLACES[found[1] or "file"]).format(at=found[2]), said)
