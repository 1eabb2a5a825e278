"""What the roof hands to whoever works: the clocks, a name, and whether it was told to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class Stopped(Exception):  # noqa: N818 - no error: the work is taken up again from where it stood
    """The worker was told to stop, and this is a place where it may."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a piece of work: a marked sentence and what fills it."""

    said: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hands:
    """A worker, as the work sees it."""

    by: str  # machine and process
    now: Callable[[str], datetime]  # this moment in the books, in a time zone
    clock: Callable[[], datetime]  # of the machine: by which leases end
    must_stop: Callable[[], bool]
