"""Which step of the follow-up is due, and why or why not. Decided from plain facts and a day; nothing is planned ahead.

What is due is the next step not yet taken, never a later one. Days that were missed are not caught up in a burst: each
step keeps at least the distance of the strategy to the one that was really taken before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from voldaan.rules.days import Calendar, sending_day
from voldaan.rules.refusals import mark


class StepKind(Enum):
    """What a step does."""

    MESSAGE = "message"  # by e-mail, or by letter where there is no address
    CALL = "call"  # a task for a person, on its calendar day
    HAND_OVER = "hand_over"  # a task: nothing is handed over by machine


class Anchor(Enum):
    """From which day a step counts."""

    INVOICE_DATE = "invoice_date"
    DUE_DATE = "due_date"


class Because(Enum):
    """Why an item gets its step today, or why not."""

    DUE = "due"
    NOT_YET = "not_yet"
    SETTLED = "settled"
    PAUSED = "paused"
    BELOW_MINIMUM = "below_minimum"
    COVERED_BY_CREDIT = "covered_by_credit"
    BANK_STALE = "bank_stale"
    NO_ADDRESS = "no_address"
    NO_STEP_LEFT = "no_step_left"


IN_WORDS: Mapping[Because, str] = {
    Because.DUE: mark("It is time for this step."),
    Because.NOT_YET: mark("The next step is for {on}."),
    Because.SETTLED: mark("It is paid."),
    Because.PAUSED: mark("It is held: {why}"),
    Because.BELOW_MINIMUM: mark("Too little is open to write about."),
    Because.COVERED_BY_CREDIT: mark("The customer has as much credit with you as is open here: allocate that first."),
    Because.BANK_STALE: mark("The bank data is too old to know who has paid: take in a statement first."),
    Because.NO_ADDRESS: mark("There is neither an e-mail address nor a postal address."),
    Because.NO_STEP_LEFT: mark("All steps were taken."),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a strategy, so many days after its anchor; before it where `days` is negative."""

    code: str  # notice, reminder, call, demand, last_call, final_notice, hand_over
    kind: StepKind
    anchor: Anchor
    days: int
    term_days: int = 0  # the new pay-by date of the message: so many days after it leaves

    def counted(self, item: Item) -> date:
        """Count the day of this step from its anchor."""
        start = item.issue_date if self.anchor is Anchor.INVOICE_DATE else item.due_date
        return start + timedelta(days=self.days)

    @property
    def is_before_due(self) -> bool:
        """Tell whether it is a service before the due date, and no reminder."""
        return self.anchor is Anchor.DUE_DATE and self.days < 0


