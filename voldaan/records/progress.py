"""How far a file is while it is taken in, and whether that is to stop: small files in the data folder.

Not in the database: what the transaction of an import writes no other can see, and SQLite has one writer, so nobody
else could write there meanwhile, not even to stop it. The data folder holds the documents, so whoever shows the pages
and whoever works both see it. Nothing here needs to survive: the next worker begins the file anew.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from voldaan.rules.taking_in import Part, Progress

STOP = ".stop"


def write(file: str, progress: Progress) -> None:
    """Say how far a file is: whole at once, so that nobody reads half of it."""
    path = _place(file)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps({
        "part": progress.part.value, "done": progress.done, "of": progress.of, "began": progress.began.isoformat(),
        "at": progress.at.isoformat(),
    }))  # fmt: skip
    aside.replace(path)


def read(file: str) -> Progress | None:
    """Give how far a file is; None: nobody has begun with it."""
    try:
        said = json.loads(_place(file).read_text())
    except (FileNotFoundError, ValueError):  # an empty one is what a power cut may leave
        return None
    began, at = datetime.fromisoformat(said["began"]), datetime.fromisoformat(said["at"])
    return Progress(Part(said["part"]), said["done"], said["of"], began, at)


def stop(file: str) -> None:
    """Ask whoever is at it to stop."""
    path = _place(file).with_suffix(STOP)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch()


def must_stop(file: str) -> bool:
    """Tell whether a person asked that."""
    return _place(file).with_suffix(STOP).exists()


def clear(file: str) -> None:
    """Forget a file: it has been taken in, or refused, or stopped."""
    for path in (_place(file), _place(file).with_suffix(STOP)):
        path.unlink(missing_ok=True)


def is_any_alive(now: datetime) -> bool:
    """Tell whether any file is being taken in at this moment, in any books."""
    for path in (settings.DATA / "progress").glob("*.json"):
        with suppress(ValueError, KeyError):
            found = read(path.stem)
            if found is not None and found.is_alive(now):
                return True
    return False


def _place(file: str) -> Path:
    """Name the file of a file: by its id, which is ours and holds letters and digits only."""
    return Path(settings.DATA, "progress", f"{file}.json")
