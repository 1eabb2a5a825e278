"""Who does which piece of the work that comes back by itself: taken with a lease, kept while it lasts, written down.

No verbs of the books: nothing of what a company owns or is owed changes here, and the trail does not hear of it. The
work itself is done by verbs, which may safely be begun anew; so an engine that wakes twice, or dies, harms nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from voldaan.records.administrations import Administration
from voldaan.records.fields import new_public_id
from voldaan.records.jobs import JobSlot
from voldaan.rules.refusals import mark
from voldaan.rules.timetable import ROUND, WAITS, Job, SlotState, comes_back, is_free

BROKE_OFF = mark("It broke off ({fault}) and is tried again.")
STOPPED = mark("It was stopped half-way; the next one goes on with it.")

Piece = tuple[Job, str]  # which work, and for which slot


@dataclass(frozen=True, slots=True)
class Taken:
    """A slot that is ours until its lease ends."""

    administration_id: int
    job: Job
    slot: str
    claim: str


def free(*, administration_id: int, pieces: Sequence[Piece], machine: datetime, rung: bool = False) -> list[Piece]:
    """Tell which of these pieces of work may be taken now, without taking any; `rung`: a round need not wait."""
    rows = {(row.job, row.slot): row for row in JobSlot.objects.of(administration_id).filter(
        slot__in={slot for _, slot in pieces}
    )}  # fmt: skip
    lease = _lease(administration_id)
    return [(job, slot) for job, slot in pieces if _may_take(rows.get((job.value, slot)), lease, machine, rung=rung)]


@transaction.atomic
def take(*, administration_id: int, job: Job, slot: str, by: str, machine: datetime,
         rung: bool = False) -> Taken | None:  # fmt: skip
    """Take a piece of work, if it is to be done and nobody has it; a dead worker's is taken up when its lease ends."""
    lease, claim = _lease(administration_id), new_public_id()
    ours: dict[str, Any] = {"state": SlotState.RUNNING.value, "claim": claim, "by": by[:80], "attempts": 1,
                            "free_at": machine + lease, "started_at": machine}  # fmt: skip
    row, is_new = (
        _slots(administration_id)
        .select_for_update()
        .get_or_create(administration_id=administration_id, job=job.value, slot=slot, defaults=ours)
    )
    if not is_new:
        if not _may_take(row, lease, machine, rung=rung):
            return None
        for name, value in (ours | {"attempts": row.attempts + 1, "ended_at": None}).items():
            setattr(row, name, value)
        row.save()
    return Taken(administration_id, job, slot, claim)


def keep(taken: Taken, *, machine: datetime) -> None:
    """Keep a slot for another lease, while its work is getting on."""
    _ours(taken).update(free_at=machine + _lease(taken.administration_id))


def finish(taken: Taken, *, said: str, facts: dict[str, Any], machine: datetime) -> None:
    """Write down that it is done, and what came of it."""
    every = comes_back(taken.job)
    _ours(taken).update(
        state=SlotState.DONE.value, said=said, facts=facts, ended_at=machine, attempts=0,
        free_at=None if every is None else machine + every,
    )  # fmt: skip


@transaction.atomic
def fail(taken: Taken, *, fault: str, machine: datetime) -> None:
    """Write down that it broke off, and when it is tried again: each time later."""
    row = _ours(taken).select_for_update().first()
    if row is not None:
        wait = WAITS[min(row.attempts, len(WAITS)) - 1]
        row.state, row.said, row.facts = SlotState.FAILED.value, BROKE_OFF, {"fault": fault}
        row.ended_at, row.free_at = machine, machine + wait
        row.save()


def leave(taken: Taken, *, machine: datetime) -> None:
    """Leave it half-way, because we were told to stop: the next one may take it up at once."""
    _ours(taken).update(
        state=SlotState.LEFT.value, said=STOPPED, facts={}, ended_at=machine, free_at=machine, attempts=0
    )


def nobody_else_works(*, administration_id: int, machine: datetime) -> None:
    """Take every lease for ended: whoever says so is the only one that works here, and has nothing in hand."""
    running = JobSlot.objects.of(administration_id).filter(state=SlotState.RUNNING.value, free_at__gt=machine)
    running.update(free_at=machine)


def _may_take(row: JobSlot | None, lease: timedelta, machine: datetime, *, rung: bool) -> bool:
    if row is None:
        return True
    may_be_early = rung and row.slot == ROUND and row.state == SlotState.DONE.value
    return may_be_early or is_free(row.free_at, lease, machine)


def _lease(administration_id: int) -> timedelta:
    lease = Administration.objects.values_list("claim_lease_seconds", flat=True).get(pk=administration_id)
    return timedelta(seconds=lease)


def _slots(administration_id: int) -> QuerySet[JobSlot]:
    return JobSlot.objects.of(administration_id)


def _ours(taken: Taken) -> QuerySet[JobSlot]:
    """Give the row of what we took, as long as nobody took it over."""
    return _slots(taken.administration_id).filter(
        job=taken.job.value, slot=taken.slot, claim=taken.claim, state=SlotState.RUNNING.value
    )
