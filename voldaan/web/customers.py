"""Klanten: everybody, page by page, and found by what one knows of them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render

from voldaan.queries import customers as questions
from voldaan.queries import missing
from voldaan.web.entered import Entered
from voldaan.web.typed import choice

ON_ONE_PAGE = 50


def page(request: Entered, slug: str) -> HttpResponse:
    """List the customers; who searches and finds one is led there."""
    search, after = request.GET.get("zoek", "")[:100], request.GET.get("na", "")[:12]
    unknown = choice(request.GET, "soort", ["onbekend"]) == "onbekend"
    found = questions.customers(search=search, after=after, unknown=unknown, most=ON_ONE_PAGE, actor=request.actor,
                                today=request.today)  # fmt: skip
    if search and not after and len(found.rows) == 1:
        return redirect("debtor", slug=slug, id=found.rows[0].id)
    words = ({"zoek": search} if search else {}) | ({"soort": "onbekend"} if unknown else {})
    context = {
        "search": search,
        "unknown": unknown,
        "rows": found.rows,
        "is_first": not after,
        "next": urlencode(words | {"na": found.next}) if found.next else "",
        "start": urlencode(words),
        "unmailed": 0 if search or after else missing.unmailed(actor=request.actor, today=request.today),
    }
    return render(request, "customers/page.html", context)
