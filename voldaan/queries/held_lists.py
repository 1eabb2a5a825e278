"""Lists that wait until a person says what their columns are: how they look, and what would come of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, cast

from voldaan.formats import open_items
from voldaan.formats.open_items import Mapping, OpenItemsReading, Survey
from voldaan.records import documents
from voldaan.records.documents import Document
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchFile


@dataclass(frozen=True, slots=True)
class HeldList:
    """One list: its name, its columns, and what stands in it."""

    name: str
    survey: Survey
    data: bytes

    def read(self, mapping: Mapping | None) -> OpenItemsReading:
        """Read it as a person says, else as is guessed."""
        return open_items.read(BytesIO(self.data), mapping)


def held_list(id_: str, *, sheet: str = "", actor: Actor) -> HeldList:
    """Show the columns of a list, on one of its sheets.

    Raises:
        NoSuchFile: there is none of this id, or it has no columns.
    """
    name, data = held_file(id_, actor=actor)
    seen = open_items.survey(data, sheet=sheet)
    if seen is None:
        raise NoSuchFile(id=id_)
    return HeldList(name, seen, data)


def held_file(id_: str, *, actor: Actor) -> tuple[str, bytes]:
    """Give name and content of a file that waits.

    Raises:
        NoSuchFile: there is none of this id.
    """
    with opened(id_, actor=actor) as (name, source):
        return name, source.read()


@contextmanager
def opened(id_: str, *, actor: Actor) -> Iterator[tuple[str, BinaryIO]]:
    """Give the name of a file that waits, and the file itself, opened.

    Raises:
        NoSuchFile: there is none of this id.
    """
    actor.must(Deed.IMPORT)
    document = Document.objects.of(actor.administration_id).filter(public_id=id_).first()
    if document is None:
        raise NoSuchFile(id=id_)
    with documents.opened(document) as source:
        yield document.name, cast("BinaryIO", source)
