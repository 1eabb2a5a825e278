"""Whether mail leaves: not at all, only to ourselves, or to customers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.queries import sender as questions
from voldaan.rules.outbox import HeldSending, Live
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import administrations
from voldaan.web.entered import Entered
from voldaan.web.settings.confirmed import must_be_fresh, sensitive
from voldaan.web.settings.shelf import shown
from voldaan.web.toasts import Toast, leave

HELD = {
    HeldSending.STOPPED.value: mark("Somebody stopped it."),
    HeldSending.RESTORED.value: mark("These books come from a backup: what left since then is not in them."),
    HeldSending.CHECK.value: mark("The nightly check found something that is not right. See: voldaan status"),
}


class NowhereFrom(Refusal):
    code = "nowhere_from"
    kind = Kind.CONFLICT
    says = mark("Nothing can leave yet: first set a sender address and a mail server.")


class NotSure(Refusal):
    code = "not_sure"
    kind = Kind.INVALID
    says = mark("Nothing was changed: tick that messages may go to your customers.")


def page(request: Entered, slug: str) -> HttpResponse:
    """Show whether mail leaves, or switch it."""
    found = questions.sender(actor=request.actor)
    chosen, problem = request.POST.get("live", found.live), ""
    if request.method == "POST":
        try:
            more = _switch(request, found, chosen)
        except administrations.BadSetting:
            return redirect("settings_sending", slug=slug)  # what no form of ours says
        except Refusal as refusal:
            problem = words.refused(refusal)
        else:
            leave(request, Toast(f"{_said(chosen)} {more}".strip()))
            return redirect("settings_sending", slug=slug)
    context = {
        "found": found,
        "chosen": chosen,
        "waiting": questions.waiting(actor=request.actor),
        "why_held": words.said(HELD.get(found.held, "")),
        "may_stop": request.actor.may(Deed.SEND),
        "may_resume": request.actor.may(Deed.RELEASE_RUN),
        "problem": problem,
    }
    return shown(request, "settings/sending.html", context, status=422 if problem else 200)


def _switch(request: Entered, found: questions.Sender, chosen: str) -> str:
    must_be_fresh(request)
    if chosen != Live.OFF.value and not found.is_set and not found.is_demo:
        raise NowhereFrom
    if chosen == Live.ON.value and request.POST.get("sure") != "yes":
        raise NotSure
    who: dict[str, Any] = {"actor": request.actor, "today": request.today}
    return sensitive(request, _said(chosen), lambda: administrations.change_sender(name="live", value=chosen, **who))


def _said(live: str) -> str:
    match live:
        case Live.ON.value:
            return gettext("Messages go to your customers from now on.")
        case Live.SELF.value:
            return gettext("Every message goes to yourself from now on.")
    return gettext("Nothing leaves any more.")
