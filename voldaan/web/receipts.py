"""Ontvangsten: what came in and waits for a person, with what speaks for each way to book it."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.queries import bank_inbox as questions
from voldaan.queries import inbox_room
from voldaan.queries.receipt_list import Became, receipts
from voldaan.rules.money import Money
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import Refusal
from voldaan.rules.unknown import NoSuchDebtor, NoSuchInvoice
from voldaan.usecases import receipts_by_hand as verbs
from voldaan.web import receipt_filter, receipt_search, refused
from voldaan.web.entered import Entered
from voldaan.web.toasts import TIME_TO_UNDO, Toast, leave
from voldaan.web.typed import amount, choice, number

MOST = 50  # receipts on one page: what is booked makes room for the next
IN_ADDRESS = {"geboekt": Became.BOOKED, "afgezonderd": Became.ASIDE}


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show what waits, or what became of the others."""
    may_allocate = request.actor.may(Deed.ALLOCATE)
    said = choice(request.GET, "welke", IN_ADDRESS)
    if not said:
        return _waiting(request, may_allocate=may_allocate)
    rows = receipts(
        became=IN_ADDRESS[said], after=number(request.GET.get("na", "")), most=MOST + 1, actor=request.actor
    )
    context = {
        "said": said,
        "rows": rows[:MOST],
        "next": rows[MOST - 1].key if len(rows) > MOST else "",
        "may_allocate": may_allocate,
    }
    return render(request, "receipts/booked.html", context)


def _waiting(request: Entered, *, may_allocate: bool) -> HttpResponse:
    """Show what waits, or the part of it that is asked for; where nonsense is asked, say so and show nothing."""
    typed, problem, inbox = receipt_filter.typed(request), "", None
    asked = receipt_filter.Filter(typed, None)
    if typed:
        around = inbox_room.around(actor=request.actor)
        try:
            asked = receipt_filter.asked(typed, accounts=around.accounts)
            inbox = questions.inbox(wanted=asked.wanted, most=MOST, actor=request.actor)
        except Refusal as refusal:
            problem = words.refused(refusal)
    else:
        inbox, around = inbox_room.whole(most=MOST, actor=request.actor)
    rows = inbox.receipts if inbox else []
    behind = [*(one.id for one in rows[1:]), ""]  # where one goes on once this one has its place
    context = {
        "inbox": inbox,
        "rows": list(zip(rows, behind, strict=False)),
        "problem": problem,
        "typed": typed,
        "address": asked.address,
        "accounts": around.accounts,
        "classes": around.classes,
        "one_class": typed.get("soort", "") if typed.get("soort") != receipt_filter.NOTHING else "",
        "share": around.share,
        "may_allocate": may_allocate,
        "said": "",
    }
    return render(request, "receipts/page.html", context, status=422 if problem else 200)


def accept(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Book a proposal as it stands."""
    receipt = _to_undo(request, request.POST.get("receipt", ""))
    verbs.accept(proposal=id, actor=request.actor, today=request.today)
    return _done(request, slug, gettext("Booked."), receipt)


def reject(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Refuse a proposal; it is not made again."""
    verbs.reject(proposal=id, actor=request.actor, today=request.today)
    undo, until = reverse("proposal_again", args=[slug, id]), (request.now + TIME_TO_UNDO).isoformat()
    leave(request, Toast(gettext("Refused: it is not proposed again."), undo=undo, until=until))
    return _back(request, slug)


def ask_again(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Take a no back."""
    verbs.ask_again(proposal=id, actor=request.actor, today=request.today)
    return _done(request, slug, gettext("It is proposed again."))


def allocate(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Let a receipt pay an invoice, wholly or in part."""
    invoice, receipt = request.POST.get("invoice", "").strip(), _to_undo(request, id)
    try:
        verbs.allocate(receipt=id, invoice=invoice, amount=_amount(request), actor=request.actor, today=request.today)
    except NoSuchInvoice as refusal:
        return receipt_search.not_found(request, slug, id, invoice, refusal)
    return _done(request, slug, gettext("Booked."), receipt)


def leave_as_credit(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Leave a receipt as credit of a customer."""
    debtor, receipt = request.POST.get("debtor", "").strip(), _to_undo(request, id)
    try:
        verbs.leave_as_credit(receipt=id, debtor=debtor, amount=_amount(request), actor=request.actor,
                              today=request.today)  # fmt: skip
    except NoSuchDebtor as refusal:
        return receipt_search.not_found(request, slug, id, debtor, refusal)
    return _done(request, slug, gettext("It stands as credit of the customer now."), receipt)


def set_aside(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Say that a receipt is not from a customer."""
    verbs.set_aside(receipt=id, actor=request.actor, today=request.today)
    return _done(request, slug, gettext("Set aside: it is not from a customer."), id)


def take_back(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Take back all that became of a receipt: it waits again."""
    verbs.take_back(receipt=id, actor=request.actor, today=request.today)
    return _done(request, slug, gettext("Taken back: the receipt waits for you again."))


def _amount(request: Entered) -> Money | None:
    said = request.POST.get("amount", "").strip()
    return amount(said, request.POST.get("currency", "")) if said else None


def _to_undo(request: Entered, receipt: str) -> str:
    """Give the receipt where taking all of it back undoes this deed and no other: before, nothing of it was booked."""
    return receipt if questions.is_whole(receipt, actor=request.actor) else ""


def _done(request: Entered, slug: str, says: str, receipt: str = "") -> HttpResponse:
    """Say what was done, and for a minute how to take it back."""
    undo = reverse("receipt_take_back", args=[slug, receipt]) if receipt else ""
    until = (request.now + TIME_TO_UNDO).isoformat() if undo else ""
    leave(request, Toast(says, undo=undo, until=until))
    return _back(request, slug)


def _back(request: Entered, slug: str) -> HttpResponse:
    return HttpResponseRedirect(refused.back(request)) if request.POST.get("back") else redirect("receipts", slug=slug)
