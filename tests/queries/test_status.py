"""Stories of the status: whatever stops happening is seen, and what is fine asks for nothing (P34)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from tests.jobs.conftest import Desk, change, firm, release, utc
from tests.jobs.test_rounds import live
from tests.tools.house import House
from tests.tools.mail_server import MailServer
from voldaan.queries import status as questions
from voldaan.queries.status import Sign
from voldaan.records.administrations import Administration
from voldaan.records.messages import Message
from voldaan.rules.permissions import NotAllowed, Role
from voldaan.usecases import job_slots, runs, sending

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def desk() -> Desk:
    return Desk(utc("2027-03-01T09:00"))


@pytest.fixture
def house(db: None) -> House:
    return firm()


def signs(house: House, desk: Desk, *, later: timedelta = timedelta()) -> dict[str, Sign]:
    now = desk.at + later
    found = questions.status(actor=house.actor, now=now.astimezone(AMSTERDAM), machine=now)
    return {one.name: one for one in found}


def wrong(house: House, desk: Desk, **words: Any) -> list[str]:
    return [name for name, one in signs(house, desk, **words).items() if not one.ok]


def test_where_everything_happens_nothing_asks_for_attention(house, desk):
    desk.work(house)
    assert wrong(house, desk) == []
    found = signs(house, desk)
    assert found["jobs"].at == datetime(2027, 3, 1, 10, tzinfo=AMSTERDAM)
    assert found["follow_up"].at == date(2027, 3, 1)
    for one in found.values():
        assert "{" not in one.says.format(**one.facts)


def test_where_nobody_ever_worked_it_says_so(house, desk):
    assert set(wrong(house, desk)) == {"jobs", "check", "follow_up", "outbox"}


@pytest.mark.parametrize(("minutes", "seen"), [(14, False), (16, True)])
def test_a_worker_that_stopped_is_seen_within_a_quarter(house, desk, minutes, seen):
    desk.work(house)
    assert ("jobs" in wrong(house, desk, later=timedelta(minutes=minutes))) is seen


def test_a_worker_that_takes_long_is_no_dead_one(house, desk):
    from voldaan.rules.timetable import Job

    change(house, "claim_lease_seconds", "3600")
    job_slots.take(
        administration_id=house.actor.administration_id, job=Job.FOLLOW_UP, slot="2027-03-01", by="x", machine=desk.at
    )
    assert "jobs" not in wrong(house, desk, later=timedelta(minutes=59))
    assert "jobs" in wrong(house, desk, later=timedelta(minutes=61))


def test_a_morning_without_a_decision_is_seen_a_quarter_after_it(house, desk):
    desk.work(house)
    desk.at = utc("2027-03-02T05:44")  # 06:44
    assert signs(house, desk)["follow_up"].ok
    desk.at = utc("2027-03-02T05:46")
    assert not signs(house, desk)["follow_up"].ok
    runs.run(actor=house.actor, today=date(2027, 3, 2))  # by hand is as good
    assert signs(house, desk)["follow_up"].ok


def test_new_books_are_not_late(db):
    desk = Desk(utc("2027-03-01T02:30"))
    assert signs(House.opened(today=date(2027, 3, 1)), desk)["follow_up"].ok


def test_a_run_that_breaks_off_is_seen(house, desk):
    Administration.objects.filter(pk=house.actor.administration_id).update(country="XX")
    desk.work(house)
    Administration.objects.filter(pk=house.actor.administration_id).update(country="NL")
    one = signs(house, desk)["follow_up"]
    assert (one.ok, "KeyError" in one.says.format(**one.facts)) == (False, True)


def test_a_check_that_finds_something_is_seen_and_so_is_what_it_stopped(house, desk):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_receivable SET open_cents = open_cents + 1")
    desk.work(house)
    assert {"check", "sending"} <= set(wrong(house, desk))


def test_a_dead_mail_server_is_seen_at_once(house, desk):
    with MailServer("want_login") as server:
        live(house, server.port)
        runs.run(actor=house.actor, today=house.today)
        release(house)
        desk.work(house)
    assert wrong(house, desk) == ["outbox"]


def test_mail_that_waits_is_seen_when_a_day_has_passed_on_which_it_could_have_left(house, desk):
    friday = date(2027, 3, 5)
    on_friday = house.on(friday)
    runs.run(actor=house.actor, today=friday)
    release(on_friday)
    for moment, ok in (("2027-03-05T12:00", True), ("2027-03-08T12:00", True), ("2027-03-09T12:00", False)):
        desk.at = utc(moment)
        one = signs(house, desk)["waiting_mail"]
        assert (one.ok, one.at, one.count) == (ok, friday, 3), moment


def test_what_is_uncertain_and_what_is_held_is_seen(house, desk):
    runs.run(actor=house.actor, today=house.today)
    Message.objects.of(house.actor.administration_id).update(state="uncertain", claimed_at=desk.at)
    sending.stop(actor=house.actor, today=house.today)
    desk.work(house)
    assert wrong(house, desk) == ["uncertain", "sending"]
    assert signs(house, desk)["uncertain"].count == 3


def test_bank_data_that_does_not_come_is_seen(house, desk):
    desk.work(house)
    change(house, "bank_freshness_days", "3")
    assert wrong(house, desk) == ["import"]


def test_who_does_not_see_the_books_does_not_see_this(house, desk):
    with pytest.raises(NotAllowed):
        signs(house.as_role(Role.CALLER), desk)
