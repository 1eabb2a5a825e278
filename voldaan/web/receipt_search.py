"""Of whom is this receipt? Looked for by what one knows, and booked on what was found."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from voldaan.look import words
from voldaan.queries import bank_inbox, search
from voldaan.rules.money import Money, NotAnAmount
from voldaan.rules.refusals import Refusal
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import amount

MOST, LONGEST = 20, 100


def page(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Show a receipt, and the customers and open invoices that are found; at first by the name of who paid."""
    receipt = bank_inbox.waiting(id, actor=request.actor)
    if receipt is None:
        raise Http404  # it was booked meanwhile
    text = request.GET.get("q", receipt.counterparty_name)[:LONGEST].strip()
    found = search.find(text, amount=_amount(text, receipt.currency), most=MOST, actor=request.actor) if text else None
    context = {
        "receipt": receipt,
        "q": text,
        "part": request.GET.get("bedrag", "")[:30],
        "customers": found.customers if found else [],
        "invoices": [one for one in found.invoices if one.open_cents and one.currency == receipt.currency]
        if found
        else [],
    }
    return render(request, "receipts/search.html", context)


def not_found(request: Entered, slug: str, id_: str, typed: str, refusal: Refusal) -> HttpResponse:
    """Say that what was typed names nothing here, or more than one; and show what comes near."""
    leave(request, Toast(words.refused(refusal), tone="danger"))
    if bank_inbox.waiting(id_, actor=request.actor) is None:
        return redirect("receipts", slug=slug)
    said = urlencode({"q": typed[:LONGEST], "bedrag": request.POST.get("amount", "")[:30]})
    return redirect(f"{reverse('receipt_search', args=[slug, id_])}?{said}")


def _amount(text: str, currency: str) -> Money | None:
    try:
        return amount(text, currency)
    except NotAnAmount:
        return None
