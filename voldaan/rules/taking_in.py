"""How far a large file has been taken in, and how long it may take still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

LATEST_SIGN = timedelta(minutes=1)  # without news for so long, nobody is at it any more


class Part(Enum):
    """What is being done with a file."""

    READING = "reading"  # its lines are read and kept
    MATCHING = "matching"  # of each receipt it is looked up what it pays


Tell = Callable[[Part, int, int], None]  # hears what is done of which part, and of how many; 0: nobody knows

# Looking up what a receipt pays takes about half as long again as reading and keeping it.
WEIGHTS = {Part.READING: 2, Part.MATCHING: 3}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file was at a moment of the clock of the machine."""

    part: Part
    done: int
    of: int  # about; 0: nobody knows
    began: datetime
    at: datetime

    @property
    def share(self) -> float | None:
        """Give the part of all the work that is done, from 0 to 1; None: nobody knows."""
        if not self.of:
            return None
        before = 0 if self.part is Part.READING else WEIGHTS[Part.READING]
        return (before + WEIGHTS[self.part] * min(self.done / self.of, 1)) / sum(WEIGHTS.values())

    @property
    def left(self) -> timedelta | None:
        """Say how long it may take still, if it goes on as it went."""
        share = self.share
        return (self.at - self.began) * ((1 - share) / share) if share else None

    def is_alive(self, now: datetime) -> bool:
        """Tell whether somebody is at it."""
        return abs(now - self.at) < LATEST_SIGN


def told_by_nobody(_part: Part, _done: int, _of: int) -> None:
    """Hear nothing."""


def about(count: int) -> int:
    """Round what is only known roughly, to two digits."""
    return round(count, -max(len(str(count)) - 2, 0))
