"""A request inside books: what the entrance of the house gives it before a page is asked."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest

from voldaan.queries import administrations
from voldaan.rules.permissions import Actor, Deed

VISITS_DEMO = "visits_demo"  # in a session: its owner looks around in invented books, without being anybody
LANGUAGE, THEME, KEYS = (
    "voldaan-language",
    "voldaan-theme",
    "voldaan-keys",
)  # cookies: what a reader chose on this computer


class Entered(HttpRequest):
    """A request about one administration."""

    now: datetime  # by the clock of the machine
    books: administrations.Entered
    open_books: dict[str, tuple[administrations.Entered, frozenset[Deed]]]  # all that the reader may enter, by slug
    actor: Actor
    today: date


def day_in(time_zone: str, now: datetime) -> date:
    """Give the day that it is in a time zone, or the one that the house was told to live on."""
    instead: datetime | None = settings.TODAY_INSTEAD
    if instead is not None and instead.tzinfo is None:
        return instead.date()
    return (instead or now).astimezone(ZoneInfo(time_zone)).date()
