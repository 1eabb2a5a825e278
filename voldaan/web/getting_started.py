"""The beginning: what is in, what to look at first, and what still stands before the first message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from voldaan.look import words
from voldaan.queries import first_look
from voldaan.queries.foundations import Foundations, foundations
from voldaan.queries.getting_started import getting_started
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import mark
from voldaan.usecases import follow_up, runs
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import day

MOST_OLD, MOST_MESSAGES = 100, 20  # rows of one table
RESTS = timedelta(days=30)  # so long an old debt rests where nobody says otherwise
# What the follow-up stands on, and the page where each is put in order.
STANDS_ON = {
    "asks_before": (
        mark("Customers hear from you before the due date: is all well, and when is it due?"),
        "strategies",
    ),
    "terms_known": (mark("Every open invoice says when it is due."), "invoices"),
    "invoices_fast": (mark("New invoices came in during the last seven days."), "imports"),
    "pays_easily": (mark("Your messages carry an account and a code that banking apps scan."), "settings_accounts"),
    "is_steady": (mark("The follow-up is decided day by day."), "follow_up"),
    "has_an_end": (mark("What is never paid gets a final notice, and then your decision."), "strategies"),
    "bank_fresh": (mark("The bank data tells who has paid."), "imports"),
}
MISSING = {
    "address": mark("your postal address"),
    "sender": mark("the address that mail comes from"),
    "smtp": mark("the mail server"),
}


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show how far the books are; on request also what tomorrow would bring."""
    found = getting_started(actor=request.actor, today=request.today)
    tomorrow = request.today + timedelta(days=1)
    context: dict[str, Any] = {
        "found": found,
        "stands": _stands(foundations(actor=request.actor, today=request.today)),
        "misses": [gettext(MISSING[one]) for one in found.misses],
        "may": {deed.name.lower(): request.actor.may(deed) for deed in Deed},
        "tomorrow": tomorrow,
        "run": None,
    }
    if "morgen" in request.GET and request.actor.may(Deed.PREPARE_RUN):
        run = runs.run(actor=request.actor, today=tomorrow, dry_run=True)
        context |= {
            "run": run,
            "heard": len({message.debtor_id for message in run.messages}),
            "messages": run.messages[:MOST_MESSAGES],
            "left": max(len(run.messages) - MOST_MESSAGES, 0),
        }
    return render(request, "getting_started/page.html", context)


def _stands(found: Foundations) -> tuple[int, list[tuple[bool, str, str]]]:
    """Say what the follow-up stands on: how much of it, and for each whether it is there, in words, and where."""
    return found.score, [(getattr(found, name), words.said(says), page) for name, (says, page) in STANDS_ON.items()]


def old_debts(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001
    """List what is so old that somebody should look at it before it is written about."""
    rows = first_look.old_debts(actor=request.actor, today=request.today)
    context = {
        "rows": rows[:MOST_OLD],
        "count": len(rows),
        "left": max(len(rows) - MOST_OLD, 0),
        "until": request.today + RESTS,
        "may_pause": request.actor.may(Deed.PAUSE),
    }
    return render(request, "getting_started/old_debts.html", context)


def pause(request: Entered, slug: str) -> HttpResponse:
    """Let the old invoices that were ticked rest until a day, for one reason."""
    until, reason = day(request.POST.get("until", "")), request.POST.get("reason", "")
    ticked = list(dict.fromkeys(request.POST.getlist("invoice")[:MOST_OLD]))
    for invoice in ticked:
        follow_up.pause(invoice=invoice, until=until, reason=reason, actor=request.actor, today=request.today)
    if ticked:
        says = ngettext("{n} invoice rests until {day}.", "{n} invoices rest until {day}.", len(ticked))
        leave(request, Toast(says.format(n=len(ticked), day=words.own_tongue().day(until))))
    else:
        leave(request, Toast(gettext("Tick at least one invoice first."), tone="danger"))
    return redirect("old_debts", slug=slug)
