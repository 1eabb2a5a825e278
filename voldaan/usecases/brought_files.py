"""Large files that people bring: kept at once, taken in by the worker, and told as any other file is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, BinaryIO

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from voldaan.records import documents, progress
from voldaan.records.brought_files import WAITING, BroughtFile
from voldaan.records.documents import Document
from voldaan.rules.brought_files import BroughtState
from voldaan.rules.papers import Problem
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import mark
from voldaan.rules.taking_in import Part, Progress
from voldaan.rules.unknown import NoSuchFile
from voldaan.usecases import bell, events, files
from voldaan.usecases.files import Imported

log = logging.getLogger(__name__)

OUR_FAULT = mark(
    "Reading it broke off by a fault of Voldaan ({fault}). Nothing of it came in. Please report it with the file."
)
WRITTEN_EVERY = timedelta(seconds=0.5)


class Stopped(Exception):  # noqa: N818 - rolls back what was begun
    """A person stopped it."""


@transaction.atomic
def hand_over(*, name: str, source: BinaryIO, accept_unbalanced: bool = False, actor: Actor, today: date,
              machine: datetime) -> str:  # fmt: skip
    """Keep a file and leave it to the worker; give its id. The same content is one as long as it waits."""
    actor.must(Deed.IMPORT)
    name = name.encode(errors="replace").decode().replace("\0", "")[-255:]
    document = _kept(name, source, actor)
    of_document = BroughtFile.objects.of(actor.administration_id).filter(document=document)
    row, is_new = of_document.get_or_create(
        administration_id=actor.administration_id, document=document, state=BroughtState.WAITING.value,
        defaults={"name": name, "accept_unbalanced": accept_unbalanced, "brought_by_id": actor.user_id,
                  "brought_at": machine},
    )  # fmt: skip
    if accept_unbalanced and not row.accept_unbalanced:
        row.accept_unbalanced = True
        row.save(update_fields=["accept_unbalanced"])
    if is_new:
        of_document.exclude(pk=row.pk).update(is_seen=True)  # what became of it before is of no interest any more
        events.write("file.brought", actor=actor, today=today, file=document.public_id, name=name)
        transaction.on_commit(partial(bell.ring, actor.administration_id))
    return str(row.public_id)


def do_wait(administration_id: int) -> bool:
    """Tell whether any file waits for the worker."""
    return _waiting(administration_id).exists()


def take_in(*, tell: Callable[[], None] = lambda: None, clock: Callable[[], datetime], actor: Actor,
            today: date) -> Imported | None:  # fmt: skip
    """Take in the file that waits longest, and write down what became of it; None: none waits.

    What comes in is written down in the transaction of the import: whoever is killed leaves it waiting. What does not
    is written down once all of that was rolled back, not only to a savepoint: after a large one, SQLite 3.40 loses what
    is committed next, if it is killed then. `tell` hears now and then that the work gets on.
    """
    actor.must(Deed.IMPORT)
    row = _waiting(actor.administration_id).order_by("pk").first()
    if row is None:
        return None
    heard = _Hearing(row.public_id, tell, clock)
    try:
        heard(Part.READING, 0, 0)
        with documents.opened(row.document) as source:
            answer = files.bring_in(
                name=row.name, source=source, accept_unbalanced=row.accept_unbalanced, hold=True,  # type: ignore[arg-type]
                tell=heard, beside=lambda taken: _end(row, BroughtState.TAKEN, taken, clock()), actor=actor,
                today=today,
            )  # fmt: skip
        if answer.result not in files.IN_THE_BOOKS:
            _end(row, BroughtState.REFUSED, answer, clock())
    except Stopped:
        answer = Imported(row.name, None, "stopped")
        _end(row, BroughtState.STOPPED, answer, clock())
    except (InterfaceError, OperationalError):
        raise  # the database is away, or full: that is no fault of this file
    except Exception as fault:
        if not heard.is_own(fault):
            raise
        log.exception("%r could not be taken in", row.name)
        answer = files.refused(row.name, None, [Problem("file", OUR_FAULT, facts={"fault": type(fault).__name__})])
        _end(row, BroughtState.REFUSED, answer, clock())
    progress.clear(row.public_id)
    return answer


def stop(*, file: str, actor: Actor) -> None:
    """Ask that a file is not taken in. Once it is in the books, this changes nothing.

    It is no entry in the books, which may be locked by the very work that is to stop.

    Raises:
        NoSuchFile: there is none.
    """
    actor.must(Deed.IMPORT)
    row = _row(file, actor)
    if row.state == BroughtState.WAITING.value:
        progress.stop(row.public_id)
        bell.ring(actor.administration_id)


@transaction.atomic
def done_with(*, file: str, actor: Actor, today: date) -> None:
    """Take a file off the list that has been taken in, refused or stopped. Twice does no harm.

    Raises:
        NoSuchFile: there is none.
    """
    actor.must(Deed.IMPORT)
    row = _row(file, actor)
    if row.state != BroughtState.WAITING.value and not row.is_seen:
        row.is_seen = True
        row.save(update_fields=["is_seen"])
        events.write("file.brought_done", actor=actor, today=today, name=row.name)


class _Hearing:
    """Hears how far a file is: writes it down now and then, and stops where that was asked."""

    def __init__(self, file: str, tell: Callable[[], None], clock: Callable[[], datetime]) -> None:
        self.file = file
        self.tell = tell
        self.clock = clock
        self.began = clock()
        self.written: datetime | None = None
        self.from_worker: Exception | None = None

    def __call__(self, part: Part, done: int, of: int) -> None:
        """Hear it."""
        try:
            self.tell()
        except Exception as stopped:
            self.from_worker = stopped
            raise
        if progress.must_stop(self.file):
            raise Stopped
        now = self.clock()
        if self.written is None or now - self.written >= WRITTEN_EVERY:
            self.written = now
            with suppress(OSError):  # a bar that stands still harms nothing
                progress.write(self.file, Progress(part, done, of, self.began, now))

    def is_own(self, fault: Exception) -> bool:
        """Tell whether it went wrong with the file, and not with whoever works."""
        return fault is not self.from_worker


def _kept(name: str, source: BinaryIO, actor: Actor) -> Document:
    """Keep a content; twice where somebody else brought it at the same moment, and now it is there."""

    def keep() -> Document:
        return documents.keep(
            source, administration_id=actor.administration_id, name=name, media_type="application/octet-stream"
        )

    try:
        with transaction.atomic():
            return keep()
    except IntegrityError:
        return keep()


def _end(row: BroughtFile, state: BroughtState, answer: Imported, machine: datetime) -> None:
    row.state, row.answer, row.ended_at = state.value, asdict(answer), machine
    row.save(update_fields=["state", "answer", "ended_at"])


def _row(file: str, actor: Actor) -> BroughtFile:
    row = BroughtFile.objects.of(actor.administration_id).filter(public_id=file).first()
    if row is None:
        raise NoSuchFile(id=file)
    return row


def _waiting(administration_id: int) -> QuerySet[BroughtFile, Any]:
    return BroughtFile.objects.of(administration_id).filter(WAITING)