@dataclass(frozen=True, slots=True)
class Strategy:
    """A ladder of steps, in order."""

    code: str
    name: str
    steps: tuple[Step, ...]
    minimum_cents: int = 500  # below it nothing is sent or asked


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was really taken, and on which day."""

    code: str
    on: date


@dataclass(frozen=True, slots=True)
class Held:
    """A reason to let an item rest, until a day or until a person ends it."""

    why: str  # in words, or a marked sentence that `facts` fill
    until: date | None = None
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """The facts about one receivable that a decision needs."""

    issue_date: date
    due_date: date
    open_cents: int
    credit_cents: int = 0  # what the debtor has with us in this currency, not yet allocated
    is_reachable: bool = True  # an e-mail address or a postal address is known
    taken: tuple[Taken, ...] = ()
    holds: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Bank:
    """How far the bank data reaches, and how far behind it may be."""

    complete_until: date | None = None  # None: no statement yet
    days_behind: int | None = 3  # working days; None: a person switched the gate off

    def is_stale(self, today: date, country: Calendar) -> bool:
        """Tell whether somebody may have paid without our knowing."""
        if self.days_behind is None:
            return False
        if self.complete_until is None:
            return True
        day, behind = self.complete_until, 0
        while (day := day + timedelta(days=1)) < today and behind <= self.days_behind:
            behind += country.is_working_day(day)
        return behind > self.days_behind


@dataclass(frozen=True, slots=True)
class Decision:
    """What a day brings for an item, with its reason."""

    because: Because
    step: Step | None = None
    on: date | None = None  # the calendar day of the step
    leaves_on: date | None = None  # the day a message leaves: `on`, or the next day on which anything is sent
    hold: Held | None = None  # where it is paused


# A friendly notice holds a reminder back by so many days at most: it asks nothing.
AFTER_NOTICE_DAYS = 3


def due_step(strategy: Strategy, item: Item, bank: Bank, country: Calendar, *, today: date) -> Decision:
    """Decide which step an item gets today, and say why or why not."""
    if item.open_cents <= 0:
        return Decision(Because.SETTLED)
    step = _following(strategy, item, today)
    if step is None:
        return Decision(Because.NO_STEP_LEFT)
    on = _day_of(strategy, step, item)
    leaves_on = sending_day(max(on, today), country) if step.kind is StepKind.MESSAGE else max(on, today)
    for hold in item.holds:
        if hold.until is None or today <= hold.until:
            return Decision(Because.PAUSED, step, on, hold=hold)
    if today < on or today < leaves_on:
        return Decision(Because.NOT_YET, step, on, leaves_on)
    if item.open_cents < strategy.minimum_cents:
        return Decision(Because.BELOW_MINIMUM, step, on)
    if item.credit_cents >= item.open_cents:
        return Decision(Because.COVERED_BY_CREDIT, step, on)
    if step.kind is StepKind.MESSAGE and not item.is_reachable:
        return Decision(Because.NO_ADDRESS, step, on)
    if bank.is_stale(today, country):
        return Decision(Because.BANK_STALE, step, on)
    return Decision(Because.DUE, step, on, leaves_on)


def _following(strategy: Strategy, item: Item, today: date) -> Step | None:
    """Give the next step not yet taken; a notice before the due date is passed over once that day is there."""
    taken = {step.code for step in item.taken}
    reached = max((n for n, step in enumerate(strategy.steps) if step.code in taken), default=-1)
    for step in strategy.steps[reached + 1 :]:
        if not (step.is_before_due and today >= item.due_date):
            return step
    return None


def _day_of(strategy: Strategy, step: Step, item: Item) -> date:
    """Give the day of a step: as counted, after the due date, and at the distance of the strategy from the last one."""
    day = step.counted(item)
    if not step.is_before_due:
        day = max(day, item.due_date + timedelta(days=1))
    by_code = {one.code: one for one in strategy.steps}
    last = max((t for t in item.taken if t.code in by_code), key=lambda t: t.on, default=None)
    if last is None:
        return day
    before = by_code[last.code]
    apart = step.counted(item) - before.counted(item)
    if before.is_before_due:
        apart = min(apart, timedelta(days=AFTER_NOTICE_DAYS))
    return max(day, last.on + apart)


def _message(code: str, anchor: Anchor, days: int, term_days: int = 0) -> Step:
    return Step(code, StepKind.MESSAGE, anchor, days, term_days)


def _call(code: str, anchor: Anchor, days: int) -> Step:
    return Step(code, StepKind.CALL, anchor, days)


FOURTEEN_DAYS = Strategy(
    "14-dagen",
    mark("14 days (15-21-30-44)"),
    (
        _message("notice", Anchor.DUE_DATE, -3),
        _message("reminder", Anchor.INVOICE_DATE, 15, term_days=7),
        _call("call", Anchor.INVOICE_DATE, 21),
        _message("demand", Anchor.INVOICE_DATE, 30, term_days=7),
        _call("last_call", Anchor.INVOICE_DATE, 44),
        _message("final_notice", Anchor.INVOICE_DATE, 45, term_days=7),
        # Nothing is handed over before the term of the final notice is over.
        Step("hand_over", StepKind.HAND_OVER, Anchor.INVOICE_DATE, 53),
    ),
)

THIRTY_DAYS = Strategy(
    "30-dagen",
    mark("30 days, friendly"),
    (
        _message("notice", Anchor.DUE_DATE, -5),
        _message("reminder", Anchor.DUE_DATE, 3, term_days=10),
        _call("call", Anchor.DUE_DATE, 14),
        _message("demand", Anchor.DUE_DATE, 28, term_days=10),
        _call("last_call", Anchor.DUE_DATE, 42),
        _message("final_notice", Anchor.DUE_DATE, 45, term_days=14),
        Step("hand_over", StepKind.HAND_OVER, Anchor.DUE_DATE, 60),
    ),
)

STRATEGIES = {strategy.code: strategy for strategy in (FOURTEEN_DAYS, THIRTY_DAYS)}
