"""One receipt spread over invoices by hand, with what is left of it beside: reckoned here, and live with a script."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.queries import bank_inbox, search, spreading
from voldaan.queries.spreading import OpenInvoice
from voldaan.rules.money import Money
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import receipts_spread as verbs
from voldaan.web.entered import Entered
from voldaan.web.toasts import TIME_TO_UNDO, Toast, leave
from voldaan.web.typed import amount

MOST, FOUND, LONGEST = 100, 8, 100


class NotSpread(Refusal):
    code = "not_spread"
    kind = Kind.INVALID
    says = mark("It cannot be booked like this yet: see what stands beside the invoices.")


@dataclass(frozen=True, slots=True)
class Row:
    """One invoice on the page: whether it is chosen, what was typed beside it, and what that comes to."""

    invoice: OpenInvoice
    is_chosen: bool
    typed: str
    cents: int
    problem: str


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What was chosen, and what it leaves of the receipt."""

    rows: list[Row]
    left_cents: int  # negative: too much is given out


def page(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002 - the words of the address
    """Show a receipt with open invoices beside it; or book it as it is spread."""
    receipt = bank_inbox.waiting(id, actor=request.actor)
    if receipt is None and request.method == "POST":
        return redirect("receipts", slug=slug)  # the same yes again, or somebody was first
    if receipt is None:
        raise Http404
    said = request.POST if request.method == "POST" else request.GET
    if said.get("deed") == "book" and said.get("left", f"{receipt.left_cents}") != f"{receipt.left_cents}":
        return redirect("receipts", slug=slug)  # a part of it was booked since: the same yes again, mostly
    text = said.get("zoek", "").strip()[:LONGEST]
    debtor = said.get("klant", "") or spreading.proposed_debtor(id, actor=request.actor)
    found = search.find(text, amount=None, most=FOUND, actor=request.actor) if text else None
    also = [*said.getlist("kies")[:MOST], *((one.id for one in found.invoices if one.open_cents) if found else ())]
    invoices = spreading.open_invoices(debtor=debtor, also=also, currency=receipt.currency, most=MOST,
                                       actor=request.actor)  # fmt: skip
    reckoned = _reckoned(said, invoices, receipt)
    problem = ""
    if request.method == "POST" and said.get("deed") == "book":
        try:
            return _booked(request, slug, receipt, reckoned)
        except verbs.LeftChanged:  # at this very moment
            return redirect("receipts", slug=slug)
        except Refusal as refusal:
            problem = words.refused(refusal)
    context = {
        "receipt": receipt, "rows": reckoned.rows, "left": max(reckoned.left_cents, 0),
        "over": max(-reckoned.left_cents, 0), "given": receipt.left_cents - reckoned.left_cents, "text": text,
        "debtor": debtor, "customers": found.customers if found else [], "rest": said.get("rest", ""),
        "problem": problem,
    }  # fmt: skip
    return render(request, "receipts/spread.html", context, status=422 if problem else 200)


def _reckoned(said: QueryDict, invoices: list[OpenInvoice], receipt: bank_inbox.WaitingReceipt) -> Reckoned:
    """Reckon from the top: what says no amount is paid whole, as far as the money goes."""
    chosen, left, rows = set(said.getlist("kies")), receipt.left_cents, []
    for one in invoices:
        typed, cents, problem = said.get(f"bedrag-{one.id}", "").strip()[:30], 0, ""
        is_chosen = one.id in chosen or bool(typed)
        if typed:
            try:
                cents = amount(typed, receipt.currency).cents
            except Refusal as refusal:
                problem = words.refused(refusal)
            if not problem and not 0 < cents <= one.open_cents:
                problem = gettext("Type more than nothing, and at most what is open.")
        elif is_chosen:
            cents = max(min(one.open_cents, left), 0)
            problem = "" if cents else gettext("Nothing is left for this one.")
        left -= cents
        rows.append(Row(one, is_chosen, typed, cents, problem))
    return Reckoned(rows, left)


def _booked(request: Entered, slug: str, receipt: bank_inbox.WaitingReceipt, reckoned: Reckoned) -> HttpResponse:
    if any(row.problem for row in reckoned.rows):
        raise NotSpread
    currency = receipt.currency
    parts = [(row.invoice.id, Money(row.cents, currency)) for row in reckoned.rows if row.is_chosen]
    whole = bank_inbox.is_whole(receipt.id, actor=request.actor)
    left = verbs.spread_over(
        receipt=receipt.id, parts=parts, rest_to=request.POST.get("rest", ""), was_left_cents=receipt.left_cents,
        actor=request.actor, today=request.today,
    )  # fmt: skip
    says = gettext("Booked.")
    if left:
        says = gettext("Booked. {amount} of it still waits.").format(amount=words.amount(Money(left, currency)))
    undo = reverse("receipt_take_back", args=[slug, receipt.id]) if whole else ""
    leave(request, Toast(says, undo=undo, until=(request.now + TIME_TO_UNDO).isoformat() if undo else ""))
    return redirect("receipts", slug=slug)
