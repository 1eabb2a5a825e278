"""The work of a day: the books are proved at night, the follow-up is decided in the morning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from voldaan.jobs.hands import Outcome
from voldaan.queries import checks
from voldaan.rules.outbox import HeldSending
from voldaan.rules.permissions import Actor
from voldaan.rules.refusals import mark
from voldaan.usecases import runs, sending

DECIDED = mark(
    "{decided} items decided: {messages} messages, {tasks} tasks; {released} messages released by themselves."
)
TOO_MANY = mark(
    "{decided} items decided. {too_many} messages are more than large_run allows by themselves: look first."
)
HOLDS = mark("All {count} checks hold.")
BROKEN = mark("These checks found something: {broken}. Sending is held; see: voldaan check")


def follow_up(*, actor: Actor, today: date, getting_on: Callable[..., None]) -> Outcome:
    """Decide what every customer gets today."""
    found = runs.run(actor=actor, today=today, tell=getting_on)
    facts = {
        "decided": found.decided, "messages": len(found.messages), "tasks": len(found.tasks),
        "released": found.released, "too_many": found.too_many,
    }  # fmt: skip
    return Outcome(TOO_MANY if found.too_many else DECIDED, facts)


def prove(*, actor: Actor, today: date) -> Outcome:
    """Prove the books; what does not hold stops the sending until a person has looked."""
    answers = checks.check(actor=actor)
    broken = [answer.name for answer in answers if not answer.ok]
    if not broken:
        return Outcome(HOLDS, {"count": len(answers)})
    sending.stop(actor=actor, today=today, why=HeldSending.CHECK)
    return Outcome(BROKEN, {"broken": ", ".join(broken)})
