"""The work that comes back by itself: which there is, and at what time of the day which piece of it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum

ROUND = "round"  # the one slot of work that comes back every few minutes


class Job(Enum):
    """The kinds of work, in the order in which they are done when several are due.

    The books are proved before anything leaves, and what the bank tells is known before anything is decided.
    """

    CHECK = "check"
    FETCH = "fetch"
    BROUGHT = "brought"
    FOLLOW_UP = "follow_up"
    OUTBOX = "outbox"


class SlotState(Enum):
    """Of one piece of work."""

    RUNNING = "running"  # somebody has it in hand, until its lease ends
    DONE = "done"
    FAILED = "failed"  # it broke off by our own fault; it is tried again
    LEFT = "left"  # whoever had it was stopped half-way: the next one takes it up


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day, at this time in the zone of the administration or as soon as possible after it."""

    at: time


@dataclass(frozen=True, slots=True)
class Rounds:
    """Again and again, so long after the last time."""

    every: timedelta


TIMETABLE: dict[Job, Daily | Rounds] = {
    Job.CHECK: Daily(time(3)),
    Job.FETCH: Rounds(timedelta(minutes=5)),
    Job.BROUGHT: Rounds(timedelta(0)),  # whenever there is one
    Job.FOLLOW_UP: Daily(time(6, 30)),
    Job.OUTBOX: Rounds(timedelta(minutes=5)),
}

# Work that broke off is tried again after so long, each time longer; the work of a day no more once the day is over.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


def slot(job: Job, now: datetime) -> str | None:
    """Name the piece of work that is due at this moment in the books; None: nothing yet.

    Only today's: what was missed on earlier days is not made up for, since today's work covers it.
    """
    match TIMETABLE[job]:
        case Daily(at):
            return now.date().isoformat() if now.time() >= at else None
        case Rounds():
            return ROUND


def comes_back(job: Job) -> timedelta | None:
    """Say how long after it is done the same slot is due again; None: never."""
    match TIMETABLE[job]:
        case Rounds(every):
            return every
        case Daily():
            return None


def is_free(free_at: datetime | None, lease: timedelta, machine: datetime) -> bool:
    """Tell whether a slot may be taken that is nobody's from `free_at` on; None: it is done for good.

    A moment further ahead than anything ever waits was written before the clock jumped back: it says nothing. Twice
    that far, since the clocks of two machines are not the same.
    """
    if free_at is None:
        return False
    return free_at <= machine or free_at > machine + 2 * max(lease, WAITS[-1])
