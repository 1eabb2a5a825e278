"""The statutory rates of all countries, from `rates.csv` beside this file: each with its source and its certainty."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from voldaan.rules import rates
from voldaan.rules.rates import RateSchedule


@cache
def schedules() -> dict[tuple[str, str], RateSchedule]:
    """Give every schedule by country and kind."""
    with (files("voldaan.countries") / "rates.csv").open(encoding="utf-8") as lines:
        return rates.read(lines)


def schedule(country: str, kind: str) -> RateSchedule:
    """Give the rates of one kind in one country."""
    return schedules()[country, kind]
