"""The past does not change: not for who asks what was known then, and not for a closed period (P20, P24)."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.house import House
from voldaan.queries import bookings
from voldaan.queries.moments import NOW, Moment
from voldaan.rules.refusals import Refusal

EXAMPLES = int(os.environ.get("VOLDAAN_EXAMPLES", "8"))
START = date(2027, 3, 1)


@pytest.fixture
def house(db: None) -> House:
    return House.opened(today=START)


# Stories: what is late keeps both its dates ------------------------------------------------------------------------


def test_a_late_invoice_shows_in_the_open_period_with_both_its_dates(house):
    zee = house.debtor("Zee")
    house.close("2027-02-28")
    house.invoice(zee, "F1", "100.00", issued="2027-02-10")
    row = house.last()
    assert (row.value_date, row.booked_on) == (date(2027, 2, 10), START)
    assert house.open(Moment(as_of=date(2027, 2, 28))) == {}
    assert house.open(Moment(as_of=START)) == {"F1": 10000}


@pytest.mark.parametrize("how", ["undo", "take back a receipt", "take back a write-off", "take back an invoice"])
def test_what_is_undone_after_the_close_stays_as_it_was_before_it(house, how):
    zee = house.debtor("Zee")
    february = house.on("2027-02-20")
    february.invoice(zee, "F1", "100.00")
    if how == "take back a write-off":
        february.write_off("F1", "30.00")
        number = february.last().number
    elif how != "take back an invoice":
        number = february.pay("F1", "30.00").number
        if how == "take back a receipt":
            february.undo(february.last_allocation().id)
    else:
        number = february.last().number
    house.close("2027-02-28")
    then = Moment(as_of=date(2027, 2, 28))
    before = house.reports(then)
    if how == "undo":
        house.undo(house.last_allocation().id)
    else:
        house.take_back(number)
    assert house.reports(then) == before
    assert house.open(Moment(as_of=START)) == ({} if how == "take back an invoice" else {"F1": 10000})
    assert house.broken() == {}


def test_a_payment_of_a_closed_day_counts_from_the_first_open_one(house):
    house.invoice(house.debtor("Zee"), "F1", "100.00", issued="2027-02-01")
    house.close("2027-02-28")
    house.pay("F1", "60.00", on="2027-02-15")
    assert house.open(Moment(as_of=date(2027, 2, 28))) == {"F1": 10000}
    assert house.open(Moment(as_of=START)) == {"F1": 4000}
    assert house.last_allocation().value_date == date(2027, 2, 15)


def test_before_its_value_date_nothing_is_less_than_nothing(house):
    """An invoice of tomorrow that is paid and given up today: no report of today shows a debt below zero."""
    zee = house.debtor("Zee")
    house.invoice(zee, "F1", "100.00", issued="2027-03-10")
    house.pay("F1", "30.00")
    house.write_off("F1")
    for day in range(12):
        for row in house.reports(Moment(as_of=START + timedelta(days=day)))["aging"]:
            assert row.total_cents + row.credits_cents >= 0
    assert house.open(Moment(as_of=date(2027, 3, 10))) == {}


def test_a_new_name_is_no_change_of_the_past_in_figures(house):
    from voldaan.usecases import debtors

    zee = house.debtor("Zee")
    house.invoice(zee, "F1", "100.00")
    (before,) = [row for row in house.reports(NOW)["aging"] if row.debtor]
    debtors.change(debtor=zee, name="Zee BV", actor=house.actor, today=house.today)
    (after,) = [row for row in house.reports(NOW)["aging"] if row.debtor]
    assert (after.debtor, after.total_cents, after.debtor_id) == ("Zee BV", before.total_cents, before.debtor_id)


def test_known_on_a_day_takes_what_was_booked_up_to_it(house):
    house.invoice(house.debtor("Zee"), "F1", "100.00", issued="2027-02-01")
    later = house.on("2027-03-05")
    later.pay("F1", "60.00", on="2027-02-10")
    assert house.open(Moment(as_of=date(2027, 2, 28), known_on=START)) == {"F1": 10000}
    assert house.open(Moment(as_of=date(2027, 2, 28))) == {"F1": 4000}
    assert house.open(Moment(known_number=1)) == {"F1": 10000}


# Random histories ---------------------------------------------------------------------------------------------------

DEEDS = st.tuples(
    st.sampled_from(["invoice", "invoice", "credit", "pay", "pay", "pay", "allocate", "undo", "undo", "write off",
                     "take back", "take back", "days", "close"]),
    st.integers(0, 10**6), st.integers(1, 30_000), st.integers(0, 70),
)  # fmt: skip
HISTORY = st.lists(DEEDS, min_size=8, max_size=25)


class Player:
    """Plays a history; what does not fit at that point is refused, and left at that."""

    def __init__(self) -> None:
        self.house = House.opened(f"Huis {time.monotonic_ns()}", today=START)
        self.debtors = [self.house.debtor(f"Klant {n}") for n in range(2)]
        self.invoices: list[str] = []
        self.closed = date.min
        self.bookings = 0

    def play(self, deeds: list[tuple[str, int, int, int]]) -> None:
        for deed in deeds:
            try:
                with transaction.atomic():
                    self._one(*deed)
            except Refusal:
                continue

    def _one(self, deed: str, which: int, cents: int, back: int) -> None:
        house, day = self.house, (self.house.today - timedelta(days=back)).isoformat()
        amount = f"{cents // 100}.{cents % 100:02}"
        entries = bookings.entries(moment=NOW, actor=house.actor)
        allocations = bookings.allocations(moment=NOW, actor=house.actor)
        self.bookings = len(entries) + len(allocations)
        invoice = self.invoices[which % len(self.invoices)] if self.invoices else ""
        match deed:
            case "invoice":
                number = f"F{len(self.invoices) + 1}"
                house.invoice(self.debtors[which % 2], number, amount, issued=day)
                self.invoices.append(number)
            case "credit":
                house.on(day).credit_note(self.debtors[which % 2], f"C{self.bookings}", amount)
            case "pay":
                house.pay(invoice, amount, on=day, again=True)
            case "allocate" if credits_ := [row for row in entries if row.kind in {"received", "credited"}]:
                house.allocate(credits_[which % len(credits_)].number, invoice)
            case "undo" if allocations:
                house.undo(allocations[which % len(allocations)].id)
            case "write off":
                house.write_off(invoice, amount if which % 2 else None)
            case "take back" if entries:
                house.take_back(entries[which % len(entries)].number)
            case "days":
                self.house = house.on(house.today + timedelta(days=back))
            case "close":
                house.close(day)
                self.closed = date.fromisoformat(day)


@contextmanager
def playing() -> Iterator[Player]:
    with transaction.atomic():
        yield Player()
        transaction.set_rollback(True)


def seen(player: Player, moment: Moment) -> dict[str, Any]:
    return player.house.on(START).reports(moment)  # one day of asking, so that only the books can differ


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=HISTORY, later=HISTORY, cut=st.integers(0, 3))
def test_what_was_known_at_a_number_never_changes(db, first, later, cut):
    with playing() as player:
        player.play(first)
        total = sum(len(rows) for name, rows in seen(player, NOW).items() if name in {"entries", "allocations"})
        days = (None, START, START - timedelta(days=30), player.house.today)
        moments = [Moment(as_of=day, known_number=n) for day in days for n in {total, total // 2, max(total - cut, 0)}]
        before = [seen(player, moment) for moment in moments]
        player.play(later)
        assert [seen(player, moment) for moment in moments] == before
        assert player.house.broken() == {}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=HISTORY, later=HISTORY, back=st.integers(1, 40), lasts=st.integers(1, 40))
def test_a_closed_period_never_changes(db, first, later, back, lasts):
    with playing() as player:
        player.play(first)
        player.house = player.house.on(player.house.today + timedelta(days=1))
        player.play([("close", 0, 1, back)])
        if player.closed == date.min:
            return
        days = [player.closed - timedelta(days=ago) for ago in (0, 1, lasts, lasts * 3)]
        before = [seen(player, Moment(as_of=day)) for day in days]
        player.play(later)
        assert [seen(player, Moment(as_of=day)) for day in days] == before
        assert player.house.broken() == {}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=HISTORY, zones=st.permutations(["UTC", "Pacific/Kiritimati", "Pacific/Niue", "Asia/Kolkata"]))
def test_the_zone_of_the_machine_is_of_no_account(db, history, zones):
    """The same history under two zones of server and process gives the same reports, to the letter."""
    told = []
    try:
        for zone in zones[:2]:
            os.environ["TZ"] = zone
            time.tzset()
            with playing() as player:
                player.play(history)
                told.append(_letters([seen(player, NOW), seen(player, Moment(as_of=START))]))
    finally:
        os.environ.pop("TZ", None)
        time.tzset()
    assert told[0] == told[1]


def _letters(reports: list[dict[str, Any]]) -> str:
    """Write reports down; ids are drawn at random, so that they are numbered instead."""
    ids: dict[str, str] = {}
    for report in reports:
        for row in report["entries"]:
            ids.setdefault(row.debtor_id, f"debtor {row.debtor}")
    text = repr(reports)
    for id_, name in ids.items():
        text = text.replace(id_, name)
    return text
