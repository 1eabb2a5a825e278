"""What every test may lean on: the sample files, and the rule about skips."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Where a red run must mean a red change, the examples are the same each time; at a desk they are new each time.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

SHARED = Path(os.environ.get("VOLDAAN_SHARED", Path(__file__).parents[2] / "shared")).resolve()
REQUIRED = set(filter(None, os.environ.get("VOLDAAN_REQUIRE", "").split(",")))


def absent(what: str, why: str) -> None:
    """Skip a test whose outside thing is not here, or fail where `VOLDAAN_REQUIRE` asks for that thing."""
    if what in REQUIRED:
        pytest.fail(f"VOLDAAN_REQUIRE asks for {what}: {why}", pytrace=False)
    pytest.skip(why)


@pytest.fixture(scope="session")
def samples() -> Path:
    """Give the folder with sample files of others, which are read in tests and never copied into the project."""
    folder = SHARED / "samples"
    if not folder.is_dir():
        absent("shared", f"no sample files at {folder}; VOLDAAN_SHARED names their parent folder")
    return folder


@pytest.fixture(scope="session")
def expected(samples: Path) -> dict[str, dict[str, Any]]:
    """Give the facts that each sample file must parse to, by its path below the samples folder."""
    facts: dict[str, dict[str, Any]] = json.loads((samples / "expected.json").read_text())
    return facts


@pytest.fixture(autouse=True, scope="session")
def _guards_lifted_around_every_flush() -> None:
    """Let the test runner empty append-only tables after a test that commits; nothing else may."""
    from django.db import connection
    from django.test import TransactionTestCase

    from voldaan.records import guards

    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def lifted(self: TransactionTestCase) -> None:
        with guards.lifted(connection):
            flush(self)

    TransactionTestCase._fixture_teardown = lifted  # type: ignore[attr-defined]
