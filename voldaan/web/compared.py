"""A day of the follow-up beside the one before it: what is new, what is no longer, what was done, what still waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.utils.translation import gettext

from voldaan.look import words
from voldaan.queries import ready
from voldaan.queries.ready import Ready
from voldaan.rules.outbox import Channel, MessageState, TaskState
from voldaan.rules.refusals import mark
from voldaan.rules.strategy import IN_WORDS, Because
from voldaan.usecases.runs import Run, RunMessage, RunTask
from voldaan.web.entered import Entered


class Group(Enum):
    """What a row is, seen from the day before; the value stands in the address."""

    NEW = "nieuw"
    GONE = "niet-meer"
    SAME = "wacht-nog"
    DONE = "gedaan"


GROUPS = {
    Group.NEW: words.Sign(mark("new"), "plus", "info"),
    Group.GONE: words.Sign(mark("no longer"), "minus", "calm"),
    Group.SAME: words.Sign(mark("still waits"), "clock", "warn"),
    Group.DONE: words.Sign(mark("done"), "check", "ok"),
}

# Messages and tasks that were done with; what else is no longer, was taken back or refused.
DONE = {MessageState.RELEASED.value, MessageState.CLAIMED.value, MessageState.SENT.value, TaskState.DONE.value}
TASK_ENDS = {
    TaskState.DONE.value: mark("It was done."),
    TaskState.SKIPPED.value: mark("Somebody skipped it."),
}
MESSAGE_ENDS = {
    MessageState.RELEASED.value: mark("It was approved, and leaves by itself or by post."),
    MessageState.CLAIMED.value: mark("It was approved, and is being sent or lies printed."),
    MessageState.SENT.value: mark("It was sent."),
    MessageState.FAILED.value: mark("The mail server refused it."),
    MessageState.UNCERTAIN.value: mark("Nobody knows whether it left: settle it first."),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One message or task of the day, or of the day before; one of both is there, or the two that are the same."""

    group: Group
    comes: RunMessage | RunTask | None
    was: Ready | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page, in words."""

    debtor: str
    debtor_id: str
    sign: words.Sign
    says: str
    channel: str
    why: str
    invoices: tuple[str, ...]
    cents: int
    currency: str  # empty: there is no amount
    message: str  # the id of a message that is there already


def compare(found: Run, lay: Sequence[Ready], day: date) -> dict[Group, list[Compared]]:
    """Set what a day brings beside what lay ready."""
    groups: dict[Group, list[Compared]] = {group: [] for group in Group}
    before = {one.id: one for one in lay}
    kept = {message.id for message in found.messages if message.id}
    for message in found.messages:
        was = before.get(message.id or "")
        group = Group.SAME if was and was.decided_on < day else Group.NEW
        groups[group].append(Compared(group, message, was))
    groups[Group.NEW] += [Compared(Group.NEW, task, None) for task in found.tasks]
    for was in lay:
        if was.id in kept:
            continue
        if was.waits and not was.is_message:
            group = Group.SAME if was.decided_on < day else Group.NEW
        elif was.state in DONE:
            group = Group.DONE
        elif was.decided_on == day and not was.waits:
            continue  # decided and taken back within the day: neither of the two days has it
        else:
            group = Group.GONE
        groups[group].append(Compared(group, None, was))
    for rows in groups.values():
        rows.sort(key=_largest)
    return groups


def _largest(one: Compared) -> tuple[int, str]:
    row = one.was or one.comes
    assert row is not None, "one of both is there"
    if one.was:
        return -one.was.cents, row.debtor
    return (-one.comes.total_cents if isinstance(one.comes, RunMessage) else 0), row.debtor


def lines(rows: Sequence[Compared], *, request: Entered, day: date) -> list[Line]:
    """Say some rows in words: as few questions for many as for one."""
    now = ready.now([one.was for one in rows if one.was], actor=request.actor, today=day)
    numbers = {number for one in rows if one.comes for number in one.comes.invoices}
    due = ready.oldest(sorted(numbers), actor=request.actor) if numbers else {}
    return [_line(one, now, due, day) for one in rows]


def _line(one: Compared, now: dict[str, ready.Now], due: dict[str, date], day: date) -> Line:
    since = gettext("It waits since {day}.").format(day=words.own_tongue().day(one.was.decided_on)) if one.was else ""
    if one.comes is not None:
        first = min((due[number] for number in one.comes.invoices if number in due), default=day)
        late = words.lateness((day - first).days)
        why = f"{late} · {since}" if one.group is Group.SAME else late
        if isinstance(one.comes, RunTask):
            return Line(one.comes.debtor, one.comes.debtor_id, words.WORK[one.comes.kind],
                        words.word(words.STEPS, one.comes.kind), "", why, tuple(one.comes.invoices),
                        0, "", "")  # fmt: skip
        return Line(one.comes.debtor, one.comes.debtor_id, _sign(one.comes.channel),
                    words.word(words.STEPS, one.comes.step), one.comes.channel, why, tuple(one.comes.invoices),
                    one.comes.total_cents, one.comes.currency, one.comes.id or "")  # fmt: skip
    was = one.was
    assert was is not None, "one of both is there"
    mine = now.get(was.id) or ready.Now((), 0, None)
    why = since if one.group in (Group.SAME, Group.NEW) else _why(was, mine)
    sign = _sign(was.channel) if was.is_message else words.WORK[was.kind]
    return Line(was.debtor, was.debtor_id, sign, words.word(words.STEPS, was.step), was.channel, why, mine.invoices,
                was.cents, was.currency if was.cents else "", was.id if was.is_message else "")  # fmt: skip


def _sign(channel: str) -> words.Sign:
    return words.WORK["letter" if channel == Channel.LETTER.value else "message"]


def _why(was: Ready, now: ready.Now) -> str:
    """Say why something of before is not to be done any more."""
    ends = MESSAGE_ENDS if was.is_message else TASK_ENDS
    if was.state in ends:
        return gettext(ends[was.state])
    if was.why == "skipped":
        return gettext(TASK_ENDS[TaskState.SKIPPED.value])
    if not now.open_cents:
        return gettext(IN_WORDS[Because.SETTLED])
    if now.decision is not None:
        return words.why(now.decision)
    return gettext("What is open changed, or how the customer is reached: what is true now is decided anew.")
