"""The first time: a one-time link lets a person in, who chooses a password."""

from __future__ import annotations

from typing import cast

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from voldaan.look import words
from voldaan.queries.people import comes_into
from voldaan.rules.refusals import Refusal
from voldaan.usecases import people
from voldaan.web.entered import Entered

TOKEN = "start_token"  # noqa: S105 - the name of its place in the session
MOST_NAMED = 5  # books


def link(request: Entered, token: str) -> HttpResponse:
    """Take the secret out of the address at once: it is in no history, and no picture of the page shows it."""
    try:
        people.whose(token=token, now=request.now)
    except people.LinkLapsed as refusal:
        return lapsed(request, refusal)
    request.session[TOKEN] = token
    return redirect("start")


@sensitive_post_parameters("password")
def page(request: Entered) -> HttpResponse:
    """Ask for a password, and let the person in. Looking uses nothing up: a mail scanner looks as well."""
    token = request.session.get(TOKEN, "")
    try:
        email = people.whose(token=token, now=request.now)
    except people.LinkLapsed as refusal:
        return lapsed(request, refusal)
    into = [(books, words.word(words.ROLES, role)) for books, role in comes_into(email)]
    named = into if len(into) <= MOST_NAMED else []  # of many, nobody reads the names, and the form would be far down
    name = request.POST.get("name", "")
    asked = {"email": email, "into": named, "name": name, "problem": ""}
    if request.method == "POST":
        try:
            key = people.arrive(token=token, name=name, password=request.POST.get("password", ""), via="web",
                                today=request.now.date(), now=request.now)  # fmt: skip
        except people.LinkLapsed:
            return redirect("start")
        except Refusal as refusal:
            return render(request, "start/page.html", asked | {"problem": words.refused(refusal)}, status=422)
        del request.session[TOKEN]
        user = get_user_model().objects.get(pk=key)
        return cast("HttpResponse", perform_login(request, user, redirect_url="/"))
    return render(request, "start/page.html", asked)


def lapsed(request: Entered, refusal: Refusal, command: str = "voldaan user link …") -> HttpResponse:
    """Say that a link lets nobody in, and what makes a new one; who tries many has to wait."""
    if wait := ratelimit.consume_or_429(request, action="start", limit_get=True):
        return cast("HttpResponse", wait)
    return render(request, "start/lapsed.html", {"says": words.refused(refusal), "command": command}, status=404)
