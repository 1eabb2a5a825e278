"""The verb on set-offs: what a customer need not pay, because we owe him as much or he paid it for us to the state."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.rules.ledger import EntryKind
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, lowering
from voldaan.usecases.write_offs import AboveLimit, ReasonMissing, take_off

LONGEST_REFERENCE = 60


class ReferenceMissing(Refusal):
    code = "reference_missing"
    kind = Kind.INVALID
    says = mark("Say against what: the number of his invoice, or of the payment to the office, at most 60 characters.")


class SetOffAboveLimit(AboveLimit):
    code = "set_off_above_limit"
    says = mark(
        "With this {given} of {invoice} would be set off or written off, and your administration lets that go up to "
        "{limit} without an owner. An owner sets it off, or raises the limit: voldaan settings write_off_limit AMOUNT. "
        "Who that is, says: voldaan user list."
    )


@transaction.atomic
def set_off(*, invoice: str, reference: str, reason: str, amount: Money | None = None, was_open: Money | None = None,
            actor: Actor, today: date) -> int:  # fmt: skip
    """Set off an invoice, wholly or in part, against what `reference` names; return how much, in cents.

    The bookkeeping books the other side. Taken back like any entry. Who says what `was_open` when he decided is refused
    once that has changed.

    Raises:
        ReferenceMissing, ReasonMissing, NoSuchInvoice, NothingOpen: there is nothing to set off, or nothing is said.
        AmountNotPositive, CurrenciesDiffer, MoreThanOpen, OpenChanged: the amount does not fit.
        SetOffAboveLimit: it is more than this actor may take off one invoice; an owner may.
    """
    actor.must(Deed.WRITE_OFF)
    if not 0 < len(reference.strip()) <= LONGEST_REFERENCE:
        raise ReferenceMissing
    if not reason.strip():
        raise ReasonMissing
    try:
        found, cents = take_off(invoice, EntryKind.SET_OFF, "set-off", amount, was_open, actor=actor, today=today)
    except AboveLimit as above:
        raise SetOffAboveLimit(**above.facts) from None
    events.write("set_off.made", actor=actor, today=today, debtor_id=found.debtor_id, invoice_id=found.pk,
                 invoice=found.number, amount=str(Money(cents, found.currency)), reference=reference.strip(),
                 reason=reason.strip())  # fmt: skip
    lowering.lower([found.debtor_id], actor=actor, today=today)
    return cents
