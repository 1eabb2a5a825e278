"""One customer: what is open and why it waits, what was booked, and what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render

from voldaan.look import words
from voldaan.queries import bookings
from voldaan.queries import overview as questions
from voldaan.queries.moments import NOW
from voldaan.rules.unknown import NoSuchDebtor
from voldaan.web.entered import Entered

MOST = 50  # rows of one table


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One open item, in words."""

    item: questions.FollowedItem
    sign: words.Sign
    when: str
    on: date | None  # the day of its next step
    why: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message, in words."""

    message: questions.MessageLine
    sign: words.Sign


def page(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Show one customer."""
    try:
        customer = questions.customer(id, actor=request.actor, today=request.today)
    except NoSuchDebtor as refusal:
        raise Http404 from refusal
    lines = bookings.statement(debtor=customer.id, moment=NOW, actor=request.actor)
    context = {
        "customer": customer,
        "items": list(map(_item, customer.items[:MOST])),
        "items_left": max(len(customer.items) - MOST, 0),
        "lines": lines[-MOST:],
        "lines_left": max(len(lines) - MOST, 0),
        "messages": [MessageRow(one, words.MESSAGES[one.state]) for one in customer.messages[:MOST]],
        "messages_left": max(len(customer.messages) - MOST, 0),
    }
    return render(request, "debtor/page.html", context)


def _item(item: questions.FollowedItem) -> ItemRow:
    decision = item.decision
    on = decision.leaves_on or decision.on
    return ItemRow(item, words.BECAUSE[decision.because], words.lateness(item.days_overdue), on, words.why(decision))
