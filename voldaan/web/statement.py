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
from voldaan.rules.permissions import Deed
from voldaan.rules.tongues import tongue
from voldaan.web.entered import Entered
from voldaan.web.typed import NotADay

MONTHS = 3  # that it goes back, where nobody says otherwise


def page(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Show the account."""
    customer = debtors.named(id, actor=request.actor)
    first = since(request.GET.get("vanaf", ""), request.today)
    accounts = account(customer.id, since=first, actor=request.actor, today=request.today)
    papers = {one.invoice: one.id for one in kept(customer.id, actor=request.actor)}
    shown = [
        (
            one,
            [(line, papers.get(line.invoice, "")) for line in one.lines],
            list(zip(one.bookings, one.balances(), strict=True)),
        )
        for one in accounts
    ]
    context = {
        "customer": customer, "since": first, "accounts": shown, "may_send": request.actor.may(Deed.RELEASE_RUN),
    }  # fmt: skip
    return render(request, "statement/page.html", context)


def file(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Give the account as a PDF, in the language of the customer: in all currencies, or in one."""
    first, currency = since(request.GET.get("vanaf", ""), request.today), request.GET.get("valuta", "")
    found = account(id, since=first, actor=request.actor, today=request.today)
    accounts = [one for one in found if currency in ("", one.currency)]
    if not accounts:
        raise Http404
    answer = HttpResponse(statement_pdf.draw(accounts), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=_name(accounts)) or ""
    return answer


def _name(accounts: list[Account]) -> str:
    one = accounts[0]
    return f"{tongue(one.language).labels['statement']} {one.customer.name} {one.on.isoformat()}.pdf"


def since(said: str, today: date) -> date:
    """Read the day from which bookings are told; nothing typed is some months back.

    Raises:
        NotADay: it is none.
    """
    if not said:
        months = today.year * 12 + today.month - 1 - MONTHS
        return date(months // 12, months % 12 + 1, 1)
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise NotADay(typed=said) from None
