"""The demo year: played once through the real verbs, and then every figure agrees with what really happened (P3).

The truth of the demo is its own book, kept in plain Python; nothing in it was asked of the product.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from voldaan.cli.demo import accountant, papers, sales, year
from voldaan.cli.demo.cast import FIRMS, TOLBRUG, ZILVERBEEK
from voldaan.cli.demo.mornings import Mornings
from voldaan.cli.demo.truth import Bill, Figures, Truth
from voldaan.queries import aging, bank_inbox, bookings, checks, follow_up, messages, open_items, worklist
from voldaan.queries.bank_inbox import TransactionRow
from voldaan.queries.moments import NOW
from voldaan.records.receivables import Receivable
from voldaan.rules import references
from voldaan.rules.permissions import Actor
from voldaan.rules.strategy import Because

TODAY = date(2026, 3, 12)
CLAIM = re.compile(r"-[RK][0-9]+$")  # the number of interest, or of costs
SEEN = TODAY - timedelta(days=year.LEFT_FOR_TODAY)  # until here everything was decided


@dataclass(frozen=True)
class Stage:
    """One firm after its year."""

    played: year.Played
    waiting: dict[str, TransactionRow]

    @property
    def actor(self) -> Actor:
        return self.played.actor

    @property
    def truth(self) -> Truth:
        return self.played.truth

    def figures(self) -> dict[str, Figures]:
        return self.truth.figures(frozenset(self.waiting))


@pytest.fixture(scope="module")
def stages(django_db_setup: None, django_db_blocker) -> Iterator[dict[str, Stage]]:
    """Play the year once for all tests of this module, and leave nothing behind."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        played = year.play(until=TODAY, via="test")
        yield {each.slug: Stage(each, accountant.waiting(each.actor)) for each in played}
        transaction.set_rollback(True)


@pytest.fixture(params=[firm.slug for firm in FIRMS])
def stage(request: pytest.FixtureRequest, stages: dict[str, Stage]) -> Stage:
    return stages[request.param]


def test_both_firms_have_their_year(stages):
    assert {slug: 300 < len(stage.truth.bills) < 500 for slug, stage in stages.items()} == {
        "tolbrug": True, "zilverbeek": False,
    }  # fmt: skip
    assert 90 < len(stages["zilverbeek"].truth.bills) < 150


def test_a_payer_who_sends_lists_has_them_spread_by_themselves(stages):
    stage = stages["tolbrug"]
    listed = Counter(row.transaction for row in bookings.allocations(moment=NOW, actor=stage.actor)
                     if row.class_ == "advice" and row.by == "machine")  # fmt: skip
    assert len(listed) > 6
    assert max(listed.values()) > 1


def test_what_each_customer_owes_agrees_to_the_cent(stage):
    rows = aging.aging(moment=NOW, actor=stage.actor, today=TODAY)
    owed = {row.debtor: row.total_cents for row in rows if row.debtor}
    truth = {name: figures.owed_cents for name, figures in stage.figures().items() if figures.owed_cents}
    assert owed == truth
    assert rows[-1].total_cents == sum(truth.values())


def test_each_kind_of_entry_agrees_to_the_cent(stage):
    booked: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in bookings.entries(moment=NOW, actor=stage.actor):
        booked[entry.debtor][entry.kind] += entry.cents
    assert {
        name: Figures(
            kinds["invoiced"] + kinds["brought_forward"], -kinds["credited"], -kinds["write_off"], -kinds["received"]
        )
        for name, kinds in booked.items()
    } == stage.figures()
    assert {kind for kinds in booked.values() for kind in kinds} <= {
        "invoiced", "brought_forward", "credited", "write_off", "received",
    }, "nothing was corrected or taken back"  # fmt: skip


def test_what_is_open_of_each_invoice_agrees_to_the_cent(stage):
    found = open_items.open_items(moment=NOW, actor=stage.actor, today=TODAY)
    assert {item.invoice: item.open_cents for item in found} == stage.truth.open_cents(frozenset(stage.waiting))


