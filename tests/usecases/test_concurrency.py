"""Eight at once, each on a connection of its own: one wins, the others are refused in words, the books add up (T30)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from threading import Barrier, Thread
from time import sleep
from typing import Any

import pytest
from django.db import connection, connections

from tests.tools.house import House
from voldaan.queries import aging
from voldaan.queries import exports as handed
from voldaan.queries.moments import NOW
from voldaan.rules.money import typed
from voldaan.rules.permissions import Role, actor_as
from voldaan.rules.refusals import Refusal
from voldaan.usecases import administrations, debtors, doubles, exports, people, rests
from voldaan.usecases.administrations import BooksExist, CloseGoesForward
from voldaan.usecases.allocations import AlreadyUndone, NothingOpen
from voldaan.usecases.debtors import DebtorExists
from voldaan.usecases.entries import AlreadyTakenBack, GivenUpSince, StillAllocated
from voldaan.usecases.exports import NothingNew
from voldaan.usecases.invoices import InvoiceExists
from voldaan.usecases.ledger import MergedMeanwhile
from voldaan.usecases.payments import KeyUsed, Recorded, SamePayment
from voldaan.usecases.people import AlreadyMember
from voldaan.usecases.rests import NoRest

AT_ONCE = 8
ROUNDS = int(os.environ.get("VOLDAAN_RACES", "1"))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(transactional_db: None) -> House:
    return House.opened()


def at_once(deeds: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of this at the same moment; give what each answered, or raised."""
    start = Barrier(len(deeds))
    answers: list[Any] = [None] * len(deeds)

    def run(nth: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(30)
            answers[nth] = deeds[nth]()
        except Exception as error:  # noqa: BLE001 - a race test wants to see each of them
            answers[nth] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(nth,)) for nth in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "a verb waits for ever"
    return answers


def after(seconds: float, deed: Callable[[], Any]) -> Any:
    """Do this a moment later."""
    sleep(seconds)
    return deed()


def one_wins(house: House, deeds: Sequence[Callable[[], Any]], refusal: type[Refusal]) -> Any:
    """Prove that one of these is done and all others are refused like this; give what the winner answered."""
    answers = at_once(deeds)
    won = [answer for answer in answers if not isinstance(answer, Exception)]
    lost = Counter(type(answer) for answer in answers if isinstance(answer, Exception))
    assert lost == {refusal: len(deeds) - 1}, [repr(answer) for answer in answers]
    assert house.broken() == {}
    return won[0]


