"""A request inside books: what the entrance of the house gives it before a page is asked."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from voldaan.queries import administrations
from voldaan.rules.permissions import Actor


class Entered(HttpRequest):
    """A request about one administration."""

    books: administrations.Entered
    actor: Actor
    today: date
