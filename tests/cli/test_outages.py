"""The machine fails under the programs that run on: they say so in a line, live on, and go on by themselves (P27).

And where the tables become those of a newer version, they end by themselves (P28).

For the verbs, and for how often each strikes, see `tests/usecases/test_machine.py`.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from tests.cli.test_serving import AT
from tests.tools.mail_server import MailServer
from tests.tools.processes import Process, fetched, free_port, run, until
from tests.usecases import test_machine
from tests.usecases.test_kills import AFTER, DAY, NEXT, SEED, SETTLE, Firm, Look, kept
from tests.usecases.test_machine import ON_POSTGRES, POINTS, RESTARTS, Server, on_server, running, unable

disk, opened = test_machine.disk, test_machine.opened  # the fixtures
REFUSED = 3
only_sqlite = pytest.mark.skipif(ON_POSTGRES, reason="one process for all: SQLite")


@pytest.fixture
def server():
    with running() as server:  # a new one: the more books lie on it, the longer it takes to come back
        yield server


# The real commands at a quicker pace, with three customers in a tenth of a second: half of it in mid-transaction.
QUICK = """
import time
from datetime import datetime, timedelta
from functools import partial
from voldaan.config.entry import Installation, main
Installation().prepare(None, "en")
from voldaan.config import serve
from voldaan.usecases import job_slots, runs
job_slots.WAITS = (timedelta(seconds=1),)
serve.Loop = partial(serve.Loop, tick=0.2)
runs.SPAN, decide, keep = 3, runs._decide, job_slots.keep
def deciding(*what, **words):
    print("deciding", flush=True)
    time.sleep(0.05)
    decide(*what, **words)
def keeping(*what, **words):
    time.sleep(0.05)
    keep(*what, **words)
runs._decide, job_slots.keep = deciding, keeping
"""
SERVE = QUICK + "main()"
WORK = QUICK + """
from voldaan.jobs import fleet
fleet.work = partial(fleet.work, pace=fleet.Pace(tick=1, heartbeat=1.0, dead_after=3.0))
serve._moments = lambda instead, moments=serve._moments: moments(datetime(2027, 3, 1, 12))
main()
"""  # fmt: skip


def all_decided(look: Look, firm: Firm) -> bool:
    """Tell whether everything was decided; nothing ever twice or by halves."""
    assert (look.broken, set(look.todo.values()) <= {1}) == ([], True)
    return len(look.todo) == firm.customers


ROOMS = [random.Random(SEED + nth).randrange(40_000) for nth in range(POINTS)]  # bytes that are left in mid-run


@only_sqlite
@pytest.mark.parametrize("room", ROOMS)
def test_serve_outlives_a_full_disk_and_decides_everything_once(disk, tmp_path, room):
    firm: Firm = disk.books(60, tmp_path)
    with firm.begin("serve", "--today", DAY, code=SERVE) as process:
        address = process.says(AT)[1]
        until(lambda: process.said.count("deciding") >= 3)
        disk.leave(room)
        process.says("follow_up of .* broke off: database or disk is full")
        process.says("it is tried again: database or disk is full")
        assert not all_decided(firm.look(DAY), firm)
        disk.clear()
        until(lambda: all_decided(firm.look(DAY), firm))
        assert fetched(address) == 200
        assert process.stop() == 0
        assert "Traceback" not in process.said


@only_sqlite
@pytest.mark.parametrize("room", ROOMS)
def test_serve_outlives_a_full_disk_and_sends_nothing_twice(disk, tmp_path, room):
    with MailServer("take_and_answer_late", late_seconds=0.03) as mails:
        firm: Firm = disk.books(60, tmp_path, mails.port)
        firm.say("run", "--today", DAY)
        firm.say("approve", "--all", "--today", DAY)
        with firm.begin("serve", "--today", DAY, code=SERVE) as process:
            until(lambda: len(mails.received) >= 3)
            disk.leave(room)
            process.says("it is tried again: database or disk is full")
            look = firm.look(DAY)
            assert (look.broken, "released" in look.states.values()) == ([], True)
            disk.clear()
            until(lambda: "released" not in firm.look(DAY).states.values())
            assert process.stop() == 0
            assert "Traceback" not in process.said
        firm.say("send", "--today", NEXT)  # the lease of what was claimed has ended
        look = firm.look(NEXT)
        unknown = [id_ for id_, state in look.states.items() if state == "uncertain"]
        assert (look.broken, len(unknown) <= 1) == ([], True)
        firm.say(
            *(f"{id_.partition('.')[0]}:{'sent' if id_ in kept(mails) else 'not'}" for id_ in unknown), code=SETTLE
        )
        firm.say("send", "--today", AFTER)
        assert (kept(mails), firm.look(AFTER).broken, mails.faults) == (Counter(list(look.states)), [], [])


DRIVE_OFF = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE backend_type = 'client backend' AND pid <> ALL(%s)"""


