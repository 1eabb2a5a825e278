"""Stories of the work that comes back by itself: each slot once, taken up by another, written down whatever happens."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from tests.jobs.conftest import Desk, change, decided_on, firm, lease, messages, release, said, slots, utc
from tests.tools.house import House
from tests.tools.mail_server import MailServer
from voldaan.records.administrations import Administration
from voldaan.records.jobs import JobSlot
from voldaan.rules.timetable import WAITS, Job
from voldaan.usecases import job_slots, runs, sending

MONDAY = "2027-03-01"


def live(house: House, port: int = 9) -> None:
    """Let mail leave, to a server of ours."""
    change(house, "sender", "admin@hart.example")
    change(house, "smtp", f"smtp://127.0.0.1:{port}?plain=yes")
    change(house, "live", "on")


def test_before_its_time_nothing_is_decided_and_after_it_once(house, desk):
    desk.work(house, "2027-03-01T05:29")  # 06:29 in Amsterdam
    assert (decided_on(house), messages(house)) == ([], [])
    desk.work(house, "2027-03-01T05:30")
    assert (decided_on(house), len(messages(house))) == ([date(2027, 3, 1)], 3)
    assert said(house, "follow_up", MONDAY).startswith("3 items decided: 3 messages")
    for moment in ("2027-03-01T05:31", "2027-03-01T12:00", "2027-03-01T22:59"):
        desk.work(house, moment)
    assert decided_on(house) == [date(2027, 3, 1)]


def test_a_clock_that_jumps_back_decides_nothing_twice(house, desk):
    desk.work(house, "2027-03-02T06:00")
    assert decided_on(house) == [date(2027, 3, 2)]
    for moment in ("2027-03-02T05:00", "2027-03-02T06:00", "2027-03-02T07:00", "2027-03-02T05:45"):
        desk.work(house, moment)
    assert (decided_on(house), len(messages(house))) == ([date(2027, 3, 2)], 3)


def test_after_a_jump_back_the_outbox_goes_on(house, desk):
    desk.work(house, "2027-03-09T12:00")
    desk.work(house, "2027-03-02T12:00")
    assert slots(house)["outbox", "round"].ended_at == utc("2027-03-02T12:00")


def test_what_was_missed_is_made_up_for_once_and_only_today(house, desk):
    desk.work(house, "2027-03-01T06:00")
    desk.work(house, "2027-03-08T14:00")  # off for a week
    desk.work(house, "2027-03-08T14:10")
    assert decided_on(house) == [date(2027, 3, 1), date(2027, 3, 8)]
    assert {name for job, name in slots(house) if job == "follow_up"} == {MONDAY, "2027-03-08"}


def test_the_outbox_comes_round_every_five_minutes_or_when_it_is_rung(house, desk):
    def last() -> str:
        return f"{slots(house)['outbox', 'round'].ended_at:%H:%M:%S}"

    desk.work(house, "2027-03-01T12:00:00")
    assert desk.work(house, "2027-03-01T12:04:59") == 0
    assert last() == "12:00:00"
    assert desk.work(house, "2027-03-01T12:04:59", rung=True) == 1
    assert last() == "12:04:59"
    assert desk.work(house, "2027-03-01T12:09:58") == 0
    assert desk.work(house, "2027-03-01T12:09:59") == 1


def test_each_administration_has_its_own_morning(db, desk):
    early, late = firm("Vroeg", customers=1), firm("Laat", customers=1)
    Administration.objects.filter(pk=late.actor.administration_id).update(time_zone="Atlantic/Azores")
    for house in (early, late):
        desk.work(house, "2027-03-01T05:45")
    assert (decided_on(early), decided_on(late)) == ([date(2027, 3, 1)], [])


class TestTheOutbox:
    def test_sends_what_is_released_once(self, house, desk):
        with MailServer("accept") as server:
            live(house, server.port)
            desk.work(house, "2027-03-01T06:00")
            release(house)
            desk.work(house, "2027-03-01T09:00")
            assert said(house, "outbox").startswith("3 sent")
            desk.work(house, "2027-03-01T09:05")
            assert said(house, "outbox") == "There was nothing to send."
            assert len(server.received) == 3
        assert {row.state for row in messages(house)} == {"sent"}

    @pytest.mark.parametrize("why", ["not_live", "sending_is_held", "no_mail_account"])
    def test_that_nothing_may_leave_is_said_and_is_no_fault(self, house, desk, why):
        desk.work(house, "2027-03-01T06:00")
        release(house)
        if why != "not_live":
            change(house, "live", "on")
        if why == "sending_is_held":
            sending.stop(actor=house.actor, today=house.today)
        desk.work(house, "2027-03-01T09:00")
        row = slots(house)["outbox", "round"]
        assert (row.state, row.facts["because"]) == ("done", why)
        assert row.said.format(**row.facts)

    def test_a_dead_mail_server_is_told_in_its_own_words(self, house, desk):
        with MailServer("want_login") as server:
            live(house, server.port)
            desk.work(house, "2027-03-01T06:00")
            release(house)
            desk.work(house, "2027-03-01T09:00")
        assert "Authentication required" in said(house, "outbox")
        assert slots(house)["outbox", "round"].facts["because"] == "account"

    def test_patience_is_kept_with_what_was_refused_a_moment_ago(self, house, desk):
        with MailServer("greylist") as server:
            live(house, server.port)
            desk.work(house, "2027-03-01T06:00")
            release(house)
            desk.work(house, "2027-03-01T09:00")
            assert {row.attempts for row in messages(house)} == {1}
            desk.work(house, "2027-03-01T09:04", rung=True)
            assert {row.attempts for row in messages(house)} == {1}
            desk.work(house, "2027-03-01T09:10")
        assert {row.attempts for row in messages(house)} == {2}


class TestAtNight:
    def test_books_that_hold_are_said_to_hold(self, house, desk):
        desk.work(house, "2027-03-01T02:00")
        assert said(house, "check", MONDAY).endswith("checks hold.")
        assert set(slots(house)) == {("check", MONDAY), ("outbox", "round")}

    def test_a_check_that_finds_something_holds_the_sending_until_a_person_looks(self, house, desk):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE records_receivable SET open_cents = open_cents + 1")
        with MailServer("accept") as server:
            live(house, server.port)
            desk.work(house, "2027-03-01T06:00")
            assert "receivables_open" in said(house, "check", MONDAY)
            assert slots(house)["outbox", "round"].facts == {"because": "sending_is_held", "why": "check"}
            desk.work(house, "2027-03-01T10:00")
            assert server.received == []
        assert "sending.stopped" in house.events()


class TestWhatBreaksOff:
    @pytest.fixture
    def broken(self, house: House) -> House:
        """Books of a country that there is not, so that deciding breaks off."""
        Administration.objects.filter(pk=house.actor.administration_id).update(country="XX")
        return house

    def test_is_written_down_and_stops_no_other_work(self, broken, desk, caplog):
        desk.work(broken, "2027-03-01T06:00")
        row = slots(broken)["follow_up", MONDAY]
        assert (row.state, row.attempts) == ("failed", 1)
        assert said(broken, "follow_up", MONDAY).startswith("It broke off (KeyError, situations.py:")
        assert slots(broken)["outbox", "round"].state == "done"
        assert "KeyError: 'XX'" in caplog.text, "the whole of it is in the log"

    def test_is_tried_again_each_time_later(self, broken, desk):
        desk.work(broken, "2027-03-01T06:00")
        for nth in range(6):
            row = slots(broken)["follow_up", MONDAY]
            assert row.free_at is not None
            assert row.free_at - desk.at == WAITS[min(nth, len(WAITS) - 1)]
            desk.at = row.free_at - timedelta(seconds=1)
            desk.work(broken)
            assert slots(broken)["follow_up", MONDAY].attempts == nth + 1
            desk.at = row.free_at
            desk.work(broken)
            assert slots(broken)["follow_up", MONDAY].attempts == nth + 2

    def test_is_done_as_soon_as_it_can_be(self, broken, desk):
        desk.work(broken, "2027-03-01T06:00")
        Administration.objects.filter(pk=broken.actor.administration_id).update(country="NL")
        desk.work(broken, "2027-03-01T06:01")
        assert slots(broken)["follow_up", MONDAY].state == "done"
        assert len(messages(broken)) == 3

    def test_is_not_tried_again_on_another_day(self, broken, desk):
        desk.work(broken, "2027-03-01T06:00")
        Administration.objects.filter(pk=broken.actor.administration_id).update(country="NL")
        desk.work(broken, "2027-03-02T06:00")
        assert slots(broken)["follow_up", MONDAY].state == "failed"
        assert decided_on(broken) == [date(2027, 3, 2)]


class TestADeadWorker:
    def take(self, house: House, desk: Desk) -> job_slots.Taken | None:
        return job_slots.take(
            administration_id=house.actor.administration_id,
            job=Job.FOLLOW_UP,
            slot=MONDAY,
            by="dead:1",
            machine=desk.at,
        )

    def test_holds_his_slot_until_his_lease_ends(self, house, desk):
        desk.at = utc("2027-03-01T06:00")
        dead = self.take(house, desk)
        assert dead is not None
        desk.at += lease(house) - timedelta(seconds=1)
        desk.work(house)
        assert decided_on(house) == []
        desk.at += timedelta(seconds=1)
        desk.work(house)
        row = slots(house)["follow_up", MONDAY]
        assert (row.state, row.by, decided_on(house)) == ("done", "here:1", [date(2027, 3, 1)])

    def test_who_was_not_dead_after_all_says_nothing_any_more(self, house, desk):
        desk.at = utc("2027-03-01T06:00")
        late = self.take(house, desk)
        assert late is not None
        desk.at += lease(house)
        again = self.take(house, desk)
        assert again is not None
        job_slots.finish(late, said="done", facts={}, machine=desk.at)
        job_slots.fail(late, fault="x", machine=desk.at)
        job_slots.leave(late, machine=desk.at)
        job_slots.keep(late, machine=desk.at + timedelta(hours=1))
        row = slots(house)["follow_up", MONDAY]
        assert (row.state, row.claim, row.free_at) == ("running", again.claim, desk.at + lease(house))

    def test_whose_work_gets_on_keeps_his_slot(self, house, desk, monkeypatch):
        monkeypatch.setattr(runs, "SPAN", 1)
        kept = []
        monkeypatch.setattr(job_slots, "keep", lambda taken, *, machine: kept.append(taken.job))
        desk.work(house, "2027-03-01T06:00")
        assert kept == [Job.FOLLOW_UP] * 3

    def test_is_known_to_be_dead_by_the_only_one_who_works_there(self, house, desk):
        desk.at = utc("2027-03-01T06:00")
        self.take(house, desk)
        job_slots.nobody_else_works(administration_id=house.actor.administration_id, machine=desk.at)
        desk.work(house)
        assert decided_on(house) == [date(2027, 3, 1)]


def test_who_is_told_to_stop_stops_between_two_customers_and_the_next_does_the_rest(house, desk, monkeypatch):
    monkeypatch.setattr(runs, "SPAN", 1)
    desk.stop_after = 3  # before the check, before the run, and after the first customer; after the second he must
    desk.work(house, "2027-03-01T06:00")
    assert slots(house)["follow_up", MONDAY].state == "left"
    assert (len(messages(house)), decided_on(house)) == (2, [])
    assert ("outbox", "round") not in slots(house), "nothing new is begun"
    Desk(desk.at, by="there:2").work(house)
    assert (len(messages(house)), decided_on(house)) == (3, [date(2027, 3, 1)])
    assert slots(house)["follow_up", MONDAY].by == "there:2"
    assert house.broken() == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("transactional_db")
def test_eight_at_once_do_everything_once(desk):
    house = firm()
    desk.at = utc("2027-03-01T06:00")
    start, faults = Barrier(8), []

    def work(nth: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(30)
            Desk(desk.at, by=f"here:{nth}").work(house)
        except Exception as fault:  # noqa: BLE001 - a race test wants to see each of them
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(nth,)) for nth in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert decided_on(house) == [date(2027, 3, 1)]
    assert [row.state for row in slots(house).values()] == ["done"] * 3
    assert JobSlot.objects.of(house.actor.administration_id).count() == 3
    assert len(messages(house)) == 3
