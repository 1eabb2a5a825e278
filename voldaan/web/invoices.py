"""Facturen: the invoices, the newest first, and what is open of each."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from voldaan.queries.invoice_documents import document
from voldaan.queries.invoice_list import Which, invoices
from voldaan.rules.refusals import mark
from voldaan.web.entered import Entered
from voldaan.web.messages import handed_over
from voldaan.web.typed import choice, number

ON_ONE_PAGE = 50
SHOWN = {Which.OPEN: mark("Open"), Which.LATE: mark("Late"), Which.ALL: mark("All")}
IN_ADDRESS = {"open": Which.OPEN, "te-laat": Which.LATE, "alles": Which.ALL}


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """List the invoices that are asked for."""
    search, after = request.GET.get("zoek", "")[:100], request.GET.get("na", "")
    said = choice(request.GET, "welke", IN_ADDRESS, "open")
    which = IN_ADDRESS[said]
    key = number(after)
    rows = invoices(which=which, search=search, after=key, most=ON_ONE_PAGE + 1, actor=request.actor,
                    today=request.today)  # fmt: skip
    words = {"welke": said} | ({"zoek": search} if search else {})
    shown = rows[:ON_ONE_PAGE]
    context = {
        "search": search,
        "said": said,
        "rows": shown,
        "ways": [(urlencode(words | {"welke": name}), SHOWN[one], one is which) for name, one in IN_ADDRESS.items()],
        "is_first": key is None,
        "start": urlencode(words),
        "next": urlencode(words | {"na": shown[-1].key}) if len(rows) > ON_ONE_PAGE else "",
    }
    return render(request, "invoices/page.html", context)


def file(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Give the document of an invoice, as the customer got it."""
    found = document(id, actor=request.actor)
    return handed_over(found.name, found.content)
