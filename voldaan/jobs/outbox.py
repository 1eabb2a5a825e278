"""The round of the postman: every few minutes what is released and may leave, leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from voldaan.jobs.hands import Outcome
from voldaan.rules.permissions import Actor
from voldaan.rules.refusals import mark
from voldaan.usecases import sending

WENT = mark("{sent} sent, {later} refused for now, {failed} refused for good, {uncertain} uncertain.")
NOTHING = mark("There was nothing to send.")
# Why what is released waits.
WAITS = {
    "quiet": mark("{sent} sent; {waiting} wait: nothing leaves at night, on weekends and on holidays."),
    "bank_stale": mark("{sent} sent; {waiting} wait: the bank data is too old to know who has paid."),
    "account": mark("{sent} sent; {waiting} wait: the mail account does not work. The server said: {said}"),
    "stopped": mark("{sent} sent; {waiting} wait: sending was stopped."),
}


def empty(*, actor: Actor, now: datetime, clock: Callable[[], datetime], getting_on: Callable[..., None]) -> Outcome:
    """Send what is released, and leave alone what was refused a moment ago.

    Where nothing may or can leave, there is nothing to do: that is an answer, not a fault.
    """
    try:
        found = sending.send(actor=actor, today=now.date(), now=now, clock=clock, patient=True, tell=getting_on)
    except (sending.NotLive, sending.SendingIsHeld, sending.NoMailAccount) as refusal:
        why = {name: str(fact) for name, fact in refusal.facts.items()}
        return Outcome(refusal.says, why | {"because": refusal.code})
    counts = {what: len(getattr(found, what)) for what in ("sent", "later", "failed", "uncertain", "withdrawn")}
    facts = counts | {"waiting": found.waiting, "because": found.because, "said": found.said}
    if found.waiting:
        return Outcome(WAITS[found.because], facts)
    return Outcome(WENT if any(counts.values()) else NOTHING, facts)
