"""A machine that books at random and recomputes everything with a plain model of its own (P18, P21, P22, P23, P25).

`VOLDAAN_EXAMPLES` and `VOLDAAN_STEPS` make the run as large as is wanted; everything is looked at after every
`VOLDAAN_EVERY` steps and at the end of each example, what is open after each.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.tools.house import House
from voldaan.queries import aging, bookings, open_items
from voldaan.queries.moments import NOW, Moment
from voldaan.rules.money import Money
from voldaan.rules.refusals import Refusal
from voldaan.usecases import invoices, payments
from voldaan.usecases.ledger import PeriodClosed

START = date(2027, 3, 1)
CURRENCIES = ("EUR", "USD", "JPY", "KWD")
DEBTORS = 2
EVERY = int(os.environ.get("VOLDAAN_EVERY", "10"))
BACK = st.sampled_from([0, 0, 1, 10, 30, 60])  # days before today
CENTS = st.one_of(st.integers(1, 12), st.integers(1, 100_000), st.just(10**15))


@dataclass
class Item:
    """An invoice or a credit as the model sees it: what was booked on it, and what is left."""

    debtor: int
    currency: str
    amount: int
    open: int
    booking: int


@dataclass
class Model:
    """What the books must say, kept without a database."""

    invoices: dict[str, Item] = field(default_factory=dict)
    credits: dict[int, Item] = field(default_factory=dict)  # by the booking that made it
    allocations: dict[int, tuple[int, str, int]] = field(default_factory=dict)  # booking: credit, invoice, cents
    write_offs: dict[int, tuple[str, int]] = field(default_factory=dict)  # booking: invoice, cents
    written_off: Counter[str] = field(default_factory=Counter)
    bookings: int = 0

    def next(self) -> int:
        self.bookings += 1
        return self.bookings

    def pay(self, credit: int, invoice: str, most: int | None = None) -> int:
        """Let a credit pay an invoice; give the cents."""
        purse, claim = self.credits[credit], self.invoices[invoice]
        cents = min(purse.open, claim.open, *([] if most is None else [most]))
        if cents:
            purse.open -= cents
            claim.open -= cents
            self.allocations[self.next()] = (credit, invoice, cents)
        return cents

    def balance(self) -> dict[tuple[int, str], int]:
        sums: dict[tuple[int, str], int] = defaultdict(int)
        for item in self.invoices.values():
            sums[item.debtor, item.currency] += item.open
        for item in self.credits.values():
            sums[item.debtor, item.currency] -= item.open
        return {key: cents for key, cents in sums.items() if cents}


class Ledger(RuleBasedStateMachine):
    """Each rule does one verb in the books and in the model; after each, both must say the same."""

    @initialize()
    def open_the_books(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.house = House.opened(f"Huis {id(self)}", today=START)
        self.debtors = [self.house.debtor(f"Klant {n}", number=str(n)) for n in range(DEBTORS)]
        self.model = Model()
        self.numbers = 0
        self.closed = date.min

    def teardown(self) -> None:
        if not hasattr(self, "atomic"):
            return
        try:
            self.look_at_everything()
            for day in {row.value_date for row in bookings.entries(moment=NOW, actor=self.house.actor)}:
                self.sums(Moment(as_of=day))
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # What may be done ------------------------------------------------------------------------------------------------

    @contextmanager
    def unless_closed(self) -> Iterator[None]:
        """Expect that nothing is booked on a closed day, and then that nothing has changed."""
        if self.house.today > self.closed:
            yield
            return
        before = self.house.everything()
        with pytest.raises(PeriodClosed):
            yield
        assert self.house.everything() == before
        assume(False)

    def day(self, back: int) -> date:
        return self.house.today - timedelta(days=back)

    def fresh(self, letter: str) -> str:
        self.numbers += 1
        return f"{letter}{self.numbers}"

    @rule(debtor=st.integers(0, DEBTORS - 1), currency=st.sampled_from(CURRENCIES), cents=CENTS,
          back=BACK | st.just(-3), term=st.integers(0, 40))  # fmt: skip
    def invoice(self, debtor: int, currency: str, cents: int, back: int, term: int) -> None:
        number, issued = self.fresh("F"), self.day(back)
        with self.unless_closed():
            invoices.receive(
                debtor=self.debtors[debtor], number=number, issue_date=issued, amount=Money(cents, currency),
                due_date=issued + timedelta(days=term), actor=self.house.actor, today=self.house.today,
            )  # fmt: skip
        self.model.invoices[number] = Item(debtor, currency, cents, cents, self.model.next())

    @rule(debtor=st.integers(0, DEBTORS - 1), currency=st.sampled_from(CURRENCIES), cents=CENTS,
          back=BACK)  # fmt: skip
    def loose_credit_note(self, debtor: int, currency: str, cents: int, back: int) -> None:
        self._credit(debtor, currency, cents, back, "")

    @precondition(lambda self: self.model.invoices)
    @rule(data=st.data(), cents=CENTS, back=BACK)
    def credit_note_that_corrects(self, data: st.DataObject, cents: int, back: int) -> None:
        corrects = data.draw(st.sampled_from(sorted(self.model.invoices)))
        item = self.model.invoices[corrects]
        self._credit(item.debtor, item.currency, cents, back, corrects)

    def _credit(self, debtor: int, currency: str, cents: int, back: int, corrects: str) -> None:
        with self.unless_closed():
            invoices.credit(
                debtor=self.debtors[debtor], number=self.fresh("C"), issue_date=self.day(back),
                amount=Money(cents, currency), corrects=corrects, actor=self.house.actor, today=self.house.today,
            )  # fmt: skip
        booking = self.model.next()
        self.model.credits[booking] = Item(debtor, currency, cents, cents, booking)
        if corrects:
            self.model.pay(booking, corrects)

    @precondition(lambda self: self.model.invoices)
    @rule(data=st.data(), how=st.sampled_from(["exactly", "partly", "too much", "any"]), cents=CENTS,
          back=BACK, key=st.sampled_from(["", "K"]))  # fmt: skip
    def pay(self, data: st.DataObject, how: str, cents: int, back: int, key: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.model.invoices)))
        item = self.model.invoices[number]
        amount = {
            "exactly": item.open or cents,
            "partly": max(item.open // 2, 1),
            "too much": min(item.open + cents, 10**15),
            "any": cents,
        }[how]
        key = key and self.fresh(key)

        def record() -> payments.Recorded:
            return payments.record(
                invoice=number, amount=Money(amount, item.currency), paid_on=self.day(back), key=key, again=True,
                actor=self.house.actor, today=self.house.today,
            )  # fmt: skip

        with self.unless_closed():
            said = record()
        booking = self.model.next()
        self.model.credits[booking] = Item(item.debtor, item.currency, amount, amount, booking)
        cents = self.model.pay(booking, number)
        assert (said.number, said.allocated_cents, said.left_cents) == (booking, cents, amount - cents)
        if key:
            before = self.house.everything()
            again = record()
            assert again.known
            assert (again.number, again.allocated_cents, again.left_cents) == (booking, cents, amount - cents)
            assert self.house.everything() == before

    @precondition(lambda self: self.model.credits and self.model.invoices)
    @rule(data=st.data(), most=st.none() | CENTS)
    def allocate(self, data: st.DataObject, most: int | None) -> None:
        pairs = [
            (booking, number)
            for booking, credit in self.model.credits.items()
            for number, item in self.model.invoices.items()
            if (credit.debtor, credit.currency) == (item.debtor, item.currency) and credit.open and item.open
        ]
        assume(pairs)
        booking, number = data.draw(st.sampled_from(pairs))
        most_open = min(self.model.credits[booking].open, self.model.invoices[number].open)
        most = most if most is None else min(most, most_open)
        amount = None if most is None else Money(most, self.model.invoices[number].currency)
        with self.unless_closed():
            cents = self.house.allocate(booking, number, amount)
        assert cents == self.model.pay(booking, number, most) == (most_open if most is None else most)

    @precondition(lambda self: self.model.allocations)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        booking = data.draw(st.sampled_from(sorted(self.model.allocations)))
        with self.unless_closed():
            self.house.undo(booking)
        credit, number, cents = self.model.allocations.pop(booking)
        self.model.credits[credit].open += cents
        self.model.invoices[number].open += cents
        self.model.next()

    @precondition(lambda self: any(item.open for item in self.model.invoices.values()))
    @rule(data=st.data(), part=st.none() | CENTS)
    def write_off(self, data: st.DataObject, part: int | None) -> None:
        number = data.draw(st.sampled_from(sorted(n for n, item in self.model.invoices.items() if item.open)))
        item = self.model.invoices[number]
        amount = None if part is None else Money(min(part, item.open), item.currency).plain()
        with self.unless_closed():
            cents = self.house.write_off(number, amount, currency=item.currency)
        assert cents == (item.open if part is None else min(part, item.open))
        item.open -= cents
        self.model.write_offs[self.model.next()] = (number, cents)

    @precondition(lambda self: self.model.write_offs)
    @rule(data=st.data())
    def take_back_a_write_off(self, data: st.DataObject) -> None:
        booking = data.draw(st.sampled_from(sorted(self.model.write_offs)))
        with self.unless_closed():
            counter = self.house.take_back(booking)
        number, cents = self.model.write_offs.pop(booking)
        self.model.invoices[number].open += cents
        assert counter == self.model.next()

    @precondition(lambda self: self.model.credits or self.model.invoices)
    @rule(data=st.data())
    def take_back_what_is_whole(self, data: st.DataObject) -> None:
        """A receipt, credit note or invoice goes back only while nothing of it is used."""
        claims = {item.booking: item for item in self.model.invoices.values() if item.amount}
        there = self.model.credits | claims
        whole = sorted(booking for booking, item in there.items() if item.amount and item.open == item.amount)
        used = sorted(booking for booking, item in there.items() if item.amount and item.open < item.amount)
        if used and self.house.today > self.closed:
            self.refused(lambda: self.house.take_back(used[0]), "still_allocated", "given_up_since")
        assume(whole)
        booking = data.draw(st.sampled_from(whole))
        with self.unless_closed():
            self.house.take_back(booking)
        self.model.next()
        there[booking].amount = there[booking].open = 0

    @rule(days=st.integers(1, 20))
    def days_go_by(self, days: int) -> None:
        self.house = self.house.on(self.house.today + timedelta(days=days))

    @rule()
    def the_clock_jumps_back(self) -> None:
        self.house = self.house.on(self.house.today - timedelta(days=1))

    @rule(back=st.integers(1, 40))
    def close(self, back: int) -> None:
        until = self.day(back)
        if until <= self.closed:
            self.refused(lambda: self.house.close(until), "close_goes_forward")
        else:
            self.house.close(until)
            self.closed = until

    def refused(self, deed: Callable[[], Any], *codes: str) -> None:
        before = self.house.everything()
        with pytest.raises(Refusal) as caught:
            deed()
        assert caught.value.code in codes
        assert self.house.everything() == before

    @precondition(lambda self: self.house.today > self.closed)
    @rule(data=st.data())
    def do_and_undo(self, data: st.DataObject) -> None:
        """What was done and undone leaves every figure as it was, on every day, and both rows in the books."""
        deeds = []
        open_now = sorted(n for n, item in self.model.invoices.items() if item.open)
        if open_now:
            deeds.append("write off")
        pairs = [
            (b, n)
            for b, credit in self.model.credits.items()
            for n in open_now
            if credit.open and (credit.debtor, credit.currency)
            == (self.model.invoices[n].debtor, self.model.invoices[n].currency)
        ]  # fmt: skip
        if pairs:
            deeds.append("allocate")
        assume(deeds)
        moments = [NOW, *(Moment(as_of=self.day(back)) for back in (-30, 0, 20, 60))]
        before = [self.figures(moment) for moment in moments]
        if data.draw(st.sampled_from(deeds)) == "write off":
            self.house.write_off(data.draw(st.sampled_from(open_now)))
            self.house.take_back(self.model.next())
        else:
            self.house.allocate(*data.draw(st.sampled_from(pairs)))
            self.house.undo(self.model.next())
        self.model.next()
        assert [self.figures(moment) for moment in moments] == before

    # What must be so after each --------------------------------------------------------------------------------------

    def figures(self, moment: Moment) -> tuple[Any, Any]:
        eyes: dict[str, Any] = {"moment": moment, "actor": self.house.actor, "today": self.house.today}
        owed = [row for row in aging.aging(**eyes) if row.debtor or row.total_cents or row.credits_cents]
        return open_items.open_items(**eyes), owed

    @invariant()
    def the_books_say_what_the_model_says(self) -> None:
        if not hasattr(self, "house"):
            return
        self.steps = getattr(self, "steps", 0) + 1
        assert self.house.open() == {n: item.open for n, item in self.model.invoices.items() if item.open}
        if self.steps % EVERY == 0:
            self.look_at_everything()

    def look_at_everything(self) -> None:
        """Ask every check, and every report of now and of other days."""
        assert self.house.broken() == {}
        assert self.sums(NOW) == self.model.balance()
        for back in (-90, 0, 2, 15, 45):
            self.sums(Moment(as_of=self.day(back)))
        self.sums(Moment(known_number=self.model.bookings // 2))

    def sums(self, moment: Moment) -> dict[tuple[int, str], int]:
        """Give what each debtor owes in each currency; every report must say the same."""
        whose = {public_id: n for n, public_id in enumerate(self.debtors)}
        eyes: dict[str, Any] = {"moment": moment, "actor": self.house.actor}
        from_entries: Counter[tuple[int, str]] = Counter()
        for entry in bookings.entries(**eyes):
            from_entries[whose[entry.debtor_id], entry.currency] += entry.cents
        owed = {key: cents for key, cents in from_entries.items() if cents}

        rows = aging.aging(**eyes, today=self.house.today)
        lines = [row for row in rows if row.debtor_id is not None]
        assert {(whose[str(r.debtor_id)], r.currency): r.total_cents for r in lines if r.total_cents} == owed
        assert len({row.currency for row in rows if row.debtor_id is None}) == len(rows) - len(lines)
        for total in (row for row in rows if row.debtor_id is None):
            of_it = [row for row in lines if row.currency == total.currency]
            for column in ("not_due_cents", "d1_30_cents", "d31_60_cents", "d61_90_cents", "d91_120_cents",
                           "d120_plus_cents", "credits_cents", "total_cents"):  # fmt: skip
                assert getattr(total, column) == sum(getattr(row, column) for row in of_it)
                assert column == "total_cents" or all(getattr(row, column) >= 0 for row in of_it), "less than nothing"

        claims: Counter[tuple[int, str]] = Counter()
        for item in open_items.open_items(**eyes, today=self.house.today):
            claims[whose[item.debtor_id], item.currency] += item.open_cents
        assert {
            (whose[str(r.debtor_id)], r.currency): r.total_cents + r.credits_cents
            for r in lines
            if r.total_cents + r.credits_cents
        } == claims

        for n, public_id in enumerate(self.debtors):
            balance = {line.currency: line.balance_cents for line in bookings.statement(debtor=public_id, **eyes)}
            assert {(n, currency): cents for currency, cents in balance.items() if cents} == {
                key: cents for key, cents in owed.items() if key[0] == n
            }
        return owed


def test_the_ledger_holds_whatever_is_booked(db):
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=int(os.environ.get("VOLDAAN_EXAMPLES", "15")),
            stateful_step_count=int(os.environ.get("VOLDAAN_STEPS", "30")),
            deadline=None, suppress_health_check=list(HealthCheck), print_blob=True,
        ),
    )  # fmt: skip
