"""What a person asks to be sent: an invoice once more, a statement of account; first seen, then sent, with a minute."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.countries import COUNTRIES
from voldaan.queries import asked as questions
from voldaan.queries.messages import Seen
from voldaan.rules.outbox import is_quiet_hour
from voldaan.usecases import asked as verbs
from voldaan.web.entered import Entered
from voldaan.web.messages import AS_SENT
from voldaan.web.refused import back
from voldaan.web.statement import since
from voldaan.web.toasts import TIME_TO_UNDO, Toast, leave


def copy(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002 - the words of the address
    """Show an invoice as it would be sent again; or send it."""
    if request.method == "POST":
        until = request.now + TIME_TO_UNDO
        message = verbs.send_copy(invoice=id, not_before=until, actor=request.actor, today=request.today)
        _say(request, message)
        return redirect("invoice", slug=slug, id=id)
    context = {
        "letter": _copy(request, id),
        "mail": reverse("invoice_mail", args=[slug, id]),
        "file": reverse("invoice_file", args=[slug, id]),
        "behind": reverse("invoice", args=[slug, id]),
    }
    return render(request, "asked/page.html", context)


def copy_mail(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Show the mail itself, to stand in a frame."""
    return HttpResponse(_copy(request, id).html, headers=AS_SENT)


def statement(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Show a statement as it would be sent; or send it."""
    currency, day = _asked(request)
    if request.method == "POST":
        until = request.now + TIME_TO_UNDO
        message = verbs.send_statement(debtor=id, currency=currency, since=day, not_before=until, actor=request.actor,
                                       today=request.today)  # fmt: skip
        _say(request, message)
        return redirect("statement", slug=slug, id=id)
    said = urlencode({"valuta": currency, "vanaf": day.isoformat()})
    context = {
        "letter": _statement(request, id),
        "mail": f"{reverse('statement_mail', args=[slug, id])}?{said}",
        "file": f"{reverse('statement_file', args=[slug, id])}?{said}",
        "behind": f"{reverse('statement', args=[slug, id])}?vanaf={day.isoformat()}",
        "currency": currency,
        "since": day,
    }
    return render(request, "asked/page.html", context)


def statement_mail(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Show the mail itself, to stand in a frame."""
    return HttpResponse(_statement(request, id).html, headers=AS_SENT)


def take_back(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Take back what was asked for, as long as it did not leave."""
    verbs.take_back(id=id, actor=request.actor, today=request.today)
    leave(request, Toast(gettext("Taken back: it is not sent.")))
    return HttpResponseRedirect(back(request))


def _copy(request: Entered, id_: str) -> Seen:
    return questions.copy(id_, actor=request.actor, today=request.today, now=request.now)


def _statement(request: Entered, id_: str) -> Seen:
    currency, day = _asked(request)
    return questions.statement(
        id_, currency=currency, since=day, actor=request.actor, today=request.today, now=request.now
    )


def _asked(request: Entered) -> tuple[str, date]:
    said = request.POST if request.method == "POST" else request.GET
    return said.get("valuta", "EUR")[:3], since(said.get("vanaf", ""), request.today)


def _say(request: Entered, asked: verbs.UnderWay) -> None:
    """Say when it leaves, and for so long how to take it back."""
    at = asked.not_before or request.now
    local = at.astimezone(ZoneInfo(request.books.time_zone))
    is_quiet = COUNTRIES[request.books.country].is_quiet(local.date()) or is_quiet_hour(local)
    says = gettext("It leaves on the next sending day.") if is_quiet else gettext("It leaves in a minute.")
    undo = reverse("message_take_back", args=[request.books.slug, asked.id])
    leave(request, Toast(says, undo=undo, until=max(at, request.now).isoformat()))
