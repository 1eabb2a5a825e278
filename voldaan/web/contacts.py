"""Contacten: whom to turn to at a customer, for invoices, reminders, disputes and law."""

from __future__ import annotations

from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.queries import contacts as questions
from voldaan.queries import debtors
from voldaan.rules.contacts import ContactRole
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import contacts as verbs
from voldaan.web.entered import Entered
from voldaan.web.toasts import TIME_TO_UNDO, Toast, leave

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


FACTS = ("name", "email", "phone")
SALT = "contact"


class NothingToPutBack(Refusal):
    code = "nothing_to_put_back"
    kind = Kind.CONFLICT
    says = mark("There is no contact to put back. Write it down anew.")


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
    words = {name: request.POST.get(name, "") for name in FACTS}
    if "remove" in request.POST or not any(word.strip() for word in words.values()):
        was = _of(request, id, role)
        verbs.remove(debtor=id, role=role, actor=request.actor, today=request.today)
        leave(request, _removed(request, slug, id, was))
    else:
        verbs.write(debtor=id, role=role, **words, actor=request.actor, today=request.today)
        leave(request, Toast(gettext("Kept.")))
    return redirect("contacts", slug=slug, id=id)


def restore(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Put a contact back that was just removed, unless there is another by now."""
    customer = debtors.named(id, actor=request.actor)
    try:
        role, *facts = signing.loads(request.POST.get("key", ""), salt=f"{SALT} {customer.id}")
    except signing.BadSignature:
        raise NothingToPutBack from None
    if _of(request, id, ContactRole(role)).is_known:
        leave(request, Toast(gettext("There is a contact for this again. Nothing was put back."), tone="danger"))
    else:
        verbs.write(debtor=id, role=ContactRole(role), **dict(zip(FACTS, facts, strict=True)), actor=request.actor,
                    today=request.today)  # fmt: skip
        leave(request, Toast(gettext("Put back.")))
    return redirect("contacts", slug=slug, id=id)


def _of(request: Entered, id_: str, role: ContactRole) -> questions.ContactRow:
    return next(one for one in questions.contacts(id_, actor=request.actor) if one.role is role)


def _removed(request: Entered, slug: str, id_: str, was: questions.ContactRow) -> Toast:
    says = gettext("Removed.")
    if not was.is_known:
        return Toast(says)
    key = signing.dumps([was.role.value, *(getattr(was, name) for name in FACTS)], salt=f"{SALT} {id_}")
    until = (request.now + TIME_TO_UNDO).isoformat()
    return Toast(says, undo=reverse("contact_restore", args=[slug, id_]), key=key, until=until)
