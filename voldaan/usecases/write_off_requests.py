"""Verbs on write-offs above one's limit: ask an owner, who approves or declines; withdraw what was asked."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F

from voldaan.records.invoices import Invoice
from voldaan.records.write_off_requests import WAITING, WriteOffRequest, open_now
from voldaan.rules.holds import HoldReason
from voldaan.rules.ledger import EntryKind
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.requests import RequestState
from voldaan.usecases import events, follow_up, invoices, ledger, messages, write_offs
from voldaan.usecases.write_offs import ReasonMissing

LONGEST = 500  # characters of a reason
HELD = mark("an owner was asked whether {amount} of it may be written off.")


class NoSuchRequest(Refusal):
    code = "no_such_write_off_request"
    kind = Kind.NOT_FOUND
    says = mark("There is no request {request} to write something off in this administration.")


class NeedsNoApproval(Refusal):
    code = "needs_no_approval"
    kind = Kind.CONFLICT
    says = mark("You may write off {amount} of invoice {invoice} yourself: nobody needs to agree to it.")


class AlreadyAsked(Refusal):
    code = "write_off_already_asked"
    kind = Kind.CONFLICT
    says = mark(
        "An owner was asked already whether {amount} of invoice {invoice} may be written off. Withdraw that first, or "
        "wait for the answer."
    )


class NotWaiting(Refusal):
    code = "write_off_request_not_waiting"
    kind = Kind.CONFLICT
    says = mark("The request for invoice {invoice} does not wait any more: it is {state}. Nothing was changed.")


class OwnRequest(Refusal):
    code = "own_write_off_request"
    kind = Kind.CONFLICT
    says = mark(
        "You asked for this yourself, so somebody else agrees to it. As you may write off any amount by now: withdraw "
        "the request, and write it off."
    )


class RequestOfAnother(Refusal):
    code = "write_off_request_of_another"
    kind = Kind.CONFLICT
    says = mark("Somebody else asked for this. Who asked may withdraw it, or an owner.")


@transaction.atomic
def ask(*, invoice: str, reason: str, amount: Money | None = None, was_open: Money | None = None, actor: Actor,
        today: date) -> str:  # fmt: skip
    """Ask an owner to write off what is above this actor's limit; give the id of the request.

    While it waits, the follow-up of the invoice is held. The same press twice is one request.

    Raises:
        NeedsNoApproval: it is not above the limit.
        AlreadyAsked: something else was asked of this invoice, and waits.
        ReasonMissing, NoSuchInvoice, NothingOpen, OpenChanged: there is nothing to write off, or no reason to.
        AmountNotPositive, CurrenciesDiffer, MoreThanOpen: the amount does not fit.
    """
    actor.must(Deed.WRITE_OFF)
    if not reason.strip():
        raise ReasonMissing
    about = invoices.find(invoice, actor=actor)
    messages.lock_books(actor)
    invoices.lock_debtor_of(about)
    open_cents = sum(part.open_cents for part in ledger.open_parts(about.pk, actor=actor))
    cents = write_offs.how_much(about, open_cents, amount, was_open)
    asked, why = Money(cents, about.currency), reason.strip()[:LONGEST]
    if not write_offs.above_limit(about, cents, actor):
        raise NeedsNoApproval(amount=asked, invoice=about.number)
    rows = WriteOffRequest.objects.of(actor.administration_id)
    if waits := rows.filter(invoice=about, state=WAITING).first():
        if (waits.amount_cents, waits.reason, waits.asked_by_id) != (cents, why, actor.user_id):
            raise AlreadyAsked(amount=Money(waits.amount_cents, about.currency), invoice=about.number)
        if not follow_up.is_held(about, HoldReason.WRITE_OFF):  # a person has ended that
            _hold(about, asked, actor, today)
        return str(waits.public_id)
    row = rows.create(
        administration_id=actor.administration_id, invoice=about, amount_cents=cents, open_cents=open_cents, reason=why,
        asked_by_id=actor.user_id, asked_on=today,
    )  # fmt: skip
    _hold(about, asked, actor, today)
    events.write("write_off.asked", actor=actor, today=today, debtor_id=about.debtor_id, invoice_id=about.pk,
                 invoice=about.number, amount=str(asked), reason=why)  # fmt: skip
    return str(row.public_id)


@transaction.atomic
def approve(*, request: str, actor: Actor, today: date) -> int:
    """Agree to a request, and write it off; return the cents.

    Raises:
        NoSuchRequest, NotWaiting: there is none that waits.
        OwnRequest: it takes another person than who asked.
        OpenChanged: of the invoice another amount is open than when it was asked.
    """
    actor.must(Deed.WRITE_OFF_ANY)
    row, about = _waiting(request, actor)
    if actor.user_id is not None and actor.user_id == row.asked_by_id:
        raise OwnRequest
    _, cents = write_offs.take_off(
        about.public_id, EntryKind.WRITE_OFF, "write-off", Money(row.amount_cents, about.currency),
        Money(row.open_cents, about.currency), actor=actor, today=today,
    )  # fmt: skip
    _decide(row, about, RequestState.APPROVED, actor=actor, today=today)
    events.write("write_off.approved", actor=actor, today=today, debtor_id=about.debtor_id, invoice_id=about.pk,
                 invoice=about.number, amount=str(Money(cents, about.currency)), reason=row.reason,
                 asked_on=row.asked_on.isoformat(), asked_by=row.asked_by_id)  # fmt: skip
    return cents


@transaction.atomic
def decline(*, request: str, reason: str, actor: Actor, today: date) -> None:
    """Say no to a request, with the reason; the follow-up goes on.

    Raises:
        ReasonMissing, NoSuchRequest, NotWaiting: there is none that waits, or no reason.
    """
    actor.must(Deed.WRITE_OFF_ANY)
    if not reason.strip():
        raise ReasonMissing
    row, about = _waiting(request, actor)
    _decide(row, about, RequestState.DECLINED, reason.strip()[:LONGEST], actor=actor, today=today)
    events.write("write_off.declined", actor=actor, today=today, debtor_id=about.debtor_id, invoice_id=about.pk,
                 invoice=about.number, amount=str(Money(row.amount_cents, about.currency)), reason=row.why)  # fmt: skip


@transaction.atomic
def withdraw(*, request: str, actor: Actor, today: date) -> None:
    """Take a request off the table: by who asked, or by an owner. The follow-up goes on.

    Raises:
        NoSuchRequest, NotWaiting: there is none that waits.
        RequestOfAnother: somebody else asked.
    """
    actor.must(Deed.WRITE_OFF)
    row, about = _waiting(request, actor)
    if row.asked_by_id != actor.user_id and not actor.may(Deed.WRITE_OFF_ANY):
        raise RequestOfAnother
    _decide(row, about, RequestState.WITHDRAWN, actor=actor, today=today)
    events.write("write_off.withdrawn", actor=actor, today=today, debtor_id=about.debtor_id, invoice_id=about.pk,
                 invoice=about.number, amount=str(Money(row.amount_cents, about.currency)))  # fmt: skip


def _hold(about: Invoice, asked: Money, actor: Actor, today: date) -> None:
    follow_up.hold(about, HoldReason.WRITE_OFF, HELD, {"amount": str(asked)}, until=None, actor=actor, today=today)


def withdraw_outdated(*, actor: Actor, today: date) -> None:
    """Withdraw the requests that nobody can agree to any more, so that the follow-up goes on. Part of the daily run."""
    books = actor.administration_id
    waiting = WriteOffRequest.objects.of(books).filter(decided_on=None).alias(now=open_now(books))
    for request in list(waiting.exclude(now=F("open_cents")).order_by("pk").values_list("public_id", flat=True)):
        with transaction.atomic():
            try:
                row, about = _waiting(request, actor)
            except NotWaiting:
                continue  # somebody decided just now
            if sum(part.open_cents for part in ledger.open_parts(about.pk, actor=actor)) == row.open_cents:
                continue
            _decide(row, about, RequestState.WITHDRAWN, actor=actor, today=today)
            events.write("write_off.outdated", actor=actor, today=today, debtor_id=about.debtor_id, invoice_id=about.pk,
                         invoice=about.number, amount=str(Money(row.amount_cents, about.currency)))  # fmt: skip


def _waiting(request: str, actor: Actor) -> tuple[WriteOffRequest, Invoice]:
    """Lock the debtor of a request, and give it as it is then, with its invoice."""
    rows = WriteOffRequest.objects.of(actor.administration_id)
    asked = rows.filter(public_id=request).select_related("invoice").first()
    if asked is None:
        raise NoSuchRequest(request=request)
    invoices.lock_debtor_of(asked.invoice)
    row = rows.get(pk=asked.pk)
    if row.state != WAITING:
        raise NotWaiting(invoice=asked.invoice.number, state=row.state)
    return row, asked.invoice


def _decide(row: WriteOffRequest, about: Invoice, state: RequestState, why: str = "", *, actor: Actor,
            today: date) -> None:  # fmt: skip
    row.state, row.decided_by_id, row.decided_on, row.why = state.value, actor.user_id, today, why
    row.save(update_fields=["state", "decided_by", "decided_on", "why"])
    follow_up.let_go(about, HoldReason.WRITE_OFF, today=today)
