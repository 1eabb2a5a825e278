"""A place where a bank leaves files: what it can do, whatever stands behind it. A new kind of place is one file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, Self


def as_text(said: str) -> str:
    """Give what a disk or a server said as text that can be kept and shown: a name of theirs need be none."""
    return said.encode(errors="replace").decode().replace("\0", "")


class PlaceTrouble(Exception):  # noqa: N818 - no fault of ours: it is told, and tried again
    """A place cannot be looked at: a marked sentence, and what fills it."""

    def __init__(self, says: str, **facts: str) -> None:
        super().__init__(says)
        self.says, self.facts = says, _as_texts(facts)


class PlaceBusy(Exception):  # noqa: N818 - another one does what we came for
    """Somebody else takes files from this place right now."""


class FileMoved(Exception):  # noqa: N818 - the next look sees what became of it
    """A file is not there any more, or is another one than before."""


class RefusedUnread(Exception):  # noqa: N818 - it is put aside like any file that is refused
    """A file is refused before anything of it is taken in: a marked sentence, and what fills it."""

    def __init__(self, says: str, *, sha256: str = "", **facts: str) -> None:
        super().__init__(says)
        self.says, self.facts = says, _as_texts(facts)
        self.sha256 = sha256  # of its content, where that is known: a person may take the same in after all


def _as_texts(facts: dict[str, str]) -> dict[str, str]:
    return {name: as_text(said) for name, said in facts.items()}


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that is whole and can be taken."""

    name: str  # as its sender gave it: data, never a path
    mark: Any  # by which the place knows that it is still the same one
    may_be_letter: bool = False  # it comes in if it is the list of a payer; else it is passed over, without a word


class BankPlace(Protocol):
    """A place while it is open. Each of these may raise `PlaceTrouble`.

    A file is put aside only after what it says is kept. So whoever is stopped half-way leaves it where it was, and the
    next look brings it once more, which changes nothing.
    """

    kind: str  # folder, sftp, mailbox, …
    where: str  # for people
    keeps_apart: bool  # whoever opens it keeps others away, also if he dies; else the database does so for a while

    def __enter__(self) -> Self:
        """Open it; raises `PlaceBusy` where somebody else has, and the place keeps apart by itself."""

    def __exit__(self, *_: object) -> None:
        """Leave it to others."""

    def waiting(self, go_on: Callable[[], None] = lambda: None) -> tuple[list[WaitingFile], int]:
        """Give the files that can be taken, the oldest first, and count those that are still arriving.

        Where that takes long, `go_on` hears now and then that it goes on.
        """

    def reading(self, file: WaitingFile) -> AbstractContextManager[BinaryIO]:
        """Read a file; raises `FileMoved`, or `RefusedUnread`."""

    def put_taken(self, file: WaitingFile) -> None:
        """Put aside a file of which everything is kept; raises `FileMoved`."""

    def put_refused(self, file: WaitingFile, why: str) -> None:
        """Put aside a file that was refused, with the reason beside it; raises `FileMoved`."""
