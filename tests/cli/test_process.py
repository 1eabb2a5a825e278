"""The command as a process: its data folder, its clock, pipes, our own fault, and what it does not load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import INIT, LIST


def run(*words: str, code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("VOLDAAN", "DATABASE_URL"))}
    command = [sys.executable, "-c", code, *words] if code else [sys.executable, "-m", "voldaan", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60,
        env={**known, "VOLDAAN_LANGUAGE": "en", **environment},
    )  # fmt: skip


@pytest.fixture(scope="module")
def books(tmp_path_factory) -> str:
    folder = str(tmp_path_factory.mktemp("house") / "books")
    opened = run(*INIT, "--data", folder)
    assert opened.returncode == 0, opened.stderr
    assert opened.stdout.startswith("The books of Drukkerij De Linde are open.\n")
    assert run("import", LIST, "--data", folder, "--today=2027-03-01").returncode == 4
    return folder


@pytest.mark.parametrize("where", ["before", "behind", "environment"])
def test_the_data_folder_is_named_anywhere(books, where):
    words = {
        "before": ["--data", books, "report", "aging", "--json"],
        "behind": ["report", "aging", "--json", f"--data={books}"],
        "environment": ["report", "aging", "--json"],
    }[where]
    answer = run(*words, VOLDAAN_DATA=books if where == "environment" else "elsewhere")
    assert json.loads(answer.stdout)[-1]["total_cents"] == 574750
    assert not Path("elsewhere").exists()


def test_the_folder_is_for_its_owner_only(books):
    assert Path(books).stat().st_mode & 0o077 == 0


def test_the_clock_is_replaced_anywhere(books):
    early = json.loads(run("--today", "2026-12-21", "report", "open-items", "--json", "--data", books).stdout)
    late = json.loads(run("report", "open-items", "--json", "--data", books, "--today", "2026-12-31T23:59").stdout)
    assert (early[0]["days_overdue"], late[0]["days_overdue"]) == (1, 11)


def test_a_backup_comes_back_in_an_empty_folder_and_nowhere_else(books, tmp_path):
    copy, elsewhere = str(tmp_path / "copy.zip"), str(tmp_path / "elsewhere")
    assert run("backup", "--to", copy, "--data", books).returncode == 0
    assert run("backup", "--verify", copy, "--data", elsewhere).returncode == 0
    assert run("restore", copy, "--data", elsewhere).returncode == 0
    assert run("fingerprint", "--data", elsewhere).stdout == run("fingerprint", "--data", books).stdout
    assert run("restore", copy, "--data", books).returncode == 3


def test_our_own_fault_is_70_and_shown_whole(books):
    broken = (
        "from voldaan.cli import main; main.Shell = None; from voldaan.config import entry; "
        "import sys; sys.argv[0] = 'voldaan'; entry.main()"
    )
    answer = run("settings", "--data", books, code=broken)
    assert answer.returncode == 70
    assert "Traceback" in answer.stderr
    assert answer.stdout == ""


def test_a_pipe_that_closes_is_no_crash(books):
    command = f"'{sys.executable}' -m voldaan report entries --json --data '{books}' | head -c 1"
    answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert answer.stdout == "["
    assert "Traceback" not in answer.stderr


def test_in_a_pipe_a_table_is_not_folded(books):
    lines = run("report", "entries", "--data", books).stdout.splitlines()
    assert len(lines) == 2 + 7


def test_help_needs_no_books_and_loads_no_database(tmp_path):
    loads = (
        "import sys; from voldaan.config import entry\ntry: entry.main()\nexcept SystemExit: pass\n"
        "print([name for name in ('django', 'rich', 'xlsxwriter', 'lxml') if name in sys.modules])"
    )
    answer = run("--help", code=loads, VOLDAAN_DATA=str(tmp_path / "books"))
    assert answer.stdout.splitlines()[-1] == "[]"
    assert not (tmp_path / "books").exists()


def test_inspect_makes_no_books(tmp_path):
    answer = run("inspect", LIST, "--json", "--data", str(tmp_path / "books"))
    assert (answer.returncode, json.loads(answer.stdout)[0]["format"]) == (0, "open-items-csv")
    assert not (tmp_path / "books").exists()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    answer = run("report", "aging", "--data", str(tmp_path / "file" / "books"))
    assert answer.returncode == 3
    assert "cannot be used" in answer.stderr
