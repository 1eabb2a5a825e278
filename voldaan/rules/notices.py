"""Notices: the steps that weigh before the law. What must have gone before each, and when it may leave.

A step is known by its code. Three notices announce interest and costs; a final notice that follows one of them, once
its term has passed, claims them. Nothing is asked that was not announced, and nothing that could not be read in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from voldaan.rules.law import DebtorKind
from voldaan.rules.refusals import Kind, Refusal, mark

if TYPE_CHECKING:
    from voldaan.rules.strategy import Item, Step, Strategy, Taken

FOURTEEN_DAY_LETTER = "fourteen_day_letter"  # to a consumer: art. 6:96(6) BW
CONSUMER_FIRST_REMINDER = "consumer_first_reminder"  # to a consumer: art. XIX.2 WER
BUSINESS_NOTICE = "business_notice"  # to a business or a public body
FINAL_NOTICE = "final_notice"
DEMAND = "demand"  # with a term, and without any weight for costs

TO_CONSUMERS = frozenset({FOURTEEN_DAY_LETTER, CONSUMER_FIRST_REMINDER})
ANNOUNCING = TO_CONSUMERS | {BUSINESS_NOTICE}


class Obstacle(Enum):
    """Why a step may not be taken, by the law."""

    NOT_A_CONSUMER = "not_a_consumer"
    NOT_A_BUSINESS = "not_a_business"
    OTHER_COUNTRY = "other_country"
    NOT_IN_DEFAULT = "not_in_default"
    NO_EARLIER_NOTICE = "no_earlier_notice"
    NOT_RECEIVED = "not_received"
    NO_NUMBER = "no_number"


# What stands in the way, and how to mend it; the article stays as lawyers write it.
OBSTACLES: Mapping[Obstacle, str] = {
    Obstacle.NOT_A_CONSUMER: mark(
        "This notice is for consumers (art. 6:96(6) BW, art. XIX.2 WER). Choose another strategy for this customer."
    ),
    Obstacle.NOT_A_BUSINESS: mark(
        "This notice is for businesses (art. 6:96(4) BW). Say first that the customer is one, or choose another "
        "strategy for this customer."
    ),
    Obstacle.OTHER_COUNTRY: mark(
        "The law of the customer's country does not know this notice. Choose another strategy for this customer."
    ),
    Obstacle.NOT_IN_DEFAULT: mark(
        "The customer is not in default yet: the due date only stands on the invoice (art. 6:82 and 6:83 BW). Send a "
        "reminder with a term first, or write down that the term was agreed."
    ),
    Obstacle.NO_EARLIER_NOTICE: mark(
        "A final notice follows a notice whose term has passed, and none was sent. Send that first."
    ),
    Obstacle.NOT_RECEIVED: mark(
        "Costs may not be asked yet: nothing shows that the notice before was received (art. 6:96(6) BW). Write down "
        "when it was received, or that it came back: then it is sent again."
    ),
    Obstacle.NO_NUMBER: mark(
        "A first reminder to a consumer names the enterprise number of who sends it (art. XIX.2 WER). Fill it in under "
        "Settings, Company, or with: voldaan settings registration_number."
    ),
}

BEFORE_DUE = mark("a notice with legal weight comes after the due date")
NO_TERM = mark("its term begins when it is received, so it has no pay-by date of its own (art. 6:96(6) BW, XIX.2 WER)")
WANTS_TERM = mark("it wants a term to pay in, of at least one day")
TOO_SOON = mark("the term of the step above it has not passed by then (art. 6:82 and 6:96(6) BW, XIX.2 WER)")
ALONE = mark("a final notice comes after a notice with a term (demand, fourteen-day letter, first reminder, …)")
TWO_LAWS = mark("notices of the law of two countries, or to consumers and to businesses, do not go together")
ASKED_BEFORE = mark("a first reminder to a consumer stands before everything else that asks (art. XIX.2 WER)")

# The shortest that the term of a notice to consumers can be, counted from sending.
CONSUMER_TERM_DAYS = 15


class UnlawfulStrategy(Refusal):
    code = "unlawful_strategy"
    kind = Kind.INVALID
    says = mark("The strategy would break the law: {place}: {why}.")


def check(strategy: Strategy) -> None:
    """Refuse a strategy of which a step could never be lawful where it stands.

    Raises:
        UnlawfulStrategy: with the step, the reason and its article.
    """
    codes = {step.code for step in strategy.steps}
    asked = warned = False
    for number, step in enumerate(strategy.steps, 1):
        weighs = step.code in ANNOUNCING or step.code == FINAL_NOTICE
        for broken, why in (
            (weighs and step.is_before_due, BEFORE_DUE),
            (step.code in TO_CONSUMERS and step.term_days > 0, NO_TERM),
            (step.code in (BUSINESS_NOTICE, FINAL_NOTICE) and step.term_days == 0, WANTS_TERM),
            (step.code in ANNOUNCING and len(codes & ANNOUNCING) > 1, TWO_LAWS),
            (step.code == CONSUMER_FIRST_REMINDER and asked, ASKED_BEFORE),
            (step.code == FINAL_NOTICE and not warned, ALONE),
        ):
            if broken:
                raise UnlawfulStrategy(place=f"step {number}", why=ValueError(why))
        asked = asked or (step.is_message and not step.is_before_due)
        warned = warned or (step.is_message and _term(step) > 0)
    _must_wait(strategy)


def _must_wait(strategy: Strategy) -> None:
    """Refuse a final notice, or a hand-over, inside the term of any notice before it."""
    for number, step in enumerate(strategy.steps, 1):
        waits = step.code == FINAL_NOTICE or step.is_hand_over
        terms = (
            before.days + _term(before)
            for before in strategy.steps[: number - 1]
            if before.is_message and before.anchor is step.anchor and _term(before)
        )
        if waits and step.days <= max(terms, default=step.days - 1):
            raise UnlawfulStrategy(place=f"step {number}", why=ValueError(TOO_SOON))


def _term(step: Step) -> int:
    return CONSUMER_TERM_DAYS if step.code in TO_CONSUMERS else step.term_days


def lapsed_on(strategy: Strategy, taken: Taken) -> date | None:
    """Give the first day after the term of a notice that was sent; None where it set none, or never arrived."""
    if not taken.counts or taken.lapses_on is not None or taken.code in TO_CONSUMERS:
        return taken.lapses_on if taken.counts else None
    term = next((step.term_days for step in strategy.steps if step.code == taken.code), 0)
    return taken.on + timedelta(days=term + 1) if term else None


def default_from(strategy: Strategy, item: Item) -> date | None:
    """Give the first day on which a consumer is in default: by an agreed day, else once the term of a notice passed.

    Source: art. 6:82 and 6:83(a) BW. A day that only stands on the invoice was not agreed.
    """
    if item.is_agreed:
        return item.due_date + timedelta(days=1)
    return min(_lapses(strategy, item.taken), default=None)


def _lapses(strategy: Strategy, taken: Iterable[Taken]) -> list[date]:
    return [day for one in taken if (day := lapsed_on(strategy, one))]


def earliest(strategy: Strategy, step: Step, item: Item) -> date | Obstacle:
    """Give the first day on which the law allows a step, or what stands in its way; `date.min` where nothing does."""
    if step.code in TO_CONSUMERS:
        if item.debtor not in (None, DebtorKind.CONSUMER):
            return Obstacle.NOT_A_CONSUMER
        if item.asks_notice != step.code:
            return Obstacle.OTHER_COUNTRY
        if step.code == CONSUMER_FIRST_REMINDER:
            if not item.sender_has_number:
                return Obstacle.NO_NUMBER
            return item.due_date + timedelta(days=1)
        return default_from(strategy, item) or Obstacle.NOT_IN_DEFAULT
    if step.code == BUSINESS_NOTICE and item.debtor in (None, DebtorKind.CONSUMER):
        return Obstacle.NOT_A_BUSINESS
    if step.code == FINAL_NOTICE:
        return _after_the_last(strategy, item) or Obstacle.NO_EARLIER_NOTICE
    if step.is_hand_over:
        return _after_the_last(strategy, item) or date.min
    return date.min


def _after_the_last(strategy: Strategy, item: Item) -> date | Obstacle | None:
    """Give the day on which every notice that was sent has lapsed; None where none set a term."""
    announced = [one for one in item.taken if one.code in ANNOUNCING and one.counts]
    if announced and all(lapsed_on(strategy, one) is None for one in announced):
        return Obstacle.NOT_RECEIVED
    return max(_lapses(strategy, item.taken), default=None)


def was_announced(item: Item, today: date) -> bool:
    """Tell whether the term of a notice that announced interest and costs has passed."""
    return any(one.code in ANNOUNCING and one.counts and one.lapses_on is not None and one.lapses_on <= today
               for one in item.taken)  # fmt: skip


def rides_along(strategy: Strategy, step: Step, item: Item, own: Step, today: date) -> bool:
    """Tell whether an item may be a line of a message of this step, whatever its own step is.

    A fourteen-day letter takes in all that its reader is in default with, and nothing else; any other notice that
    announces only what is its own turn; and what has a notice of its own coming is not asked before by another.
    """
    if step.code == FOURTEEN_DAY_LETTER:
        begun = default_from(strategy, item)
        return begun is not None and begun <= today
    return own is step or own.code == step.code or not (step.code in ANNOUNCING or own.code in ANNOUNCING)
