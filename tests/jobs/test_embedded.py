"""The loop beside the web server: it ticks, it is woken, it survives, it stops."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError

from tests.jobs.conftest import decided_on, firm, messages, release, slots, utc
from tests.jobs.test_rounds import live
from tests.tools.mail_server import MailServer
from voldaan.jobs import daily, rounds
from voldaan.jobs.embedded import TICK, Loop
from voldaan.records.administrations import Administration
from voldaan.rules.timetable import Job
from voldaan.usecases import job_slots

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("transactional_db")]

NOON = utc("2027-03-01T11:00")


@contextmanager
def running(at: datetime = NOON, tick: float = TICK) -> Iterator[Loop]:
    loop = Loop(by="here:1", now=lambda zone: at.astimezone(ZoneInfo(zone)), clock=lambda: at,
                are_ahead=lambda: False, give_up=lambda: None, tick=tick)  # fmt: skip
    loop.start()
    try:
        yield loop
    finally:
        loop.stop()


def until(what: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def test_it_works_for_every_administration_at_once(desk):
    houses = [firm("Een", customers=1), firm("Twee", customers=1)]
    with running():
        until(lambda: all(("outbox", "round") in slots(house) for house in houses))
    assert [decided_on(house) for house in houses] == [[date(2027, 3, 1)]] * 2


def test_a_ring_sends_at_once_what_was_just_released():
    house = firm()
    with MailServer("accept") as server:
        live(house, server.port)
        with running(tick=3600) as loop:
            until(lambda: slots(house).get(("outbox", "round")) and slots(house)["outbox", "round"].ended_at)
            release(house)
            loop.ring(house.actor.administration_id)
            until(lambda: len(server.received) == 3)
    assert {row.state for row in messages(house)} == {"sent"}


def test_what_a_process_that_was_killed_had_in_hand_is_taken_up_at_once():
    house = firm()
    whose = house.actor.administration_id
    job_slots.take(administration_id=whose, job=Job.FOLLOW_UP, slot="2027-03-01", by="dead:1", machine=NOON)
    with running(NOON + timedelta(seconds=1)):
        until(lambda: decided_on(house))
    assert slots(house)["follow_up", "2027-03-01"].attempts == 0


def test_a_database_that_is_away_is_waited_for(monkeypatch, caplog):
    house = firm()
    tries = []
    real = rounds.work

    def away(*words, **more):
        tries.append(time.monotonic())
        if len(tries) < 3:
            raise OperationalError("the disk is full")
        return real(*words, **more)

    monkeypatch.setattr(rounds, "work", away)
    with running(tick=0.1):
        until(lambda: decided_on(house))
    assert tries[2] - tries[1] > tries[1] - tries[0] >= 0.2, "it waits longer each time"
    assert "the disk is full" in caplog.text


def test_what_could_not_even_be_written_down_is_taken_up_at_once(monkeypatch):
    house = firm()

    def full(*_, **__):
        raise OperationalError("the disk is full")

    def full_once(*_, **__):
        monkeypatch.undo()
        full()

    monkeypatch.setattr(daily, "follow_up", full)
    monkeypatch.setattr(job_slots, "fail", full_once)
    with running(tick=0.1):
        until(lambda: decided_on(house))


def test_books_that_cannot_be_looked_at_keep_no_other_waiting(caplog):
    bad, good = firm("Aaa", customers=1), firm("Zzz", customers=1)
    Administration.objects.filter(pk=bad.actor.administration_id).update(time_zone="Mars/Olympus")
    with running():
        until(lambda: decided_on(good))
    assert decided_on(bad) == []
    assert "the work of aaa could not be looked at" in caplog.text


def test_it_stops_at_once_when_there_is_nothing_to_do():
    with running(tick=3600):
        time.sleep(0.2)
        begun = time.monotonic()
    assert time.monotonic() - begun < 1
