"""The first page: which administrations there are; with one there is nothing to choose."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from voldaan.queries import administrations


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """List the administrations, or enter the only one."""
    known = administrations.every()
    if len(known) == 1:
        return redirect("overview", slug=known[0].slug)
    return render(request, "administrations/page.html", {"known": known})
