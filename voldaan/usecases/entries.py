"""The verb on any entry: take it back by a counter-entry that names it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.debtors import Debtor
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.ledger import EntryKind
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, ledger, lowering, receipts
from voldaan.usecases.ledger import NewEntry
from voldaan.usecases.write_offs import ReasonMissing, above_limit


class NoSuchEntry(Refusal):
    code = "no_such_entry"
    kind = Kind.NOT_FOUND
    says = mark("There is no booking {number} in this administration.")


class AlreadyTakenBack(Refusal):
    code = "already_taken_back"
    kind = Kind.CONFLICT
    says = mark("Booking {number} was taken back already, by booking {by}.")


class IsReversal(Refusal):
    code = "is_reversal"
    kind = Kind.CONFLICT
    says = mark("Booking {number} itself takes one back. Book anew instead.")


class IsMove(Refusal):
    code = "is_move"
    kind = Kind.CONFLICT
    says = mark("Booking {number} moved an item from a double to the customer that it is, and stays.")


class StillAllocated(Refusal):
    code = "still_allocated"
    kind = Kind.CONFLICT
    says = mark("Booking {number} cannot be taken back: {amount} of it is allocated. Undo the allocation first.")


class GivenUpSince(Refusal):
    code = "given_up_since"
    kind = Kind.CONFLICT
    says = mark(
        "Booking {number} cannot be taken back: {amount} of it was given up since, by booking {by}. Take that back "
        "first."
    )


class ClaimLowered(Refusal):
    code = "claim_lowered"
    kind = Kind.CONFLICT
    says = mark(
        "Booking {number} cannot be taken back: of {claim}, {amount} was more than the law gives, and was taken back "
        "by booking {by}. Write off what is left of {claim}, or withdraw the message that claimed it."
    )


@transaction.atomic
def reverse(*, number: int, reason: str, actor: Actor, today: date) -> int:
    """Take back the entry with this booking number; return the number of the counter-entry.

    Raises:
        ReasonMissing, NoSuchEntry, AlreadyTakenBack, IsReversal, IsMove: it cannot be.
        StillAllocated, PaidBack, GivenUpSince, ClaimLowered: not as it stands.
        AboveLimit: it is an invoice of more than this actor may give up; an owner may.
    """
    actor.must(Deed.WRITE_OFF)
    if not reason.strip():
        raise ReasonMissing
    rows = Entry.objects.of(actor.administration_id).select_related("receivable__invoice", "credit")
    row = rows.filter(number=number).first()
    if row is None:
        raise NoSuchEntry(number=number)
    on = row.receivable or row.credit
    assert on is not None, "an entry is on a receivable or on a credit"
    Debtor.objects.of(actor.administration_id).locked().get(pk=on.debtor_id)
    if row.kind == EntryKind.MOVED.value:
        raise IsMove(number=number)
    if row.reverses_id is not None:
        raise IsReversal(number=number)
    if back := Entry.objects.of(actor.administration_id).filter(reverses=row).first():
        raise AlreadyTakenBack(number=number, by=back.number)
    invoiced = row.receivable if row.kind == EntryKind.INVOICED.value else None
    if invoiced and (above := above_limit(invoiced.invoice, row.amount_cents, actor)):
        raise above  # it would be a way around the limit
    taken = row.amount_cents if row.receivable_id else -row.amount_cents
    is_open = _open(row)
    if taken > is_open:
        raise _used(row, taken - is_open)
    posted = ledger.post(
        entries=[
            NewEntry(
                debtor_id=on.debtor_id, kind=EntryKind.REVERSAL, currency=row.currency,
                amount_cents=-row.amount_cents, value_date=ledger.counters_on(row, on.debtor_id, today),
                source=f"reversal:{row.source}", receivable_id=row.receivable_id, credit_id=row.credit_id,
                reverses_id=row.pk,
            )
        ],
        actor=actor, today=today,
    )  # fmt: skip
    if row.credit_id and (receipt := Credit.objects.of(row.administration_id).get(pk=row.credit_id).transaction_id):
        receipts.settle_states([receipt], actor=actor)
    events.write("entry.reversed", actor=actor, today=today, debtor_id=on.debtor_id, number=number,
                 amount=str(Money(row.amount_cents, row.currency)), reason=reason.strip())  # fmt: skip
    if row.receivable_id:
        lowering.lower([on.debtor_id], actor=actor, today=today)
    return posted


def _used(row: Entry, cents: int) -> Refusal:
    """Say what became of the part of an entry that is not open any more: lowered, given up, or allocated."""
    number, amount = row.number, Money(cents, row.currency)
    if row.receivable is None:
        refund = receipts.refunds_of([row.credit_id or 0], row.administration_id).first()
        return receipts.PaidBack(number=refund.number) if refund else StillAllocated(number=number, amount=amount)
    entries = Entry.objects.of(row.administration_id).filter(receivable=row.receivable_id)
    back = entries.filter(reverses__isnull=False).values("reverses")
    less = entries.filter(amount_cents__lt=0, reverses__isnull=True).exclude(kind=EntryKind.MOVED.value)
    stands = less.exclude(pk__in=back).order_by("number")
    if lowered := list(stands.filter(kind=row.kind)):
        given = Money(-sum(one.amount_cents for one in lowered), row.currency)
        claim = row.receivable.invoice.number
        return ClaimLowered(number=number, claim=claim, amount=given, by=lowered[-1].number)
    if given_up := stands.first():
        given = Money(-given_up.amount_cents, row.currency)
        return GivenUpSince(number=number, amount=given, by=given_up.number)
    return StillAllocated(number=number, amount=amount)


def _open(row: Entry) -> int:
    cents: int
    if row.receivable_id is not None:
        cents = Receivable.objects.of(row.administration_id).get(pk=row.receivable_id).open_cents
    else:
        assert row.credit_id is not None, "an entry is on a receivable or on a credit"
        cents = Credit.objects.of(row.administration_id).get(pk=row.credit_id).open_cents
    return cents
