"""The first page: whose books one may enter; with one there is nothing to choose. And the way into the demo."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from voldaan.queries import administrations
from voldaan.web.entered import VISITS_DEMO


def page(request: HttpRequest) -> HttpResponse:
    """List the administrations, or enter the only one."""
    visits_demo = bool(request.session.get(VISITS_DEMO))
    if not (request.user.is_authenticated or visits_demo):
        return redirect("account_login")
    known = [books for books, _ in administrations.open_to(user_id=request.user.pk, visits_demo=visits_demo).values()]
    if len(known) == 1:
        return redirect("overview", slug=known[0].slug)
    return render(request, "administrations/page.html", {"known": known})


def visit_demo(request: HttpRequest) -> HttpResponse:
    """Let anybody look around in the invented books of this installation."""
    if not administrations.has_demo():
        return redirect("account_login")
    request.session.cycle_key()
    request.session[VISITS_DEMO] = True
    return redirect("administrations")
