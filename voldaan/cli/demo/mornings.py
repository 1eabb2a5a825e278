"""The mornings of the demo: somebody runs the follow-up, lets the messages go, prints, posts and calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from voldaan.queries import worklist
from voldaan.rules.permissions import Actor
from voldaan.usecases import follow_up, messages, runs, sending

AT = time(9, 30)
AT_WORK = (1, 3)  # Tuesday and Thursday: two small firms, where nobody does this every day
LEFT_FOR_TODAY = 18  # days: what was decided in the last ones waits
WEEKEND = 3  # days: the last working day is not further away, and it is decided on whatever day it is
ZONE = ZoneInfo("Europe/Amsterdam")  # Brussels has the same hours
OUTCOMES = ("Beloofde deze week te betalen.", "Voicemail ingesproken.", "Zoekt het uit en belt terug.")


@dataclass(frozen=True, slots=True)
class Mornings:
    """What is done each morning until the last days, whose work waits for whoever looks at the demo."""

    until: date

    def __call__(self, actor: Actor, today: date) -> Mapping[str, str]:
        """Do the work of one morning; tell which invoices were asked for, with the step."""
        left = (self.until - today).days
        if today.weekday() not in AT_WORK and left >= WEEKEND:
            return {}
        found = runs.run(actor=actor, today=today)
        if left < LEFT_FOR_TODAY or not (found.messages or found.tasks):
            return {}
        released = {str(one.id) for one in found.messages if one.state == "released"}
        waiting = [str(one.id) for one in found.messages if one.state == "planned"]
        if waiting:
            released |= set(messages.approve(ids=waiting, actor=actor, today=today).released)
        now = datetime.combine(today, AT, ZONE)
        sent = set(sending.send(actor=actor, today=today, now=now, clock=lambda: now).sent)
        if any(one.channel == "letter" and one.id in released for one in found.messages):
            printed = sending.print_letters(confirm=True, actor=actor, today=today, now=now)
            sent |= set(printed.ids)
        asked = {invoice: one.step for one in found.messages if one.id in sent for invoice in one.invoices}
        if found.tasks:
            asked |= self._call(actor, today)
        return asked

    def _call(self, actor: Actor, today: date) -> dict[str, str]:
        """Make the calls of the day; what is to be handed over waits for somebody with authority."""
        asked: dict[str, str] = {}
        for one in worklist.worklist(actor=actor, today=today):
            if one.kind == "call":
                outcome = OUTCOMES[sum(map(ord, one.id)) % len(OUTCOMES)]
                follow_up.done(id=one.id, outcome=outcome, actor=actor, today=today)
                asked |= dict.fromkeys(one.invoices, "call")
        return asked
