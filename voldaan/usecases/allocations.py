"""Verbs on allocations: let money of a credit pay a receivable, and undo that. Nothing is edited: undo adds a row."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Allocation, Credit, Entry
from voldaan.rules.ledger import By
from voldaan.rules.money import CurrenciesDiffer, Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, invoices, ledger, lowering, receipts
from voldaan.usecases.invoices import AmountNotPositive
from voldaan.usecases.ledger import NewAllocation


class NoSuchCredit(Refusal):
    code = "no_such_credit"
    kind = Kind.NOT_FOUND
    says = mark("Booking {number} is not a receipt or a credit note in this administration.")


class NoSuchAllocation(Refusal):
    code = "no_such_allocation"
    kind = Kind.NOT_FOUND
    says = mark("There is no allocation {number} in this administration.")


class AlreadyUndone(Refusal):
    code = "already_undone"
    kind = Kind.CONFLICT
    says = mark("Allocation {number} was undone already, by booking {by}.")


class IsCounterRow(Refusal):
    code = "is_counter_row"
    kind = Kind.CONFLICT
    says = mark("Booking {number} is itself an undoing. Allocate again instead.")


class NothingOpen(Refusal):
    code = "nothing_open"
    kind = Kind.CONFLICT
    says = mark("Nothing is open on {what}.")


class MoreThanOpen(Refusal):
    code = "more_than_open"
    kind = Kind.CONFLICT
    says = mark("{amount} is more than what is open on {what}: {open}.")


class OtherDebtor(Refusal):
    code = "other_debtor"
    kind = Kind.CONFLICT
    says = mark("Booking {number} is of another customer, or in another currency, than invoice {invoice}.")


def check_part(amount: Money, invoice: Invoice) -> None:
    """Refuse a part of an invoice that is nothing, less than nothing, or in another currency."""
    if amount.cents <= 0:
        raise AmountNotPositive(amount=amount)
    if amount.currency != invoice.currency:
        raise CurrenciesDiffer(one=invoice.currency, other=amount.currency)


@transaction.atomic
def allocate(*, credit_number: int, invoice: str, amount: Money | None = None, actor: Actor, today: date) -> int:
    """Let the credit that booking `credit_number` made pay an invoice; return what was allocated, in cents.

    Without an amount, as much as is open on both.

    Raises:
        NoSuchCredit, NoSuchInvoice, OtherDebtor, NothingOpen, MoreThanOpen: the two do not fit.
        AmountNotPositive, CurrenciesDiffer: the amount does not fit them.
    """
    actor.must(Deed.ALLOCATE)
    named = Entry.objects.of(actor.administration_id).filter(number=credit_number).select_related("credit")
    made_by = named.first()
    if made_by is None or made_by.credit is None:
        raise NoSuchCredit(number=credit_number)
    paid = invoices.find(invoice, actor=actor)
    # The booking may name a double; the credit is of the customer into whom that was merged.
    if (paid.debtor_id, paid.currency) != (made_by.credit.debtor_id, made_by.credit.currency):
        raise OtherDebtor(number=credit_number, invoice=paid.number)
    if amount is not None:
        check_part(amount, paid)
    Debtor.objects.of(actor.administration_id).locked().get(pk=paid.debtor_id)
    open_credit = Credit.objects.of(actor.administration_id).get(pk=made_by.credit.pk).open_cents
    open_invoice = sum(r.open_cents for r in ledger.open_parts(paid.pk, actor=actor))
    for what, is_open in ((f"#{credit_number}", open_credit), (paid.number, open_invoice)):
        if is_open == 0:
            raise NothingOpen(what=what)
        if amount is not None and amount.cents > is_open:
            raise MoreThanOpen(amount=amount, what=what, open=Money(is_open, paid.currency))
    most = None if amount is None else amount.cents
    cents = ledger.settle(
        made_by.credit.pk, [paid.pk], by=By.PERSON, rule="by_hand", most=most, actor=actor, today=today
    )
    events.write("allocation.made", actor=actor, today=today, debtor_id=paid.debtor_id, invoice_id=paid.pk,
                 invoice=paid.number, amount=str(Money(cents, paid.currency)))  # fmt: skip
    lowering.lower([paid.debtor_id], actor=actor, today=today)
    return cents


@transaction.atomic
def reverse(*, number: int, actor: Actor, today: date) -> None:
    """Undo the allocation with this booking number: the money is open again on both sides, and both rows stay.

    A discount or a few cents that were given up with it are asked again.

    Raises:
        NoSuchAllocation, AlreadyUndone, IsCounterRow: there is nothing to undo.
    """
    actor.must(Deed.ALLOCATE)
    row = (
        Allocation.objects.of(actor.administration_id)
        .filter(number=number)
        .select_related("receivable__invoice")
        .first()
    )
    if row is None:
        raise NoSuchAllocation(number=number)
    owner = row.receivable.debtor_id
    Debtor.objects.of(actor.administration_id).locked().get(pk=owner)
    if row.reverses_id is not None:
        raise IsCounterRow(number=number)
    if undone := Allocation.objects.of(actor.administration_id).filter(reverses=row).first():
        raise AlreadyUndone(number=number, by=undone.number)
    counter = NewAllocation(
        debtor_id=owner, credit_id=row.credit_id, receivable_id=row.receivable_id, currency=row.currency,
        amount_cents=-row.amount_cents, value_date=ledger.counters_on(row, owner, today), by=By.PERSON, rule="undo",
        reverses_id=row.pk,
    )  # fmt: skip
    given = receipts.given_up_with([row.credit_id], actor=actor).filter(receivable=row.receivable_id)
    back = [receipts.given_back(one, owner, today) for one in given]
    ledger.post(entries=back, allocations=[counter], actor=actor, today=today)
    invoice = row.receivable.invoice
    events.write("allocation.reversed", actor=actor, today=today, debtor_id=owner, invoice_id=invoice.pk,
                 invoice=invoice.number, amount=str(Money(row.amount_cents, invoice.currency)))  # fmt: skip
