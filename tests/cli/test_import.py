"""`voldaan inspect` and `voldaan import` as real processes: exit codes, words, and kill -9 (P14)."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.formats.bank_examples import EXAMPLES
from tests.tools import tables
from tests.tools.files import OTHER_PAYER, PAYER, Item, Movement, camt053, items, ubl

DAY = date(2027, 2, 1)


class Firm:
    """A data folder of its own, and the command in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "VOLDAAN_DATA")
        } | {"VOLDAAN_DATA": str(folder / "data"), "VOLDAAN_LANGUAGE": "en"}
        self.command = [sys.executable, "-m", "voldaan", "--today", "2027-03-01"]

    def run(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [*self.command, *words], env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        self.complaints = done.stderr
        return done.stdout

    def answers(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", code=code))

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    tables.in_folder(tmp_path / "data")
    firm = Firm(tmp_path)
    firm.run("init", "--name", "De Bakker", "--country", "NL", "--iban", "NL91ABNA0417164300", "--email", "a@b.example")
    return firm


def test_a_mix_of_files_each_for_itself(firm):
    zee = Item("10", "Café Zee", "20270001", 10_000)
    names = [
        firm.file("lijst.txt", items([zee])),
        firm.file("kapot.xml", camt053([Movement(DAY, 100)])[:400]),
        firm.file("bank.csv", camt053([Movement(DAY, 10_000, PAYER, "Café Zee", "20270001")])),
        firm.file("ubl.dat", ubl("20270002", 500, due="2027-01-01", issued="2027-02-01")),
    ]
    assert len(firm.answers("inspect", *names, code=3)) == 4
    told = firm.answers("import", *names, code=3)
    assert [one["result"] for one in told] == ["imported", "refused", "imported", "refused"]
    assert [one["file"] for one in told] == ["lijst.txt", "kapot.xml", "bank.csv", "ubl.dat"]
    assert (told[2]["booked"], told[2]["new"]) == (1, 1)
    again = firm.answers("import", names[0], names[2])
    assert [one["result"] for one in again] == ["known", "known"]
    firm.run("check")


def test_questions_wait_and_nothing_new_is_said(firm):
    content = items([Item("10", "Café Zee", "20270001", 10_000, due="")])
    told = firm.answers("import", firm.file("a.csv", content), code=4)
    assert told[0]["questions"]
    table = firm.run("import", firm.file("leeg.xml", camt053([], opening=5)))
    assert table.split()[-11:][2:4] == ["0", "0"], table
    whose = firm.file("c.csv", EXAMPLES["nl-argenta"].text)  # this bank does not say whose account it is
    firm.run("import", whose, code=3)
    assert firm.answers("import", "--account", "NL91 ABNA 0417 1643 00", whose)[0]["new"] == 2
    assert firm.run("import", "--accept-unbalanced", firm.file("o.xml", camt053([Movement(DAY, 1)], closing=9)))


def test_a_file_name_that_is_no_text(firm):
    path = os.path.join(os.fsencode(firm.folder), b"a\xff.xml")  # noqa: PTH118 - bytes
    try:
        Path(os.fsdecode(path)).write_text(camt053([Movement(DAY, 100)]))
    except OSError:
        pytest.skip("this disk takes no such names")
    assert firm.answers("import", os.fsdecode(path))[0]["result"] == "imported"


KILLS = int(os.environ.get("VOLDAAN_KILLS", "4"))


def test_killed_while_importing_it_is_before_or_after(firm):
    """The books are as they were or whole; afterwards the same file comes in."""
    firm.run("import", firm.file("l.csv", items([Item("10", "Café Zee", f"2027{n:04d}", 100 + n) for n in range(300)])))
    movements = [
        Movement(DAY + timedelta(days=n % 20), 100 + n % 300, payer, "Zee", f"2027{n % 300:04d}")
        for n, payer in enumerate([PAYER, OTHER_PAYER] * 750)
    ]
    path = firm.file("b.xml", camt053(sorted(movements, key=lambda m: m.day)))
    moments = random.Random(11)
    before = firm.run("fingerprint")
    started = time.monotonic()
    firm.run("import", "--dry-run", path)
    takes = time.monotonic() - started
    assert firm.run("fingerprint") == before
    seen, landed = [], 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [*firm.command, "import", path], env=firm.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(moments.uniform(takes * 0.2, takes * 0.6))
        process.send_signal(signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            break  # it was done before
        landed += 1
        seen.append(firm.run("fingerprint"))
        firm.run("check")
        if seen[-1] != before:
            break  # it was booked, and only could not say so any more
    told = firm.answers("import", path)
    assert told[0]["new"] + told[0]["known"] == 1_500
    after = firm.run("fingerprint")
    assert after != before
    assert set(seen) <= {before, after}
    assert landed
    firm.run("check")
