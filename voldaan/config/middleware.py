"""What every page gets: the headers that keep others out, and on the way in whose books, who reads, and which day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.views.defaults import bad_request

from voldaan.config import clock
from voldaan.queries import administrations
from voldaan.queries.standing import one_look
from voldaan.records import progress
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Refusal
from voldaan.web import refused
from voldaan.web.entered import LANGUAGE, VISITS_DEMO, Entered, day_in
from voldaan.web.rights import RIGHTS, Who

Answer = Callable[[HttpRequest], HttpResponse]

WHO, BEGAN, SEEN = "who", "began", "seen"  # in a session: whose it is, since when, and when a page was asked for last
NOTED_EVERY = timedelta(minutes=1)  # or every page that is looked at would write

# Nothing from elsewhere, only our own scripts, in nobody's frame, and forms that come back here.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",  # with none at all, a form would not say that it comes from here
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def headers(answer: Answer) -> Answer:
    """Send the headers with every answer; what shows the books is kept nowhere."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)  # what a customer is sent is shown under rules of its own
        response.setdefault("Cache-Control", "no-store")
        if request.is_secure():
            response["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.resolver_match and request.resolver_match.view_name == "account_logout" and request.method == "POST":
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return answered


def in_words(answer: Answer) -> Answer:
    """Answer in the language that the reader chose, else in that of the installation, whatever the thread spoke."""

    def answered(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE)
        with translation.override(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            return answer(request)

    return answered


class Entrance:
    """Let a person into the books that the address names, in the role he has there, on the day it is there.

    Whoever is nobody there learns as much as of books that do not exist. What no table of rights names is shut.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Forget who signed in too long ago."""
        now = clock.now()
        cast("Entered", request).now = now
        if _signed_in(request) or request.session.get(VISITS_DEMO):
            if BEGAN not in request.session or request.session.get(WHO) != request.user.pk:  # somebody else sits there
                request.session[WHO] = request.user.pk
                request.session[BEGAN] = request.session[SEEN] = now.isoformat()
            began, seen = (datetime.fromisoformat(request.session[one]) for one in (BEGAN, SEEN))
            if now - began > settings.LONGEST_SESSION or now - seen > settings.LONGEST_PAUSE:
                request.session.flush()
                request.user = AnonymousUser()
            elif now - seen > NOTED_EVERY and not progress.is_any_alive(now):  # or it would wait for the one writer
                request.session[SEEN] = now.isoformat()
        with one_look() if request.method in ("GET", "HEAD") else nullcontext():
            return self.answer(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, words: dict[str, Any]
    ) -> HttpResponse | None:
        """Ask what it takes to be here, and find whose books the address names."""
        assert request.resolver_match is not None
        entered = cast("Entered", request)
        rights = RIGHTS.get(request.resolver_match.view_name)
        assert rights, f"{request.resolver_match.view_name} is in no table of rights"
        if any("\0" in value for given in (request.GET, request.POST) for _, all_ in given.lists() for value in all_):
            return bad_request(request, SuspiciousOperation())  # no keyboard types it, and not every database takes it
        wanted = rights.of(request)
        if wanted is None:
            return HttpResponseNotAllowed(rights.methods)
        if wanted is Who.ANYBODY:
            return None
        signed_in, visits_demo = _signed_in(request), bool(request.session.get(VISITS_DEMO))
        if not (signed_in or (visits_demo and isinstance(wanted, Deed))):
            return redirect_to_login(request.get_full_path() if request.method != "POST" else "/")
        if isinstance(wanted, Deed):
            entered.open_books = administrations.open_to(user_id=request.user.pk, visits_demo=visits_demo)
            if words["slug"] not in entered.open_books:
                raise Http404
            entered.books, deeds = entered.open_books[words["slug"]]
            entered.actor = Actor(entered.books.administration_id, request.user.pk, "web", deeds)
            entered.today = day_in(entered.books.time_zone, entered.now)
            if not entered.actor.may(wanted):
                raise PermissionDenied
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say a refusal: what is not there is not found, and what cannot be done is told where it was asked."""
        return refused.answer(request, error) if isinstance(error, Refusal) else None


def _signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated
