"""Stories of the daily run: what is due goes into one message or task, once, and everything else has its reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from voldaan.queries import follow_up as questions
from voldaan.queries import worklist
from voldaan.records.actions import Action
from voldaan.records.messages import Message
from voldaan.usecases import administrations, debtors, follow_up, messages, runs, strategies
from voldaan.usecases.messages import CountWanted, OtherCount


@pytest.fixture
def house(db: None) -> House:
    house = House.opened(today=date(2027, 3, 1))
    change(house, "bank_freshness_days", "off")
    return house


def change(house: House, name: str, value: str) -> None:
    administrations.change(name=name, value=value, actor=house.actor, today=house.today)


def ran(house: House, day: str, **words) -> runs.Run:
    return runs.run(actor=house.actor, today=date.fromisoformat(day), **words)


def approve(house: House, day: str, **words) -> messages.Approved:
    words = words or {"everything": True}
    return messages.approve(**words, actor=house.actor, today=date.fromisoformat(day))


def left(house: House, day: str) -> None:
    """Let everything that is released leave, as a sender would write it down."""
    for row in Message.objects.of(house.actor.administration_id).filter(state="released"):
        messages.taken(row, actor=house.actor, today=date.fromisoformat(day))
        row.save()


def states(house: House) -> list[str]:
    return list(Message.objects.of(house.actor.administration_id).order_by("pk").values_list("state", flat=True))


def because(house: House, invoice: str, day: str) -> str:
    (one,) = questions.why(invoice, actor=house.actor, today=date.fromisoformat(day))
    return one.decision.because.value


@pytest.fixture
def zee(house: House) -> str:
    zee = house.debtor("Café Zéé", number="7", email="info@zee.example", street="Kade 1", city="Breda")
    house.invoice(zee, "F1", "121.00", due="2027-03-15")
    return zee


def test_the_calendar_of_the_fourteen_day_preset_is_played_by_the_run(house, zee):
    """S1-16: 1 March, 14 days: the days on which each step is taken, message or task."""
    steps = []
    day = date(2027, 3, 1)
    while day < date(2027, 5, 1):
        found = ran(house, day.isoformat())
        steps += [(one.step, day) for one in found.messages] + [(one.kind, day) for one in found.tasks]
        for one in found.messages:
            if one.state == "planned":
                approve(house, day.isoformat(), ids=[one.id])
        left(house, day.isoformat())
        day += timedelta(days=1)
    assert steps == [
        ("notice", date(2027, 3, 12)), ("reminder", date(2027, 3, 16)), ("call", date(2027, 3, 22)),
        ("demand", date(2027, 3, 31)), ("call", date(2027, 4, 14)), ("final_notice", date(2027, 4, 15)),
        ("hand_over", date(2027, 4, 23)),
    ]  # fmt: skip
    (why,) = questions.why("F1", actor=house.actor, today=day)
    assert [step.step for step in why.taken] == [
        "notice", "reminder", "call", "demand", "last_call", "final_notice", "hand_over"
    ]  # fmt: skip


def test_one_message_takes_in_everything_due_under_its_highest_step(house, zee):
    ran(house, "2027-03-12")
    left(house, "2027-03-12")
    ran(house, "2027-03-16")
    approve(house, "2027-03-16")
    left(house, "2027-03-16")
    ran(house, "2027-03-22")
    house.invoice(zee, "F2", "50.00", issued="2027-03-09", due="2027-03-23")
    found = ran(house, "2027-03-31")
    (one,) = found.messages
    assert (one.step, one.invoices, one.total_cents) == ("demand", ["F1", "F2"], 17_100)
    lines = Action.objects.of(house.actor.administration_id).filter(message__public_id=one.id).order_by("pk")
    assert list(lines.values_list("step", flat=True)) == ["demand", "reminder"]


def test_a_notice_goes_by_itself_and_a_reminder_asks_first(house, zee):
    assert ran(house, "2027-03-12").messages[0].state == "released"
    left(house, "2027-03-12")
    assert ran(house, "2027-03-16").messages[0].state == "planned"
    assert because(house, "F1", "2027-03-16") == "needs_approval"


def test_more_than_may_go_unseen_waits_for_the_number_typed(house, zee):
    change(house, "large_run", "1")
    house.invoice(house.debtor("Tweede", email="b@b.example"), "F2", "50.00", due="2027-03-15")
    found = ran(house, "2027-03-12")
    assert (found.too_many, {one.state for one in found.messages}) == (2, {"planned"})
    with house.refuses(CountWanted):
        approve(house, "2027-03-12")
    with house.refuses(OtherCount):
        approve(house, "2027-03-12", everything=True, count=3)
    assert len(approve(house, "2027-03-12", everything=True, count=2).released) == 2


def test_run_again_changes_nothing(house, zee):
    first = ran(house, "2027-03-16")
    again = ran(house, "2027-03-16")
    assert [one.id for one in first.messages] == [one.id for one in again.messages]
    assert states(house) == ["planned"]


def test_what_waits_is_decided_anew_when_something_changed(house, zee):
    old = ran(house, "2027-03-16").messages[0].id
    house.on("2027-03-16").pay("F1", "21.00")
    (new,) = ran(house, "2027-03-17").messages
    assert (new.id != old, new.total_cents, states(house)) == (True, 10_000, ["withdrawn", "planned"])
    house.on("2027-03-17").pay("F1", "100.00")
    assert ran(house, "2027-03-17").messages == []
    assert states(house) == ["withdrawn", "withdrawn"]


def test_what_was_paid_since_is_not_approved(house, zee):
    one = ran(house, "2027-03-16").messages[0].id
    house.on("2027-03-16").pay("F1", "21.00")
    answer = approve(house, "2027-03-16", ids=[one])
    assert (answer.released, answer.changed, states(house)) == ([], [one], ["withdrawn"])


def test_a_pause_takes_back_what_waits(house, zee):
    ran(house, "2027-03-16")
    approve(house, "2027-03-16")
    follow_up.pause(invoice="F1", until=date(2027, 4, 1), reason="vraag", actor=house.actor, today=date(2027, 3, 16))
    assert states(house) == ["withdrawn"]
    assert ran(house, "2027-03-17").counts["paused"] == 1
    assert len(ran(house, "2027-04-02").messages) == 1


def test_an_old_debt_is_looked_at_by_itself(house):
    for name in ("Oud", "Nieuw"):
        debtor = house.debtor(name, email=f"{name.lower()}@b.example")
        house.invoice(debtor, f"F-{name}", "50.00", issued="2026-10-01" if name == "Oud" else None,
                      due="2026-11-01" if name == "Oud" else "2027-03-15")  # fmt: skip
    ran(house, "2027-03-16")
    answer = approve(house, "2027-03-16")
    assert (len(answer.released), len(answer.left)) == (1, 1)
    (waiting,) = [one for one in worklist.worklist(actor=house.actor, today=date(2027, 3, 16)) if one.warnings]
    assert waiting.debtor == "Oud"
    assert approve(house, "2027-03-16", ids=[waiting.id]).released == [waiting.id]


def test_a_customer_is_written_to_at_most_once_a_day_and_twice_in_seven_days(house, zee):
    days = ("2027-03-15", "2027-03-16", "2027-03-17")
    for n, due in enumerate(days, 2):
        house.invoice(zee, f"F{n}", "50.00", issued="2027-02-28", due=due)
    written = []
    day = date(2027, 3, 16)
    while day < date(2027, 3, 31):
        for one in ran(house, day.isoformat()).messages:
            approve(house, day.isoformat(), ids=[one.id])
            written.append(day)
        left(house, day.isoformat())
        day += timedelta(days=1)
    assert len(written) >= 2
    for first, third in zip(written, written[2:], strict=False):
        assert (third - first).days >= 7
    assert len(set(written)) == len(written)


def test_while_a_message_is_under_way_its_items_get_nothing_else(house, zee):
    ran(house, "2027-03-16")
    approve(house, "2027-03-16")
    found = ran(house, "2027-04-20")
    assert (found.messages, found.tasks, found.counts["due"]) == ([], [], 1)


def test_a_call_is_one_task_for_a_customer_and_does_not_hold_back_what_follows(house, zee):
    house.invoice(zee, "F2", "50.00", due="2027-03-15")
    for day in ("2027-03-16", "2027-03-22", "2027-03-23"):
        ran(house, day)
        approve(house, day)
        left(house, day)
    (call,) = worklist.worklist(actor=house.actor, today=date(2027, 3, 23))
    assert (call.kind, sorted(call.invoices), call.cents, call.days_overdue) == ("call", ["F1", "F2"], 17_100, 8)
    assert [one.step for one in ran(house, "2027-03-31").messages] == ["demand"]
    follow_up.done(id=call.id, outcome="betaalt vrijdag", actor=house.actor, today=date(2027, 3, 31))
    assert [one.kind for one in worklist.worklist(actor=house.actor, today=date(2027, 3, 31))] == ["message"]


def test_a_task_whose_items_are_paid_goes_by_itself(house, zee):
    for day in ("2027-03-16", "2027-03-22"):
        ran(house, day)
        approve(house, day)
        left(house, day)
    (call,) = worklist.worklist(actor=house.actor, today=date(2027, 3, 22))
    house.on("2027-03-23").pay("F1", "121.00")
    assert worklist.worklist(actor=house.actor, today=date(2027, 3, 23)) == []
    ran(house, "2027-03-23")
    with house.refuses(follow_up.NotATask):
        follow_up.done(id=call.id, actor=house.actor, today=date(2027, 3, 23))


def test_what_is_skipped_counts_as_taken_and_the_ladder_goes_on(house, zee):
    (one,) = ran(house, "2027-03-16").messages
    follow_up.skip(id=str(one.id), reason="belde zelf", actor=house.actor, today=date(2027, 3, 16))
    assert ran(house, "2027-03-21").counts["not_yet"] == 1
    assert [task.kind for task in ran(house, "2027-03-22").tasks] == ["call"]


def test_a_dry_run_keeps_nothing_and_explains_everything(house, zee):
    house.invoice(zee, "F2", "50.00", due="2027-06-15")
    found = ran(house, "2027-03-16", dry_run=True, explain=True)
    assert (found.messages[0].id, [(one.invoice, one.reason) for one in found.waiting]) == (None, [("F2", "not_yet")])
    assert states(house) == []


def test_a_dry_run_tells_the_day_without_reading_what_cannot_be_due(house, zee):
    house.invoice(zee, "F2", "50.00", due="2027-06-15")
    dry = ran(house, "2027-03-16", dry_run=True)
    assert (dry.waiting, dry.counts["not_yet"], dry.decided) == ([], 1, 2)
    assert states(house) == []
    assert [one.invoices for one in dry.messages] == [one.invoices for one in ran(house, "2027-03-16").messages]


def test_another_strategy_is_tried_on_who_has_none_of_his_own_and_nothing_stays(house, zee):
    own = house.debtor("Eigen BV", email="e@e.example", strategy="30-dagen")
    house.invoice(own, "F2", "50.00", issued="2027-02-13", due="2027-03-15")
    first = {"code": "reminder", "kind": "message", "anchor": "due_date"}
    for code, days in (("snel", 1), ("traag", 90)):
        strategies.define(code=code, content={"steps": [first | {"days": days}]}, actor=house.actor, today=house.today)
    before = house.everything()
    with_each = {
        code: [one.debtor for one in ran(house, "2027-03-16", dry_run=True, strategy=code).messages]
        for code in ("snel", "traag", "30-dagen")
    }
    assert with_each == {"snel": ["Café Zéé"], "traag": [], "30-dagen": []}
    assert house.everything() == before
    with house.refuses(strategies.NoSuchStrategy):
        ran(house, "2027-03-16", dry_run=True, strategy="geen")


def test_every_open_item_is_decided_with_one_reason(house, zee):
    house.invoice(zee, "F2", "50.00", due="2027-06-15")
    house.invoice(house.debtor("Zonder adres"), "F3", "50.00", due="2027-03-15")
    house.invoice(house.debtor("Klein", email="k@k.example"), "F4", "4.99", due="2027-03-15")
    for _ in range(2):
        found = ran(house, "2027-03-16")
        assert found.decided == found.counts.total() == 4
        assert {reason: count for reason, count in found.counts.items() if count} == {
            "due": 1, "not_yet": 1, "no_address": 1, "below_minimum": 1
        }  # fmt: skip


def test_stale_bank_data_holds_everything(house, zee):
    change(house, "bank_freshness_days", "3")
    found = ran(house, "2027-03-16")
    assert (found.messages, found.counts["bank_stale"]) == ([], 1)


def test_credit_is_asked_net_and_looked_at(house, zee):
    house.credit_note(zee, "C1", "21.00")
    (one,) = ran(house, "2027-03-16").messages
    assert one.total_cents == 10_000
    assert approve(house, "2027-03-16").left == [one.id]


def test_several_small_items_covered_together_are_held(house, zee):
    house.invoice(zee, "F2", "50.00", due="2027-03-15")
    house.credit_note(zee, "C1", "180.00")
    found = ran(house, "2027-03-16")
    assert (found.messages, found.counts["covered_by_credit"]) == ([], 2)


def test_a_customer_may_follow_a_strategy_of_its_own(house, zee):
    debtors.change(debtor="7", strategy="30-dagen", actor=house.actor, today=house.today)
    assert ran(house, "2027-03-16").messages == []
    assert [one.step for one in ran(house, "2027-03-18").messages] == ["reminder"]


def test_a_new_version_counts_at_once_and_steps_taken_stay_taken(house, zee):
    ran(house, "2027-03-16")
    approve(house, "2027-03-16")
    left(house, "2027-03-16")
    steps = [
        {"code": "reminder", "kind": "message", "anchor": "due_date", "days": 1, "term_days": 5},
        {"code": "demand", "kind": "message", "anchor": "due_date", "days": 4, "term_days": 5, "approval": "automatic"},
    ]
    content = {"name": "Snel", "minimum_cents": 0, "steps": steps}
    words = {"code": "14-dagen", "content": content, "actor": house.actor, "today": date(2027, 3, 17)}
    assert strategies.define(**words) == strategies.define(**words) == 2
    assert ran(house, "2027-03-18").messages == []
    assert [(one.step, one.state) for one in ran(house, "2027-03-19").messages] == [("demand", "released")]


def test_the_number_of_queries_does_not_grow_with_the_customers(house):
    def queries(customers: int) -> int:
        for n in range(customers):
            debtor = house.debtor(f"K{customers}-{n}", email=f"k{n}@b.example")
            house.invoice(debtor, f"F{customers}-{n}", "50.00", due="2027-03-15")
        with CaptureQueriesContext(connection) as asked:
            found = ran(house, "2027-03-16")
        assert len(found.messages) >= customers
        return len(asked)

    few = queries(3)
    books = house.actor.administration_id
    messages.withdraw(books, list(Message.objects.of(books).values_list("pk", flat=True)), why="changed")
    assert queries(40) <= few + 2
