"""The round along the places where banks leave files: every few minutes what lies there is taken in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from voldaan.jobs.hands import Outcome
from voldaan.look.refused_files import reason
from voldaan.rules.permissions import Actor
from voldaan.rules.refusals import mark
from voldaan.usecases import fetching

LOOKED = mark("{taken} files taken in, {refused} refused; {arriving} still arriving.")


def look(*, actor: Actor, now: datetime, getting_on: Callable[..., None]) -> Outcome:
    """Take in what lies there. A place that cannot be looked at is told, and looked at again in a few minutes."""
    looks = fetching.fetch(why=reason, actor=actor, today=now.date(), now=now, tell=getting_on)
    for one in looks:
        if one.says:
            return Outcome(one.says, {**one.facts, "trouble": True})
    fetched = [file for one in looks for file in one.fetched]
    taken = sum(file.is_taken for file in fetched)
    facts = {"taken": taken, "refused": len(fetched) - taken, "arriving": sum(one.arriving for one in looks)}
    return Outcome(LOOKED, facts)
