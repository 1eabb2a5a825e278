"""Rekeningoverzicht: the account of one customer to look at, to print, and to hand over as a PDF."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from voldaan.formats import statement_pdf
from voldaan.queries import debtors
from voldaan.queries.account import account
from voldaan.queries.invoice_documents import kept
from voldaan.rules.accounts import Account
from voldaan.rules.tongues import tongue
from voldaan.web.entered import Entered
from voldaan.web.typed import NotADay

MONTHS = 3  # that it goes back, where nobody says otherwise


def page(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Show the account."""
    customer = debtors.named(id, actor=request.actor)
    since = _since(request)
    accounts = account(customer.id, since=since, actor=request.actor, today=request.today)
    papers = {one.invoice: one.id for one in kept(customer.id, actor=request.actor)}
    shown = [
        (
            one,
            [(line, papers.get(line.invoice, "")) for line in one.lines],
            list(zip(one.bookings, one.balances(), strict=True)),
        )
        for one in accounts
    ]
    return render(request, "statement/page.html", {"customer": customer, "since": since, "accounts": shown})


def file(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Give the account as a PDF, in the language of the customer."""
    accounts = account(id, since=_since(request), actor=request.actor, today=request.today)
    if not accounts:
        raise Http404
    answer = HttpResponse(statement_pdf.draw(accounts), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=_name(accounts)) or ""
    return answer


def _name(accounts: list[Account]) -> str:
    one = accounts[0]
    return f"{tongue(one.language).labels['statement']} {one.customer.name} {one.on.isoformat()}.pdf"


def _since(request: Entered) -> date:
    said = request.GET.get("vanaf", "")
    if not said:
        months = request.today.year * 12 + request.today.month - 1 - MONTHS
        return date(months // 12, months % 12 + 1, 1)
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise NotADay(typed=said) from None
