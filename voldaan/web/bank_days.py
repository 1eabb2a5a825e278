"""Which days the statements tell of, which bank days are missing, and what went by itself."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.queries import by_itself
from voldaan.queries.coverage import coverage
from voldaan.rules.permissions import Deed
from voldaan.usecases import bank_gaps as verbs
from voldaan.web.entered import Entered
from voldaan.web.toasts import TIME_TO_UNDO, Toast, leave
from voldaan.web.typed import day

APART = " "  # between the account and the day, in the way back of a toast


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show how far each account is known."""
    rows = coverage(actor=request.actor, today=request.today)
    context = {"rows": rows, "may_import": request.actor.may(Deed.IMPORT), "said": "afschriften"}
    return render(request, "receipts/days.html", context)


def figures(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001
    """Show how many receipts went by themselves, month by month."""
    rows = by_itself.by_month(actor=request.actor, today=request.today)
    context = {"rows": rows, "last": by_itself.last_file(actor=request.actor), "said": "vanzelf"}
    return render(request, "receipts/by_itself.html", context)


def pass_over(request: Entered, slug: str) -> HttpResponse:
    """Say that nothing from customers is in days that are missing; for a minute that is taken back where it is said."""
    account, after = request.POST.get("account", ""), day(request.POST.get("after", ""))
    verbs.pass_over(account=account, after=after, reason=request.POST.get("reason", ""), actor=request.actor,
                    today=request.today)  # fmt: skip
    until, undo = (request.now + TIME_TO_UNDO).isoformat(), reverse("bank_gap_again", args=[slug])
    says = gettext("Passed over: these days hold nothing up any more.")
    leave(request, Toast(says, undo=undo, key=f"{account}{APART}{after}", until=until))
    return redirect("bank_days", slug=slug)


def ask_again(request: Entered, slug: str) -> HttpResponse:
    """Say that days which were passed over are missing after all."""
    account, _, after = request.POST.get("key", "").rpartition(APART)
    verbs.ask_again(account=account, after=day(after), actor=request.actor, today=request.today)
    leave(request, Toast(gettext("These days are missing again.")))
    return redirect("bank_days", slug=slug)
