"""One administration's work: what of it is due is taken, done and written down. Whoever wakes it calls this."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path
from traceback import extract_tb

from voldaan.jobs import brought_files, daily, fetching, outbox
from voldaan.jobs.hands import Hands, Outcome, Stopped
from voldaan.queries import administrations
from voldaan.queries.administrations import Entered
from voldaan.rules.refusals import Refusal
from voldaan.rules.timetable import ROUND, Job, slot
from voldaan.usecases import job_slots
from voldaan.usecases.brought_files import do_wait
from voldaan.usecases.fetching import places_of
from voldaan.usecases.job_slots import Piece, Taken

log = logging.getLogger(__name__)


def due(books: Entered, hands: Hands, *, rung: bool = False) -> list[Piece]:
    """Tell what may be taken in hand now."""
    now = hands.now(books.time_zone)
    pieces = [(job, name) for job in Job if (name := slot(job, now)) is not None]
    if not places_of(books.slug):
        pieces.remove((Job.FETCH, ROUND))
    if not do_wait(books.administration_id):
        pieces.remove((Job.BROUGHT, ROUND))
    return job_slots.free(administration_id=books.administration_id, pieces=pieces, machine=hands.clock(), rung=rung)


def work(books: Entered, hands: Hands, *, rung: bool = False) -> int:
    """Do what is due, one piece after the other; give how many were begun. A piece that breaks off stops no other."""
    begun = 0
    for job, name in due(books, hands, rung=rung):
        if hands.must_stop():
            break
        taken = job_slots.take(
            administration_id=books.administration_id, job=job, slot=name, by=hands.by, machine=hands.clock(), rung=rung
        )
        if taken is not None:
            begun += 1
            _do(taken, books, hands)
    return begun


def _do(taken: Taken, books: Entered, hands: Hands) -> None:
    try:
        outcome = _outcome(taken, books, hands)
    except Stopped:
        job_slots.leave(taken, machine=hands.clock())
    except Exception as fault:
        log.exception("%s of %s broke off", taken.job.value, books.slug)
        job_slots.fail(taken, fault=_in_short(fault), machine=hands.clock())
    else:
        job_slots.finish(taken, said=outcome.said, facts=outcome.facts, machine=hands.clock())


def _outcome(taken: Taken, books: Entered, hands: Hands) -> Outcome:
    actor, now = administrations.act_as_job(books), hands.now(books.time_zone)

    def getting_on(*_: int) -> None:
        """Keep the slot while the work gets on; stop between two pieces of it, never inside one."""
        if hands.must_stop():
            raise Stopped
        job_slots.keep(taken, machine=hands.clock())

    try:
        match taken.job:
            case Job.CHECK:
                return daily.prove(actor=actor, today=now.date())
            case Job.FETCH:
                return fetching.look(actor=actor, now=now, getting_on=getting_on)
            case Job.BROUGHT:
                return brought_files.take_in(actor=actor, today=now.date(), clock=hands.clock, getting_on=getting_on)
            case Job.FOLLOW_UP:
                return daily.follow_up(actor=actor, today=date.fromisoformat(taken.slot), getting_on=getting_on)
            case Job.OUTBOX:
                return outbox.empty(actor=actor, now=now, clock=hands.clock, getting_on=getting_on)
    except Refusal as refusal:
        return Outcome(refusal.says, {name: str(fact) for name, fact in refusal.facts.items()})


def _in_short(fault: Exception) -> str:
    """Name a fault and its place, and nothing that was in the books; the whole of it is in the log."""
    place = extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__}, {Path(place.filename).name}:{place.lineno}"
