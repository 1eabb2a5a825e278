"""Web and workers on PostgreSQL, as real processes: one is killed with -9 in mid-run, and everything is done once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from tests.cli.test_serving import AT
from tests.tools import database
from tests.tools.processes import Process, fetched, free_port, run, until

FIRMS = ("een", "twee", "drie")
LEASE = 4  # seconds

# Each firm has five customers who are overdue.
OPEN = f"""
from datetime import date
from voldaan.config.entry import Installation
house = Installation(); house.prepare(None, "en"); house.migrate()
from tests.jobs.conftest import firm
for name in {FIRMS!r}:
    firm(name, customers=5, claim_lease_seconds="{LEASE}")
"""
# The real worker, at a quicker pace, on a Monday at noon.
WORK = """
from datetime import datetime
from voldaan.config.entry import Installation
house = Installation(); house.prepare(None, "en")
from voldaan.config import serve
from voldaan.jobs import fleet
work = fleet.work
fleet.work = lambda **words: work(**words | {"now": serve._moments(datetime(2027, 3, 1, 12))},
                                  pace=fleet.Pace(tick=1, heartbeat=1.0, dead_after=3.0))
house.worker(tell=lambda name: print("at work:", name))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> dict[str, str]:
    """Start a PostgreSQL of our own with the books of three firms; give the environment of its processes."""
    where = {
        "DATABASE_URL": database._start_postgres(),
        "VOLDAAN_DATA": str(tmp_path_factory.mktemp("data")),
        "DJANGO_SETTINGS_MODULE": "voldaan.config.settings",
    }
    opened = run(code=OPEN, **where)
    assert opened.returncode == 0, opened.stderr
    return where


def asked(server: dict[str, str], question: str, *values: Any) -> list[Any]:
    with psycopg.connect(server["DATABASE_URL"], autocommit=True) as connection:
        return connection.execute(question, values).fetchall()


def told(server: dict[str, str], order: LiteralString) -> None:
    with psycopg.connect(server["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(order)


SLOTS = """SELECT a.slug, s.state, s.by FROM records_jobslot s
           JOIN records_administration a ON a.id = s.administration_id WHERE s.job = 'follow_up'"""


def follow_ups(server: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {slug: (state, by) for slug, state, by in asked(server, SLOTS)}


def test_one_of_two_workers_is_killed_in_mid_run_and_everything_is_done_once(server, tmp_path: Path):
    logs = [tmp_path / "one", tmp_path / "other"]
    with Process(logs[0], code=WORK, **server) as one, Process(logs[1], code=WORK, **server) as other:
        with psycopg.connect(server["DATABASE_URL"]) as keeper:
            # In mid-run: the run of this firm has begun, and waits for the row that we hold.
            keeper.execute("SELECT 1 FROM records_administration WHERE slug = 'twee' FOR NO KEY UPDATE")
            names = {process.says(r"at work: (\S+)")[1]: process for process in (one, other)}
            # The others are done: a run that dies just after its commit is rightly made again, and says so again.
            until(lambda: sorted(state for state, _ in follow_ups(server).values()) == ["done", "done", "running"])
            assert follow_ups(server)["twee"][0] == "running"
            victim = follow_ups(server)["twee"][1]
            names[victim].kill()
        until(lambda: {state for state, _ in follow_ups(server).values()} == {"done"})
        (survivor,) = [process for name, process in names.items() if name != victim]
        assert follow_ups(server)["twee"][1] != victim

        # What the dead one held of the engine does not keep the rest from going on, nor does a database that went away.
        asked(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
                      "backend_type = 'client backend'")  # fmt: skip
        asked(server, "UPDATE records_jobslot SET free_at = started_at, state = 'left' WHERE job = 'outbox' "
                      "RETURNING 1")  # fmt: skip
        until(lambda: asked(server, "SELECT count(*) FROM records_jobslot WHERE job = 'outbox' AND state = 'done'")
              == [(3,)])  # fmt: skip
        assert survivor.stop() == 0
    assert sorted(follow_ups(server)) == sorted(FIRMS)
    decided = "SELECT count(*) FROM records_event WHERE kind = 'follow_up.decided' GROUP BY administration_id"
    assert asked(server, decided) == [(1,)] * 3
    assert asked(server, "SELECT count(*) FROM records_message GROUP BY administration_id") == [(5,)] * 3
    steps = "SELECT count(*) FROM records_action GROUP BY administration_id, receivable_id, step"
    assert asked(server, steps) == [(1,)] * 15
    assert run("check", "--administration", "twee", **server).returncode == 0


def test_web_and_worker_run_side_by_side_and_stop_when_told(server, tmp_path: Path):
    ports = free_port(), free_port()
    public = ("web", "--host", "0.0.0.0")  # noqa: S104 - what is asked for
    with (
        Process(tmp_path / "web 1", "web", "--port", ports[0], **server) as web,
        Process(tmp_path / "web 2", *public, PORT=ports[1], VOLDAAN_BEHIND_PROXY="1", **server) as another,
        Process(tmp_path / "worker", "worker", **server) as worker,
    ):
        assert fetched(web.says(AT)[1]) == 200
        another.says(r"http://0\.0\.0\.0:")
        assert fetched(f"http://127.0.0.1:{ports[1]}/") == 200
        worker.says("Worker .* is at work")
        assert [process.stop() for process in (web, another, worker)] == [0, 0, 0]


@pytest.mark.parametrize("verb", ["web", "worker"])
def test_a_server_that_does_not_wait_for_the_disk_is_refused(server, verb):
    told(server, "ALTER ROLE CURRENT_USER SET synchronous_commit = off")
    try:
        answer = run(verb, **server, PORT=free_port())
    finally:
        told(server, "ALTER ROLE CURRENT_USER RESET synchronous_commit")
    assert (answer.returncode, answer.stdout) == (3, "")
    assert "synchronous_commit" in answer.stderr


def test_tables_that_are_behind_are_said_to_be(server, tmp_path: Path):
    asked(server, "DELETE FROM django_migrations WHERE app = 'procrastinate' AND name LIKE '0041%%' RETURNING 1")
    answer = run("worker", **server)
    assert (answer.returncode, answer.stdout) == (3, "")
    assert "voldaan migrate" in answer.stderr
