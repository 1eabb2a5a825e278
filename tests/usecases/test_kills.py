"""Real imports, runs and senders that are killed with -9, and many at once: nothing twice, nothing lost.

`VOLDAAN_KILLS` says how many kills each of them gets. They run on the engine that the tests run on, in books of
their own.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.tools import tables
from tests.tools.bank_year import BankYear
from tests.tools.files import PAYER, Movement, camt053
from tests.tools.mail_server import MailServer
from tests.tools.processes import Process, run, until

KILLS = int(os.environ.get("VOLDAAN_KILLS", "2"))
AT_ONCE = 8 if KILLS > 2 else 3
SEED = int(os.environ.get("VOLDAAN_SEED", "7"))
DAY, NEXT, AFTER = "2027-03-01T12:00", "2027-03-02T12:00", "2027-03-03T12:00"

# Every third customer is called first; all others get a reminder.
OPEN = """
import sys
from voldaan.config.entry import Installation
house = Installation(); house.prepare(None, "en"); house.migrate()
from tests.jobs.conftest import change, firm
from voldaan.usecases import debtors, strategies
books = firm(customers=int(sys.argv[1]), sender="wij@hart.example", live="on", large_run="5000",
             smtp="smtp://127.0.0.1:" + sys.argv[2])
call = [{"code": "call", "kind": "call", "anchor": "due_date", "days": 1}]
words = {"actor": books.actor, "today": books.today}
strategies.define(code="bellen", content={"name": "Bellen", "minimum_cents": 0, "steps": call}, **words)
for nth in range(0, int(sys.argv[1]), 3):
    debtors.change(debtor=str(nth), strategy="bellen", **words)
"""
# The real command, deciding for three customers at a time, and saying when it begins with each.
IN_SMALL_SPANS = """
from voldaan.config.entry import Installation, main
Installation().prepare(None, "en")
from voldaan.usecases import runs
runs.SPAN, decide = 3, runs._decide
def saying(*what, **words):
    print("at work", flush=True)
    decide(*what, **words)
runs._decide = saying
main()
"""

# What the books say: the state of each message, what waits for a person, which checks found something, receipts.
LOOK = """
import json, sys
from datetime import date
from voldaan.config.entry import Installation
Installation().prepare(None, "en")
from voldaan.queries import administrations, bank_inbox, checks, messages, worklist
books = administrations.enter(None)
words = {"actor": administrations.act(books, email=None, via="test"), "today": date.fromisoformat(sys.argv[1])}
print(json.dumps([
    {one.message_id: one.state for one in messages.messages(**words)},
    [[one.kind, one.debtor, one.id] for one in worklist.worklist(**words)],
    [one.name for one in checks.check(actor=words["actor"]) if not one.ok],
    [one.text for one in bank_inbox.transactions(actor=words["actor"])],
]))
"""
# A person settles what nobody knew.
SETTLE = """
import sys
from datetime import date
from voldaan.config.entry import Installation
Installation().prepare(None, "en")
from voldaan.queries import administrations
from voldaan.usecases import messages
words = {"actor": administrations.act(administrations.enter(None), email=None, via="test"), "today": date(2027, 3, 2)}
for told in sys.argv[1:]:
    id_, was_sent = told.split(":")
    messages.resolve(message=id_, was_sent=was_sent == "sent", **words)
