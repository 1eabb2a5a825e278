"""What was learned of payers: looked at, searched, forgotten, and remembered again."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.queries import payers as questions
from voldaan.rules.permissions import Deed
from voldaan.usecases import payers as verbs
from voldaan.web import refused
from voldaan.web.entered import Entered
from voldaan.web.toasts import TIME_TO_UNDO, Toast, leave
from voldaan.web.typed import number

ON_ONE_PAGE = 50
APART = " "  # between the account and the customer, in the way back of a toast


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """List which account is known to pay for which customer."""
    search, key = request.GET.get("zoek", "").strip()[:100], number(request.GET.get("na", ""))
    rows = questions.payers(search=search, after=key, most=ON_ONE_PAGE + 1, actor=request.actor)
    words = {"zoek": search} if search else {}
    context = {
        "search": search,
        "rows": rows[:ON_ONE_PAGE],
        "is_first": key is None,
        "start": urlencode(words),
        "next": urlencode(words | {"na": rows[ON_ONE_PAGE - 1].key}) if len(rows) > ON_ONE_PAGE else "",
        "may_allocate": request.actor.may(Deed.ALLOCATE),
        "said": "betalers",
    }
    return render(request, "receipts/payers.html", context)


def forget(request: Entered, slug: str) -> HttpResponse:
    """Forget that an account pays for a customer; for a minute that is taken back where it is said."""
    iban, debtor = request.POST.get("iban", ""), request.POST.get("debtor", "")
    verbs.forget(debtor=debtor, iban=iban, actor=request.actor, today=request.today)
    says = gettext("Forgotten: account {iban} proves nothing any more until it is learned anew.").format(iban=iban)
    until = (request.now + TIME_TO_UNDO).isoformat()
    leave(request, Toast(says, undo=reverse("payer_remember", args=[slug]), key=f"{iban}{APART}{debtor}", until=until))
    return _back(request, slug)


def remember(request: Entered, slug: str) -> HttpResponse:
    """Take it back that an account was forgotten."""
    iban, _, debtor = request.POST.get("key", "").partition(APART)
    verbs.remember(debtor=debtor, iban=iban, actor=request.actor, today=request.today)
    leave(request, Toast(gettext("It is known again.")))
    return _back(request, slug)


def _back(request: Entered, slug: str) -> HttpResponse:
    return redirect(refused.back(request)) if request.POST.get("back") else redirect("payers", slug=slug)
