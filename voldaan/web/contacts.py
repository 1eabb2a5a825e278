"""Contacten: whom to turn to at a customer, for invoices, reminders, disputes and law."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from voldaan.queries import contacts as questions
from voldaan.queries import debtors
from voldaan.rules.contacts import ContactRole
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import mark
from voldaan.usecases import contacts as verbs
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave

TOLD = {
    ContactRole.INVOICE: (
        mark("Invoices"),
        mark("Gets everything for which there is nobody else: copies, statements, and reminders too."),
    ),
    ContactRole.REMINDER: (
        mark("Reminders"),
        mark("Gets what asks for a payment, instead of the address for invoices."),
    ),
    ContactRole.DISPUTE: (mark("Disputes"), mark("Whom to speak to when something is not right.")),
    ContactRole.LEGAL: (mark("Legal"), mark("Whom to turn to when it comes to law.")),
}


def page(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Show whom to turn to."""
    customer = debtors.named(id, actor=request.actor)
    found = questions.contacts(customer.id, actor=request.actor)
    context = {
        "customer": customer,
        "contacts": [(one, *TOLD[one.role]) for one in found],
        "may_change": request.actor.may(Deed.CHANGE_DEBTORS),
        "longest_name": verbs.LONGEST_NAME,
        "longest_phone": verbs.LONGEST_PHONE,
    }
    return render(request, "contacts/page.html", context)


def change(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Write a contact down, or take it away."""
    try:
        role = ContactRole(request.POST.get("role", ""))
    except ValueError:
        raise Http404 from None
    words = {name: request.POST.get(name, "") for name in ("name", "email", "phone")}
    if "remove" in request.POST or not any(word.strip() for word in words.values()):
        verbs.remove(debtor=id, role=role, actor=request.actor, today=request.today)
        leave(request, Toast(gettext("Removed.")))
    else:
        verbs.write(debtor=id, role=role, **words, actor=request.actor, today=request.today)
        leave(request, Toast(gettext("Kept.")))
    return redirect("contacts", slug=slug, id=id)
