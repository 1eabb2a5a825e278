"""The outbox: every message and what became of it, one of them whole, and the gate that lets them leave."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.queries import deliveries
from voldaan.queries import messages as shown
from voldaan.queries import outbox as questions
from voldaan.queries.outbox import Which
from voldaan.rules.outbox import MessageState
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import mark
from voldaan.rules.unknown import NothingToShow
from voldaan.usecases import sending
from voldaan.web import refused
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import choice, number

ON_ONE_PAGE = 50
SHOWN = {
    Which.ALL: mark("All"),
    Which.WAITS: mark("Waits for your yes"),
    Which.LEAVES: mark("May leave"),
    Which.POST: mark("To post"),
    Which.UNCERTAIN: mark("Uncertain"),
    Which.FAILED: mark("Refused"),
    Which.SENT: mark("Sent"),
    Which.WITHDRAWN: mark("Withdrawn"),
}
IN_ADDRESS = {
    "alles": Which.ALL,
    "goedkeuren": Which.WAITS,
    "vertrekt": Which.LEAVES,
    "op-de-post": Which.POST,
    "onzeker": Which.UNCERTAIN,
    "geweigerd": Which.FAILED,
    "verzonden": Which.SENT,
    "ingetrokken": Which.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One message, in words."""

    message: questions.OutboxRow
    sign: words.Sign
    why: str
    not_before: str  # of what may leave, but not yet


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """List the messages that are asked for."""
    search, after = request.GET.get("zoek", "")[:100], request.GET.get("na", "")
    said = choice(request.GET, "welke", IN_ADDRESS, "alles")
    which = IN_ADDRESS[said]
    key = number(after)
    rows = questions.outbox(which=which, search=search, after=key, most=ON_ONE_PAGE + 1, actor=request.actor)
    stand = questions.stand(actor=request.actor, today=request.today)
    counts = stand.counts
    asked = {"welke": said} | ({"zoek": search} if search else {})
    listed = rows[:ON_ONE_PAGE]
    context = {
        "search": search,
        "said": said,
        "which": which.value,
        "is_empty": not counts[Which.ALL],
        "rows": [_row(one, request) for one in listed],
        "ways": [(urlencode(asked | {"welke": name}), SHOWN[one], counts[one], one is which)
                 for name, one in IN_ADDRESS.items() if counts[one] or one in (Which.ALL, which)],
        "is_first": key is None,
        "start": urlencode(asked),
        "next": urlencode(asked | {"na": listed[-1].key}) if len(rows) > ON_ONE_PAGE else "",
        **_gate(stand.gate, request),
    }  # fmt: skip
    return render(request, "outbox/page.html", context)


def message(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Show one message: what became of it, what can be done about it, and the very message."""
    one = questions.one(id, actor=request.actor)
    try:
        letter = shown.seen(id, actor=request.actor, today=request.today, now=request.now)
    except NothingToShow:
        letter = None  # it never left, and nothing of it is open any more
    gate = questions.gate(actor=request.actor, today=request.today)
    told = deliveries.delivery(id, actor=request.actor)
    context = {"row": _row(one, request), "letter": letter, "told": told, **_gate(gate, request)}
    return render(request, "outbox/message.html", context)


def stop(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001
    """Hold all that would leave."""
    sending.stop(actor=request.actor, today=request.today)
    leave(request, Toast(gettext("Stopped: nothing leaves until somebody lets it go on.")))
    return HttpResponseRedirect(refused.back(request))


def go_on(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001
    """Let the outbox go on."""
    sending.resume_sending(actor=request.actor, today=request.today)
    leave(request, Toast(gettext("Sending goes on with exactly what was left.")))
    return HttpResponseRedirect(refused.back(request))


def _row(one: questions.OutboxRow, request: Entered) -> Row:
    """Say a message in words."""
    waits = one.retry_at is not None and one.retry_at > request.now and one.state == MessageState.RELEASED.value
    at = one.retry_at.astimezone(ZoneInfo(request.books.time_zone)) if one.retry_at and waits else None
    not_before = f"{words.own_tongue().day(at.date())}, {at:%H:%M}" if at else ""
    sign = words.message(one.state, counts=one.returned_on is None)
    return Row(one, sign, words.ended(one.state, one.why, one.said), not_before)


def _gate(gate: questions.Gate, request: Entered) -> dict[str, object]:
    return {
        "gate": gate,
        "may_send": request.actor.may(Deed.SEND),
        "may_release": request.actor.may(Deed.RELEASE_RUN),
        "may_change_sender": request.actor.may(Deed.CHANGE_SENDER),
    }
