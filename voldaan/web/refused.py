"""What is said when something cannot be done, is not there, or comes back in a form that we did not give out."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.defaults import page_not_found, permission_denied

from voldaan.look import words
from voldaan.rules.refusals import Kind, Refusal
from voldaan.web.toasts import Toast, leave


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Say a refusal: on the page where the deed was asked for, or as a page of its own."""
    match refusal.kind:
        case Kind.NOT_FOUND:
            return page_not_found(request, Http404())
        case Kind.FORBIDDEN:
            return permission_denied(request, PermissionDenied())
    if request.method == "POST":
        return told(request, refusal)
    return render(request, "refused.html", {"says": words.refused(refusal)}, status=409)


def told(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Say a refusal on the page where the form is: what was typed there is not there, or does not fit."""
    leave(request, Toast(words.refused(refusal), tone="danger"))
    return HttpResponseRedirect(back(request))


def back(request: HttpRequest) -> str:
    """Give the page that a form says it came from, where that is one of ours."""
    said = request.POST.get("back", "")
    is_ours = said.startswith("/") and url_has_allowed_host_and_scheme(said, allowed_hosts=None)
    return said if is_ours else "/"


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - for the log, not for the page
    """Refuse a form without its token: another site sent it, or the session ended meanwhile."""
    return render(request, "forged.html", status=403)
