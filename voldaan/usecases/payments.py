"""Verbs on payments that a person saw come in: record one, against the invoice that the payer named; take one back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum

from voldaan.records.charges import claims_to_pay
from voldaan.records.debtors import Debtor
from voldaan.records.events import Event
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Allocation, Credit, Entry
from voldaan.rules import names
from voldaan.rules.ledger import By, EntryKind
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, invoices, ledger, lowering, receipts
from voldaan.usecases.invoices import AmountNotPositive
from voldaan.usecases.ledger import NewEntry
from voldaan.usecases.write_offs import ReasonMissing

LONGEST_KEY = 100  # characters


class SamePayment(Refusal):
    code = "same_payment"
    kind = Kind.CONFLICT
    says = mark(
        "A payment of {amount} on {paid_on} for invoice {invoice} is already recorded. If there really were two, "
        "record it with --again."
    )


class KeyUsed(Refusal):
    code = "key_used"
    kind = Kind.CONFLICT
    says = mark("The key {key} was used for another payment: {amount} on {paid_on}.")


class OtherCurrency(Refusal):
    code = "other_currency"
    kind = Kind.INVALID
    says = mark("Invoice {invoice} is in {wanted}, the payment in {given}.")


class PaidInTheFuture(Refusal):
    code = "paid_in_the_future"
    kind = Kind.INVALID
    says = mark("A payment on {paid_on} has not come in yet: today is {today}.")


class PaidMeanwhile(Refusal):
    code = "paid_meanwhile"
    kind = Kind.CONFLICT
    says = mark("Meanwhile {open} is open of invoice {invoice}, and no longer {was}. Look whether it was written down.")


class NotAnInvoice(Refusal):
    code = "not_an_invoice"
    kind = Kind.INVALID
    says = mark("{invoice} is a credit note: nothing is to be paid on it.")


class NoSuchPayment(Refusal):
    code = "no_such_payment"
    kind = Kind.NOT_FOUND
    says = mark("Booking {number} is of no payment that was written down by hand.")


class PaymentTakenBack(Refusal):
    code = "payment_taken_back"
    kind = Kind.CONFLICT
    says = mark("The payment of booking {number} was taken back already.")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a payment: its booking number, and how its amount went, in cents."""

    number: int
    allocated_cents: int
    left_cents: int  # stays as credit of the debtor
    known: bool = False  # the same key came before: nothing was booked now


@transaction.atomic
def record(*, invoice: str, amount: Money, paid_on: date, key: str = "", again: bool = False,
           was_open: Money | None = None, actor: Actor, today: date) -> Recorded:  # fmt: skip
    """Record a payment on an invoice; what is more than open stays as credit of the debtor.

    With a `key` the same call can be repeated: it books once and answers the same. Who says what `was_open` when he
    saw the money come in is refused once that has changed: somebody else may have written down the same.

    Raises:
        NoSuchInvoice, NotAnInvoice, AmountNotPositive, OtherCurrency, PaidInTheFuture: the words are wrong.
        TooLong: the key is.
        SamePayment: an identical payment is there, by hand or from the bank, and `again` was not said.
        KeyUsed: the key was used for something else.
        PaidMeanwhile: another amount is open by now.
    """
    actor.must(Deed.RECORD_PAYMENT)
    paid = invoices.find(invoice, actor=actor)
    if paid.kind == "credit_note":
        raise NotAnInvoice(invoice=invoice)
    if amount.cents <= 0:
        raise AmountNotPositive(amount=amount)
    if amount.currency != paid.currency:
        raise OtherCurrency(invoice=paid.number, wanted=paid.currency, given=amount.currency)
    if paid_on > today:
        raise PaidInTheFuture(paid_on=paid_on, today=today)
    invoices.lock_debtor_of(paid)
    ledger.lock_numbers(actor)  # a key is one for all debtors
    names.fitting(key, LONGEST_KEY)
    source = f"payment-key:{key}" if key else f"payment:{paid.number}:{paid_on}:{amount.cents}"
    same = Entry.objects.of(actor.administration_id).filter(source__startswith=source)
    if key and (known := same.filter(source=source).select_related("credit").first()):
        assert known.credit is not None, "a payment is on a credit"
        if (known.credit.debtor_id, known.amount_cents, known.value_date) != (
            paid.debtor_id,
            -amount.cents,
            paid_on,
        ) or (not _was_for(paid.pk, key, actor)):
            raise KeyUsed(key=key, amount=Money(-known.amount_cents, known.currency), paid_on=known.value_date)
        return Recorded(known.number, *_went(known, actor), known=True)
    is_open = sum(part.open_cents for part in ledger.open_parts(paid.pk, actor=actor))
    if was_open is not None and was_open.cents != is_open:
        raise PaidMeanwhile(invoice=paid.number, open=Money(is_open, paid.currency), was=was_open)
    if not key and (twins := same.filter(source__regex=rf"^{re.escape(source)}(#\d+)?$").count()):
        if not again:
            raise SamePayment(amount=amount, paid_on=paid_on, invoice=paid.number)
        source = f"{source}#{twins + 1}"
    if not again and _came_by_bank(paid, amount, paid_on):
        raise SamePayment(amount=amount, paid_on=paid_on, invoice=paid.number)
    credit = Credit.objects.of(actor.administration_id).create(
        administration_id=actor.administration_id, debtor_id=paid.debtor_id, currency=amount.currency,
        value_date=paid_on, open_cents=0,
    )  # fmt: skip
    number = ledger.post(
        entries=[
            NewEntry(
                debtor_id=paid.debtor_id, kind=EntryKind.RECEIVED, currency=amount.currency,
                amount_cents=-amount.cents, value_date=paid_on, source=source, credit_id=credit.pk,
            )
        ],
        actor=actor, today=today,
    )  # fmt: skip
    cents = ledger.settle(
        credit.pk, [paid.pk], by=By.PERSON, rule="named_by_payer",
        claims=claims_to_pay(actor.administration_id, [paid.debtor_id]), actor=actor, today=today,
    )  # fmt: skip
    events.write("payment.recorded", actor=actor, today=today, debtor_id=paid.debtor_id, invoice_id=paid.pk,
                 invoice=paid.number, amount=str(amount), key=key)  # fmt: skip
    lowering.lower([paid.debtor_id], actor=actor, today=today)
    return Recorded(number, cents, amount.cents - cents)


