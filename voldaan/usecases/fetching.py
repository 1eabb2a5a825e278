"""Taking in what banks leave at the places that are watched.

Each file goes through the same verb as one that a person brings, which commits; only then is it put aside. Whoever is
killed in between leaves it where it was, and its content is known at the next look.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import BinaryIO

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.crypto import get_random_string

from voldaan import formats
from voldaan.formats import Paper
from voldaan.outside.banks import PLACES
from voldaan.records.administrations import Administration
from voldaan.records.bank_places import PlaceSeen, RefusedFile
from voldaan.rules.bank_places import (
    BankPlace,
    FileMoved,
    PlaceBusy,
    PlaceTrouble,
    RefusedUnread,
    WaitingFile,
    as_text,
)
from voldaan.rules.papers import Problem
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, files
from voldaan.usecases.files import Imported

log = logging.getLogger(__name__)

NOT_KEPT = mark("{name} could not be read or kept: {why}. It stays where it is, and is taken in once that is mended.")
OUR_FAULT = mark(
    "{name} broke off by a fault of Voldaan ({fault}). It stays where it is. Please report it with the file."
)
LONGEST_LOOK = 900.0  # seconds: after that no new file is begun, which waits for the next look
MOST_PROBLEMS = 20  # of a refused file that are kept
HELD = timedelta(minutes=5)  # so long a place stays with whoever died there; one who works asks for more with each file
Why = Callable[[Sequence[Imported]], str]  # says to people why a file did not come in


class NoSuchRefusedFile(Refusal):
    code = "no_such_refused_file"
    kind = Kind.NOT_FOUND
    says = mark("There is no refused file {file} in this administration.")


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file, what became of it (of each file in it, if it is a zip), and whether it was put aside as taken."""

    name: str
    parts: list[tuple[str, Imported]]  # sha256 of each file in it, and its answer

    @property
    def answers(self) -> list[Imported]:
        """Give what became of each file in it."""
        return [answer for _, answer in self.parts]

    @property
    def is_taken(self) -> bool:
        """Tell whether all of it is in the books."""
        return all(answer.result in files.IN_THE_BOOKS for answer in self.answers)


@dataclass(slots=True)
class Look:
    """One look at one place."""

    kind: str
    where: str
    fetched: list[Fetched] = field(default_factory=list)
    arriving: int = 0
    is_busy: bool = False  # somebody else takes files there: nothing was done, or nothing more
    says: str = ""  # why it could not be looked at, or not wholly: a marked sentence
    facts: dict[str, str] = field(default_factory=dict)


def fetch(
    *, why: Why, actor: Actor, today: date, now: datetime, tell: Callable[..., None] = lambda: None
) -> list[Look]:
    """Take in every file that is whole at the places of an administration; `why` words a refusal, `tell` hears of each.

    What cannot be taken in is put aside with its reason, and waits for a person. Where somebody else takes files from a
    place already, it is left to him.
    """
    actor.must(Deed.IMPORT)
    slug = Administration.objects.values_list("slug", flat=True).get(pk=actor.administration_id)
    places = places_of(slug)
    PlaceSeen.objects.of(actor.administration_id).exclude(kind__in=[place.kind for place in places]).delete()
    return [_look(place, why, actor, today, now, tell) for place in places]


def places_of(slug: str) -> list[BankPlace]:
    """Give the places where banks leave files for an administration, as the operator set them up; opens none."""
    return [place for of in PLACES if (place := of(slug, os.environ)) is not None]


@transaction.atomic
def done_with(*, file: str, actor: Actor, today: date) -> str:
    """Say that a refused file needs nothing any more; give its name. Twice does no harm.

    Raises:
        NoSuchRefusedFile: there is none.
    """
    actor.must(Deed.IMPORT)
    row = RefusedFile.objects.of(actor.administration_id).select_for_update(no_key=True).filter(public_id=file).first()
    if row is None:
        raise NoSuchRefusedFile(file=file)
    if not row.is_done:
        row.is_done = True
        row.save(update_fields=["is_done"])
        events.write("file.refused_done", actor=actor, today=today, name=row.name)
    return row.name


def _look(place: BankPlace, why: Why, actor: Actor, today: date, now: datetime, tell: Callable[..., None]) -> Look:
    look = Look(place.kind, as_text(place.where))
    try:
        with _alone(place, actor, now) as go_on, place:
            waiting, look.arriving = place.waiting(go_on)
            refused = _take_in(place, waiting, look, actor, today, tell, go_on)
            _put_aside(place, refused, look, why, actor, today)
    except PlaceBusy:
        look.is_busy = True
        return look
    except (InterfaceError, OperationalError):
        raise  # the database is away: no other place would go better
    except Exception as error:  # noqa: BLE001 - with this one place; the others are looked at
        look.says, look.facts = _trouble(error, place.where)
    _write_down(look, actor, now)
    return look


@contextmanager
def _alone(place: BankPlace, actor: Actor, now: datetime) -> Iterator[Callable[[], None]]:
    """Keep others away where the place does not, which spares them the work: two at once would do no harm.

    Raises:
        PlaceBusy: somebody else takes files there.
    """
    if place.keeps_apart:
        yield lambda: None
        return
    PlaceSeen.objects.of(actor.administration_id).get_or_create(
        administration_id=actor.administration_id, kind=place.kind,
        defaults={"where": as_text(place.where)[-500:], "looked_at": now},
    )  # fmt: skip
    row = PlaceSeen.objects.of(actor.administration_id).filter(kind=place.kind)
    is_free = Q(held_until=None) | Q(held_until__lte=Now())
    me = get_random_string(12)
    if not row.filter(is_free).update(held_until=Now() + HELD, held_by=me):
        raise PlaceBusy
    mine = row.filter(held_by=me)

    def go_on() -> None:
        if not mine.update(held_until=Now() + HELD):
            raise PlaceBusy  # it took too long, and another one came

    try:
        yield go_on
    finally:
        mine.update(held_until=None, held_by="")


