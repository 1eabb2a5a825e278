"""Stories of write-offs above a limit: asked by one, decided by another, and worth nothing once the invoice changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from tests.tools.house import House
from tests.usecases.test_concurrency import at_once
from voldaan.queries import dossier
from voldaan.queries import write_off_requests as questions
from voldaan.queries.follow_up import why
from voldaan.records.people import User
from voldaan.rules.money import Money, typed
from voldaan.rules.permissions import Role, actor_as
from voldaan.rules.strategy import Because
from voldaan.usecases import administrations, follow_up, people, runs
from voldaan.usecases import write_off_requests as verbs
from voldaan.usecases.allocations import MoreThanOpen
from voldaan.usecases.write_off_requests import (
    HELD,
    AlreadyAsked,
    NeedsNoApproval,
    NoSuchRequest,
    NotWaiting,
    OwnRequest,
    RequestOfAnother,
)
from voldaan.usecases.write_offs import AboveLimit, OpenChanged, ReasonMissing


def opened() -> House:
    house = House.opened()
    house.invoice(house.debtor("Café Zéé", number="7", email="zee@b.example"), "F1", "100.00", issued="2027-01-01",
                  due="2027-01-15")  # fmt: skip
    for name, value in (("write_off_limit", "25.00"), ("bank_freshness_days", "off")):
        administrations.change(name=name, value=value, actor=house.actor, today=house.today)
    return house


@pytest.fixture
def house(db: None) -> House:
    return opened()


def person(house: House, email: str, role: Role) -> House:
    people.add(email=email, role=role.value, actor=house.actor, today=house.today)
    key = User.objects.get(email=email).pk
    return replace(
        house, actor=actor_as(role, administration_id=house.actor.administration_id, user_id=key, via="test")
    )


def ask(who: House, amount: str | None = "60.00", *, reason: str = "failliet") -> str:
    return verbs.ask(invoice="F1", reason=reason, amount=typed(amount, "EUR") if amount else None, actor=who.actor,
                     today=who.today)  # fmt: skip


def approve(who: House, request: str) -> int:
    return verbs.approve(request=request, actor=who.actor, today=who.today)


def decline(who: House, request: str, reason: str = "bel eerst") -> None:
    verbs.decline(request=request, reason=reason, actor=who.actor, today=who.today)


def withdraw(who: House, request: str) -> None:
    verbs.withdraw(request=request, actor=who.actor, today=who.today)


def test_one_asks_another_agrees_and_it_is_taken_back_like_any(house):
    clerk = person(house, "clerk@b.example", Role.CONTROLLER)
    owner = person(house, "baas@b.example", Role.OWNER)
    request = ask(clerk)
    (waits,) = questions.waiting(actor=owner.actor)
    assert (waits.id, waits.invoice, waits.amount_cents, waits.was_open_cents) == (request, "F1", 6000, 10_000)
    assert (waits.asked_by, waits.reason, waits.is_own) == ("clerk@b.example", "failliet", False)
    assert house.open() == {"F1": 10_000}, "asked is not done"
    assert approve(owner, request) == 6000
    assert house.open() == {"F1": 4000}
    assert (house.last().kind, house.last().cents) == ("write_off", -6000)
    (done,) = questions.decided(most=9, actor=clerk.actor)
    assert (done.state, done.asked_by, done.decided_by, done.is_own) == (
        "approved", "clerk@b.example", "baas@b.example", True
    )  # fmt: skip
    assert questions.waiting(actor=owner.actor) == []
    told = dossier.of_invoice(done.invoice_id, actor=owner.actor, today=owner.today)
    (lost,) = [one for one in told.happenings if one.facts.get("kind") == "write_off"]
    assert (lost.facts["reason"], lost.who) == ("failliet", "baas@b.example")
    house.take_back(house.last().number)
    assert house.open() == {"F1": 10_000}
    assert house.broken() == {}


def test_the_same_press_twice_is_one_request_and_another_is_refused(house):
    clerk = person(house, "clerk@b.example", Role.CONTROLLER)
    request, before = ask(clerk), house.everything()
    assert ask(clerk) == request
    assert house.everything() == before
    with house.refuses(AlreadyAsked):
        ask(clerk, "70.00")
    other = person(house, "ander@b.example", Role.ACCOUNTANT)
    with house.refuses(AlreadyAsked):
        ask(other)


def test_what_one_may_do_oneself_is_not_asked(house):
    clerk = house.as_role(Role.CONTROLLER)
    for who, amount in ((clerk, "25.00"), (house, "60.00")):
        with house.refuses(NeedsNoApproval):
            ask(who, amount)
    clerk.write_off("F1", "20.00")
    assert ask(clerk, "5.01"), "in parts it is as much"


def test_what_does_not_fit_is_not_asked(house):
    clerk = house.as_role(Role.CONTROLLER)
    with house.refuses(ReasonMissing):
        ask(clerk, reason=" ")
    with house.refuses(MoreThanOpen):
        ask(clerk, "100.01")
    with house.refuses(OpenChanged):
        verbs.ask(invoice="F1", reason="x", was_open=Money(9_000), actor=clerk.actor, today=clerk.today)


def test_four_eyes_also_when_who_asked_became_an_owner(house):
    request = ask(person(house, "clerk@b.example", Role.CONTROLLER))
    key = User.objects.get(email="clerk@b.example").pk
    now_owner = replace(house, actor=replace(house.actor, user_id=key))
    with house.refuses(OwnRequest):
        approve(now_owner, request)
    withdraw(now_owner, request)
    assert now_owner.write_off("F1", "60.00") == 6000


def test_the_command_line_without_a_person_decides_as_an_owner(house):
    assert approve(house, ask(house.as_role(Role.CONTROLLER))) == 6000


@pytest.mark.parametrize("paid", ["40.00", "100.00"])
def test_once_the_invoice_changed_nobody_can_agree(house, paid):
    request = ask(house.as_role(Role.CONTROLLER))
    house.pay("F1", paid)
    with house.refuses(OpenChanged):
        approve(house, request)
    (waits,) = questions.waiting(actor=house.actor)
    assert waits.is_outdated
    withdraw(house, request)
    assert questions.waiting(actor=house.actor) == []


def test_what_was_decided_stays_decided(house):
    clerk = person(house, "clerk@b.example", Role.CONTROLLER)
    request = ask(clerk)
    with house.refuses(ReasonMissing):
        decline(house, request, " ")
    decline(house, request)
    for again in (approve, decline, withdraw):
        with house.refuses(NotWaiting):
            again(house, request)
        with house.refuses(NoSuchRequest):
            again(house, "nothing")
    (said,) = questions.of_invoice(questions.decided(most=1, actor=house.actor)[0].invoice_id, actor=clerk.actor)
    assert (said.state, said.why) == ("declined", "bel eerst")
    assert ask(clerk) != request, "and may be asked anew"


def test_only_who_asked_or_an_owner_withdraws(house):
    request = ask(person(house, "clerk@b.example", Role.CONTROLLER))
    other = person(house, "ander@b.example", Role.CONTROLLER)
    with house.refuses(RequestOfAnother):
        withdraw(other, request)
    withdraw(house, request)


def test_other_books_have_no_such_request(house):
    request = ask(house.as_role(Role.CONTROLLER))
    other = House.opened("Elders", owner_email="elders@b.example")
    for deed in (approve, decline, withdraw):
        with other.refuses(NoSuchRequest):
            deed(other, request)
    assert questions.waiting(actor=other.actor) == questions.decided(most=9, actor=other.actor) == []


@pytest.mark.parametrize("end", [decline, withdraw])
def test_while_it_waits_the_follow_up_is_held_and_says_why(house, end):
    assert runs.run(actor=house.actor, today=house.today).messages, "a reminder waits"
    request = ask(house.as_role(Role.CONTROLLER))
    (one,) = why("F1", actor=house.actor, today=house.today)
    assert one.decision.why == (HELD, {"amount": "EUR 60.00"})
    assert runs.run(actor=house.actor, today=house.today).counts["paused"] == 1
    end(house, request)
    run = runs.run(actor=house.actor, today=house.today)
    assert len(run.messages) == 1, "and goes on where it was"


def test_a_pause_of_a_person_outlasts_the_request(house):
    follow_up.pause(invoice="F1", until=date(2027, 6, 1), reason="vakantie", actor=house.actor, today=house.today)
    decline(house, ask(house.as_role(Role.CONTROLLER)))
    (one,) = why("F1", actor=house.actor, today=house.today)
    assert (one.decision.because, one.decision.hold and one.decision.hold.why) == (Because.PAUSED, "vakantie")


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_owners_and_two_presses_each_write_it_off_once(self, transactional_db):
        house = opened()
        request = ask(house.as_role(Role.CONTROLLER))
        answers = at_once([lambda: approve(house, request)] * 4)
        assert Counter(type(one) for one in answers) == {int: 1, NotWaiting: 3}, answers
        assert (house.open(), house.broken()) == ({"F1": 4000}, {})

    def test_a_payment_comes_in_while_it_is_agreed_to(self, transactional_db):
        house = opened()
        request = ask(house.as_role(Role.CONTROLLER), None)
        agreed, _ = at_once([lambda: approve(house, request), lambda: house.pay("F1", "100.00")])
        assert agreed == 10_000 or isinstance(agreed, OpenChanged), agreed
        assert (house.open(), house.broken()) == ({}, {})

    def test_the_same_question_pressed_at_once_is_one(self, transactional_db):
        clerk = opened().as_role(Role.CONTROLLER)
        answers = at_once([lambda: ask(clerk)] * 4)
        assert len(set(answers)) == 1, answers
        assert len(questions.waiting(actor=clerk.actor)) == 1


def test_asked_again_after_somebody_resumed_it_is_held_again(house):
    clerk = person(house, "c@b.example", Role.CONTROLLER)
    first = ask(clerk)
    follow_up.resume(invoice="F1", actor=clerk.actor, today=house.today)
    assert why("F1", actor=house.actor, today=house.today)[0].decision.because is Because.DUE
    assert ask(clerk) == first
    assert why("F1", actor=house.actor, today=house.today)[0].decision.because is Because.PAUSED


def test_what_nobody_can_agree_to_any_more_holds_nothing_from_the_next_run_on(house):
    clerk = person(house, "c@b.example", Role.CONTROLLER)
    first = ask(clerk)
    runs.run(actor=house.actor, today=house.today)
    assert [one.id for one in questions.waiting(most=9, actor=house.actor)] == [first]
    house.pay("F1", "0.01")
    runs.run(dry_run=True, actor=house.actor, today=house.today)
    assert questions.waiting(most=9, actor=house.actor)
    assert len(runs.run(actor=house.actor, today=house.today).messages) == 1
    assert questions.waiting(most=9, actor=house.actor) == []
    (told,) = questions.decided(most=9, actor=house.actor)
    assert (told.state, told.decided_by) == ("withdrawn", "")


def test_taking_the_invoice_back_is_no_way_around_the_limit(house):
    clerk = person(house, "c@b.example", Role.CONTROLLER)
    with house.refuses(AboveLimit):
        clerk.take_back(1)
    house.take_back(1)
    assert house.open() == {}
