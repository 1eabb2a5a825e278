"""The large files on the page Inlezen: how far each is, and what became of it; asked for again as long as one waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from voldaan.look import words
from voldaan.queries.brought_files import Brought, brought_files
from voldaan.rules.brought_files import BroughtState
from voldaan.rules.taking_in import Part, Progress
from voldaan.usecases import brought_files as verbs
from voldaan.usecases.files import Imported
from voldaan.web.entered import Entered
from voldaan.web.told import told

MOST = 50
MINUTE = 60
LATE = timedelta(minutes=2)  # a file that nobody began with for so long: does anybody work?


@dataclass(frozen=True, slots=True)
class InHand:
    """A file that waits or is being taken in, in words."""

    file: Brought
    at: datetime  # when it was brought, in the zone of the books
    per_mille: int | None  # how far it is; None: nobody knows
    says: str
    sign: words.Sign


def shown(request: Entered) -> dict[str, Any]:
    """Give what the page shows of them."""
    zone = ZoneInfo(request.books.time_zone)
    found = brought_files(most=MOST, actor=request.actor, machine=request.now)
    in_hand = [
        InHand(one, one.brought_at.astimezone(zone), _per_mille(one.progress), _says(one, request.now),
               words.IMPORTS["reading" if one.progress else "waiting"])
        for one in found if one.state is BroughtState.WAITING
    ]  # fmt: skip
    ended = [(one, told(Imported(**one.answer))) for one in found if one.state is not BroughtState.WAITING]
    return {"in_hand": in_hand, "ended": ended, "ended_says": _ended_says(len(ended)) if ended else ""}


def alone(request: Entered) -> HttpResponse:
    """Show them alone."""
    return render(request, "imports/_brought.html", shown(request))


def stop(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Ask that a file is not taken in. The page says so itself: a toast would be written, and wait for the import."""
    verbs.stop(file=id, actor=request.actor)
    return redirect("imports", slug=slug)


def done_with(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Take a file off the list."""
    verbs.done_with(file=id, actor=request.actor, today=request.today)
    return redirect("imports", slug=slug)


def _per_mille(progress: Progress | None) -> int | None:
    share = progress.share if progress else None
    return None if share is None else round(share * 1000)


def _says(one: Brought, now: datetime) -> str:
    if one.is_stopping:
        return gettext("It is being stopped: nothing of it comes in.")
    if one.progress is None:
        return _waits(now - one.brought_at)
    how_far = _how_far(one.progress)
    return f"{how_far}; {left}" if (left := _left(one.progress.left)) else how_far


def _waits(so_long: timedelta) -> str:
    if so_long > LATE:
        return gettext("It waits. Is the daily work being done? voldaan status tells.")
    return gettext("It waits for a moment; then it is taken in by itself.")


def _how_far(progress: Progress) -> str:
    done, of = (words.whole(count) for count in (progress.done, progress.of))
    if not progress.of:
        return gettext("It is being read")
    if progress.part is Part.MATCHING:
        return gettext("Step 2 of 2: of {done} of {of} receipts it was looked up what they pay").format(
            done=done, of=of
        )
    return gettext("Step 1 of 2: {done} of about {of} lines read").format(done=done, of=of)


def _left(left: timedelta | None) -> str:
    """Say roughly how long it may take still."""
    if left is None:
        return ""
    seconds = int(left.total_seconds())
    if seconds >= MINUTE:
        minutes = round(seconds / MINUTE)
        return ngettext("some %(n)d minute more", "some %(n)d minutes more", minutes) % {"n": minutes}
    seconds = max(seconds // 5 * 5, 5)
    return ngettext("some %(n)d second more", "some %(n)d seconds more", seconds) % {"n": seconds}


def _ended_says(count: int) -> str:
    return ngettext("%(n)d large file is ready", "%(n)d large files are ready", count) % {"n": count}
