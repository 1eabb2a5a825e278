"""Interruptions at the command line: written down once, seen in the report, and taken back."""

from __future__ import annotations

from tests.cli.conftest import INIT
from voldaan.cli.shell import REFUSED, USAGE

NOW = ("--today", "2027-03-01")
SAID = ("--what", "acknowledgement", "--on", "2027-02-01", "--proof", "mail van 1 februari", *NOW)


def test_an_interruption_is_written_down_once_seen_and_taken_back(typed, asked):
    typed(*INIT)
    typed("debtor", "add", "--name", "Klant", "--number", "1")
    typed("invoice", "receive", "1", "--number", "F1", "--amount", "100", "--date", "2026-01-01")

    def last_day() -> str:
        (row,) = asked("report", "limitation", *NOW)
        return str(row["last_day"])

    before = last_day()
    (id_,) = typed("interruption", "record", "F1", *SAID).stdout.split()
    assert typed("interruption", "record", "F1", *SAID).stdout.split() == [id_], "the same twice is one"
    (row,) = asked("report", "limitation", *NOW)
    assert [(one["id"], one["proof"]) for one in row["interruptions"]] == [(id_, "mail van 1 februari")]
    assert row["last_day"] > before
    assert "Taken back" in typed("interruption", "take-back", id_, "--reason", "vergissing", *NOW).stdout
    assert last_day() == before
    again = typed("interruption", "take-back", id_, "--reason", "vergissing", *NOW, exits=REFUSED)
    assert f"There is no interruption {id_} that still stands." in again.stderr


def test_what_cannot_be_is_refused(typed):
    typed(*INIT)
    assert "F9" in typed("interruption", "record", "F9", *SAID, exits=REFUSED).stderr
    typed("interruption", "record", "F9", "--what", "telefoon", *SAID[2:], exits=USAGE)
