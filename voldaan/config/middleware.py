"""What every page gets: the headers that keep others out, and on the way in whose books, who reads, and which day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from voldaan.config import clock
from voldaan.queries import administrations
from voldaan.web.entered import Entered

Answer = Callable[[HttpRequest], HttpResponse]

# Nothing from elsewhere, no script at all, in nobody's frame, and no form that sends anything.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def headers(answer: Answer) -> Answer:
    """Send the headers with every answer; what shows the books is kept nowhere."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        for name, value in HEADERS.items():
            response[name] = value
        response.setdefault("Cache-Control", "no-store")
        return response

    return answered


class Entrance:
    """Let a reader into the books that the address names: he reads as an auditor, on the day it is there."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language of the installation, whatever the thread spoke before."""
        with translation.override(settings.LANGUAGE_CODE):
            return self.answer(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, words: dict[str, Any]) -> None:
        """Read whose books the address names."""
        if "slug" not in words:
            return
        entered = cast("Entered", request)
        try:
            entered.books = administrations.enter(words["slug"])
        except (administrations.NoBooks, administrations.NoSuchBooks) as refusal:
            raise Http404 from refusal
        entered.actor = administrations.auditor(entered.books, via="web")
        entered.today = _today(entered.books.time_zone, settings.TODAY_INSTEAD)


def _today(time_zone: str, instead: datetime | None) -> date:
    if instead is not None and instead.tzinfo is None:
        return instead.date()
    return clock.today(time_zone, instead=instead)