@pytest.mark.parametrize("again", range(ROUNDS))
class TestOneWins:
    def test_a_payment_under_a_key_is_booked_once_and_answered_alike(self, house, again):
        house.invoice(house.debtor("Zee"), "F1", "100.00")
        answers = at_once([lambda: house.pay("F1", "60.00", key="K1")] * AT_ONCE)
        assert all(isinstance(answer, Recorded) for answer in answers), answers
        assert Counter(answer.known for answer in answers) == {False: 1, True: AT_ONCE - 1}
        assert len({(answer.number, answer.allocated_cents, answer.left_cents) for answer in answers}) == 1
        assert (house.open(), house.broken()) == ({"F1": 4000}, {})

    def test_a_key_is_for_one_payment_of_all_customers(self, house, again):
        for n in range(AT_ONCE):
            house.invoice(house.debtor(f"Klant {n}"), f"F{n}", "100.00")
        one_wins(house, [partial(house.pay, f"F{n}", "100.00", key="K1") for n in range(AT_ONCE)], KeyUsed)
        assert len(house.open()) == AT_ONCE - 1

    def test_an_identical_payment_is_booked_once(self, house, again):
        house.invoice(house.debtor("Zee"), "F1", "100.00")
        one_wins(house, [lambda: house.pay("F1", "60.00")] * AT_ONCE, SamePayment)

    def test_a_receipt_is_allocated_once(self, house, again):
        zee = house.debtor("Zee")
        for number in ("F1", "F2"):
            house.invoice(zee, number, "100.00")
        receipt = house.pay("F1", "150.00").number
        assert one_wins(house, [lambda: house.allocate(receipt, "F2")] * AT_ONCE, NothingOpen) == 5000
        assert house.open() == {"F2": 5000}

    def test_two_invoices_do_not_share_one_cent_twice(self, house, again):
        zee = house.debtor("Zee")
        for n in range(AT_ONCE):
            house.invoice(zee, f"F{n}", "100.00")
        note = house.credit_note(zee, "C1", "100.00")
        number = house.entry(f"invoice:{note}").number
        one_wins(house, [partial(house.allocate, number, f"F{n}") for n in range(AT_ONCE)], NothingOpen)

    def test_an_allocation_is_undone_once(self, house, again):
        house.invoice(house.debtor("Zee"), "F1", "100.00")
        house.pay("F1", "60.00")
        allocation = house.last_allocation().id
        one_wins(house, [lambda: house.undo(allocation)] * AT_ONCE, AlreadyUndone)
        assert house.open() == {"F1": 10000}

    def test_an_invoice_is_written_off_once(self, house, again):
        house.invoice(house.debtor("Zee"), "F1", "100.00")
        one_wins(house, [lambda: house.write_off("F1")] * AT_ONCE, NothingOpen)

    def test_an_entry_is_taken_back_once(self, house, again):
        house.invoice(house.debtor("Zee"), "F1", "100.00")
        house.write_off("F1", "30.00")
        number = house.last().number
        one_wins(house, [lambda: house.take_back(number)] * AT_ONCE, AlreadyTakenBack)
        assert house.open() == {"F1": 10000}

    def test_an_invoice_number_is_received_once(self, house, again):
        zee = house.debtor("Zee")
        one_wins(house, [lambda: house.invoice(zee, "F1", "100.00")] * AT_ONCE, InvoiceExists)

    def test_also_of_different_customers_and_as_a_credit_note(self, house, again):
        whose = [house.debtor(f"Klant {n}") for n in range(AT_ONCE)]
        deeds = [
            (partial(house.invoice, whose[n], "F1", "100.00"))
            if n % 2
            else (partial(house.credit_note, whose[n], "F1", "9.00"))
            for n in range(AT_ONCE)
        ]
        one_wins(house, deeds, InvoiceExists)

    def test_a_customer_number_is_given_once(self, house, again):
        one_wins(house, [lambda: house.debtor("Zee", number="7")] * AT_ONCE, DebtorExists)

    def test_a_person_is_added_once(self, house, again):
        def add(role: str) -> None:
            people.add(email="jan@hart.example", role=role, actor=house.actor, today=house.today)

        roles = ["caller", "auditor"] * (AT_ONCE // 2)
        one_wins(house, [partial(add, role) for role in roles], AlreadyMember)

    def test_books_are_opened_once(self, house, again):
        one_wins(house, [lambda: House.opened("De Tweede")] * AT_ONCE, BooksExist)

    def test_a_day_is_closed_once(self, house, again):
        one_wins(house, [lambda: house.close("2027-02-28")] * AT_ONCE, CloseGoesForward)


@pytest.mark.parametrize("again", range(ROUNDS))
def test_an_export_is_made_once_and_a_small_rest_given_up_once(house, again):
    house.invoice(house.debtor("Zee"), "F1", "100.00")
    house.pay("F1", "99.50")
    words: dict[str, Any] = {"actor": house.actor, "today": house.today}
    one_wins(house, [lambda: exports.hand_over(layout="csv", **words)] * AT_ONCE, NothingNew)
    one_wins(house, [lambda: rests.give_up(invoice="F1", **words)] * AT_ONCE, NoRest)


@pytest.mark.parametrize("again", range(ROUNDS))
def test_what_is_paid_while_exports_are_made_leaves_once(house, again):
    words: dict[str, Any] = {"actor": house.actor, "today": house.today}
    debtor = house.debtor("Zee")
    for nth in range(AT_ONCE):
        house.invoice(debtor, f"F{nth}", "10.00")
    pays = [partial(house.pay, f"F{nth}", "10.00") for nth in range(AT_ONCE)]
    made = at_once([*pays, *[partial(exports.hand_over, layout="csv", **words)] * 4])
    assert all(isinstance(answer, str | Recorded | NothingNew) for answer in made), made
    house.invoice(debtor, "L", "10.00")
    house.pay("L", "10.00")
    exports.hand_over(layout="csv", **words)
    left = Counter[bytes]()
    for one in handed.runs(actor=house.actor):
        with handed.again(id=one.id, actor=house.actor)[1] as file:
            left.update(line.split(b";")[0] for line in file.read().splitlines()[1:])
    assert left == {str(row.number).encode(): 1 for row in handed.payments(since=None, actor=house.actor)}


def test_one_new_person_in_many_books(house):
    many = [House.opened(f"Firma {n}") for n in range(AT_ONCE)]
    answers = at_once(
        [
            partial(people.add, email="nieuw@hart.example", role="auditor", actor=one.actor, today=one.today)
            for one in many
        ]
    )
    assert answers == [None] * AT_ONCE
    assert all(one.broken() == {} for one in many)


@pytest.mark.parametrize("again", range(ROUNDS))
def test_pay_write_off_and_take_back_of_one_invoice_at_once(house, again):
    zee = house.debtor("Zee")
    house.invoice(zee, "F1", "100.00")
    invoiced = house.last().number
    deeds = [
        lambda: house.pay("F1", "100.00"),
        lambda: house.write_off("F1", "60.00"),
        lambda: house.take_back(invoiced),
        lambda: house.credit_note(zee, "C1", "70.00", corrects="F1"),
    ]
    answers = at_once(deeds * 2)
    expected = (NothingOpen, SamePayment, AlreadyTakenBack, StillAllocated, GivenUpSince, InvoiceExists)
    for answer in answers:
        if isinstance(answer, Exception):
            # Which of them came first decides who is refused, and by which of these words.
            assert isinstance(answer, Refusal), repr(answer)
            assert isinstance(answer, expected) or answer.code == "more_than_open", repr(answer)
    assert house.broken() == {}


@pytest.mark.parametrize("again", range(ROUNDS))
def test_a_close_between_bookings_keeps_what_it_closed(house, again):
    whose = [house.debtor(f"Klant {n}", number=str(n)) for n in range(4)]
    for n, debtor in enumerate(whose):
        house.invoice(debtor, f"F{n}", "100.00", issued="2027-02-01")
        house.invoice(debtor, f"G{n}", "100.00", issued="2027-02-01")
    closer = House(house.actor, house.today + timedelta(days=1))

    def close() -> dict[str, Any]:
        closer.close("2027-02-28")
        return closer.reports(february)

    from voldaan.queries.moments import Moment

    hand: dict[str, Any] = {"actor": house.actor, "today": house.today}
    february = Moment(as_of=house.today - timedelta(days=1))
    answers = at_once(
        [
            close,
            *[partial(house.pay, f"F{n}", "40.00", on="2027-02-10") for n in range(4)],
            *[partial(house.invoice, whose[n], f"H{n}", "5.00", issued="2027-02-10") for n in range(4)],
            *[partial(house.write_off, f"G{n}") for n in range(4)],
            *[partial(debtors.change, debtor=str(n), city="Gent", **hand) for n in range(4)],
            partial(administrations.change, name="language", value="fr", **hand),
        ]
    )  # fmt: skip
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert house.broken() == {}
    assert closer.reports(february) == answers[0], "closed, and yet it changed"


def test_a_storm_leaves_numbers_without_gaps(house):
    whose = [house.debtor(f"Klant {n}") for n in range(AT_ONCE)]
    other = actor_as(Role.CONTROLLER, administration_id=house.actor.administration_id, user_id=None, via="test")

    def work(n: int) -> None:
        mine = House(other if n % 2 else house.actor, house.today)
        for nth in range(2):
            number = f"{n}-{nth}"
            mine.invoice(whose[n], number, "100.00")
            receipt = mine.pay(number, "130.00").number
            mine.undo(mine_last(mine, receipt))
            mine.allocate(receipt, number, typed("50.00"))
            mine.write_off(number, "20.00")

    def mine_last(mine: House, receipt: int) -> int:
        from voldaan.queries import bookings
        from voldaan.queries.moments import NOW

        return max(row.id for row in bookings.allocations(moment=NOW, actor=house.actor) if row.receipt == receipt)

    answers = at_once([partial(work, n) for n in range(AT_ONCE)])
    assert answers == [None] * AT_ONCE
    assert house.broken() == {}
    assert set(house.open().values()) == {3000}
    assert len(house.events()) == 1 + AT_ONCE + AT_ONCE * 2 * 5


def test_a_payment_and_a_merge_at_once_leave_the_books_whole(house):
    """Whoever comes second finds the customer that stays, or is told to do it again."""
    house.debtor("Café Zee", number="7")
    for nth in range(ROUNDS * 5):
        twin = house.debtor(f"Zee {nth}")
        house.invoice(twin, f"T{nth}", "10.00", issued="2027-02-01", due="2027-02-15")
        merge = partial(doubles.merge, double=twin, into="7", actor=house.actor, today=house.today)
        pay = partial(house.pay, f"T{nth}", "4.00", on="2027-02-20")
        # The payment looks its customer up while the merge has not ended: now sooner, now later.
        told = at_once([merge, partial(after, nth % 5 * 0.004, pay)])
        assert {type(one) for one in told if isinstance(one, Exception)} <= {MergedMeanwhile}
        assert house.broken() == {}


def test_an_invoice_and_a_merge_at_once_leave_nothing_open_on_the_double(house):
    house.debtor("Café Zee", number="7")
    for nth in range(ROUNDS * 5):
        twin = house.debtor(f"Zee {nth}")
        merge = partial(doubles.merge, double=twin, into="7", actor=house.actor, today=house.today)
        sell = partial(house.invoice, twin, f"T{nth}", "10.00", issued="2027-02-01", due="2027-02-15")
        told = at_once([merge, partial(after, nth % 5 * 0.004, sell)])
        assert {type(one) for one in told if isinstance(one, Exception)} <= {MergedMeanwhile}
    rows = aging.aging(moment=NOW, actor=house.actor, today=house.today)
    assert {row.debtor for row in rows if row.debtor} <= {"Café Zee"}
    assert house.broken() == {}
