"""`voldaan fetch` as a real process: what it says, kill -9 before a file is moved, and many at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.tools.files import PAYER, Movement, camt053
from tests.tools.processes import environment, run

DAY = date(2025, 2, 1)  # past by any clock: the command has no other
# The real command, for which a file is whole at once; where it is told so, it dies just before it moves the first one.
COMMAND = """
import os, signal, sys
from voldaan.config.entry import Installation, main
Installation().prepare(None, "en")
from voldaan.outside.banks import folder
folder.SETTLED = 0
if "--dies" in sys.argv:
    sys.argv.remove("--dies")
    folder.Folder._move = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
main()
"""


class Firm:
    """Books in a data folder of their own, and their watched folder."""

    def __init__(self, tmp_path: Path) -> None:
        self.where = {"VOLDAAN_DATA": str(tmp_path / "data"), "VOLDAAN_DROP": str(tmp_path / "bank")}
        opened = run(
            "init", "--name", "Hart", "--country", "NL", "--iban", "NL91ABNA0417164300", "--email", "a@hart.example",
            **self.where,
        )  # fmt: skip
        assert opened.returncode == 0, opened.stderr
        self.drop = tmp_path / "bank" / "hart"
        self.drop.mkdir(parents=True)

    def fetch(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = run("fetch", *words, code=COMMAND, **self.where)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def asked(self, *words: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(run(*words, "--format", "json", **self.where).stdout)
        return found


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return Firm(tmp_path)


def day(nth: int, opening: int = 0) -> str:
    movement = Movement(DAY + timedelta(nth), 1000, PAYER, "Janssen", f"F{nth}", f"E{nth}")
    return camt053([movement], opening=opening, number=str(nth))


def test_it_says_what_became_of_each_file(firm):
    (firm.drop / "a.xml").write_text(day(1))
    (rows,) = [json.loads(firm.fetch("--format", "json").stdout)]
    assert [(row["administration"], row["file"], row["result"], row["new"]) for row in rows] == [
        ("hart", "a.xml", "imported", 1)
    ]
    (firm.drop / "b.txt").write_text("geen afschrift")
    done = firm.fetch(code=3)
    assert "b.txt, file:" in done.stderr
    assert json.loads(firm.fetch("--format", "json").stdout) == []


def test_a_statement_that_does_not_close_says_how_it_comes_in_anyway(firm):
    (firm.drop / "a.xml").write_text(camt053([Movement(DAY, 1)], closing=9))
    assert "voldaan import --accept-unbalanced FILE" in firm.fetch(code=3).stderr


def test_a_file_that_is_still_arriving_is_told(firm):
    (firm.drop / "a.xml").write_text(day(1))
    done = run("fetch", **firm.where)
    assert (done.returncode, "1 files changed a moment ago" in done.stderr) == (0, True)
    assert (firm.drop / "a.xml").exists()


def test_without_a_folder_it_says_how_to_have_one(firm):
    done = run("fetch", VOLDAAN_DATA=firm.where["VOLDAAN_DATA"])
    assert (done.returncode, "VOLDAAN_DROP" in done.stderr) == (0, True)


def test_a_folder_that_is_away_is_told_as_what_the_machine_would_not(firm):
    (firm.drop / ".voldaan").unlink(missing_ok=True)
    firm.drop.rmdir()
    firm.drop.parent.rmdir()
    assert "is not there" in firm.fetch(code=75).stderr


def test_killed_before_a_file_is_moved_it_comes_in_once(firm):
    (firm.drop / "a.xml").write_text(day(1))
    (firm.drop / "b.txt").write_text("geen afschrift")
    for _ in range(2):
        firm.fetch("--dies", code=-9)
    assert (firm.drop / "a.xml").exists()
    firm.fetch(code=3)
    assert len(firm.asked("report", "transactions")) == 1
    assert {path.name for path in (firm.drop / "refused").iterdir()} == {"b.txt", "b.txt.why.txt"}
    assert run("check", **firm.where).returncode == 0


def test_several_at_once_take_each_file_once(firm):
    for nth in range(6):
        (firm.drop / f"{nth}.xml").write_text(day(nth, opening=1000 * nth))
    command = [sys.executable, "-c", COMMAND, "fetch", "--format", "json"]
    at_work = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(**firm.where)) for _ in range(3)
    ]
    rows = [row for one in at_work for row in json.loads(one.communicate(timeout=60)[0])]
    assert Counter(row["result"] for row in rows) == {"imported": 6}
    assert len({row["file"] for row in rows}) == 6
    assert len(firm.asked("report", "transactions")) == 6
