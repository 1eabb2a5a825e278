"""The verb on set-offs: what a customer need not pay, because we owe him as much or he paid it for us to the state."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.receivables import Entry
from voldaan.rules.ledger import EntryKind
from voldaan.rules.money import Money, spread
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, invoices, ledger, lowering
from voldaan.usecases.allocations import MoreThanOpen, NothingOpen, check_part
from voldaan.usecases.ledger import NewEntry
from voldaan.usecases.write_offs import ReasonMissing, within_limit

LONGEST_REFERENCE = 60


class ReferenceMissing(Refusal):
    code = "reference_missing"
    kind = Kind.INVALID
    says = mark("Say against what: the number of his invoice, or of the payment to the office, at most 60 characters.")


@transaction.atomic
def set_off(*, invoice: str, reference: str, reason: str, amount: Money | None = None, actor: Actor,
            today: date) -> int:  # fmt: skip
    """Set off an invoice, wholly or in part, against what `reference` names; return how much, in cents.

    The bookkeeping books the other side. Taken back like any entry.

    Raises:
        ReferenceMissing, ReasonMissing, NoSuchInvoice, NothingOpen: there is nothing to set off, or nothing is said.
        AmountNotPositive, CurrenciesDiffer, MoreThanOpen: the amount does not fit.
        AboveLimit: it is more than this actor may take off one invoice; an owner may.
    """
    actor.must(Deed.WRITE_OFF)
    if not 0 < len(reference.strip()) <= LONGEST_REFERENCE:
        raise ReferenceMissing
    if not reason.strip():
        raise ReasonMissing
    found = invoices.find(invoice, actor=actor)
    invoices.lock_debtor_of(found)
    if amount is not None:
        check_part(amount, found)
    parts = ledger.open_parts(found.pk, actor=actor)
    is_open = sum(part.open_cents for part in parts)
    if not is_open:
        raise NothingOpen(what=found.number)
    if amount is not None and amount.cents > is_open:
        raise MoreThanOpen(amount=amount, what=found.number, open=Money(is_open, found.currency))
    cents = is_open if amount is None else amount.cents
    kind = EntryKind.SET_OFF
    within_limit(found, cents, actor)
    earlier = Entry.objects.of(actor.administration_id).filter(receivable__invoice=found.pk, kind=kind.value)
    nth = earlier.count() + 1
    shares, _ = spread(cents, (part.open_cents for part in parts))
    ledger.post(
        entries=[
            NewEntry(
                debtor_id=found.debtor_id, kind=kind, currency=found.currency, amount_cents=-share,
                value_date=max(today, found.issue_date), source=f"set-off:{found.number}/{part.instalment}:{nth}",
                receivable_id=part.pk,
            )
            for part, share in zip(parts, shares, strict=True)
            if share
        ],
        actor=actor, today=today,
    )  # fmt: skip
    events.write("set_off.made", actor=actor, today=today, debtor_id=found.debtor_id, invoice_id=found.pk,
                 invoice=found.number, amount=str(Money(cents, found.currency)), reference=reference.strip(),
                 reason=reason.strip())  # fmt: skip
    lowering.lower([found.debtor_id], actor=actor, today=today)
    return cents
