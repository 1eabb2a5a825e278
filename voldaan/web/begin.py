"""The very first time: as long as there is nobody here, a link of the installation opens the books of a company."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.countries import COUNTRIES
from voldaan.countries.eu import GENERIC
from voldaan.look import words
from voldaan.queries import administrations as questions
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import administrations, people
from voldaan.web import start
from voldaan.web.entered import Entered, day_in

LASTS = timedelta(days=1)
TOKEN = "begin_token"  # noqa: S105 - the name of its place in the session
ASKED = ("name", "country", "iban", "email")


class BeginLapsed(Refusal):
    code = "begin_lapsed"
    kind = Kind.NOT_FOUND
    says = mark("This link has lapsed. Voldaan shows a new one each time that it starts.")


def address(now: datetime) -> str:
    """Give the address where the first person begins; empty once there is somebody, or there are books.

    Nothing of it is stored: it is signed, ends after a day, and leads nowhere from the first person on.
    """
    if not questions.is_untouched():
        return ""
    return reverse("begin_link", args=[_signer().sign(str(int((now + LASTS).timestamp())))])


def link(request: Entered, token: str) -> HttpResponse:
    """Take the secret out of the address at once: it is in no history, and no picture of the page shows it."""
    if not _opens(token, request.now):
        return _shut(request)
    request.session[TOKEN] = token
    return redirect("begin")


def page(request: Entered) -> HttpResponse:
    """Ask whose books these are, and open them; the person chooses a password next."""
    if not _opens(request.session.get(TOKEN, ""), request.now):
        return _shut(request)
    asked = {"country": "NL"} | {field: request.POST.get(field, "").strip() for field in ASKED if field in request.POST}
    shown = {
        "asked": asked,
        "countries": sorted((code, gettext(land.name)) for code, land in COUNTRIES.items()),
        "problem": "",
    }
    if request.method != "POST":
        return render(request, "begin/page.html", shown)
    try:
        token = _open_books(asked, request.now)
    except Refusal as refusal:
        if not questions.is_untouched():
            return redirect("begin")  # the same form came in at once, and opened them
        return render(request, "begin/page.html", shown | {"problem": _said(refusal)}, status=422)
    del request.session[TOKEN]
    request.session[start.TOKEN] = token
    return redirect("start")


def _shut(request: Entered) -> HttpResponse:
    """Show the way to who is no first person any more, or comes too late."""
    if start.TOKEN in request.session:
        return redirect("start")
    if questions.is_untouched():
        return start.lapsed(request, BeginLapsed(), command="voldaan serve")
    return redirect("account_login")


def _said(refusal: Refusal) -> str:
    """Say why not; a setting by the word that stands beside its field."""
    facts = refusal.facts | ({"name": gettext("Name of your company")} if "name" in refusal.facts else {})
    return words.said(refusal.says, **facts)


def _open_books(asked: dict[str, str], now: datetime) -> str:
    """Open the books, and give the secret by which their owner chooses a password."""
    land = COUNTRIES.get(asked["country"], GENERIC)
    today = day_in(land.time_zone, now)
    owner = administrations.open_books(
        name=asked["name"], country=asked["country"], ibans=[asked["iban"]], owner_email=asked["email"], via="web",
        today=today,
    )  # fmt: skip
    return people.invite(email=asked["email"], actor=owner, today=today, now=now)


def _opens(token: str, now: datetime) -> bool:
    try:
        until = int(_signer().unsign(token))
    except BadSignature:
        return False
    return now.timestamp() < until and questions.is_untouched()


def _signer() -> Signer:
    return Signer(salt="voldaan.begin")
