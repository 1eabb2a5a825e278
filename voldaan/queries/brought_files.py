"""The large files that people brought: which wait, how far the one in hand is, and what became of the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from voldaan.records import progress
from voldaan.records.brought_files import WAITING, BroughtFile
from voldaan.records.imports import Import
from voldaan.rules.brought_files import BroughtState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.taking_in import Progress

SHOWN_FOR = timedelta(days=7)  # what became of a file


@dataclass(frozen=True, slots=True)
class Brought:
    """One file."""

    id: str
    name: str
    brought_by: str  # name or address; empty: nobody that is known
    brought_at: datetime
    ended_at: datetime | None
    state: BroughtState
    answer: dict[str, Any]  # once it has ended: what `files.bring_in` gave
    progress: Progress | None  # while somebody is at it
    is_stopping: bool = False


def brought_files(*, most: int, actor: Actor, machine: datetime) -> list[Brought]:
    """List the files that wait, in their order, and then those that ended in the last days, the newest first.

    What was refused and came in since is left out.
    """
    actor.must(Deed.IMPORT)
    came_in = Import.objects.of(actor.administration_id).filter(document=OuterRef("document"))
    is_settled = Q(state=BroughtState.REFUSED.value) & Exists(came_in)
    rows = (
        BroughtFile.objects.of(actor.administration_id)
        .filter(WAITING | Q(ended_at__gt=machine - SHOWN_FOR), is_seen=False)
        .exclude(is_settled)
        .select_related("brought_by")
        .order_by("-pk")[:most]
    )
    found = [_brought(row, machine) for row in rows]
    waiting = [one for one in found if one.state is BroughtState.WAITING]
    return [*reversed(waiting), *(one for one in found if one.state is not BroughtState.WAITING)]


def _brought(row: BroughtFile, machine: datetime) -> Brought:
    by = (row.brought_by.name or row.brought_by.email) if row.brought_by else ""
    state = BroughtState(row.state)
    shown = (row.public_id, row.name, by, row.brought_at, row.ended_at, state)
    if state is not BroughtState.WAITING:
        return Brought(*shown, row.answer, None)
    how_far = progress.read(row.public_id)
    is_alive = how_far is not None and how_far.is_alive(machine)
    return Brought(*shown, {}, how_far if is_alive else None, progress.must_stop(row.public_id))
