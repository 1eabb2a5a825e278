"""What is said once on the next page: that something was done, or refused, and how to undo it while that can be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

TOAST = "toast"  # its place in the session
TIME_TO_UNDO = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Toast:
    """One message of the house to the reader."""

    says: str
    tone: str = "ok"  # ok, or danger: then it is read out at once
    undo: str = ""  # the address to which the way back is posted
    key: str = ""  # what that address wants to know
    until: str = ""  # ISO; so long it can be undone, and stays


def leave(request: HttpRequest, toast: Toast) -> None:
    """Leave a toast for the next page."""
    request.session[TOAST] = asdict(toast)


def taken(request: HttpRequest, now: datetime) -> Toast | None:
    """Take the toast that waits; one that can be undone stays until that moment."""
    if TOAST not in request.session:
        return None
    toast = Toast(**request.session[TOAST])
    if not toast.until:
        del request.session[TOAST]
    elif datetime.fromisoformat(toast.until) <= now:
        del request.session[TOAST]
        return None
    return toast
