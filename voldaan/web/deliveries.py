"""What a person writes down of a message that left: it was received, it came back, or it is withdrawn."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.rules.money import Money
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import deliveries
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import day


class NotTicked(Refusal):
    code = "withdrawal_not_ticked"
    kind = Kind.INVALID
    says = mark("Nothing was withdrawn: tick first that you know it cannot be undone.")


def received(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002 - the words of the address
    """Write down that a message was received, and what proves it."""
    since = deliveries.received(
        message=id, on=day(request.POST.get("on", "")), proof=request.POST.get("proof", ""), actor=request.actor,
        today=request.today,
    )  # fmt: skip
    says = gettext("Written down.")
    if since:
        from_day = gettext("What it announced may be asked from {day} on.")
        says = f"{says} {from_day.format(day=words.own_tongue().day(since))}"
    return _done(request, slug, id, says)


def returned(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Write down that a message came back: its steps are decided again."""
    back = deliveries.returned(
        message=id, on=day(request.POST.get("on", "")), words=request.POST.get("words", ""), actor=request.actor,
        today=request.today,
    )  # fmt: skip
    says = gettext("Written down: it came back. Correct the address, then the next run writes again.")
    return _done(request, slug, id, _with_what_went(says, back))


def withdrawn(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Take back a message that was sent, with what it claimed."""
    if request.POST.get("sure") != "yes":
        raise NotTicked
    back = deliveries.withdrawn(
        message=id, reason=request.POST.get("reason", ""), actor=request.actor, today=request.today
    )
    if back is None:
        return _done(request, slug, id, gettext("Withdrawn. Throw the letter away."))
    says = gettext("Withdrawn. Tell the customer too.")
    return _done(request, slug, id, _with_what_went(says, back))


def _with_what_went(says: str, back: Money) -> str:
    taken = gettext("Taken back of interest and costs: {amount}.").format(amount=words.amount(back))
    return f"{says} {taken}" if back.cents else says


def _done(request: Entered, slug: str, id_: str, says: str) -> HttpResponse:
    leave(request, Toast(says))
    return redirect("outbox_message", slug=slug, id=id_)
