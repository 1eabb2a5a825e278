"""Whether what should happen by itself happens: when each thing was last done, and what has been waiting for too long.

"Nothing is happening" must be seen here, without reading a log: a worker that stopped, a mail server that is dead, bank
data that does not come. Each sign says whether it asks for somebody's attention.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Min, QuerySet

from voldaan.countries import COUNTRIES
from voldaan.queries import bank_places, rates
from voldaan.queries.checks import loose_settings
from voldaan.records import known_until
from voldaan.records.administrations import Administration
from voldaan.records.bank_places import PlaceSeen
from voldaan.records.events import Event
from voldaan.records.imports import Import
from voldaan.records.jobs import JobSlot
from voldaan.records.messages import Message
from voldaan.rules.country import Country
from voldaan.rules.outbox import Channel, HeldSending, MessageState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import mark
from voldaan.rules.timetable import Job, SlotState, slot

LATE = timedelta(minutes=15)  # what comes back every few minutes was not seen for so long
FORGOTTEN = timedelta(days=1)  # a place where banks leave files was not looked at

WORKED = mark("The daily work was last looked after by {by}.")
NOBODY_WORKS = mark("Nobody does the daily work: start voldaan serve, or voldaan worker on PostgreSQL.")
NEVER_CHECKED = mark("The books were never proved by themselves.")
NEVER_RUN = mark("The follow-up was never decided.")
RUN_ON = mark("The follow-up was last decided for this day.")
RUN_LATE = mark("The follow-up of {wanted} was not decided yet.")
NEVER_IMPORTED = mark("No file was ever taken in.")
IMPORTED = mark("A file was last taken in on this day.")
BANK_STALE = mark("The bank data is too old to know who has paid: nothing is sent. Take in a statement.")
NOT_LOOKED_AT = mark("{where} was not looked at for a day. Is it not watched any more? Then type: voldaan fetch")
LOOKED_AT = mark("Bank files are taken from {where}.")
FILES_REFUSED = mark("{count} files that came by themselves were refused: see the page “Take in”.")
NO_ROUND = mark("The outbox was never emptied by itself.")
EMPTY = mark("Nothing waits.")
WAIT = mark("{count} wait since this day at the earliest.")
CERTAIN = mark("Of every message it is known whether it left.")
UNCERTAIN = mark("Of {count} messages nobody knows whether they left: settle each with voldaan resolve.")
DURABLE = mark("What is confirmed is on disk, and survives a power cut.")
NOT_DURABLE = mark("What is confirmed may be lost at a power cut: {settings}.")
RATES = mark("The statutory rates of this half-year are known.")
RATES_MISSING = mark("No rate is known from {since} on for {rates}: claims are provisional. See voldaan rates add.")
FREE = mark("Sending is not held.")
HELD = {
    HeldSending.STOPPED: mark("Sending is held: somebody stopped it. Go on with: voldaan resume-sending"),
    HeldSending.RESTORED: mark(
        "Sending is held: these books come from a backup. Look first, then: voldaan resume-sending"
    ),
    HeldSending.CHECK: mark(
        "Sending is held: a check found something. See voldaan check, then: voldaan resume-sending"
    ),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing to look at."""

    name: str
    ok: bool
    at: datetime | date | None  # when it last happened, or since when it waits
    count: int | None  # of what waits
    says: str  # marked; `facts` fill it
    facts: dict[str, Any] = field(default_factory=dict)


def status(*, actor: Actor, now: datetime, machine: datetime) -> list[Sign]:
    """Give every sign of one administration; `now` is the moment in the books, `machine` the clock of the machine."""
    actor.must(Deed.READ_BOOKS)
    own = Administration.objects.get(pk=actor.administration_id)
    country, today = COUNTRIES[own.country], now.date()
    return [
        _jobs(own.pk, now, machine),
        _check(own.pk, now),
        *_places(own.pk, now),
        _run(own.pk, now),
        _import(own.pk, country, today),
        _outbox(own.pk, now),
        _queue("waiting_mail", own.pk, Channel.EMAIL, country, today),
        _queue("waiting_letters", own.pk, Channel.LETTER, country, today),
        _uncertain(own.pk),
        _held(own),
        _rates(own.country, today),
        _durable(),
    ]


def _jobs(books: int, now: datetime, machine: datetime) -> Sign:
    latest = JobSlot.objects.of(books).order_by("-started_at").first()
    if latest is None:
        return Sign("jobs", False, None, None, NOBODY_WORKS)
    in_hand = JobSlot.objects.of(books).filter(state=SlotState.RUNNING.value, free_at__gt=machine).exists()
    seen = max(latest.started_at, latest.ended_at or latest.started_at)
    is_late = machine - seen > LATE and not in_hand
    return Sign("jobs", not is_late, _shown(seen, now), None, NOBODY_WORKS if is_late else WORKED, {"by": latest.by})


def _check(books: int, now: datetime) -> Sign:
    done = _latest(books, Job.CHECK)
    if done is None:
        return Sign("check", False, None, None, NEVER_CHECKED)
    ok = done.state != SlotState.FAILED.value and "broken" not in done.facts and done.slot >= _wanted(Job.CHECK, now)
    return Sign("check", ok, _shown(done.ended_at or done.started_at, now), None, done.said, done.facts)


