"""The accounts that customers pay to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.queries import accounts as questions
from voldaan.rules.refusals import Refusal
from voldaan.usecases import accounts as verbs
from voldaan.web.entered import Entered
from voldaan.web.settings.confirmed import sensitive
from voldaan.web.settings.shelf import printed, shown
from voldaan.web.toasts import Toast, leave


def page(request: Entered, slug: str) -> HttpResponse:
    """Show the accounts, or change them."""
    typed, problem = request.POST.get("iban", "").strip(), ""
    if request.method == "POST":
        try:
            says, more = _do(request, request.POST.get("deed", ""), typed)
        except Refusal as refusal:
            problem = words.refused(refusal)
        else:
            leave(request, Toast(f"{says} {more}".strip()))
            return redirect("settings_accounts", slug=slug)
    blocked = questions.blocked(actor=request.actor)
    there = [(one, printed(one), one in blocked) for one in questions.accounts(actor=request.actor)]
    is_new = request.POST.get("deed") == "add"
    context = {"accounts": there, "typed": typed if is_new else "", "problem": problem, "is_new": is_new}
    return shown(request, "settings/accounts.html", context, status=422 if problem else 200)


def _do(request: Entered, deed: str, iban: str) -> tuple[str, str]:
    who: dict[str, Any] = {"actor": request.actor, "today": request.today}
    verb: Callable[..., None]
    match deed:
        case "first":
            says = gettext("Customers are asked to pay to {iban} from now on.")
            verb = verbs.put_first
        case "block":
            says, verb = gettext("Account {iban} is a blocked account (G-rekening) now."), verbs.block
        case "unblock":
            says = gettext("Account {iban} is no blocked account any more.")
            verb = partial(verbs.block, is_blocked=False)
        case "remove":
            says, verb = gettext("Account {iban} was removed."), verbs.remove
        case _:
            says, verb = gettext("Account {iban} was added."), verbs.add
    said = says.format(iban=printed("".join(iban.split()).upper()))
    return said, sensitive(request, said, lambda: verb(iban=iban, **who))
