"""Stories of a task that is put off: gone from the list until its day, never lost, and never done twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.tools.house import House
from voldaan.queries import overview, worklist
from voldaan.records.events import Event
from voldaan.rules.unknown import NoSuchMessage
from voldaan.usecases import administrations, follow_up, runs, strategies
from voldaan.usecases.follow_up import NoDayToPutOffTo, NotATask
from voldaan.usecases.write_offs import ReasonMissing

TODAY = date(2027, 3, 1)
CALL = {"code": "call", "kind": "call", "anchor": "due_date", "days": 1}


@pytest.fixture
def house(db: None) -> House:
    house = House.opened(today=TODAY)
    administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=TODAY)
    strategies.define(code="bellen", content={"name": "Bellen", "steps": [CALL]}, actor=house.actor, today=TODAY)
    administrations.change(name="strategy", value="bellen", actor=house.actor, today=TODAY)
    house.invoice(house.debtor("Traag", number="1"), "F1", "100.00", issued="2027-02-10", due="2027-02-24")
    runs.run(actor=house.actor, today=TODAY)
    return house


def task(house: House) -> str:
    (one,) = [*worklist.worklist(actor=house.actor, today=house.today), *put_off(house)]
    return one.id


def waits(house: House, day: str) -> list[str]:
    return [one.debtor for one in worklist.worklist(actor=house.actor, today=date.fromisoformat(day))]


def put_off(house: House) -> list[worklist.Work]:
    return worklist.worklist(later=True, actor=house.actor, today=house.today)


def later(house: House, until: str, reason: str = "met vakantie") -> None:
    follow_up.put_off(id=task(house), until=date.fromisoformat(until), reason=reason, actor=house.actor,
                      today=house.today)  # fmt: skip


def told(house: House) -> list[str]:
    return [kind for kind in house.events() if kind.startswith("task.")]


def test_it_is_on_the_list_again_from_its_day_on(house):
    later(house, "2027-03-08")
    assert [waits(house, day) for day in ("2027-03-01", "2027-03-07")] == [[], []]
    assert [waits(house, day) for day in ("2027-03-08", "2027-03-30")] == [["Traag"], ["Traag"]]
    (one,) = worklist.worklist(actor=house.actor, today=date(2027, 3, 8))
    assert (one.put_off_until, one.put_off_why) == (date(2027, 3, 8), "met vakantie")


def test_what_is_put_off_can_be_listed_by_the_day_on_which_it_comes_back(house):
    house.invoice(house.debtor("Eerder", number="2"), "F2", "9.00", issued="2027-02-10", due="2027-02-24")
    runs.run(actor=house.actor, today=TODAY)
    for one in worklist.worklist(actor=house.actor, today=TODAY):
        until = TODAY + timedelta(9 if one.debtor == "Traag" else 2)
        follow_up.put_off(id=one.id, until=until, reason="x", actor=house.actor, today=TODAY)
    assert [one.debtor for one in put_off(house)] == ["Eerder", "Traag"]
    found = overview.overview(
        kind=worklist.LATER, most_work=1, most_customers=1, actor=house.actor, today=TODAY
    ).waiting
    assert (found.later, [one.debtor for one in found.work], found.kinds, found.involved) == (2, ["Eerder"], {}, [])


@pytest.mark.parametrize("until", ["2027-02-28", "2027-03-01", "2027-05-31"])
def test_not_to_a_day_that_is_not_to_come_nor_out_of_sight(house, until):
    before = house.everything()
    with pytest.raises(NoDayToPutOffTo) as refused:
        later(house, until)
    assert refused.value.facts["latest"] == date(2027, 5, 30)
    assert house.everything() == before


@pytest.mark.parametrize("until", ["2027-03-02", "2027-05-30"])
def test_the_first_day_and_the_last_one_are_taken(house, until):
    later(house, until)
    assert [one.put_off_until for one in put_off(house)] == [date.fromisoformat(until)]


def test_a_reason_is_wanted(house):
    with pytest.raises(ReasonMissing):
        later(house, "2027-03-08", reason="  ")
    assert waits(house, "2027-03-01") == ["Traag"]


def test_said_twice_it_is_put_off_once_and_another_day_is_a_new_one(house):
    later(house, "2027-03-08")
    later(house, "2027-03-08")
    assert told(house) == ["task.put_off"]
    later(house, "2027-03-09")
    assert told(house) == ["task.put_off", "task.put_off"]
    assert waits(house, "2027-03-08") == []


def test_taken_up_it_waits_at_once_and_once(house):
    later(house, "2027-03-08")
    for _ in range(2):
        follow_up.take_up(id=task(house), actor=house.actor, today=TODAY)
    assert told(house) == ["task.put_off", "task.taken_up"]
    (one,) = worklist.worklist(actor=house.actor, today=TODAY)
    assert (one.put_off_until, one.put_off_why, put_off(house)) == (None, "", [])


def test_it_can_be_done_while_it_is_put_off_and_not_be_put_off_when_it_is_done(house):
    later(house, "2027-03-08")
    id_ = task(house)
    follow_up.done(id=id_, outcome="belde zelf", actor=house.actor, today=TODAY)
    assert (put_off(house), waits(house, "2027-03-08")) == ([], [])
    for verb in (lambda **who: follow_up.put_off(until=date(2027, 3, 8), reason="x", **who), follow_up.take_up):
        with pytest.raises(NotATask):
            verb(id=id_, actor=house.actor, today=TODAY)


def test_what_is_paid_meanwhile_does_not_come_back(house):
    later(house, "2027-03-08")
    house.pay("F1", "100.00")
    assert (put_off(house), waits(house, "2027-03-08")) == ([], [])


def test_what_falls_due_meanwhile_joins_it_and_the_customer_is_called_once(house):
    later(house, "2027-03-08")
    house.invoice("1", "F2", "50.00", issued="2027-02-20", due="2027-03-01")
    runs.run(actor=house.actor, today=date(2027, 3, 2))
    assert waits(house, "2027-03-02") == []
    (one,) = worklist.worklist(actor=house.actor, today=date(2027, 3, 8))
    assert sorted(one.invoices) == ["F1", "F2"]


def test_a_task_of_other_books_is_not_there(house):
    theirs = House.opened(name="Anders", today=TODAY)
    with pytest.raises(NoSuchMessage):
        follow_up.put_off(id=task(house), until=date(2027, 3, 8), reason="x", actor=theirs.actor, today=TODAY)
    assert not Event.objects.of(theirs.actor.administration_id).filter(kind="task.put_off").exists()