def _run(books: int, now: datetime) -> Sign:
    """Say when the follow-up was last decided, by whomever; of books that are new, nothing is late."""
    trail = Event.objects.of(books)
    day = trail.filter(kind="follow_up.decided").aggregate(last=Max("day"))["last"]
    opened = trail.aggregate(first=Min("day"))["first"]
    tried, wanted = _latest(books, Job.FOLLOW_UP), _wanted(Job.FOLLOW_UP, now)
    if tried is not None and tried.state == SlotState.FAILED.value:
        return Sign("follow_up", False, day, None, tried.said, tried.facts)
    if day is None:
        return Sign("follow_up", opened.isoformat() > wanted, None, None, NEVER_RUN)
    ok = day.isoformat() >= wanted
    return Sign("follow_up", ok, day, None, RUN_ON if ok else RUN_LATE, {"wanted": wanted})


def _places(books: int, now: datetime) -> Iterator[Sign]:
    """Say of each place where banks leave files whether it can be looked at; there may be none."""
    waiting = bank_places.waiting(books).count()
    for place in PlaceSeen.objects.of(books).order_by("kind"):
        shown = _shown(place.looked_at, now)
        if place.said:
            yield Sign("fetch", False, shown, None, place.said, place.facts)
        elif now - place.looked_at > FORGOTTEN:
            yield Sign("fetch", False, shown, None, NOT_LOOKED_AT, {"where": place.where})
        elif waiting:
            yield Sign("fetch", False, shown, waiting, FILES_REFUSED, {"count": waiting})
        else:
            yield Sign("fetch", True, shown, None, LOOKED_AT, {"where": place.where})


def _import(books: int, country: Country, today: date) -> Sign:
    day = Import.objects.of(books).aggregate(last=Max("imported_on"))["last"]
    if known_until.bank(books).is_stale(today, country):
        return Sign("import", False, day, None, BANK_STALE)
    return Sign("import", True, day, None, IMPORTED if day else NEVER_IMPORTED)


def _outbox(books: int, now: datetime) -> Sign:
    done = _latest(books, Job.OUTBOX)
    if done is None:
        return Sign("outbox", False, None, None, NO_ROUND)
    trouble = done.facts.get("because") in ("account", "no_mail_account")
    ok = done.state != SlotState.FAILED.value and not trouble
    return Sign("outbox", ok, _shown(done.ended_at or done.started_at, now), None, done.said, done.facts)


def _queue(name: str, books: int, channel: Channel, country: Country, today: date) -> Sign:
    waiting = Message.objects.of(books).filter(state=MessageState.RELEASED.value, channel=channel.value)
    count, since = waiting.count(), waiting.aggregate(first=Min("released_on"))["first"]
    if since is None:
        return Sign(name, True, None, 0, EMPTY)
    return Sign(name, not _a_day_was_missed(since, country, today), since, count, WAIT, {"count": count})


def _a_day_was_missed(since: date, country: Country, today: date) -> bool:
    """Tell whether a whole day has passed on which it could have left."""
    days = ((since + timedelta(days=n)) for n in range(1, (today - since).days))
    return any(not country.is_quiet(day) for day in days)


def _uncertain(books: int) -> Sign:
    unsettled = Message.objects.of(books).filter(state=MessageState.UNCERTAIN.value)
    count, since = unsettled.count(), unsettled.aggregate(first=Min("claimed_at"))["first"]
    return Sign("uncertain", not count, since, count, UNCERTAIN if count else CERTAIN, {"count": count})


def _held(own: Administration) -> Sign:
    says = HELD[HeldSending(own.sending_held)] if own.sending_held else FREE
    return Sign("sending", not own.sending_held, None, None, says)


def _rates(country: str, today: date) -> Sign:
    """Warn of a rate that is not known; nothing stands still for it, so it is well all the same."""
    gaps = rates.missing(country, today)
    if not gaps:
        return Sign("rates", True, None, None, RATES)
    named = ", ".join(f"{gap.series.country} {gap.series.kind}" for gap in gaps)
    since = min(gap.since for gap in gaps)
    return Sign("rates", True, None, len(gaps), RATES_MISSING, {"rates": named, "since": since})


def _durable() -> Sign:
    """Ask it now and not only in the nightly check: until then every confirmation would be at risk."""
    loose = list(loose_settings())
    return Sign("on_disk", not loose, None, None, NOT_DURABLE if loose else DURABLE, {"settings": ", ".join(loose)})


def _latest(books: int, job: Job) -> JobSlot | None:
    """Give the last slot of a job that came to something."""
    return _slots(books, job).exclude(ended_at=None).order_by("-slot").first()


def _slots(books: int, job: Job) -> QuerySet[JobSlot]:
    return JobSlot.objects.of(books).filter(job=job.value)


def _wanted(job: Job, now: datetime) -> str:
    """Name the last slot of daily work that should be done by now."""
    latest = now - LATE
    return slot(job, latest) or slot(job, latest.replace(hour=23) - timedelta(days=1)) or ""


def _shown(moment: datetime, now: datetime) -> datetime:
    return moment.astimezone(now.tzinfo).replace(microsecond=0)