@transaction.atomic
def take_back(*, number: int, reason: str, actor: Actor, today: date) -> int:
    """Take back a payment that no bank line brought, by the number of a booking that it made; give its amount in cents.

    Raises:
        ReasonMissing, NoSuchPayment, PaymentTakenBack: it cannot be.
    """
    actor.must(Deed.RECORD_PAYMENT)
    if not reason.strip():
        raise ReasonMissing
    books = actor.administration_id
    named = Q(pk__in=Allocation.objects.of(books).filter(number=number).values("credit"))
    named |= Q(pk__in=Entry.objects.of(books).filter(number=number).values("credit"))
    of_it = Credit.objects.of(books).filter(named, transaction=None, invoice=None)
    list(Debtor.objects.of(books).locked().filter(pk__in=of_it.values("debtor")).values_list("pk"))
    ledger.lock_numbers(actor)
    credit = of_it.first()
    if credit is None:
        raise NoSuchPayment(number=number)
    owner = {credit.pk: credit.debtor_id}
    if not receipts.is_booked(owner, actor=actor):
        raise PaymentTakenBack(number=number)
    cents = receipts.counter(owner, actor=actor, today=today)
    events.write("payment.taken_back", actor=actor, today=today, debtor_id=credit.debtor_id,
                 amount=str(Money(cents, credit.currency)), reason=reason.strip())  # fmt: skip
    return cents


def _came_by_bank(paid: Invoice, amount: Money, paid_on: date) -> bool:
    """Tell whether the bank brought this amount on this day, and it paid this invoice or still stands as credit."""
    books = paid.administration_id
    received = Entry.objects.of(books).filter(
        credit__debtor=paid.debtor_id, kind=EntryKind.RECEIVED.value, currency=amount.currency,
        amount_cents=-amount.cents, value_date=paid_on, credit__transaction__isnull=False,
    )  # fmt: skip
    taken_back = Entry.objects.of(books).filter(reverses=OuterRef("pk"))
    credits_ = set(received.exclude(Exists(taken_back)).values_list("credit", flat=True))
    on_it = Allocation.objects.of(books).filter(credit__in=credits_, receivable__invoice=paid)
    return on_it.exists() or Credit.objects.of(books).filter(pk__in=credits_, open_cents__gt=0).exists()


def _was_for(invoice_id: int, key: str, actor: Actor) -> bool:
    """Tell whether the payment under this key named this invoice: the event of that verb says so."""
    said = Event.objects.of(actor.administration_id).filter(kind="payment.recorded", invoice=invoice_id)
    return said.filter(facts__key=key).exists()


def _went(entry: Entry, actor: Actor) -> tuple[int, int]:
    """Tell how the amount of a receipt went, as it stands now: allocated and left, in cents."""
    assert entry.credit_id is not None, "a receipt is on a credit"
    left = Credit.objects.of(actor.administration_id).get(pk=entry.credit_id).open_cents
    allocations = Allocation.objects.of(actor.administration_id).filter(credit=entry.credit_id)
    return int(allocations.aggregate(cents=Sum("amount_cents"))["cents"] or 0), left
