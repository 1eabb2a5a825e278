"""Notices before the law: what a strategy may not be, when each may leave, and what it may claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldaan.countries.be import BELGIUM
from voldaan.countries.nl import NETHERLANDS
from voldaan.rules import notices
from voldaan.rules.bundles import DueItem, bundle, taken_in
from voldaan.rules.charges import Lapsed, Running, announced, claimed
from voldaan.rules.claims import Basis
from voldaan.rules.ladders import BUSINESSES, CONSUMERS_BE, CONSUMERS_NL, FOURTEEN_DAYS, PRESETS
from voldaan.rules.law import DebtorKind
from voldaan.rules.ledger import ReceivableKind
from voldaan.rules.notices import (
    ALONE,
    ASKED_BEFORE,
    BEFORE_DUE,
    BUSINESS_NOTICE,
    CONSUMER_FIRST_REMINDER,
    FINAL_NOTICE,
    FOURTEEN_DAY_LETTER,
    NO_TERM,
    OBSTACLES,
    TO_CONSUMERS,
    TOO_SOON,
    TWO_LAWS,
    WANTS_TERM,
    Obstacle,
    UnlawfulStrategy,
    check,
    earliest,
)
from voldaan.rules.strategy import Anchor, Bank, Because, Item, Step, StepKind, Strategy, Taken, due_step

DAY = timedelta(days=1)
DUE = date(2027, 3, 15)
OPEN_GATE = Bank(days_behind=None)
CONSUMER, BUSINESS, PUBLIC_BODY = DebtorKind.CONSUMER, DebtorKind.BUSINESS, DebtorKind.PUBLIC_BODY


def message(code: str, days: int, term: int = 0, anchor: Anchor = Anchor.DUE_DATE) -> Step:
    return Step(code, StepKind.MESSAGE, anchor, days, term)


def ladder(*steps: Step) -> Strategy:
    return Strategy("eigen", "Eigen", steps)


def item(**facts: object) -> Item:
    known = {"issue_date": DUE - 14 * DAY, "due_date": DUE, "open_cents": 10_000, "debtor": CONSUMER,
             "asks_notice": FOURTEEN_DAY_LETTER}  # fmt: skip
    return Item(**known | facts)  # type: ignore[arg-type]


def step(strategy: Strategy, code: str) -> Step:
    return next(one for one in strategy.steps if one.code == code)


LETTER, FIRST = message(FOURTEEN_DAY_LETTER, 16), message(CONSUMER_FIRST_REMINDER, 1)
NOTICE, REMINDER = message(BUSINESS_NOTICE, 16, 14), message("reminder", 1, 7)
FINAL = message(FINAL_NOTICE, 60, 7)
HAND_OVER = Step("hand_over", StepKind.HAND_OVER, Anchor.DUE_DATE, 80)


@pytest.mark.parametrize("strategy", PRESETS, ids=lambda one: one.code)
def test_every_preset_is_lawful(strategy):
    check(strategy)


@pytest.mark.parametrize(
    ("place", "why", "steps"),
    [
        (1, BEFORE_DUE, [message(FOURTEEN_DAY_LETTER, -1)]),
        (1, BEFORE_DUE, [message(BUSINESS_NOTICE, -1, 14)]),
        (1, NO_TERM, [message(FOURTEEN_DAY_LETTER, 1, 14)]),
        (1, NO_TERM, [message(CONSUMER_FIRST_REMINDER, 1, 14)]),
        (1, WANTS_TERM, [message(BUSINESS_NOTICE, 1)]),
        (2, WANTS_TERM, [REMINDER, message(FINAL_NOTICE, 60)]),
        (1, TWO_LAWS, [FIRST, LETTER]),
        (1, TWO_LAWS, [LETTER, message(BUSINESS_NOTICE, 40, 14)]),
        (2, ASKED_BEFORE, [REMINDER, message(CONSUMER_FIRST_REMINDER, 9)]),
        (2, ASKED_BEFORE, [message("reminder", 1), message(CONSUMER_FIRST_REMINDER, 9)]),  # it asks without a term
        (1, ALONE, [FINAL]),
        (2, ALONE, [message("reminder", 1), FINAL]),  # it set no term
        (2, TOO_SOON, [REMINDER, message(FINAL_NOTICE, 8, 7)]),
        (2, TOO_SOON, [LETTER, message(FINAL_NOTICE, 31, 7)]),
        (3, TOO_SOON, [REMINDER, FINAL, replace(HAND_OVER, days=67)]),
        (3, TOO_SOON, [LETTER, message("demand", 18, 3), message(FINAL_NOTICE, 31, 7)]),  # not only the one before
    ],
)
def test_what_breaks_the_law_is_not_saved(place, why, steps):
    with pytest.raises(UnlawfulStrategy) as caught:
        check(ladder(*steps))
    assert str(caught.value.facts["why"]) == why
    assert caught.value.facts["place"] == f"step {place}"


@pytest.mark.parametrize(
    "steps",
    [
        [message(FOURTEEN_DAY_LETTER, 0)],
        [REMINDER, message(FINAL_NOTICE, 9, 7)],
        [LETTER, message(FINAL_NOTICE, 32, 7)],
        [REMINDER, FINAL, replace(HAND_OVER, days=68)],
        [LETTER, message("demand", 18, 3), message(FINAL_NOTICE, 32, 7)],
        [message("notice", -3), message(CONSUMER_FIRST_REMINDER, 1)],  # a service before the due date asks nothing
        [message("reminder", 15, 7, Anchor.INVOICE_DATE), FINAL],  # days from two anchors are not compared
    ],
)
def test_a_day_later_it_is_lawful(steps):
    check(ladder(*steps))


@pytest.mark.parametrize("why", [NO_TERM, ASKED_BEFORE])
def test_a_refusal_names_its_article(why):
    assert "art. " in why or "XIX.2 WER" in why


ARTICLES = {
    Obstacle.NOT_A_CONSUMER: "6:96(6) BW", Obstacle.NOT_A_BUSINESS: "6:96(4) BW", Obstacle.NOT_IN_DEFAULT: "6:82",
    Obstacle.NOT_RECEIVED: "6:96(6) BW", Obstacle.NO_NUMBER: "XIX.2 WER",
}  # fmt: skip


@pytest.mark.parametrize("obstacle", Obstacle)
def test_every_obstacle_says_how_to_mend_it(obstacle):
    says = OBSTACLES[obstacle]
    assert ARTICLES.get(obstacle, "") in says
    assert any(verb in says for verb in ("Choose", "Say first", "Send", "Write down", "Fill it in"))


REMINDED = Taken("reminder", DUE + DAY, DUE + 9 * DAY)
POSTED = Taken(FOURTEEN_DAY_LETTER, DUE + 16 * DAY, DUE + 36 * DAY)
UNPROVEN = Taken(FOURTEEN_DAY_LETTER, DUE + 16 * DAY)
SKIPPED = Taken(FOURTEEN_DAY_LETTER, DUE + 16 * DAY, counts=False)


@pytest.mark.parametrize(
    ("strategy", "code", "facts", "answer"),
    [
        (CONSUMERS_NL, FOURTEEN_DAY_LETTER, {"debtor": BUSINESS, "is_agreed": True}, Obstacle.NOT_A_CONSUMER),
        (CONSUMERS_NL, FOURTEEN_DAY_LETTER, {"debtor": PUBLIC_BODY, "is_agreed": True}, Obstacle.NOT_A_CONSUMER),
        (CONSUMERS_NL, FOURTEEN_DAY_LETTER, {"asks_notice": "", "is_agreed": True}, Obstacle.OTHER_COUNTRY),
        (CONSUMERS_NL, FOURTEEN_DAY_LETTER, {"asks_notice": CONSUMER_FIRST_REMINDER}, Obstacle.OTHER_COUNTRY),
        (CONSUMERS_BE, CONSUMER_FIRST_REMINDER, {}, Obstacle.OTHER_COUNTRY),
        (CONSUMERS_BE, CONSUMER_FIRST_REMINDER, {"debtor": BUSINESS}, Obstacle.NOT_A_CONSUMER),
        (CONSUMERS_NL, FOURTEEN_DAY_LETTER, {}, Obstacle.NOT_IN_DEFAULT),
        (CONSUMERS_NL, FOURTEEN_DAY_LETTER, {"taken": (replace(REMINDED, counts=False),)}, Obstacle.NOT_IN_DEFAULT),
        (BUSINESSES, BUSINESS_NOTICE, {}, Obstacle.NOT_A_BUSINESS),
        (BUSINESSES, BUSINESS_NOTICE, {"debtor": None}, Obstacle.NOT_A_BUSINESS),
        (CONSUMERS_NL, FINAL_NOTICE, {"is_agreed": True}, Obstacle.NO_EARLIER_NOTICE),
        (CONSUMERS_NL, FINAL_NOTICE, {"taken": (REMINDED, UNPROVEN)}, Obstacle.NOT_RECEIVED),
        (CONSUMERS_NL, FINAL_NOTICE, {"taken": (SKIPPED,)}, Obstacle.NO_EARLIER_NOTICE),
        # And what is lawful, from which day.
        (CONSUMERS_NL, FOURTEEN_DAY_LETTER, {"is_agreed": True}, DUE + DAY),
        (CONSUMERS_NL, FOURTEEN_DAY_LETTER, {"debtor": None, "is_agreed": True}, DUE + DAY),
        (CONSUMERS_NL, FOURTEEN_DAY_LETTER, {"taken": (REMINDED,)}, DUE + 9 * DAY),
        (CONSUMERS_BE, CONSUMER_FIRST_REMINDER, {"asks_notice": CONSUMER_FIRST_REMINDER}, DUE + DAY),
        (BUSINESSES, BUSINESS_NOTICE, {"debtor": PUBLIC_BODY}, date.min),
        (CONSUMERS_NL, FINAL_NOTICE, {"taken": (REMINDED, POSTED)}, DUE + 36 * DAY),
        (CONSUMERS_NL, FINAL_NOTICE, {"taken": (REMINDED, SKIPPED)}, DUE + 9 * DAY),  # it then claims nothing
        (CONSUMERS_NL, "hand_over", {"taken": (REMINDED, UNPROVEN)}, Obstacle.NOT_RECEIVED),
        (CONSUMERS_NL, "hand_over", {}, date.min),
    ],
)
def test_what_stands_in_the_way_of_each_notice(strategy, code, facts, answer):
    assert earliest(strategy, step(strategy, code), item(**facts)) == answer


def test_a_term_without_a_day_of_its_own_is_counted_from_the_strategy():
    taken = Taken("reminder", DUE + DAY)
    assert notices.lapsed_on(CONSUMERS_NL, taken) == DUE + DAY + 15 * DAY
    assert notices.lapsed_on(CONSUMERS_NL, replace(taken, counts=False)) is None
    assert notices.lapsed_on(CONSUMERS_NL, UNPROVEN) is None


@pytest.mark.parametrize(("after", "because"), [(-1, Because.NOT_YET), (0, Because.DUE)])
def test_a_final_notice_waits_for_the_last_day_of_the_term(after, because):
    """A term that ends on a Thursday: on the Friday after it may be claimed, and not before."""
    lapses = date(2027, 6, 4)
    one = item(taken=(REMINDED, Taken(FOURTEEN_DAY_LETTER, DUE + 16 * DAY, lapses), Taken("last_call", DUE + 40 * DAY)))
    decision = due_step(CONSUMERS_NL, one, OPEN_GATE, NETHERLANDS, today=lapses + after * DAY)
    assert (decision.because, decision.step) == (because, step(CONSUMERS_NL, FINAL_NOTICE))


@pytest.mark.parametrize(("after", "is_in"), [(-1, False), (0, True)])
def test_a_fourteen_day_letter_takes_in_what_is_in_default_and_nothing_else(after, is_in):
    letter = step(CONSUMERS_NL, FOURTEEN_DAY_LETTER)
    other = item(due_date=DUE + 20 * DAY, is_agreed=True)
    today = other.due_date + DAY + after * DAY
    decision = due_step(CONSUMERS_NL, other, OPEN_GATE, NETHERLANDS, today=today)
    assert taken_in(CONSUMERS_NL, letter, other, decision, today) is is_in
    first = DueItem(1, "A", item(taken=(REMINDED,)), letter)
    one = bundle(CONSUMERS_NL, [first, DueItem(2, "B", other, step(CONSUMERS_NL, "reminder"))], today)
    assert one is not None
    assert [line.invoice for line in one.lines] == (["A", "B"] if is_in else ["A"])


@pytest.mark.parametrize(("after", "is_in"), [(-1, False), (0, True)])
def test_a_final_notice_takes_in_what_was_announced_and_lapsed(after, is_in):
    one, today = item(taken=(REMINDED, POSTED)), DUE + 36 * DAY + after * DAY
    decision = due_step(CONSUMERS_NL, one, OPEN_GATE, NETHERLANDS, today=today)
    assert taken_in(CONSUMERS_NL, step(CONSUMERS_NL, FINAL_NOTICE), one, decision, today) is is_in


@pytest.mark.parametrize("because", [Because.PAUSED, Because.UNLAWFUL, Because.HANDED_OVER])
def test_what_is_held_is_not_taken_in(because):
    one, letter = item(is_agreed=True), step(CONSUMERS_NL, FOURTEEN_DAY_LETTER)
    decision = due_step(CONSUMERS_NL, one, OPEN_GATE, NETHERLANDS, today=DUE + 20 * DAY)
    assert taken_in(CONSUMERS_NL, letter, one, decision, DUE + 20 * DAY)
    assert not taken_in(CONSUMERS_NL, letter, one, replace(decision, because=because), DUE + 20 * DAY)


# Ladders of up to six steps in rising order, of codes with and without weight.
CODES = ["reminder", "demand", FOURTEEN_DAY_LETTER, CONSUMER_FIRST_REMINDER, BUSINESS_NOTICE, FINAL_NOTICE, "hand_over"]


@st.composite
def ladders(draw: st.DrawFn) -> Strategy:
    codes = draw(st.permutations(CODES).map(lambda some: some[: draw(st.integers(1, 6))]))
    days = sorted(draw(st.sets(st.integers(1, 60), min_size=len(codes), max_size=len(codes))))
    steps = []
    for code, day in zip(codes, days, strict=True):
        term = 0 if code in TO_CONSUMERS else draw(st.integers(0, 20))
        kind = StepKind.HAND_OVER if code == "hand_over" else StepKind.MESSAGE
        steps.append(Step(code, kind, Anchor.DUE_DATE, day, term))
    return ladder(*steps)


@given(ladders(), st.sampled_from([CONSUMER, BUSINESS, PUBLIC_BODY]), st.booleans(), st.booleans())
def test_no_final_notice_and_no_hand_over_before_every_earlier_term_passed(strategy, kind, is_agreed, in_belgium):
    """What can be saved at all, walked day by day, with letters by post."""
    try:
        check(strategy)
    except UnlawfulStrategy:
        return
    country = BELGIUM if in_belgium else NETHERLANDS
    notice = country.consumer.notice
    assert notice is not None
    one, today = item(debtor=kind, asks_notice=notice.name, is_agreed=is_agreed), DUE - 3 * DAY
    for _ in range(150):
        decision = due_step(strategy, one, OPEN_GATE, country, today=today)
        if decision.because is Because.DUE and decision.step:
            code = decision.step.code
            if code in (FINAL_NOTICE, "hand_over"):
                assert all(taken.lapses_on is None or taken.lapses_on <= today for taken in one.taken)
            if code == FINAL_NOTICE:
                assert any(taken.lapses_on for taken in one.taken)
            if code == FOURTEEN_DAY_LETTER:
                assert is_agreed or any(taken.lapses_on and taken.lapses_on <= today for taken in one.taken)
            lapses = today + 20 * DAY if code in TO_CONSUMERS else None
            if lapses is None and decision.step.term_days:
                lapses = today + (decision.step.term_days + 1) * DAY
            one = replace(one, taken=(*one.taken, Taken(code, today, lapses)))
        today += DAY


BASES = [Basis(country, kind) for country in (NETHERLANDS, BELGIUM) for kind in DebtorKind]
AMOUNTS = st.lists(st.integers(0, 3_000_000), min_size=1, max_size=5)


@given(st.sampled_from(BASES), st.lists(st.tuples(AMOUNTS, st.integers(0, 700_000), st.integers(0, 700_000)),
                                        max_size=4))  # fmt: skip
def test_costs_are_claimed_as_announced_and_never_more(basis, notices_):
    lapsed = [Lapsed(n, told, tuple(left), before) for n, (left, told, before) in enumerate(notices_)]
    found = {one.notice: one.cents for one in claimed(basis, [], lapsed, DUE)}
    for one in lapsed:
        claim = found.get(one.message, 0)
        assert claim >= 0
        assert claim + min(one.claimed_cents, one.announced_cents) <= one.announced_cents
        if not any(one.left_cents):
            assert claim == 0, "all of it was paid in time"
    assert set(found) <= {one.message for one in lapsed if one.announced_cents}


@given(st.sampled_from(BASES), AMOUNTS, st.data())
def test_a_payment_in_time_never_raises_the_costs(basis, amounts, data):
    """And none at all leaves them as they were announced."""
    told = sum(one.cents for one in announced(basis, running(amounts), DUE) if one.kind is ReceivableKind.COSTS)
    whole = claimed(basis, [], [Lapsed(1, told, tuple(amounts), 0)], DUE)
    assert sum(one.cents for one in whole) == told
    left = tuple(data.draw(st.integers(0, cents)) for cents in amounts)
    fewer = sum(one.cents for one in claimed(basis, [], [Lapsed(1, told, left, 0)], DUE))
    assert fewer <= told


def running(amounts: list[int], interest: int = 0, before: int = 0) -> list[Running]:
    return [Running(n, cents, interest, before, DUE) for n, cents in enumerate(amounts)]


@given(AMOUNTS, st.integers(0, 5_000), st.integers(0, 5_000))
def test_interest_is_claimed_by_increments(amounts, grown, before):
    basis = Basis(NETHERLANDS, BUSINESS)
    found = claimed(basis, running(amounts, grown, before), [], DUE)
    assert [one.cents for one in found] == ([grown - before] * len(amounts) if grown > before else [])


@given(st.sampled_from(list(DebtorKind)), AMOUNTS, st.integers(0, 700_000))
def test_no_costs_of_a_spared_customer(kind, amounts, told):
    """Interest he does not owe at all: of it nothing is even reckoned."""
    for country in (NETHERLANDS, BELGIUM):
        basis = Basis(country, kind, asks_interest=False, asks_costs=False)
        assert announced(basis, running(amounts), DUE) == []
        assert claimed(basis, running(amounts), [Lapsed(1, told, tuple(amounts), 0)], DUE) == []
        assert basis.claim("A", 10_000, DUE).terms is None


def test_of_a_belgian_consumer_nothing_is_claimed_that_no_clause_named():
    basis = Basis(BELGIUM, CONSUMER)
    assert announced(basis, running([10_000]), DUE) == []
    assert claimed(basis, running([10_000], 500), [Lapsed(1, 0, (10_000,), 0)], DUE) == []


def test_a_notice_with_weight_keeps_others_out_of_its_lines():
    """What has a notice of its own coming is not asked before by another; the short ladder has none."""
    reminder, letter = step(CONSUMERS_NL, "reminder"), step(CONSUMERS_NL, FOURTEEN_DAY_LETTER)
    assert not notices.rides_along(BUSINESSES, NOTICE, item(), REMINDER, DUE)
    assert not notices.rides_along(CONSUMERS_NL, reminder, item(is_agreed=True), letter, DUE + 9 * DAY)
    assert notices.rides_along(FOURTEEN_DAYS, step(FOURTEEN_DAYS, FINAL_NOTICE), item(), REMINDER, DUE)