def test_the_open_items_are_aged_by_the_days_that_were_printed(stage):
    bills = stage.truth.bills
    for item in open_items.open_items(moment=NOW, actor=stage.actor, today=TODAY):
        assert item.due_date == bills[item.invoice].printed.due_on


def test_every_check_of_the_books_holds(stage):
    assert {answer.name: answer.rows for answer in checks.check(actor=stage.actor) if not answer.ok} == {}


def test_every_movement_on_the_bank_came_in_once(stage):
    rows = {row.bank_reference: row for row in bank_inbox.transactions(actor=stage.actor)}
    told = stage.truth.told()
    assert {name: row.cents for name, row in rows.items()} == {name: one.movement.cents for name, one in told.items()}
    assert len(told) == len(bank_inbox.transactions(actor=stage.actor))
    for name, one in told.items():
        row = rows[name]
        assert (row.counterparty_name, row.counterparty_iban) == (one.movement.name, one.movement.iban)


def test_every_movement_is_booked_or_set_aside_or_waits_as_it_should(stage):
    for row in bank_inbox.transactions(actor=stage.actor):
        meant = stage.truth.meant[row.bank_reference]
        if row.value_date <= SEEN or row.cents < 0:
            assert row.state == ("ignored" if meant.customer is None else "booked"), row
        elif meant.customer is None:
            assert row.state == "unmatched", row


def test_what_a_payer_names_to_the_cent_is_booked_by_itself_and_on_the_invoice_he_named(stage):
    allocated: dict[str, dict[str, int]] = defaultdict(dict)
    by = {}
    rows = {row.id: row.bank_reference for row in bank_inbox.transactions(actor=stage.actor)}
    for one in bookings.allocations(moment=NOW, actor=stage.actor):
        if one.transaction:
            allocated[rows[one.transaction]][one.invoice] = one.cents
            by[rows[one.transaction]] = one.by
    sure = {name: one for name, one in stage.truth.told().items() if one.is_sure}
    assert len(sure) > 60
    assert {name: allocated[name] for name in sure} == {name: dict(one.pays) for name, one in sure.items()}
    assert {by[name] for name in sure} == {"machine"}
    # What was not so sure went where it was meant to go as well: by proof, or by the accountant.
    known = {name: one for name, one in stage.truth.told().items() if one.customer and name not in stage.waiting}
    assert {name: allocated[name] for name in known} == {name: dict(one.pays) for name, one in known.items()}


def test_there_is_work_for_today(stages):
    tolbrug = stages["tolbrug"]
    assert tolbrug.waiting
    assert any(row.transaction is None for row in bank_inbox.proposals(actor=tolbrug.actor)), "settled by the list"
    reasons = Counter(
        why.decision.because
        for item in open_items.open_items(moment=NOW, actor=tolbrug.actor, today=TODAY)
        for why in follow_up.why(item.invoice, actor=tolbrug.actor, today=TODAY)
    )
    assert reasons[Because.DUE] > 5
    assert reasons[Because.NOT_YET] > 5
    assert reasons[Because.PAUSED] >= 3, "a dispute, a promise, and a question of the import"
    assert Because.BANK_STALE not in reasons


def test_the_ageing_looks_like_life(stage):
    total = aging.aging(moment=NOW, actor=stage.actor, today=TODAY)[-1]
    overdue = total.total_cents + total.credits_cents - total.not_due_cents
    assert total.not_due_cents > overdue
    assert all((total.not_due_cents, total.d1_30_cents, total.d31_60_cents, total.d61_90_cents, total.d120_plus_cents))


def test_it_is_played_once(stages):
    with pytest.raises(year.DemoBooksExist, match="tolbrug, zilverbeek"):
        year.play(until=TODAY, via="test")


def test_the_same_day_gives_the_same_year():
    start = TODAY - timedelta(days=365)
    assert sales.sold(ZILVERBEEK, start=start, until=TODAY) == sales.sold(ZILVERBEEK, start=start, until=TODAY)


def test_account_numbers_prove_themselves_and_differ():
    ibans = [papers.firm_iban(firm) for firm in FIRMS] + [
        papers.iban(country, account) for country in ("NL", "BE") for account in ("1", "4820101", "9999999")
    ]
    assert all(references.iban(iban) == iban for iban in ibans)
    assert len(set(ibans)) == len(ibans)


