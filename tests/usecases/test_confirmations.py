"""What was confirmed stays, and copies of the product do what one does; killed, or of another version (P26, P28).

`VOLDAAN_KILLS` says how many kills. The payments are booked by the verb behind `voldaan pay`, one after another, by a
client that notes each confirmation only when the verb has answered.
"""

from __future__ import annotations

import copy
import json
import os
import random
import re
import time
from collections import Counter
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.tools.mail_server import MailServer
from tests.tools.processes import Process, free_port, run, until
from tests.tools.visitor import Visitor
from tests.usecases import test_kills, test_machine
from tests.usecases.test_kills import AFTER, DAY, IN_SMALL_SPANS, KILLS, NEXT, SEED, SETTLE, Firm, kept
from tests.usecases.test_machine import FULL_SIZE, ON_POSTGRES, RESTARTS, Server, on_server, only_postgres

opened, server = test_kills.opened, test_machine.server  # the fixtures
REFUSED = 3
ROUNDS, COPIES = (10, (1, 2, 4)) if FULL_SIZE else (1, (1, 4))

PAY = """
import itertools, sys
from datetime import date
from voldaan.config.entry import Installation
Installation().prepare(None, "en")
from voldaan.queries import administrations
from voldaan.rules.money import typed
from voldaan.usecases import payments
day = date(2027, 3, 1)
words = {"actor": administrations.act(administrations.enter(None), email=None, via="test"), "today": day}
for nth in itertools.count(int(sys.argv[1])):
    done = payments.record(invoice=f"F{nth % 3}", amount=typed("0.01"), paid_on=day, key=f"K{nth}", **words)
    print(f"K{nth} {done.number}", flush=True)
"""
# Each payment that is in the books: its key and its booking number; and the checks that found something.
BOOKED = """
import json
from voldaan.config.entry import Installation
Installation().prepare(None, "en")
from voldaan.queries import administrations, bookings, checks
from voldaan.queries.moments import NOW
actor = administrations.act(administrations.enter(None), email=None, via="test")
paid = [row for row in bookings.entries(moment=NOW, actor=actor) if row.source.startswith("payment-key:")]
print(json.dumps([[f"{row.source.partition(':')[2]} {row.number}" for row in paid],
                  [one.name for one in checks.check(actor=actor) if not one.ok]]))
"""
OWNER = """
import sys
from datetime import UTC, date, datetime
from voldaan.config.entry import Installation
house = Installation()
house.prepare(None, "en")
from voldaan.queries import administrations
from voldaan.usecases import people
actor = administrations.act(administrations.enter(None), email=None, via="test")
words = {"email": sys.argv[1], "actor": actor, "today": date(2027, 3, 1)}
people.add(role="owner", **words)
print(house.link(people.invite(now=datetime.now(UTC), **words)))
"""
CUSTOMER = """
import json
from voldaan.config.entry import Installation
Installation().prepare(None, "en")
from voldaan.queries import administrations, debtors
books = administrations.enter(None)
actor = administrations.act(books, email=None, via="test")
print(json.dumps([books.slug, debtors.found("", actor=actor)[0].id]))
"""
CITY = """
from voldaan.config.entry import Installation
Installation().prepare(None, "en")
from voldaan.queries import administrations, debtors
actor = administrations.act(administrations.enter(None), email=None, via="test")
print(debtors.found("", actor=actor)[0].city or 0)
"""
SQL = """
import sys
from voldaan.config.entry import Installation
Installation().prepare(None, "en")
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(sys.argv[1])
"""
# The real command, several times.
IN_A_ROW = """
import json, sys
from voldaan.config.entry import main
for words in json.loads(sys.argv[1]):
    sys.argv[1:] = words
    try:
        main()
    except SystemExit as end:
        assert end.code in (None, 0, 4), words
"""
# The real command on a SQLite that does not wait for the disk.
CARELESS = """
from voldaan.config import settings
settings.SQLITE["OPTIONS"]["init_command"] += "PRAGMA synchronous=NORMAL;"
from voldaan.config.entry import main
main()
"""


def confirmed(process: Process) -> list[str]:
    """Give what was noted so far; a line that was cut off is no confirmation."""
    return re.findall(r"^(K\d+ \d+)\n", process.said, re.MULTILINE)


