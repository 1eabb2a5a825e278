"""All that is proposed in one way: looked at as a list with its total, and booked by one yes."""

from __future__ import annotations

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from voldaan.look import words
from voldaan.queries import bank_inbox, inbox_room
from voldaan.rules.money import Money
from voldaan.usecases import receipts_together as verbs
from voldaan.web import receipt_filter
from voldaan.web.entered import Entered
from voldaan.web.toasts import TIME_TO_UNDO, Toast, leave

APART = ","  # between ids


def page(request: Entered, slug: str) -> HttpResponse:
    """List the best proposals of one class, with what they come to; or book those that were seen."""
    if request.method == "POST":
        return _accept(request, slug)
    typed = receipt_filter.typed(request)
    asked = receipt_filter.asked(typed, accounts=inbox_room.around(actor=request.actor).accounts)
    kind = typed.get("soort", "")
    if asked.wanted is None or kind in ("", receipt_filter.NOTHING):
        return redirect("receipts", slug=slug)
    inbox = bank_inbox.inbox(wanted=asked.wanted, most=verbs.MOST, actor=request.actor)
    pairs = [(one, one.proposals[0]) for one in inbox.receipts]
    sums: Counter[str] = Counter()
    for receipt, _ in pairs:
        sums[receipt.currency] += receipt.left_cents
    context = {
        "kind": kind,
        "pairs": pairs,
        "count": inbox.receipt_count,
        "total": [Money(cents, currency) for currency, cents in sorted(sums.items())],
        "ids": APART.join(way.id for _, way in pairs),
        "address": asked.address,
    }
    return render(request, "receipts/together.html", context)


def _accept(request: Entered, slug: str) -> HttpResponse:
    wanted = [one for one in request.POST.get("proposals", "").split(APART) if one]
    done = verbs.accept_all(wanted=wanted, match_class=request.POST.get("soort", ""), actor=request.actor,
                            today=request.today)  # fmt: skip
    count = len(done.receipts)
    said = []
    if count:
        booked = ngettext("{n} receipt booked: {amount}.", "{n} receipts booked: {amount}.", count)
        said.append(booked.format(n=count, amount=words.joined([words.amount(one) for one in done.money])))
    elif done.already:
        said.append(gettext("These were booked already."))
    if done.changed:
        left = ngettext("{n} is left: it changed meanwhile.", "{n} are left: they changed meanwhile.", done.changed)
        said.append(left.format(n=done.changed))
    undo = reverse("receipts_take_back", args=[slug]) if count else ""
    until = (request.now + TIME_TO_UNDO).isoformat() if undo else ""
    says = " ".join(said) or gettext("Nothing was booked.")
    leave(request, Toast(says, "ok" if count else "danger", undo, APART.join(done.receipts), until))
    return redirect("receipts", slug=slug)


def take_back(request: Entered, slug: str) -> HttpResponse:
    """Take back all that was booked by one yes."""
    wanted = [one for one in request.POST.get("key", "").split(APART) if one]
    count = verbs.take_back_all(wanted=wanted, actor=request.actor, today=request.today)
    said = ngettext("Taken back: {n} receipt waits again.", "Taken back: {n} receipts wait again.", count)
    leave(request, Toast(said.format(n=count)))
    return redirect("receipts", slug=slug)