def _take_in(place: BankPlace, waiting: Sequence[WaitingFile], look: Look, actor: Actor, today: date,
             *tells: Callable[..., None]) -> dict[WaitingFile, Fetched]:  # fmt: skip
    """Take in what can be, and give the rest; it is tried again after others came in, on which it may follow."""
    left, came_in, end = list(waiting), True, time.monotonic() + LONGEST_LOOK
    refused: dict[WaitingFile, Fetched] = {}
    while left and came_in:
        came_in, again = False, []
        for file in left:
            if time.monotonic() > end:
                return refused
            for tell in tells:
                tell()
            try:
                one = _brought(place, file, actor, today)
                if one.is_taken:
                    refused.pop(file, None)
                    if one.parts:  # nothing is told of what was passed over
                        came_in = True
                        look.fetched.append(one)
                    place.put_taken(file)
                else:
                    refused[file] = one
                    if not any(answer.held and not files.wants_a_yes(answer.problems) for answer in one.answers):
                        # A list follows on nothing.
                        again.append(file)
            except FileMoved:
                continue
            except (InterfaceError, OperationalError):
                raise  # the database is away, or full: none would come in
            except Exception as error:  # noqa: BLE001 - with this one file; the others go on
                look.says, look.facts = _trouble(error, file.name)
        left = again
    return refused


def _trouble(error: Exception, name: str) -> tuple[str, dict[str, str]]:
    """Say what went wrong with one file, which stays where it is, or with one place."""
    name = as_text(name)
    match error:
        case PlaceTrouble(says=says, facts=facts):
            return says, facts
        case OSError():
            return NOT_KEPT, {"name": name, "why": error.strerror or "?"}
        case _:
            log.error("%r could not be taken in", name, exc_info=error)
            return OUR_FAULT, {"name": name, "fault": type(error).__name__}


def _put_aside(place: BankPlace, refused: Mapping[WaitingFile, Fetched], look: Look, why: Why, actor: Actor,
               today: date) -> None:  # fmt: skip
    """Put aside what was refused: written down first, so that nobody who is killed leaves one that nobody hears of."""
    for file, one in refused.items():
        look.fetched.append(one)
        for sha256, answer in one.parts:
            if answer.result not in files.IN_THE_BOOKS:
                _write_refused(sha256, answer, look.kind, actor, today)
        try:
            place.put_refused(file, why(one.answers))
        except FileMoved:
            continue
        except PlaceTrouble as trouble:  # the others are told all the same
            look.says, look.facts = trouble.says, trouble.facts


def _brought(place: BankPlace, file: WaitingFile, actor: Actor, today: date) -> Fetched:
    called = as_text(file.name)
    try:
        with place.reading(file) as source:
            if file.may_be_letter and not _is_advice(source):
                return Fetched(called, [])
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
            contents = formats.unwrapped(called, source)
            return Fetched(called, [_answer(name, content, sha256, actor, today) for name, content in contents])
    except RefusedUnread as unread:
        where = f"{place.where}/{file.name} {file.mark}".encode(errors="replace")
        sha256 = unread.sha256 or hashlib.sha256(where).hexdigest()
        problem = Problem("file", unread.says, facts=unread.facts)
        return Fetched(called, [(sha256, files.refused(called, None, [problem]))])


def _is_advice(source: BinaryIO) -> bool:
    found = formats.recognise(source)
    return found is not None and found[1].paper is Paper.ADVICE


def _answer(name: str, content: BinaryIO | Problem, whole: str, actor: Actor, today: date) -> tuple[str, Imported]:
    """Take in one file; what cannot be unwrapped is known by the sha256 of the whole and its name."""
    if isinstance(content, Problem):
        sha256 = hashlib.sha256(f"{whole} {name}".encode(errors="replace")).hexdigest()
        return sha256, files.refused(name, None, [content])
    sha256 = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    content.seek(0)
    return sha256, files.bring_in(name=name, source=content, hold=True, by_itself=True, actor=actor, today=today)


@transaction.atomic
def _write_refused(sha256: str, answer: Imported, kind: str, actor: Actor, today: date) -> None:
    problems, held = [*answer.problems, *answer.questions], answer.held
    name = as_text(answer.file)[-255:]
    row, is_new = RefusedFile.objects.of(actor.administration_id).get_or_create(
        administration_id=actor.administration_id, sha256=sha256,
        defaults={"kind": kind, "name": name, "refused_on": today, "problems": problems[:MOST_PROBLEMS], "held": held},
    )  # fmt: skip
    if is_new or row.is_done:  # which comes once more waits once more
        row.name, row.refused_on, row.problems, row.held = name, today, problems[:MOST_PROBLEMS], held
        row.is_done = False
        row.save()
        events.write("file.refused", actor=actor, today=today, name=name)


def _write_down(look: Look, actor: Actor, now: datetime) -> None:
    PlaceSeen.objects.of(actor.administration_id).update_or_create(
        administration_id=actor.administration_id, kind=look.kind,
        defaults={"where": look.where[-500:], "looked_at": now, "arriving": look.arriving, "said": look.says,
                  "facts": look.facts},
    )  # fmt: skip
