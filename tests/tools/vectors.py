"""Worked cases of the law: a CSV file per rule, with what goes in and what must come out."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

FOLDER = Path(__file__).parents[1] / "rules" / "vectors"
FILES = sorted(FOLDER.glob("*.csv"))


def cases(*names: str) -> list[ParameterSet]:
    """Give each case of these files, by its id."""
    return [pytest.param(row, id=row["id"]) for name in names for row in rows(FOLDER / f"{name}.csv")]


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