def pay_on(firm: Firm, noted: list[str], chance: random.Random, end) -> bool:
    """Book payments until `end` comes in the middle of it; tell whether it did. All that was noted must be there."""
    with firm.begin(str(len(noted)), code=PAY) as process:
        reached = chance.randrange(1, 30)
        until(lambda: len(confirmed(process)) >= reached or process.process.poll() is not None)
        time.sleep(chance.uniform(0, 0.03))
        landed = process.process.poll() is None
        end(process)
        noted += confirmed(process)
    booked, broken = json.loads(firm.say(code=BOOKED))
    assert set(noted) <= set(booked), "a confirmed payment is lost"
    # The one that was in hand may be booked; it has the next key, and is known by it when it is done again.
    assert len(booked) - len(noted) in (0, 1)
    assert len({one.partition(" ")[0] for one in booked}) == len(booked), "a payment is booked twice"
    assert broken == []
    return landed


def test_what_was_confirmed_survives_a_kill(opened):
    chance, noted = random.Random(SEED), list[str]()
    firm: Firm = opened(3)
    landed = sum(pay_on(firm, noted, chance, Process.kill) for _ in range(KILLS))
    assert landed >= KILLS / 2
    assert len(set(noted)) == len(noted) > KILLS


def test_what_a_page_confirmed_survives_a_kill(opened):
    """Somebody changes the city of a customer again and again, and notes each that the next page tells to be kept."""
    chance, noted, landed = random.Random(SEED), [0], 0
    firm: Firm = opened(3)
    owner = {"email": "eigenaar@b.example"}
    link = re.search(r"/start/(\S+)/", firm.say(owner["email"], code=OWNER))
    assert link
    visitor, form = Visitor(), {"back": "/"}
    (slug, customer) = json.loads(firm.say(code=CUSTOMER))
    for nth in range(KILLS):
        verb = "web" if ON_POSTGRES else "serve"
        with firm.begin(verb, "--port", free_port()) as process:
            site = process.says(r"(http://\S+)/ ")[1]
            page = f"{site}/{slug}/klanten/{customer}/"
            if nth == 0:
                visitor.sees(f"{site}/start/{link[1]}/")
                visitor.sees(f"{site}/start/", {"name": "Eigenaar", "password": "een lange zin van een eigenaar"})
            visitor.sees(page)
            client = Thread(target=change_on, args=(visitor, page, form, noted))
            client.start()
            _until_noted(noted, noted[0] + chance.randrange(1, 15))
            time.sleep(chance.uniform(0, 0.02))
            process.kill()
            client.join(30)
            landed += 1
        kept_now = int(json.loads(firm.say(code=CITY)))
        assert kept_now in (noted[0], noted[0] + 1), "what a page confirmed is lost"
        noted[0] = kept_now
    assert landed == KILLS
    assert json.loads(firm.say(code=BOOKED))[1] == []


def _until_noted(noted: list[int], reached: int) -> None:
    until(lambda: noted[0] >= reached)


def change_on(visitor: Visitor, page: str, form: dict[str, str], noted: list[int]) -> None:
    """Change and change until nobody answers."""
    while True:
        try:
            said = visitor.sees(f"{page}gegevens/", form | {"city": f"{noted[0] + 1}"})
        except OSError:
            return
        assert f'value="{noted[0] + 1}"' in said
        noted[0] += 1


@only_postgres
def test_what_was_confirmed_survives_a_server_that_is_struck_down(server: Server, tmp_path: Path):
    chance, noted = random.Random(SEED), list[str]()
    firm = on_server(server, tmp_path, 3)

    def strike(process: Process) -> None:
        server.strike()
        assert process.process.wait(30) != 0, "it went on without a database"
        server.back()

    landed = sum(pay_on(firm, noted, chance, strike) for _ in range(RESTARTS))
    assert landed >= RESTARTS / 2
    assert len(set(noted)) == len(noted) > RESTARTS


def test_the_status_says_whether_the_database_waits_for_the_disk(opened):
    firm: Firm = opened(3)

    def sign(code: str = "") -> tuple[bool, str]:
        answer = run("status", "--today", DAY, "--json", code=code, **firm.environment)
        (found,) = [one for one in json.loads(answer.stdout)["signs"] if one["name"] == "on_disk"]
        return found["ok"], found["in_words"]

    assert sign() == (True, "What is confirmed is on disk, and survives a power cut.")
    if ON_POSTGRES:
        name = urlsplit(firm.environment["DATABASE_URL"]).path[1:]
        firm.say(f'ALTER DATABASE "{name}" SET synchronous_commit = off', code=SQL)
        ok, said = sign()
    else:
        ok, said = sign(CARELESS)
    assert (ok, ("synchronous_commit answers off" if ON_POSTGRES else "synchronous answers 1") in said) == (
        False,
        True,
    ), said