@contextmanager
def programs(server: Server, folder: Path) -> Iterator[tuple[Firm, Process, str]]:
    """Start pages and a worker, and wait until he is in mid-run; at the end all must be done, and both must live."""
    firm = on_server(server, folder, 60)
    with psycopg.connect(firm.environment["DATABASE_URL"]) as connection:
        connection.execute("UPDATE records_administration SET claim_lease_seconds = 4")
    with firm.begin("web", "--port", free_port()) as web, firm.begin("worker", code=WORK) as worker:
        address = web.says(AT)[1]
        until(lambda: worker.said.count("deciding") >= 3)
        yield firm, worker, address
        until(lambda: all_decided(firm.look(DAY), firm), 60)
        assert fetched(address) == 200
        assert [one.stop() for one in (web, worker)] == [0, 0]
        assert "Traceback" not in web.said + worker.said


@pytest.mark.parametrize("_nth", range(RESTARTS))
def test_web_and_worker_outlive_a_server_that_goes_and_comes_back(server, tmp_path, _nth):
    with programs(server, tmp_path) as (firm, worker, address):
        server.strike()
        worker.says("broke off: .*connection")
        assert fetched(address) == 503
        server.back()
        assert not all_decided(firm.look(DAY), firm)


def test_web_and_worker_outlive_a_server_whose_connections_are_all_taken(server, tmp_path):
    with programs(server, tmp_path) as (firm, worker, address), ExitStack() as held:
        where = firm.environment["DATABASE_URL"]
        others = [held.enter_context(psycopg.connect(where, autocommit=True))]

        def crowded_out() -> bool:
            with suppress(psycopg.OperationalError):
                while True:
                    others.append(held.enter_context(psycopg.connect(where)))
            return "too many clients" in worker.said

        crowded_out()
        others[0].execute(DRIVE_OFF, [[one.info.backend_pid for one in others]])
        until(crowded_out)
        assert fetched(address) == 503
        unable(run("status", **firm.environment), "too many clients")
        held.close()
        assert not all_decided(firm.look(DAY), firm)


# The worker whose engine twice cannot write down that the work of books has ended.
FORGETFUL = """
import psycopg
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
finish, left = JobManager.finish_job, [1, 2]
async def forgetful(self, job, *words, **more):
    if job.task_name == "voldaan.work" and left:
        raise ConnectorException from psycopg.OperationalError(f"gone {left.pop()}")
    return await finish(self, job, *words, **more)
JobManager.finish_job = forgetful
"""


def test_work_whose_end_could_not_be_written_down_does_not_keep_the_books(server, tmp_path):
    firm = on_server(server, tmp_path, 3)
    with firm.begin("worker", code=FORGETFUL + WORK) as worker:
        until(lambda: all_decided(firm.look(DAY), firm))
        until(lambda: rounds_done(firm) == 1)
        changed(firm, "UPDATE records_jobslot SET state = 'left', free_at = started_at WHERE job = 'outbox'")
        until(lambda: rounds_done(firm) == 1)
        assert worker.stop() == 0


def rounds_done(firm: Firm) -> int:
    with psycopg.connect(firm.environment["DATABASE_URL"]) as connection:
        return connection.execute("SELECT * FROM records_jobslot WHERE job = 'outbox' AND state = 'done'").rowcount


def changed(firm: Firm, order: LiteralString) -> None:
    if where := firm.environment.get("DATABASE_URL"):
        with psycopg.connect(where) as server:
            server.execute(order)
    else:
        with closing(sqlite3.connect(f"{firm.environment['VOLDAAN_DATA']}/voldaan.sqlite3", timeout=60)) as file, file:
            file.execute(order)


@pytest.mark.parametrize("program", [pytest.param("serve", marks=only_sqlite), "worker"])
def test_who_finds_tables_of_a_newer_version_ends_between_two_pieces_and_the_next_goes_on(program, request, tmp_path):
    if program == "serve":
        firm, words, code = request.getfixturevalue("opened")(60), ["serve", "--today", DAY], SERVE
    else:
        firm, words, code = on_server(request.getfixturevalue("server"), tmp_path, 60), ["worker"], WORK
    with ExitStack() as stack:
        # Of two workers one has nothing to do; it has to see it too.
        all_ = [stack.enter_context(firm.begin(*words, code=code)) for _ in range(1 if program == "serve" else 2)]
        if program == "worker":  # and who shows the pages of these books writes as well
            all_.append(stack.enter_context(firm.begin("web", "--port", free_port())))
            all_[-1].says("http://")
        until(lambda: sum(one.said.count("deciding") for one in all_) >= 3)
        changed(
            firm, "INSERT INTO django_migrations (app, name, applied) VALUES ('records', '9999', CURRENT_TIMESTAMP)"
        )
        assert [one.process.wait(30) for one in all_] == [REFUSED] * len(all_)
        for one in all_:
            assert "of a newer version than this Voldaan. Install" in one.said.splitlines()[-1]
            assert "Traceback" not in one.said
    assert not all_decided(firm.look(DAY), firm)
    changed(firm, "DELETE FROM django_migrations WHERE name = '9999'")
    with firm.begin(*words, code=code) as process:
        until(lambda: all_decided(firm.look(DAY), firm))
        assert process.stop() == 0
