"""The places where banks leave files, as they were seen last, and the files from there that wait for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from voldaan.records.bank_places import PlaceSeen, RefusedFile
from voldaan.records.imports import Import
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class Place:
    """One place."""

    kind: str
    where: str
    looked_at: datetime
    arriving: int  # files that were not whole yet
    says: str  # why it could not be looked at: a marked sentence
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """One file that was refused there, and is neither in the books since nor done with."""

    id: str
    name: str
    refused_on: date
    problems: list[dict[str, Any]]  # place, what and facts
    held: str  # id of a list that was kept, so that its columns can be said


def places(*, actor: Actor) -> list[Place]:
    """List the places that are looked at."""
    actor.must(Deed.READ_BOOKS)
    rows = PlaceSeen.objects.of(actor.administration_id).order_by("kind")
    return [Place(*row) for row in rows.values_list("kind", "where", "looked_at", "arriving", "said", "facts")]


def refused_files(*, most: int, actor: Actor) -> list[Refused]:
    """List the refused files that wait, the newest first."""
    actor.must(Deed.READ_BOOKS)
    rows = waiting(actor.administration_id).order_by("-refused_on", "-pk")
    return [Refused(*row) for row in rows.values_list("public_id", "name", "refused_on", "problems", "held")[:most]]


def waiting(books: int) -> QuerySet[RefusedFile]:
    """Give the refused files that wait: part of a question that has asked who may."""
    came_in = Import.objects.of(books).filter(document__sha256=OuterRef("sha256"))
    return RefusedFile.objects.of(books).filter(~Exists(came_in), is_done=False)