"""


@dataclass(frozen=True)
class Look:
    """The books as they are."""

    states: dict[str, str]
    work: list[tuple[str, str, str]]
    broken: list[str]
    receipts: list[str]

    @property
    def todo(self) -> Counter[tuple[str, str]]:
        return Counter((kind, debtor) for kind, debtor, _ in self.work)


@dataclass
class Firm:
    """Books on disk or on a server, and the real command to work in them."""

    folder: Path
    environment: dict[str, str]
    customers: int
    port: int
    processes: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        opened = run(str(self.customers), str(self.port), code=OPEN, **self.environment)
        assert opened.returncode == 0, opened.stderr

    def say(self, *words: str, code: str = "") -> str:
        answer = run(*words, code=code, **self.environment)
        assert answer.returncode in (0, 4), f"{words}: {answer.stdout}{answer.stderr}"
        return answer.stdout

    def look(self, day: str) -> Look:
        return Look(*json.loads(self.say(day[:10], code=LOOK)))

    def begin(self, *words: str, code: str = "") -> Process:
        self.processes += 1
        return Process(self.folder / f"log {self.processes}", *words, code=code, **self.environment)


@pytest.fixture
def opened(tmp_path: Path):
    """Open books with so many customers, on the engine of this test run."""

    def open_(customers: int, port: int = 25) -> Firm:
        where = {"VOLDAAN_DATA": str(tmp_path / "books"), "DJANGO_SETTINGS_MODULE": "voldaan.config.settings"}
        if server := os.environ.get("DATABASE_URL"):
            where["DATABASE_URL"] = tables.on_server(server)
        else:
            tables.in_folder(tmp_path / "books")
        return Firm(tmp_path, where, customers, port)

    return open_


def kept(server: MailServer) -> Counter[str]:
    return Counter(str(message_from_bytes(one.content)["Message-ID"]).strip("<>") for one in list(server.received))


def test_a_run_that_is_killed_is_taken_up_and_decides_everything_once(opened):
    chance = random.Random(SEED)
    firm: Firm = opened(60)
    spans = firm.customers // 3
    landed = 0
    for _ in range(KILLS):
        with firm.begin("run", "--today", DAY, code=IN_SMALL_SPANS) as process:
            reached = chance.randrange(spans) + 1

            def so_far(process: Process = process, reached: int = reached) -> bool:
                return process.said.count("at work") >= reached or process.process.poll() is not None

            until(so_far)
            time.sleep(chance.uniform(0, 0.02))
            landed += process.process.poll() is None
            process.kill()
    assert landed >= KILLS / 2
    assert f"{firm.customers} items decided" in firm.say("run", "--today", DAY)
    calls = {("call", f"Klant {nth}") for nth in range(0, firm.customers, 3)}
    mails = {("message", f"Klant {nth}") for nth in range(firm.customers) if nth % 3}
    once = firm.look(DAY)
    assert (once.todo, once.broken) == (Counter(calls | mails), [])
    firm.say("run", "--today", DAY)
    assert firm.look(DAY) == once


# The real command, saying when it begins with the file.
IMPORT = """
from voldaan.config.entry import Installation, main
Installation().prepare(None, "en")
from voldaan.usecases import files
bring_in = files.bring_in
def saying(**words):
    print("at work", flush=True)
    return bring_in(**words)
files.bring_in = saying
main()
"""


def test_an_import_that_is_killed_is_taken_in_whole_or_not_at_all(opened):
    """Each file is killed once and brought in afterwards: every movement is there once, whatever the kill hit."""
    chance = random.Random(SEED)
    firm: Firm = opened(3)
    each, landed, told = 150, 0, []
    for nth in range(KILLS):
        day = date(2026, 1, 1) + timedelta(days=nth)
        movements = [Movement(day, 100 + n, PAYER, "Zee", f"{nth}-{n}") for n in range(each)]
        path = firm.folder / f"bank {nth}.xml"
        opening = nth * sum(one.cents for one in movements)
        path.write_text(camt053(movements, opening=opening, number=str(nth)))
        with firm.begin("import", str(path), "--today", DAY, code=IMPORT) as process:
            process.says("at work")
            time.sleep(chance.uniform(0, 0.15))
            landed += process.process.poll() is None
            process.kill()
        (answer,) = json.loads(run("import", str(path), "--today", DAY, "--json", **firm.environment).stdout)
        told.append((answer["result"], answer["new"]))
    assert landed >= KILLS / 2
    assert set(told) <= {("imported", each), ("known", 0)}, "half a file was there"
    look = firm.look(DAY)
    assert Counter(look.receipts) == Counter(f"{nth}-{n}" for nth in range(KILLS) for n in range(each))
    assert look.broken == []


# The real command, ending itself at a random moment of the nth file as hard as kill -9 does: nothing handles the alarm.
DYING_IMPORT = """
import signal
from voldaan.config.entry import Installation, main
Installation().prepare(None, "en")
from voldaan.usecases import files
bring_in, begun = files.bring_in, []
def dying(**words):
    begun.append(words)
    if len(begun) == {nth}:
        signal.setitimer(signal.ITIMER_REAL, {seconds})
    return bring_in(**words)
