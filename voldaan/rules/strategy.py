"""Which step of the follow-up is due, and why or why not. Decided from plain facts and a day; nothing is planned ahead.

What is due is the next step not yet taken, never a later one. Days that were missed are not caught up in a burst: each
step keeps at least the distance of the strategy to the one that was really taken before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum

from voldaan.rules import notices
from voldaan.rules.days import Calendar, sending_day
from voldaan.rules.law import DebtorKind
from voldaan.rules.notices import OBSTACLES, Obstacle
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


class Approval(Enum):
    """Whether a person lets a message go."""

    AUTOMATIC = "automatic"
    ASKED = "asked"


class Because(Enum):
    """Why an item gets its step today, or why not."""

    DUE = "due"
    NEEDS_APPROVAL = "needs_approval"
    NOT_YET = "not_yet"
    SETTLED = "settled"
    PAUSED = "paused"
    BELOW_MINIMUM = "below_minimum"
    COVERED_BY_CREDIT = "covered_by_credit"
    BANK_STALE = "bank_stale"
    RECEIPT_WAITS = "receipt_waits"
    NO_ADDRESS = "no_address"
    RHYTHM = "rhythm"
    UNLAWFUL = "unlawful"
    HANDED_OVER = "handed_over"
    NO_STEP_LEFT = "no_step_left"


IN_WORDS: Mapping[Because, str] = {
    Because.DUE: mark("It is time for this step."),
    Because.NEEDS_APPROVAL: mark("The message is ready and waits for your approval."),
    Because.NOT_YET: mark("The next step is for {on}."),
    Because.SETTLED: mark("It is paid."),
    Because.PAUSED: mark("It is held: {why}"),
    Because.BELOW_MINIMUM: mark("Too little is open to write about."),
    Because.COVERED_BY_CREDIT: mark("The customer has as much credit with you as is open here: allocate that first."),
    Because.BANK_STALE: mark("The bank data is too old to know who has paid: take in a statement first."),
    Because.RECEIPT_WAITS: mark("First look at the bank: {why}"),
    Because.NO_ADDRESS: mark("There is neither an e-mail address nor a postal address."),
    Because.RHYTHM: mark("The customer was written to only just: at most one message a day, and two in seven days."),
    Because.UNLAWFUL: mark("The law stands in the way: {why}"),
    Because.HANDED_OVER: mark("It was handed over."),
    Because.NO_STEP_LEFT: mark("All steps were taken."),
}


# The same for many items at once.
REASONS: Mapping[str, str] = {
    Because.DUE.value: mark("get their step"),
    Because.NEEDS_APPROVAL.value: mark("wait for your approval"),
    Because.NOT_YET.value: mark("are not due for a step yet"),
    Because.SETTLED.value: mark("are paid"),
    Because.PAUSED.value: mark("are held"),
    Because.BELOW_MINIMUM.value: mark("are too small to write about"),
    Because.COVERED_BY_CREDIT.value: mark("are covered by credit of the customer"),
    Because.BANK_STALE.value: mark("wait for a newer bank statement"),
    Because.RECEIPT_WAITS.value: mark("wait for a receipt that may pay them"),
    Because.NO_ADDRESS.value: mark("have no address to write to"),
    Because.RHYTHM.value: mark("were written to only just"),
    Because.UNLAWFUL.value: mark("may not get their step, by the law"),
    Because.HANDED_OVER.value: mark("were handed over"),
    Because.NO_STEP_LEFT.value: mark("have had every step"),
}


# The bank may know already what a last message would ask: nobody who paid is chased.
MAY_PAY_THIS = mark("a receipt of {amount} waits that may pay this.")
MAY_PAY_BESIDE = mark("a receipt of {amount} waits that may pay invoice {invoice}, which the same notice asked.")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a strategy, so many days after its anchor; before it where `days` is negative."""

    code: str  # notice, reminder, call, demand, last_call, final_notice, hand_over
    kind: StepKind
    anchor: Anchor
    days: int
    term_days: int = 0  # the new pay-by date of the message: so many days after it leaves
    approval: Approval = Approval.ASKED
    prefers_post: bool = False  # a letter where there is a postal address, else by e-mail; otherwise the reverse

    def counted(self, item: Item) -> date:
        """Count the day of this step from its anchor."""
        start = item.issue_date if self.anchor is Anchor.INVOICE_DATE else item.due_date
        return start + timedelta(days=self.days)

    @property
    def is_message(self) -> bool:
        """Tell whether it writes to the customer."""
        return self.kind is StepKind.MESSAGE

    @property
    def is_hand_over(self) -> bool:
        """Tell whether it gives the claim out of hand."""
        return self.kind is StepKind.HAND_OVER

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
    lapses_on: date | None = None  # the first day after the term of its message, where that is known
    counts: bool = True  # as a notice: a message really left, and did not come back


