"""One customer: what is open and why it waits, what was booked, what was written; and what we know, to be changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.queries import customer as questions
from voldaan.queries import paying_back
from voldaan.rules.permissions import Deed
from voldaan.rules.strategy import Because
from voldaan.usecases import debtors, follow_up
from voldaan.web import mending, refused
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import day

MOST = 50  # rows of one table
CHANGEABLE = ("name", "email", "street", "postcode", "city", "strategy")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One open item, in words."""

    item: questions.FollowedItem
    sign: words.Sign
    when: str
    on: date | None  # the day of its next step
    why: str
    is_held: bool
    mend: mending.Mend | None  # where the law stands in the way


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message, in words."""

    message: questions.MessageLine
    sign: words.Sign


def page(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002 - the words of the address
    """Show one customer."""
    customer = questions.customer(id, actor=request.actor, today=request.today)
    lines = customer.account
    has_credit = any(one.credits_cents for one in customer.owed)
    credits_ = paying_back.of_customer(customer.id, most=MOST + 1, actor=request.actor) if has_credit else []
    context = {
        "customer": customer,
        "items": [_item(one, customer, slug) for one in customer.items[:MOST]],
        "items_left": max(len(customer.items) - MOST, 0),
        "credits": credits_[:MOST],
        "credits_left": len(credits_) > MOST,
        "may_pay_back": request.actor.may(Deed.RECORD_PAYMENT),
        "lines": lines[-MOST:],
        "lines_left": max(len(lines) - MOST, 0),
        "messages": [MessageRow(one, words.message(one.state, counts=one.returned_on is None))
                     for one in customer.messages[:MOST]],
        "messages_left": max(len(customer.messages) - MOST, 0),
        "may_change": request.actor.may(Deed.CHANGE_DEBTORS),
        "strategies": customer.strategies,
        "kinds": words.KINDS.items(),
        "terms": words.TERMS.items(),
        "may_pause": request.actor.may(Deed.PAUSE),
        "may_allocate": request.actor.may(Deed.ALLOCATE),
    }  # fmt: skip
    return render(request, "debtor/page.html", context)


def change(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Change what we know of a customer; what is set here, no import overwrites."""
    customer = questions.who(id, actor=request.actor)
    said = {name: request.POST[name].strip() for name in CHANGEABLE if name in request.POST}
    # What stands as it was shown was not touched: it may have been changed elsewhere meanwhile.
    new = {name: value for name, value in said.items() if value != request.POST.get(f"was_{name}", "").strip()}
    if not new.get("name", "-"):
        del new["name"]
    if new:
        email = new.pop("email", None)
        debtors.change(debtor=customer, email=email, actor=request.actor, today=request.today, **new)
    leave(request, Toast(gettext("Kept.")))
    return redirect("debtor", slug=slug, id=id)


def pause(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Let invoices of this customer rest until a day, for a reason."""
    until, reason = day(request.POST.get("until", "")), request.POST.get("reason", "")
    invoices = [questions.is_of(id, one, actor=request.actor) for one in request.POST.getlist("invoice")[:MOST]]
    for invoice in invoices or [_invoice(request, id)]:
        follow_up.pause(invoice=invoice, until=until, reason=reason, actor=request.actor, today=request.today)
    leave(request, Toast(gettext("It rests until {day}.").format(day=words.own_tongue().day(until))))
    return (
        HttpResponseRedirect(refused.back(request))
        if request.POST.get("back")
        else redirect("debtor", slug=slug, id=id)
    )


def resume(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Let the follow-up of an invoice go on."""
    follow_up.resume(invoice=_invoice(request, id), actor=request.actor, today=request.today)
    leave(request, Toast(gettext("The follow-up goes on.")))
    return redirect("debtor", slug=slug, id=id)


def _invoice(request: Entered, id_: str) -> str:
    return questions.is_of(id_, request.POST.get("invoice", ""), actor=request.actor)


def _item(item: questions.FollowedItem, customer: questions.Customer, slug: str) -> ItemRow:
    decision = item.decision
    is_held = decision.because is Because.PAUSED
    on = decision.leaves_on or decision.on
    return ItemRow(
        item, words.BECAUSE[decision.because], words.lateness(item.days_overdue), on, words.why(decision), is_held,
        mending.mend(decision.obstacle, slug, debtor=customer.id, invoice=item.invoice_id, notice=item.notice),
    )  # fmt: skip
