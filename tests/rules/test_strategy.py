"""Which step is due: the calendar of the presets, and every reason why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldaan.countries.nl import NETHERLANDS
from voldaan.rules.days import sending_day
from voldaan.rules.ladders import BUSINESSES, FOURTEEN_DAYS, PRESETS
from voldaan.rules.law import DebtorKind
from voldaan.rules.notices import TO_CONSUMERS, Obstacle
from voldaan.rules.strategy import (
    Bank,
    Because,
    Decision,
    Held,
    Item,
    Step,
    StepKind,
    Taken,
    due_step,
)

OPEN_GATE = Bank(days_behind=None)


def item(issued: str = "2027-03-01", term: int = 14, **facts: object) -> Item:
    day = date.fromisoformat(issued)
    return Item(**{"issue_date": day, "due_date": day + timedelta(days=term), "open_cents": 12_100} | facts)  # type: ignore[arg-type]


def decide(one: Item, on: str | date, *, strategy=FOURTEEN_DAYS, bank: Bank = OPEN_GATE) -> Decision:
    today = date.fromisoformat(on) if isinstance(on, str) else on
    return due_step(strategy, one, bank, NETHERLANDS, today=today)


def played(one: Item, *, strategy=FOURTEEN_DAYS, days: int = 400) -> list[tuple[str, date]]:
    """Take each step on the first day that it is due; give the steps and their days."""
    today, steps = one.issue_date, []
    codes = {step.code for step in strategy.steps}
    asks = next(iter(codes & TO_CONSUMERS), "")
    one = replace(one, asks_notice=asks, debtor=DebtorKind.CONSUMER if asks else DebtorKind.BUSINESS)
    for _ in range(days):
        decision = decide(one, today, strategy=strategy)
        if decision.because is Because.DUE and decision.step:
            steps.append((decision.step.code, today))
            lapses = today + timedelta(days=20) if decision.step.code in TO_CONSUMERS else None
            one = replace(one, taken=(*one.taken, Taken(decision.step.code, today, lapses)))
        today += timedelta(days=1)
    return steps


def test_the_fourteen_day_preset_of_the_brief():
    """Reminder after 15, call after 21, demand after 30, last call after 44 days from the invoice date; the final
    notice with a term of 7 days on day 45, and the hand-over only when that is over.
    """
    assert played(item("2027-03-01")) == [
        ("notice", date(2027, 3, 12)),
        ("reminder", date(2027, 3, 16)),
        ("call", date(2027, 3, 22)),
        ("demand", date(2027, 3, 31)),
        ("last_call", date(2027, 4, 14)),
        ("final_notice", date(2027, 4, 15)),
        ("hand_over", date(2027, 4, 23)),
    ]


def test_a_call_appears_on_its_day_though_that_is_a_sunday():
    assert ("call", date(2026, 3, 22)) in played(item("2026-03-01"))


def test_mail_waits_for_the_next_sending_day():
    late = item("2027-02-26", taken=(Taken("notice", date(2027, 3, 9)),))  # the reminder is for Saturday 13 March
    saturday = decide(late, "2027-03-13")
    assert (saturday.because, saturday.on, saturday.leaves_on) == (
        Because.NOT_YET,
        date(2027, 3, 13),
        date(2027, 3, 15),
    )
    assert decide(late, "2027-03-15").because is Because.DUE


def test_nothing_asks_before_the_item_is_overdue():
    """The presets count from the invoice; with a term of 60 days they still wait for the due date."""
    for code, day in played(item("2027-03-01", term=60)):
        if code != "notice":
            assert day > date(2027, 4, 30)


def test_with_a_longer_term_the_steps_keep_their_distance():
    days = [day for code, day in played(item("2027-03-01", term=60)) if code != "notice"]
    for earlier, later, least in zip(days, days[1:], (6, 9, 14, 1, 8), strict=False):
        assert (later - earlier).days >= least


def test_a_notice_that_was_missed_is_passed_over_and_the_reminder_comes_next():
    assert decide(item(), "2027-03-20").step == FOURTEEN_DAYS.steps[1]


@pytest.mark.parametrize("downtime", [1, 10, 100, 365])
def test_after_downtime_there_is_one_step_and_no_burst(downtime):
    one = item("2027-03-01", taken=(Taken("notice", date(2027, 3, 12)),))
    today = sending_day(date(2027, 3, 16) + timedelta(days=downtime), NETHERLANDS)
    first = decide(one, today)
    assert (first.because, first.step and first.step.code) == (Because.DUE, "reminder")
    after = replace(one, taken=(*one.taken, Taken("reminder", today)))
    assert decide(after, today + timedelta(days=5)).because is Because.NOT_YET
    assert decide(after, today + timedelta(days=6)).because is Because.DUE


@pytest.mark.parametrize(
    ("change", "bank", "because"),
    [
        ({"open_cents": 0}, OPEN_GATE, Because.SETTLED),
        ({"open_cents": 499}, OPEN_GATE, Because.BELOW_MINIMUM),
        ({"credit_cents": 12_100}, OPEN_GATE, Because.COVERED_BY_CREDIT),
        ({"credit_cents": 12_099}, OPEN_GATE, Because.DUE),
        ({"is_reachable": False}, OPEN_GATE, Because.NO_ADDRESS),
        ({"holds": (Held("asked for time"),)}, OPEN_GATE, Because.PAUSED),
        ({"holds": (Held("asked for time", date(2027, 3, 16)),)}, OPEN_GATE, Because.PAUSED),
        ({"holds": (Held("asked for time", date(2027, 3, 15)),)}, OPEN_GATE, Because.DUE),
        ({}, Bank(None), Because.BANK_STALE),
        ({}, Bank(date(2027, 3, 9)), Because.BANK_STALE),  # Wednesday to Monday are four working days
        ({}, Bank(date(2027, 3, 10)), Because.DUE),
        ({"taken": tuple(Taken(s.code, date(2027, 3, 1)) for s in FOURTEEN_DAYS.steps)}, OPEN_GATE,
         Because.NO_STEP_LEFT),
    ],
)  # fmt: skip
def test_every_reason(change, bank, because):
    assert decide(replace(item(), **change), "2027-03-16", bank=bank).because is because


@pytest.mark.parametrize("strategy", PRESETS, ids=lambda s: s.code)
class TestEveryPreset:
    def test_the_steps_are_in_order_and_each_once(self, strategy):
        codes = [step.code for step in strategy.steps]
        assert len(set(codes)) == len(codes)
        one = item()
        assert sorted(strategy.steps, key=lambda step: step.counted(one)) == list(strategy.steps)

    def test_nothing_is_handed_over_before_the_final_notice_is_over(self, strategy):
        steps = {step.code: step for step in strategy.steps}
        one = item()
        apart = steps["hand_over"].counted(one) - steps["final_notice"].counted(one)
        assert apart.days > steps["final_notice"].term_days

    def test_one_case_walks_mail_phone_and_hand_over(self, strategy):
        assert {step.kind for step in strategy.steps} == set(StepKind)


issued = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@given(issued, st.integers(0, 90), st.sampled_from(PRESETS))
def test_every_step_is_taken_once_and_in_order(day, term, strategy):
    steps = played(item(day.isoformat(), term=term), strategy=strategy, days=300)
    codes = [step for step, _ in steps]
    order = [step.code for step in strategy.steps]
    assert codes == [one for one in order if one in codes]
    assert set(order) - set(codes) <= {"notice"}
    for step, on in steps:
        kind = next(one.kind for one in strategy.steps if one.code == step)
        assert kind is not StepKind.MESSAGE or not NETHERLANDS.is_quiet(on)


@given(issued, st.lists(st.integers(0, 40), min_size=8, max_size=12))
def test_however_often_and_late_it_is_asked_the_distance_is_kept(day, gaps):
    """A machine that is on only now and then gives each step at most once, never two on one day, never too near."""
    one, today, taken = item(day.isoformat()), day + timedelta(days=14), list[tuple[Step, date]]()
    for gap in gaps:
        today += timedelta(days=gap)
        for _ in range(3):
            decision = decide(one, today)
            if decision.because is Because.DUE and decision.step:
                taken.append((decision.step, today))
                one = replace(one, taken=(*one.taken, Taken(decision.step.code, today)))
    for (earlier, first), (later, second) in pairwise(taken):
        least = later.counted(one) - earlier.counted(one)
        assert second - first >= (min(least, timedelta(days=3)) if earlier.is_before_due else least)


def test_what_the_law_keeps_waiting_says_so_also_on_a_sunday():
    taken = Taken("reminder", date(2027, 3, 16)), Taken("call", date(2027, 3, 22))
    late = item("2027-03-01", debtor=DebtorKind.CONSUMER, taken=taken)
    for day in ("2027-04-04", "2027-04-05"):  # Sunday and Monday
        assert decide(late, day, strategy=BUSINESSES).obstacle is Obstacle.NOT_A_BUSINESS