@dataclass(frozen=True, slots=True)
class Held:
    """A reason to let an item rest, until a day or until a person ends it."""

    why: str  # in words, or a marked sentence that `facts` fill
    until: date | None = None
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Item:
    """The facts about one receivable that a decision needs.

    Not frozen, though nobody changes one: a frozen one takes four times as long to make, and a run makes millions.
    """

    issue_date: date
    due_date: date
    open_cents: int
    credit_cents: int = 0  # what the debtor has with us in this currency, not yet allocated
    is_reachable: bool = True  # an e-mail address or a postal address is known
    taken: tuple[Taken, ...] = ()
    holds: tuple[Held, ...] = ()
    awaits_approval: bool = False  # a message with its step waits for a person
    rests_until: date | None = None  # the first day on which the customer may be written to again
    is_handed_over: bool = False
    debtor: DebtorKind | None = None  # None: not known
    asks_notice: str = ""  # the notice that the law of the customer's country asks before a consumer owes costs
    sender_has_number: bool = True  # who sends has told his number in the trade register
    is_agreed: bool = False  # the due date was agreed, and does not only stand on the invoice
    is_claimed: bool = False  # it is interest or costs: it goes on where the letter that claimed it stood
    left_cents: int = 0  # where it is paid: interest and costs that a notice announced, and that are still due
    receipt: Held | None = None  # a receipt that may pay it, or what was asked with it, waits for a person


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
    hold: Held | None = None  # where it is paused, or a receipt is to be looked at first
    obstacle: Obstacle | None = None  # where the law stands in the way

    @property
    def why(self) -> tuple[str, dict[str, str]]:
        """Give what holds it, in words, and the facts that fill them; empty where nothing does."""
        if self.hold:
            return self.hold.why, dict(self.hold.facts)
        return (OBSTACLES[self.obstacle], {}) if self.obstacle else ("", {})


# At most so many messages in so many days: a notice before the due date asks nothing and does not count.
MESSAGES_IN_RHYTHM, DAYS_OF_RHYTHM = 2, 7

# A friendly notice holds a reminder back by so many days at most: it asks nothing.
AFTER_NOTICE_DAYS = 3


def due_step(strategy: Strategy, item: Item, bank: Bank, country: Calendar, *, today: date) -> Decision:
    """Decide which step an item gets today, and say why or why not."""
    if item.open_cents <= 0:
        if not item.left_cents:
            return Decision(Because.SETTLED)
        strategy, item = _for_the_rest(strategy, item)
    if item.is_handed_over:
        return Decision(Because.HANDED_OVER)
    step = _following(strategy, item, today)
    if step is None:
        return Decision(Because.NO_STEP_LEFT)
    on = _day_of(strategy, step, item)
    lawful_from = notices.earliest(strategy, step, item)
    if isinstance(lawful_from, date):
        on = max(on, lawful_from)
    leaves_on = sending_day(max(on, today), country) if step.kind is StepKind.MESSAGE else max(on, today)
    for hold in item.holds:
        if hold.until is None or today <= hold.until:
            return Decision(Because.PAUSED, step, on, hold=hold)
    # What already waits for approval is not taken back because today happens to be a Sunday.
    if today >= on and isinstance(lawful_from, Obstacle):
        return Decision(Because.UNLAWFUL, step, on, obstacle=lawful_from)
    if today < on or (today < leaves_on and not item.awaits_approval):
        return Decision(Because.NOT_YET, step, on, leaves_on)
    if item.open_cents < strategy.minimum_cents:
        return Decision(Because.BELOW_MINIMUM, step, on)
    if item.credit_cents >= item.open_cents:
        return Decision(Because.COVERED_BY_CREDIT, step, on)
    if item.receipt and (step.code == notices.FINAL_NOTICE or step.is_hand_over):
        return Decision(Because.RECEIPT_WAITS, step, on, hold=item.receipt)
    if step.kind is StepKind.MESSAGE and not item.is_reachable:
        return Decision(Because.NO_ADDRESS, step, on)
    if bank.is_stale(today, country):
        return Decision(Because.BANK_STALE, step, on)
    if step.kind is StepKind.MESSAGE and item.rests_until and today < item.rests_until:
        return Decision(Because.RHYTHM, step, on, sending_day(item.rests_until, country))
    return Decision(Because.NEEDS_APPROVAL if item.awaits_approval else Because.DUE, step, on, leaves_on)


def _for_the_rest(strategy: Strategy, item: Item) -> tuple[Strategy, Item]:
    """Leave of the ladder of what is paid only the final notice: it asks what an earlier one announced."""
    taken = {one.code for one in item.taken}
    steps = tuple(step for step in strategy.steps if step.code in taken or step.code == notices.FINAL_NOTICE)
    return replace(strategy, steps=steps), replace(item, open_cents=item.left_cents)


class Decider:
    """Decides for many items on one day. Items of which the same is true get the same answer, found once."""

    def __init__(self, bank: Bank, country: Calendar, today: date) -> None:
        self._words = bank, country, today
        self._known: dict[tuple[object, ...], Decision] = {}

    def __call__(self, strategy: Strategy, item: Item) -> Decision:
        """Decide which step an item gets, as `due_step` does."""
        cents = item.open_cents or item.left_cents
        # Of the amounts only this counts.
        said = (strategy.code, item.issue_date, item.due_date, cents <= 0, cents < strategy.minimum_cents,
                item.credit_cents >= cents, item.is_reachable, item.taken, item.holds, item.awaits_approval,
                item.rests_until, item.is_handed_over, item.debtor, item.asks_notice, item.sender_has_number,
                item.is_agreed, item.is_claimed, item.left_cents > 0, item.receipt)  # fmt: skip
        decision = self._known.get(said)
        if decision is None:
            bank, country, today = self._words
            decision = self._known[said] = due_step(strategy, item, bank, country, today=today)
        return decision


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
    day = date.min if item.is_claimed else step.counted(item)
    if not (step.is_before_due or item.is_claimed):
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


def earliest_day(strategy: Strategy, item: Item) -> date:
    """Give the first day on which anything could be due for an item, whatever holds it: `date.max` for never.

    Not later than the day that `due_step` would give, so that whoever looks only at what this day brings misses
    nothing.
    """
    step = _following(strategy, item, date.min)
    return _day_of(strategy, step, item) if step else date.max
