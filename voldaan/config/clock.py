"""The one clock. Everything else is told what day it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Read the clock of this machine, in UTC."""
    return datetime.now(tz=UTC)


def moment(day: date, at: time, time_zone: str) -> datetime:
    """Give the moment at which the clocks in `time_zone` show this day and time."""
    return datetime.combine(day, at, ZoneInfo(time_zone))
