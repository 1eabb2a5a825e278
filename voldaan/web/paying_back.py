"""Credit that was paid back to a customer: said with the bank line by which it left or with a day, and taken back."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.rules.money import Money
from voldaan.usecases import refunds
from voldaan.web import refused
from voldaan.web.entered import Entered
from voldaan.web.toasts import TIME_TO_UNDO, Toast, leave
from voldaan.web.typed import day
from voldaan.web.typed import number as read


def pay_back(request: Entered, slug: str, number: int) -> HttpResponse:
    """Say that all that is left of a credit, named by its booking, was paid back."""
    line, currency = request.POST.get("line", ""), request.POST.get("currency", "")
    was_open = Money(read(request.POST.get("was_open", "")) or 0, currency)
    cents = refunds.pay_back(
        credit_number=number, bank_line=line, paid_on=None if line else day(request.POST.get("paid_on", "")),
        was_open=was_open, actor=request.actor, today=request.today,
    )  # fmt: skip
    says = gettext("Written down: {amount} was paid back.").format(amount=words.amount(Money(cents, currency)))
    undo, until = reverse("credit_take_back", args=[slug, number]), (request.now + TIME_TO_UNDO).isoformat()
    leave(request, Toast(says, undo=undo, until=until))
    return HttpResponseRedirect(refused.back(request))


def take_back(request: Entered, slug: str, number: int) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Take back that a credit was paid back: it stands there again."""
    reason = gettext("Undone at once on the page")
    refunds.take_back(credit_number=number, reason=reason, actor=request.actor, today=request.today)
    leave(request, Toast(gettext("Taken back: the credit stands there again.")))
    return HttpResponseRedirect(refused.back(request))
