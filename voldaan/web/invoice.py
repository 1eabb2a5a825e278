"""One invoice: what was booked on it and why, what follows, and what a person can do about it."""

from __future__ import annotations

import secrets

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.look.addresses import address
from voldaan.queries import rests, write_off_requests
from voldaan.queries.follow_up import Why, why
from voldaan.queries.invoice_page import InvoicePage, invoice_page
from voldaan.rules.money import Money
from voldaan.rules.notices import ANNOUNCING
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import allocations, entries, payments, write_offs
from voldaan.usecases import write_off_requests as verbs
from voldaan.usecases.administrations import LARGEST_REST
from voldaan.usecases.write_offs import AboveLimit
from voldaan.web import mending
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import amount, day, number


class NotOnThisInvoice(Refusal):
    code = "not_on_this_invoice"
    kind = Kind.CONFLICT
    says = mark("Booking {number} has no such place on this invoice any more: look at it again.")


def page(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002 - the words of the address
    """Show one invoice or credit note."""
    return _shown(request, slug, id)


def _shown(request: Entered, slug: str, id_: str, above: AboveLimit | None = None) -> HttpResponse:
    """Show it; where a write-off was above the limit, with what was typed, so that an owner can be asked at once."""
    found = invoice_page(id_, actor=request.actor)
    follows = [] if found.is_credit_note else why(id_, actor=request.actor, today=request.today)
    if not found.open_cents:
        follows = [one for one in follows if one.rest]  # of what is paid, only what is not
    asked = write_off_requests.of_invoice(id_, actor=request.actor)
    context = {
        "found": found,
        "follows": [(one, words.BECAUSE[one.decision.because], _because(one), _mend(one, found, slug))
                    for one in follows],
        "may": {deed.name.lower(): request.actor.may(deed) for deed in Deed},
        "is_rest": 0 < found.open_cents <= LARGEST_REST and rests.is_rest(id_, actor=request.actor),
        "terms": words.TERMS.items(),
        "term": words.TERMS[found.parts[0].term_basis] if found.parts else "",
        "token": secrets.token_urlsafe(12),  # the same form twice is one payment
        "here": address("invoice", slug, id_),
        "asked": [(one, words.REQUESTS[one.state]) for one in asked],
        "waits": any(one.is_waiting for one in asked),
        "left": write_off_requests.left_to_write_off(id_, actor=request.actor),
        "above": words.refused(above) if above else "",
        "typed": request.POST if above else {},
    }  # fmt: skip
    return render(request, "invoice/page.html", context, status=422 if above else 200)


def _because(one: Why) -> str:
    """Say why it gets its step, or why not; of what is paid, first what is left of interest and costs."""
    rest = words.said(one.rest[0], amount=one.rest[1]) if one.rest else ""
    return rest if rest and one.is_over else f"{rest} {words.why(one.decision)}".strip()


def _mend(one: Why, found: InvoicePage, slug: str) -> mending.Mend | None:
    notices = [taken.message for taken in one.taken if taken.step in ANNOUNCING and taken.message]
    return mending.mend(one.decision.obstacle, slug, debtor=found.debtor_id, invoice=found.id,
                        notice=notices[-1] if notices else "")  # fmt: skip


def pay(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Write down a payment that a person saw come in."""
    currency = request.POST.get("currency", "")
    paid = amount(request.POST.get("amount", ""), currency)
    recorded = payments.record(
        invoice=id, amount=paid, paid_on=day(request.POST.get("paid_on", "")),
        key=f"page-{request.POST.get('token', '')}"[: payments.LONGEST_KEY], was_open=_was_open(request, currency),
        actor=request.actor, today=request.today,
    )  # fmt: skip
    left = Money(recorded.left_cents, paid.currency)
    says = gettext("Written down: {amount} was paid.").format(amount=words.amount(paid))
    more = gettext("{amount} is left, and stays as credit of the customer.").format(amount=words.amount(left))
    return _done(request, slug, id, f"{says} {more}" if left.cents else says)


def write_off(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Give up what will not be paid, with the reason."""
    currency = request.POST.get("currency", "")
    lost = amount(request.POST.get("amount", ""), currency)
    try:
        write_offs.write_off(
            invoice=id, reason=request.POST.get("reason", ""), amount=lost, was_open=_was_open(request, currency),
            actor=request.actor, today=request.today,
        )  # fmt: skip
    except AboveLimit as above:
        return _shown(request, slug, id, above)
    return _done(request, slug, id, gettext("{amount} was written off.").format(amount=words.amount(lost)))


def ask(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Ask an owner to write off what is above the limit of the reader."""
    currency = request.POST.get("currency", "")
    wanted = amount(request.POST.get("amount", ""), currency)
    verbs.ask(
        invoice=id, reason=request.POST.get("reason", ""), amount=wanted, was_open=_was_open(request, currency),
        actor=request.actor, today=request.today,
    )  # fmt: skip
    return _done(request, slug, id, gettext("An owner was asked to agree to {amount}. Until then the follow-up of this "
                                            "invoice is held.").format(amount=words.amount(wanted)))  # fmt: skip


def settle(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Let credit of the customer pay this invoice."""
    credit = number(request.POST.get("number", "")) or 0
    if credit not in {one.number for one in invoice_page(id, actor=request.actor).credits}:
        raise NotOnThisInvoice(number=credit)
    allocations.allocate(credit_number=credit, invoice=id, actor=request.actor, today=request.today)
    return _done(request, slug, id, gettext("Settled."))


def undo(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Undo an allocation: the money is open again on both sides."""
    allocations.reverse(number=_booking(request, id, is_allocation=True), actor=request.actor, today=request.today)
    return _done(request, slug, id, gettext("Undone: the money stands as credit of the customer."))


def take_payment_back(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Take back a payment that was written down by hand."""
    booking = _booking(request, id, is_allocation=True)
    payments.take_back(number=booking, reason=request.POST.get("reason", ""), actor=request.actor, today=request.today)
    return _done(request, slug, id, gettext("Taken back: it was not paid."))


def take_back(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Take a booking back by a counter-booking."""
    booking = _booking(request, id, is_allocation=False)
    entries.reverse(number=booking, reason=request.POST.get("reason", ""), actor=request.actor, today=request.today)
    return _done(request, slug, id, gettext("Taken back by a counter-booking."))


def _was_open(request: Entered, currency: str) -> Money:
    """Give what was open on the page from which the form was sent."""
    return Money(number(request.POST.get("was_open", "")) or 0, currency)


def _booking(request: Entered, id_: str, *, is_allocation: bool) -> int:
    """Give the booking that a form names, where it is one on this invoice."""
    asked = number(request.POST.get("number", "")) or 0
    lines = invoice_page(id_, actor=request.actor).lines
    if asked not in {line.number for line in lines if line.is_allocation is is_allocation}:
        raise NotOnThisInvoice(number=asked)
    return asked


def _done(request: Entered, slug: str, id_: str, says: str) -> HttpResponse:
    leave(request, Toast(says))
    return redirect("invoice", slug=slug, id=id_)
