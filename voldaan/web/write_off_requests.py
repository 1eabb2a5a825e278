"""Afboekingen: what colleagues ask to write off above their limit, and an owner's yes or no."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.queries import write_off_requests as questions
from voldaan.queries.write_off_requests import WriteOffAsked
from voldaan.rules.permissions import Deed
from voldaan.usecases import write_off_requests as verbs
from voldaan.web import refused
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave

MOST, MOST_DECIDED = 100, 25  # on one page


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show what waits for an owner, and what was decided lately."""
    waiting = questions.waiting(most=MOST, actor=request.actor)
    context = {
        "waiting": _signed(waiting),
        "count": sum(not one.is_outdated for one in waiting),
        "decided": _signed(questions.decided(most=MOST_DECIDED, actor=request.actor)),
        "limit": questions.limit(actor=request.actor),
        "may": {deed.name.lower(): request.actor.may(deed) for deed in Deed},
        "here": request.path,
    }
    return render(request, "write_offs/page.html", context)


def _signed(rows: list[WriteOffAsked]) -> list[tuple[WriteOffAsked, words.Sign]]:
    return [(one, words.REQUESTS[one.state]) for one in rows]


def approve(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Agree, and write it off."""
    verbs.approve(request=id, actor=request.actor, today=request.today)
    return _done(request, gettext("It was written off. You can take it back on the page of the invoice."))


def decline(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Say no, with the reason."""
    verbs.decline(request=id, reason=request.POST.get("reason", ""), actor=request.actor, today=request.today)
    return _done(request, gettext("Declined. The follow-up of the invoice goes on."))


def withdraw(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Take a request off the table."""
    verbs.withdraw(request=id, actor=request.actor, today=request.today)
    return _done(request, gettext("Withdrawn. The follow-up of the invoice goes on."))


def _done(request: Entered, says: str) -> HttpResponse:
    leave(request, Toast(says))
    return redirect(refused.back(request))
