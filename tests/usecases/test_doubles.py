"""Stories of doubles: two customers become one, the ledger stays whole, and the past keeps its names."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.files import PAYER, Movement, bring, camt053
from tests.tools.house import House
from voldaan.queries import aging, bookings, debtors, first_look, follow_up
from voldaan.queries.moments import NOW, Moment
from voldaan.records.actions import Action, Task
from voldaan.records.debtors import Contact, Debtor
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.rules.permissions import NotAllowed, Role
from voldaan.rules.unknown import NoSuchDebtor
from voldaan.usecases import administrations, doubles, messages, runs
from voldaan.usecases import debtors as debtors_verbs
from voldaan.usecases.doubles import MessageUnderWay, SameDebtor
from voldaan.usecases.entries import IsMove

MERGED_ON = "2027-03-10"
LIST = "Debiteur,Naam,Factuur,Factuurdatum,Vervaldatum,Openstaand\n8,Zee BV,20270009,2027-03-01,2027-03-15,{cents}\n"


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=house.today)
    zee = house.debtor("Café Zee", number="7")
    twin = house.debtor("Zee BV", number="8", email="zee@zee.example", iban=PAYER, city="Gent", street="Kaai 1")
    house.invoice(zee, "20270001", "100.00", issued="2027-02-01", due="2027-02-15")
    house.invoice(twin, "20270002", "50.00", issued="2027-02-01", due="2027-02-15")
    house.invoice(twin, "20270003", "30.00", issued="2027-02-01", due="2027-02-15")
    house.pay("20270002", "20.00", on="2027-02-20")
    house.pay("20270003", "40.00", on="2027-02-20")  # ten too much: a credit
    return house


def merge(house: House, double: str = "8", into: str = "7", on: str = MERGED_ON) -> int:
    return doubles.merge(double=double, into=into, actor=house.actor, today=house.on(on).today)


def owed(house: House, as_of: date | None = None) -> dict[str, tuple[int, int]]:
    rows = aging.aging(moment=Moment(as_of=as_of), actor=house.actor, today=house.today)
    return {row.debtor: (row.total_cents, row.credits_cents) for row in rows if row.debtor}


def test_what_is_open_is_of_the_one_that_stays(house):
    assert owed(house) == {"Café Zee": (10_000, 0), "Zee BV": (2_000, 1_000)}
    assert merge(house) == 1
    assert owed(house) == {"Café Zee": (12_000, 1_000)}
    assert house.broken() == {}
    assert house.events()[-1] == "debtor.merged"


def test_the_past_keeps_its_names(house):
    before = owed(house, date(2027, 3, 9))
    merge(house)
    assert owed(house, date(2027, 3, 9)) == before
    assert owed(house, date(2027, 3, 10)) == {"Café Zee": (12_000, 1_000)}


def test_the_name_and_number_of_the_double_lead_to_the_one_that_stays(house):
    (twin,) = debtors.found("Zee BV", actor=house.actor)
    merge(house)
    assert [row.name for row in debtors.found("", actor=house.actor)] == ["Café Zee"]
    for name in ("8", twin.id):
        house.invoice(name, f"N{name}", "10.00", due="2027-03-20")
    assert owed(house) == {"Café Zee": (14_000, 1_000)}
    assert first_look.likely_doubles(actor=house.actor) == []


def test_what_was_not_known_is_taken_over(house):
    merge(house)
    (one,) = Debtor.objects.of(house.actor.administration_id).real()
    assert (one.name, one.number, one.city) == ("Café Zee", "7", "Gent")
    assert Contact.objects.of(one.administration_id).get(debtor=one).email == "zee@zee.example"


def test_a_list_that_tells_of_the_double_changes_nothing_twice(house):
    house.invoice("8", "20270009", "10.00", issued="2027-03-01", due="2027-03-15")
    merge(house)
    bring(house.on("2027-03-11"), LIST.format(cents="10.00"))
    (one,) = Debtor.objects.of(house.actor.administration_id).real()
    assert one.name == "Café Zee"
    assert house.broken() == {}


def test_money_from_the_account_of_the_double_is_matched(house):
    merge(house)
    paid = camt053([Movement(date(2027, 3, 11), 10_000, PAYER, "Zee", "", end_to_end="E1")])
    bring(house.on("2027-03-11"), paid)
    assert "20270001" not in house.open()
    assert house.broken() == {}


def test_what_was_booked_before_can_be_taken_back_and_undone(house):
    paid = next(row for row in bookings.allocations(moment=NOW, actor=house.actor) if row.invoice == "20270002")
    merge(house)
    before = owed(house, date(2027, 3, 9))
    house.on("2027-03-12").undo(paid.id)
    assert owed(house) == {"Café Zee": (12_000, 3_000)}
    house.on("2027-03-12").take_back(paid.receipt)
    assert owed(house) == {"Café Zee": (14_000, 1_000)}
    assert house.broken() == {}
    assert owed(house, date(2027, 3, 9)) == before


def test_a_move_itself_is_not_taken_back(house):
    merge(house)
    moved = [row.number for row in bookings.entries(moment=NOW, actor=house.actor) if row.kind == "moved"]
    assert len(moved) == 4
    for number in moved:
        with house.refuses(IsMove):
            house.take_back(number)


def test_a_chain_of_doubles_ends_at_the_last(house):
    house.debtor("Zee & Zonen", number="9")
    merge(house)
    merge(house, "7", "9")
    assert owed(house) == {"Zee & Zonen": (12_000, 1_000)}
    house.invoice("8", "N1", "10.00", due="2027-03-20")
    assert owed(house) == {"Zee & Zonen": (13_000, 1_000)}
    assert house.broken() == {}


def test_calls_to_both_become_one_call(house):
    house = house.on("2027-03-01")
    debtors_verbs.change(debtor="7", email="cafe@zee.example", actor=house.actor, today=house.today)
    for day in ("2027-03-01", "2027-03-02", "2027-03-10"):
        here = house.on(day)
        for message in runs.run(actor=here.actor, today=here.today).messages:
            Message.objects.of(here.actor.administration_id).filter(public_id=message.id).update(
                state="sent", sent_on=here.today
            )
        planned = Action.objects.of(here.actor.administration_id).filter(state="planned")
        planned.update(state="taken", taken_on=here.today)
        Receivable.objects.of(here.actor.administration_id).update(next_on=date.min)
    tasks = Task.objects.of(house.actor.administration_id).filter(state="open")
    assert sorted(tasks.values_list("debtor__number", "kind")) == [("7", "call"), ("8", "call")]
    merge(house, on="2027-03-10")
    (task,) = tasks
    assert task.debtor.number == "7"
    called = Action.objects.of(house.actor.administration_id).filter(task=task)
    assert sorted(called.values_list("receivable__invoice__number", flat=True)) == ["20270001", "20270002"]
    assert {row.debtor_id for row in called} == {task.debtor_id}


def test_a_contact_lacks_nothing_that_the_double_had(house):
    books = house.actor.administration_id
    twin = Debtor.objects.of(books).get(number="8")
    Contact.objects.of(books).filter(debtor=twin).update(phone="0612345678")
    debtors_verbs.change(debtor="7", email="cafe@zee.example", actor=house.actor, today=house.today)
    merge(house)
    (one,) = Contact.objects.of(books).filter(debtor__number="7")
    assert (one.email, one.phone) == ("cafe@zee.example", "0612345678")


def test_as_many_questions_for_fifty_items_as_for_two(house):
    def asked(items: int) -> int:
        twin = house.debtor(f"Zee {items}")
        for nth in range(items):
            house.invoice(twin, f"{items}-{nth}", "10.00", due="2027-03-20")
        with CaptureQueriesContext(connection) as questions:
            assert merge(house, twin) == items
        return len(questions)

    assert asked(50) <= asked(2) + 4  # the rows go in by blocks


def test_messages_that_wait_are_decided_again_and_steps_stay_taken(house):
    house = house.on("2027-03-02")
    runs.run(actor=house.actor, today=house.today)
    waiting = Message.objects.of(house.actor.administration_id).filter(state="planned")
    assert set(waiting.values_list("debtor__number", flat=True)) == {"8"}, "the other has no address"
    merge(house, on="2027-03-02")
    assert not waiting.exists()
    again = runs.run(actor=house.actor, today=house.today)
    (message,) = again.messages
    assert message.debtor == "Café Zee"
    assert sorted(message.invoices) == ["20270001", "20270002"]
    assert house.broken() == {}
    assert follow_up.why("20270002", actor=house.actor, today=house.today)[0].state == "open"


def test_nothing_moves_while_a_message_is_on_its_way(house):
    house = house.on("2027-03-02")
    (message,) = runs.run(actor=house.actor, today=house.today).messages
    messages.approve(ids=[str(message.id)], actor=house.actor, today=house.today)
    with house.refuses(MessageUnderWay):
        merge(house, on="2027-03-02")


def test_refusals(house):
    with house.refuses(SameDebtor):
        merge(house, "7", "7")
    with house.refuses(NoSuchDebtor):
        merge(house, "7", "nobody")
    with house.refuses(NotAllowed):
        merge(house.as_role(Role.AUDITOR))
    merge(house)
    with house.refuses(SameDebtor):
        merge(house)
