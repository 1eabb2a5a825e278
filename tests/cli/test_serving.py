"""`voldaan serve` as a real process: it answers, does the work of the day, stops, and begins again after a kill -9."""

from __future__ import annotations

import json
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.tools import tables
from tests.tools.processes import Process, fetched, free_port, run, until

AT = r"Voldaan is at (http://127\.0\.0\.1:(\d+)/)"


OPEN = """
from voldaan.config.entry import Installation
house = Installation(); house.prepare(None, "en"); house.open()
from tests.jobs.conftest import firm
firm()
"""


@pytest.fixture
def books(tmp_path: Path) -> str:
    folder = str(tmp_path / "books")
    tables.in_folder(tmp_path / "books")
    opened = run(code=OPEN, VOLDAAN_DATA=folder, DJANGO_SETTINGS_MODULE="voldaan.config.settings")
    assert opened.returncode == 0, opened.stderr
    return folder


def asked(books: str, question: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{books}/voldaan.sqlite3?mode=ro", uri=True)) as database:
        return database.execute(question).fetchall()


SLOTS = "SELECT job, state FROM records_jobslot"
ALL_DONE = {"check": "done", "follow_up": "done", "outbox": "done"}


def test_it_serves_works_stops_and_comes_back_after_a_kill(books, tmp_path):
    port = free_port()
    words = ("serve", "--data", books, "--today", "2027-03-15")
    with Process(tmp_path / "first", *words, "--port", port) as first:
        assert first.says(AT)[2] == port
        assert fetched(f"http://127.0.0.1:{port}/") == 200
        until(lambda: dict(asked(books, SLOTS)) == ALL_DONE)
        status: dict[str, Any] = json.loads(run("status", "--json", "--data", books, "--today", "2027-03-15").stdout)
        signs = {sign["name"]: sign for sign in status["signs"]}
        assert (signs["jobs"]["ok"], signs["follow_up"]["at"]) == (True, "2027-03-15")

        other = run("serve", "--data", books)
        assert (other.returncode, other.stdout) == (3, "")
        assert f"served already: http://127.0.0.1:{port}/" in other.stderr

        first.kill()
    with Process(tmp_path / "second", *words, PORT=port) as second:
        assert second.says(AT)[2] == port
        assert fetched(f"http://127.0.0.1:{port}/") == 200
        assert second.stop() == 0
        assert second.said.count("\n") == 1, "one line says where, and nothing else is said"
    assert asked(books, "SELECT count(*) FROM records_message GROUP BY debtor_id") == [(1,)] * 3
    assert asked(books, "SELECT count(*) FROM records_event WHERE kind = 'follow_up.decided'") == [(1,)]


def test_a_port_that_is_asked_for_and_taken_is_refused(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        answer = run("serve", "--data", str(tmp_path / "books"), "--port", port)
    assert (answer.returncode, answer.stdout) == (3, "")
    assert f"Port {port} is in use" in answer.stderr
    assert not (tmp_path / "books" / "voldaan.sqlite3").exists(), "nothing was begun"


def test_an_empty_folder_is_made_and_served_at_the_next_free_port(tmp_path):
    folders = [tmp_path / "new" / "one", tmp_path / "new" / "two"]
    with (
        Process(tmp_path / "log 1", "serve", "--data", str(folders[0])) as one,
        Process(tmp_path / "log 2", "serve", "--data", str(folders[1])) as two,
    ):
        ports = {int(process.says(AT)[2]) for process in (one, two)}
        assert len(ports) == 2
        assert all(8000 <= port < 8100 for port in ports)
        assert {folder.stat().st_mode & 0o077 for folder in folders} == {0}
        assert (one.stop(), two.stop()) == (0, 0)


SERVER = "postgres://nobody@127.0.0.1:9/none"


@pytest.mark.parametrize(
    ("words", "server", "says"),
    [
        ("web", "", "Use voldaan serve"),
        ("worker", "", "Use voldaan serve"),
        ("serve", SERVER, "voldaan web and voldaan worker"),
        ("web --host 0.0.0.0", SERVER, "VOLDAAN_BEHIND_PROXY"),
        ("web --host ::", SERVER, "VOLDAAN_BEHIND_PROXY"),
        ("web --host voldaan.example", SERVER, "VOLDAAN_BEHIND_PROXY"),
    ],
)
def test_what_cannot_be_is_refused_and_says_what_to_do(typed, settings, words, server, says):
    settings.SERVER = server
    answer = typed(*words.split(), exits=3)
    assert answer.stdout == ""
    assert says in answer.stderr


def test_the_day_of_the_server_tier_is_that_of_the_clock(typed, settings):
    settings.SERVER = SERVER
    for verb in ("web", "worker"):
        assert "leave --today out" in typed(verb, "--today", "2027-03-01", exits=2).stderr
