"""Kleine resten: what is left of invoices after their payment, given up all at once or one by one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from voldaan.look import words
from voldaan.queries import rests as questions
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import Refusal
from voldaan.usecases import rests as verbs
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import amount, day, number

MOST = 100  # rests on one page


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show the rests that may be given up, as they were asked for."""
    most_cents, paid_since, problem = None, None, ""
    try:
        if said := request.GET.get("tot", "").strip():
            most_cents = amount(said, "EUR").cents
        if said := request.GET.get("sinds", ""):
            paid_since = day(said)
    except Refusal as refusal:
        problem = words.refused(refusal)
    found = questions.rests(most_cents=most_cents, paid_since=paid_since, most=MOST, actor=request.actor,
                            today=request.today)  # fmt: skip
    context = {
        "said": "rests",
        "found": found,
        "problem": problem,
        "may_give_up": request.actor.may(Deed.ALLOCATE),
    }
    return render(request, "rests/page.html", context, status=422 if problem else 200)


def give_up_all(request: Entered, slug: str) -> HttpResponse:
    """Give up all that the page showed. A second press finds that nothing is left."""
    count = number(request.POST.get("count", "")) or 0
    sums = verbs.give_up_all(
        most_cents=number(request.POST.get("most", "")) or 0, paid_since=day(request.POST.get("since", "")),
        count=count, actor=request.actor, today=request.today,
    )  # fmt: skip
    told = ngettext("{count} rest was given up: {sums}.", "{count} rests were given up: {sums}.", count)
    leave(request, Toast(told.format(count=count, sums=words.joined([words.amount(one) for one in sums]))))
    return redirect("rests", slug=slug)


def give_up(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Give up what is left of one invoice."""
    verbs.give_up(invoice=id, actor=request.actor, today=request.today)
    leave(request, Toast(gettext("The rest was given up.")))
    if request.POST.get("from") == "rests":
        return redirect("rests", slug=slug)
    return redirect("invoice", slug=slug, id=id)
