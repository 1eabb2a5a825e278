"""Who a customer is, and what due dates rest on: what a person says of both, from which the law follows."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, ngettext

from voldaan.queries import customer as questions
from voldaan.rules.law import DebtorKind
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.terms import TermBasis
from voldaan.usecases import debtors, due_dates
from voldaan.web import refused
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave


class NotOffered(Refusal):
    code = "not_offered"
    kind = Kind.INVALID
    says = mark("Choose one of what is offered.")


def kind(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Say which kind of customer this is, and whether interest and costs are ever asked of it."""
    said, spared = request.POST.get("kind", ""), "is_spared" in request.POST
    if said not in ("", *(one.value for one in DebtorKind)):
        raise NotOffered
    customer = questions.who(id, actor=request.actor)
    debtors.change(debtor=customer, kind=said, is_spared=spared, actor=request.actor, today=request.today)
    leave(request, Toast(gettext("Kept.")))
    return HttpResponseRedirect(refused.back(request))


def of_customer(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Say what the due dates of all open items of a customer rest on."""
    return _said(request, debtor=questions.who(id, actor=request.actor))


def of_invoice(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Say what the due date of an invoice rests on."""
    return _said(request, invoice=id)


def _said(request: Entered, **of: str) -> HttpResponse:
    try:
        basis = TermBasis(request.POST.get("basis", ""))
    except ValueError:
        raise NotOffered from None
    reason = request.POST.get("reason", "")
    changed = due_dates.rests_on(basis=basis, reason=reason, actor=request.actor, today=request.today, **of)
    says = ngettext("Kept, of {n} item.", "Kept, of {n} items.", changed)
    leave(request, Toast(says.format(n=changed)))
    return HttpResponseRedirect(refused.back(request))