def test_names_and_addresses_belong_to_nobody():
    people = [who for firm in FIRMS for who in firm.customers]
    assert all(who.email == "" or who.email.endswith(".example") for who in people)
    for firm in FIRMS:
        names = [who.name for who in firm.customers]
        assert len(set(names)) == len(names)


def test_those_who_wait_to_be_asked_pay_when_a_morning_asks(monkeypatch, db):
    """Plug a morning in: who was asked for pays within days, and the figures agree as before."""
    asked: list[tuple[date, str]] = []

    def morning(actor: Actor, today: date) -> Mapping[str, str]:
        found = open_items.open_items(moment=NOW, actor=actor, today=today) if today.weekday() == 2 else []
        late = {item.invoice: "reminder" for item in found if item.days_overdue > 3}
        asked.extend((today, number) for number in late)
        return late

    monkeypatch.setattr(year, "DAYS", 110)
    played = year._played(TOLBRUG, TODAY, "test", None, morning)
    first: dict[str, date] = {}
    for day, number in asked:
        first.setdefault(number, day)
    waiters = [
        bill for bill in played.truth.bills.values() if bill.customer.habit.after_reminder and bill.number in first
    ]
    paid = [bill for bill in waiters if bill.paid]
    assert len(paid) >= 3
    assert all(_days(bill, first[bill.number]) <= 12 for bill in paid)
    owed = {r.debtor: r.total_cents for r in aging.aging(moment=NOW, actor=played.actor, today=TODAY)[:-1]}
    truth = played.truth.figures(frozenset(accountant.waiting(played.actor)))
    assert owed == {name: figures.owed_cents for name, figures in truth.items() if figures.owed_cents}


def _days(bill: Bill, since: date) -> int:
    return (bill.paid[-1][0] - since).days


def test_progress_is_told(monkeypatch, db):
    monkeypatch.setattr(year, "DAYS", 20)
    told: list[tuple[str, int, int]] = []
    year._played(TOLBRUG, TODAY, "test", lambda *words: told.append(words), year.quiet)
    assert told[0][1] == 1
    assert told[-1][1] == told[-1][2] == len(told)
    assert {name for name, _, _ in told} == {TOLBRUG.name}


def test_half_a_year_with_its_mornings_agrees_to_the_cent_and_leaves_work_for_today(db, monkeypatch):
    """The whole road: decided, let go, sent, printed, called; and after it every figure is that of the truth."""
    monkeypatch.setattr(year, "DAYS", 180)
    played = year._played(ZILVERBEEK, TODAY, "test", None, Mornings(TODAY))
    waiting = frozenset(accountant.waiting(played.actor))
    owed = {row.debtor: row.total_cents for row in aging.aging(moment=NOW, actor=played.actor, today=TODAY)[:-1]}
    truth = played.truth.figures(waiting)
    found = open_items.open_items(moment=NOW, actor=played.actor, today=TODAY)
    claimed: Counter[str] = Counter()
    for row in Receivable.objects.of(played.actor.administration_id).exclude(kind="principal").select_related("debtor"):
        claimed[row.debtor.name] += row.open_cents
    assert claimed, "letters claimed interest and costs"
    assert owed == {
        name: cents for name, figures in truth.items() if (cents := figures.owed_cents + claimed[name])
    }  # fmt: skip
    prices = {item.invoice: item.open_cents for item in found if not CLAIM.search(item.invoice)}
    assert prices == played.truth.open_cents(waiting)
    assert [answer.name for answer in checks.check(actor=played.actor) if not answer.ok] == []
    sent = [row for row in messages.messages(actor=played.actor, today=TODAY) if row.state == "sent"]
    assert {"notice", "reminder", "demand", "final_notice"} <= {row.step for row in sent}
    assert {"email", "letter"} == {row.channel for row in sent}
    days = Counter((row.debtor_id, row.currency, row.sent_at.date() if row.sent_at else None) for row in sent)
    assert max(days.values()) == 1, "one message a day"
    assert worklist.worklist(actor=played.actor, today=TODAY)
