"""The large files that people brought: each is taken in as soon as a worker is free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from voldaan.jobs.hands import Outcome
from voldaan.rules.permissions import Actor
from voldaan.rules.refusals import mark
from voldaan.usecases import brought_files

TOOK = mark("{taken} large files taken in, {refused} refused, {stopped} stopped.")
RESULTS = {"imported": "taken", "known": "taken", "stopped": "stopped"}


def take_in(*, actor: Actor, today: date, clock: Callable[[], datetime],
            getting_on: Callable[..., None]) -> Outcome:  # fmt: skip
    """Take in all that waits, in the order in which it was brought."""
    counts = Counter({"taken": 0, "refused": 0, "stopped": 0})
    while (answer := brought_files.take_in(tell=getting_on, clock=clock, actor=actor, today=today)) is not None:
        counts[RESULTS.get(answer.result, "refused")] += 1
    return Outcome(TOOK, dict(counts))