@only_postgres
@pytest.mark.parametrize("seed", range(SEED, SEED + ROUNDS))
def test_copies_of_which_one_is_killed_do_what_one_does(opened, seed):
    """Two and four copies run and send the same books as one that is alone, and the fingerprints are the same."""
    decided = []
    with MailServer(late_seconds=0.02) as mails:
        for firm, copies in zip(copied(opened(18, mails.port), len(COPIES)), COPIES, strict=True):
            chance, before = random.Random(seed), len(mails.received)
            at_once(firm, copies, "run", IN_SMALL_SPANS, lambda one: one.said.count("at work"), chance)
            steps = [["run", "--today", DAY], ["fingerprint", "--json"], ["approve", "--all", "--today", DAY]]
            decided.append(
                re.findall(r"^\[.*?^\]", firm.say(json.dumps(steps), code=IN_A_ROW), re.MULTILINE | re.DOTALL)
            )
            at_once(firm, copies, "send", "", lambda _, n=before: len(mails.received) - n, chance)
            firm.say("send", "--today", NEXT)
            look, left = firm.look(NEXT), kept(mails)
            # Of one that the killed copy had in hand nobody knows whether it left; a person settles it.
            unknown = [id_ for id_, state in look.states.items() if state == "uncertain"]
            assert len(unknown) <= (copies > 1)
            if unknown:
                settled = [f"{id_.partition('.')[0]}:{'sent' if id_ in left else 'not'}" for id_ in unknown]
                firm.say(*settled, code=SETTLE)
                firm.say("send", "--today", AFTER)
                look = firm.look(AFTER)
            assert (Counter(look.states.values()), look.broken) == (Counter(sent=12), [])
            assert [kept(mails)[id_] for id_ in look.states] == [1] * 12
        assert (len(mails.received), mails.faults) == (len(COPIES) * 12, [])
    assert len(decided[0]) == 1
    assert decided == decided[:1] * len(COPIES), "more copies decided something else"


def copied(firm: Firm, times: int) -> list[Firm]:
    """Give so many copies of the same books: databases made after the first one."""
    address = urlsplit(firm.environment["DATABASE_URL"])
    firms = [copy.copy(firm) for _ in range(times)]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for nth, each in enumerate(firms):
            connection.execute(f'CREATE DATABASE "{address.path[1:]}_{nth}" TEMPLATE "{address.path[1:]}"'.encode())
            url = address._replace(path=f"{address.path}_{nth}").geturl()
            each.environment = firm.environment | {"DATABASE_URL": url}
            each.folder = firm.folder / str(nth)
            each.folder.mkdir()
    return firms


def at_once(firm: Firm, copies: int, verb: str, code: str, reached, chance: random.Random) -> None:
    """Let so many copies work at once; kill one of them, unless it is alone."""
    begun = [firm.begin(verb, "--today", DAY, code=code) for _ in range(copies)]
    if copies > 1:
        victim, wanted = begun.pop(), chance.randrange(1, 4)
        until(lambda: reached(victim) >= wanted or victim.process.poll() is not None)
        victim.kill()
    assert [one.process.wait(60) for one in begun] == [0] * len(begun), [one.said for one in begun]


def test_tables_of_another_version_are_left_alone(opened):
    firm: Firm = opened(3)
    newer = "'9999_of_a_newer_version'"
    firm.say("INSERT INTO django_migrations (app, name, applied) "
             f"VALUES ('records', {newer}, CURRENT_TIMESTAMP)", code=SQL)  # fmt: skip
    for words in (["run"], ["migrate"]):
        refused(firm, words, "of a newer version")
    firm.say(f"DELETE FROM django_migrations WHERE name = {newer}", code=SQL)
    if ON_POSTGRES:  # on SQLite they are brought up to date by themselves: there is one process
        last = "(SELECT max(id) FROM django_migrations WHERE app = 'records')"
        firm.say(f"UPDATE django_migrations SET app = 'gone' WHERE id = {last}", code=SQL)
        refused(firm, ["run"], "voldaan migrate")
        firm.say("UPDATE django_migrations SET app = 'records' WHERE app = 'gone'", code=SQL)
    look = firm.look(DAY)
    assert (look.work, look.broken) == ([], [])
    assert "3 items decided" in firm.say("run", "--today", DAY)


def refused(firm: Firm, words: list[str], why: str) -> None:
    answer = run(*words, "--today", DAY, **firm.environment)
    assert (answer.returncode, why in answer.stderr) == (REFUSED, True), answer.stderr
