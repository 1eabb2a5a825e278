"""Where mail comes from: the address, the server, and a test of both. A password goes in and never comes out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from voldaan.formats.plain_mail import Words
from voldaan.look import words
from voldaan.queries import sender as questions
from voldaan.rules import mailboxes
from voldaan.rules.mailboxes import Security
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import administrations, house_mail
from voldaan.web.entered import Entered
from voldaan.web.settings.confirmed import must_be_fresh, sensitive
from voldaan.web.settings.shelf import SECURITY, shown
from voldaan.web.toasts import Toast, leave

ASKED = ("host", "port", "security", "user")  # and the password, which is never shown again


class NotAServer(Refusal):
    code = "not_a_server"
    kind = Kind.INVALID
    says = mark("This cannot be a mail server: {why}.")


class NotAnAddress(Refusal):
    code = "not_an_address"
    kind = Kind.INVALID
    says = mark("This cannot be the sender address: {why}.")


@sensitive_post_parameters("password")
def page(request: Entered, slug: str) -> HttpResponse:
    """Show where mail comes from, or change it."""
    if request.method != "POST":
        return _page(request)
    deed = request.POST.get("deed", "")
    try:
        match deed:
            case "server":
                said, name, value = gettext("The mail server was changed."), "smtp", _server(request)
            case "forget":
                said, name, value = gettext("The mail server was forgotten."), "smtp", ""
            case _:
                said, name = gettext("The sender address was changed."), "sender"
                value = request.POST.get("address", "").strip()
        who: dict[str, Any] = {"actor": request.actor, "today": request.today}
        more = sensitive(request, said, lambda: administrations.change_sender(name=name, value=value, **who))
    except administrations.BadSetting as refusal:
        sentence = NotAServer.says if deed == "server" else NotAnAddress.says
        return _page(request, deed, words.said(sentence, why=refusal.facts["why"]), status=422)
    except Refusal as refusal:
        return _page(request, deed, words.refused(refusal), status=422)
    leave(request, Toast(f"{said} {more}".strip()))
    return redirect("settings_sender", slug=slug)


def _server(request: Entered) -> str:
    said = {name: request.POST.get(name, "").strip() for name in ASKED}
    known = {one.value: one for one in Security}
    try:
        return mailboxes.written(
            host=said["host"], port=said["port"], security=known.get(said["security"], Security.TLS),
            user=said["user"], password=request.POST.get("password", ""),
        )  # fmt: skip
    except ValueError as error:
        raise NotAServer(why=error) from None


def trial(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Send a test message to whoever asks for it, and tell what became of it."""
    test = Words(
        gettext("A test from Voldaan"),
        gettext(
            "This is a test of the mail server. It arrived, so messages to the customers of {books} can leave.\n"
        ).format(books=request.books.name),
    )
    try:
        must_be_fresh(request)
        tried = house_mail.try_out(words=test, actor=request.actor, today=request.today, now=request.now)
    except Refusal as refusal:
        return _page(request, "trial", words.refused(refusal), status=422)
    return _page(request, tried=tried, status=200 if tried.was_taken else 422)


def _page(request: Entered, deed: str = "", problem: str = "", *, tried: house_mail.Tried | None = None,
          status: int = 200) -> HttpResponse:  # fmt: skip
    found = questions.sender(actor=request.actor)
    there: dict[str, Any] = dict.fromkeys(ASKED, "")
    if found.server:
        one = found.server
        there = {"host": one.host, "port": one.port, "security": one.security.value, "user": one.user}
    if deed == "server":
        there = {name: request.POST.get(name, "") for name in ASKED}
    context = {
        "found": found,
        "address": request.POST.get("address", "") if deed == "address" else found.address,
        "there": there,
        "securities": [(one.value, words.said(said)) for one, said in SECURITY.items()],
        "security": words.said(SECURITY[found.server.security]) if found.server else "",
        "problem": problem if deed in {"forget", "trial"} else "",
        "problems": {deed: problem},
        "tried": tried,
        "tried_says": words.said(tried.said) if tried else "",
    }
    return shown(request, "settings/sender.html", context, status=status)