files.bring_in = dying
main()
"""


def test_a_year_of_bank_papers_that_is_killed_is_there_once(opened):
    """Papers that overlap, in every format and any order; each time one command takes in all that there are."""
    chance = random.Random(SEED)
    year = BankYear(10 + 2 * KILLS, SEED)
    firm: Firm = opened(3)
    paths = []
    for nth, paper in enumerate(year.papers(KILLS)):
        paths.append(str(firm.folder / f"bank {nth}"))
        Path(paths[-1]).write_text(paper)
    words = ("import", *paths, "--accept-unbalanced", "--today", DAY)
    for _ in range(KILLS):
        # Never near the end, so that each of them is cut off in the middle of its work.
        nth, seconds = chance.randrange(len(paths) // 2) + 1, chance.uniform(0.001, 0.02)
        cut = run(*words, code=DYING_IMPORT.format(nth=nth, seconds=seconds), **firm.environment)
        assert cut.returncode == -signal.SIGALRM, cut.stderr
    firm.say(*words)
    look = firm.look(DAY)
    assert len(look.receipts) == len(year.movements)
    assert {text for text in look.receipts if "post" in text} == {m.text for m in year.movements if "post" in m.text}
    assert look.broken == []


def test_a_sender_that_is_killed_loses_nothing_and_repeats_nothing(opened):
    """Each kill leaves at most one message of which nobody knows; a person settles it, and then all is done."""
    chance = random.Random(SEED)
    with MailServer(late_seconds=0.03) as server:
        firm: Firm = opened(KILLS * 9, server.port)
        firm.say("run", "--today", DAY)
        firm.say("approve", "--all", "--today", DAY)
        landed = 0
        for _ in range(KILLS):
            # Half of them while the mail server has it and did not say so yet.
            server.mode = chance.choice(["accept", "take_and_answer_late"])
            before, more = len(server.received), chance.randrange(1, 5)
            with firm.begin("send", "--today", DAY) as process:
                until(_reached(server, before + more, process))
                time.sleep(chance.uniform(0, 0.04))
                landed += process.process.poll() is None
                process.kill()
        server.mode = "accept"
        assert landed >= KILLS / 2
        firm.say("send", "--today", NEXT)  # the lease of the last one has ended
        look, mails = firm.look(NEXT), kept(server)
        assert set(mails.values()) == {1}, "a mail left twice"
        sent = {id_ for id_, state in look.states.items() if state == "sent"}
        unknown = {id_ for id_, state in look.states.items() if state == "uncertain"}
        assert len(look.states) == KILLS * 6
        assert sent | unknown == set(look.states), Counter(look.states.values())
        assert sent <= set(mails) <= sent | unknown
        assert len(unknown) <= landed
        assert {id_ for kind, _, id_ in look.work if kind == "uncertain"} == {id_.partition(".")[0] for id_ in unknown}
        assert look.broken == []
        settled = [f"{id_.partition('.')[0]}:{'sent' if id_ in mails else 'not'}" for id_ in unknown]
        firm.say(*settled, code=SETTLE)
        firm.say("send", "--today", AFTER)
        look = firm.look(AFTER)
        assert set(look.states.values()) == {"sent"}
        assert kept(server) == Counter(list(look.states))
        assert (look.broken, server.faults) == ([], [])


def _reached(server: MailServer, count: int, process: Process) -> Callable[[], bool]:
    return lambda: len(server.received) >= count or process.process.poll() is not None


def test_many_processes_at_once_run_and_send_each_message_once(opened):
    with MailServer() as server:
        firm: Firm = opened(30, server.port)
        for verb in ("run", "send"):
            if verb == "send":
                firm.say("approve", "--all", "--today", DAY)
            begun = [firm.begin(verb, "--today", DAY) for _ in range(AT_ONCE)]
            assert [process.process.wait(60) for process in begun] == [0] * AT_ONCE, [one.said for one in begun]
            look = firm.look(DAY)
            assert look.broken == []
            if verb == "run":
                assert (len(look.todo), set(look.todo.values())) == (firm.customers, {1})
                assert set(look.states.values()) == {"planned"}
        assert set(look.states.values()) == {"sent"}
        assert kept(server) == Counter(list(look.states))
        assert len(look.states) == 20
        assert server.faults == []
