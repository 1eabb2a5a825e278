"""A command line to type at: the real command, in this process, on the database of the test."""

from __future__ import annotations

import gettext
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from voldaan.cli.main import voldaan
from voldaan.config.entry import Installation

FILES = Path(__file__).parents[2] / "docs" / "tutorial" / "files"
LIST, STATEMENT, UNBALANCED = (
    str(FILES / name) for name in ("openstaande-posten.csv", "afschrift-2027-03-02.xml", "afschrift-sluit-niet.xml")
)
INIT = ("init", "--name", "Drukkerij De Linde", "--country", "NL", "--iban", "NL91ABNA0417164300", "--email",
        "eigenaar@linde.example", "--today", "2027-03-01")  # fmt: skip

Type = Callable[..., Result]


@pytest.fixture
def typed(db, monkeypatch: pytest.MonkeyPatch) -> Iterator[Type]:
    """Type a command, in English unless a language is said; the result has its exit code and both outputs."""
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.delenv("COLUMNS", raising=False)

    def type_(*words: str, language: str = "en", exits: int | None = 0) -> Result:
        monkeypatch.setenv("VOLDAAN_LANGUAGE", language)
        result = CliRunner().invoke(voldaan, words, obj=Installation(), prog_name="voldaan")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert exits in (None, result.exit_code), result.output
        return result

    with translation.override("en"):
        yield type_
    gettext.textdomain("messages")


@pytest.fixture
def asked(typed: Type) -> Callable[..., Any]:
    """Ask for JSON; nothing else may stand on stdout."""
    return lambda *words, exits=0: json.loads(typed(*words, "--json", exits=exits).stdout)


@pytest.fixture
def story(typed: Type, asked: Callable[..., Any], tmp_path: Path) -> dict[str, str]:
    """Open books with a list and a statement in them; give the ids that there are to talk about."""
    typed(*INIT)
    typed("user", "add", "controller@linde.example", "--role", "controller")
    typed("import", LIST, "--today", "2027-03-01", exits=4)
    typed("import", STATEMENT, "--today", "2027-03-03")
    (proposal,) = asked("proposals")
    transactions = {row["state"]: row["id"] for row in asked("report", "transactions")}
    (message, *_) = asked("run", "--today", "2027-03-03")["messages"]
    return {
        "proposal": proposal["id"], "unmatched": transactions["unmatched"], "message": message["id"],
        "folder": str(tmp_path),
    }  # fmt: skip
