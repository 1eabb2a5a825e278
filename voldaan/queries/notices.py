"""What owners should know that happened: changes to accounts, to where mail comes from, and to who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from voldaan.records.events import Event
from voldaan.records.people import User
from voldaan.rules.permissions import Actor, Deed

SENSITIVE = ("account.added", "account.put_first", "account.removed", "person.added", "person.changed",
             "person.invited", "person.removed", "sender.changed")  # fmt: skip
KEPT = timedelta(days=7)  # so long it is told
MOST = 20


@dataclass(frozen=True, slots=True)
class Notice:
    """One change: what, about whom, by whom, when."""

    kind: str
    facts: dict[str, Any]
    about: str  # the address of the person it is about; empty where it is about nobody
    by: str  # the address of whoever did it; empty for a door without a person
    via: str
    at: datetime


def notices(*, actor: Actor, today: date) -> list[Notice]:
    """List the changes of the last days, the newest first; for who may make them, and for nobody else."""
    actor.must(Deed.READ_SETTINGS)
    if not actor.may(Deed.CHANGE_SENDER):
        return []
    events = told(actor.administration_id, today - KEPT).order_by("-number")
    rows = list(events.values_list("kind", "facts", "user__email", "via", "at")[:MOST])
    people = {facts["user"] for _, facts, *_ in rows if "user" in facts}
    addresses = dict(User.objects.filter(pk__in=people).values_list("pk", "email")) if people else {}
    return [
        Notice(kind, facts, addresses.get(facts.get("user"), ""), email or "", via, at)
        for kind, facts, email, via, at in rows
    ]


def told(books: int, since: date) -> QuerySet[Event]:
    """Find these changes: part of questions."""
    # None of these is about a customer: the index on those leads to the few events that are about nobody.
    return Event.objects.of(books).filter(debtor=None, kind__in=SENSITIVE, day__gt=since)
