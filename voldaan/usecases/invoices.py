"""Verbs on invoices: receive one, receive the credit note that lowers one."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Credit, Receivable
from voldaan.records.terms import days_at
from voldaan.rules import days
from voldaan.rules.ledger import By, EntryKind
from voldaan.rules.money import CurrenciesDiffer, Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.remittance import folded
from voldaan.rules.terms import TermBasis
from voldaan.rules.unknown import NoSuchInvoice
from voldaan.usecases import debtors, events, ledger, lowering
from voldaan.usecases.ledger import NewEntry

LONGEST_NUMBER = 60  # characters


class InvoiceExists(Refusal):
    code = "invoice_exists"
    kind = Kind.CONFLICT
    says = mark("Invoice {number} is already in the books.")


class BadNumber(Refusal):
    code = "bad_number"
    kind = Kind.INVALID
    says = mark("“{number}” is no invoice number: give one of at most {longest} characters.")


class AmountNotPositive(Refusal):
    code = "amount_not_positive"
    kind = Kind.INVALID
    says = mark("The amount must be more than zero, not {amount}.")


class DueBeforeIssue(Refusal):
    code = "due_before_issue"
    kind = Kind.INVALID
    says = mark("The due date {due} lies before the invoice date {issued}.")


class WrongCustomer(Refusal):
    code = "wrong_customer"
    kind = Kind.CONFLICT
    says = mark("Invoice {invoice} is of another customer.")


def find(invoice: str, *, actor: Actor) -> Invoice:
    """Find an invoice or credit note by its number or its public id.

    Raises:
        NoSuchInvoice: neither is known here.
    """
    books = Invoice.objects.of(actor.administration_id)
    found = books.filter(number=invoice).first() or books.filter(public_id=invoice).first()
    if found is None:
        raise NoSuchInvoice(invoice=invoice)
    return found


def lock_debtor_of(invoice: Invoice) -> Debtor:
    """Lock the debtor of an invoice: the first thing that every verb does which moves its money."""
    return Debtor.objects.of(invoice.administration_id).locked().get(pk=invoice.debtor_id)


@transaction.atomic
def receive(*, debtor: str, number: str, issue_date: date, amount: Money, due_date: date | None = None,
            vat_cents: int | None = None, term_basis: TermBasis = TermBasis.STATED, payment_reference: str = "",
            actor: Actor, today: date) -> str:  # fmt: skip
    """Take in an invoice that was issued elsewhere; return its public id.

    Without a due date it is the invoice date plus the term agreed with the debtor, else the one of all of his kind.

    Raises:
        NoSuchDebtor, InvoiceExists, AmountNotPositive, DueBeforeIssue: the invoice does not fit.
    """
    actor.must(Deed.IMPORT)
    owed_by = debtors.find(debtor, actor=actor)
    row = _write_down(actor, owed_by, number, "invoice", issue_date, amount, vat_cents, payment_reference)
    due = due_date or days.due_date(issue_date, _term_days(owed_by, issue_date))
    if due < issue_date:
        raise DueBeforeIssue(due=due, issued=issue_date)
    receivable = Receivable.objects.of(row.administration_id).create(
        administration_id=row.administration_id, debtor=owed_by, invoice=row, currency=amount.currency,
        due_date=due, term_basis=term_basis.value, open_cents=0,
    )  # fmt: skip
    ledger.post(
        entries=[
            NewEntry(
                debtor_id=owed_by.pk, kind=EntryKind.INVOICED, currency=amount.currency, amount_cents=amount.cents,
                value_date=issue_date, source=f"invoice:{number}", receivable_id=receivable.pk,
            )
        ],
        actor=actor, today=today,
    )  # fmt: skip
    events.write("invoice.received", actor=actor, today=today, debtor_id=owed_by.pk, invoice_id=row.pk,
                 invoice=number, amount=str(amount))  # fmt: skip
    public_id: str = row.public_id
    return public_id


@transaction.atomic
def credit(*, debtor: str, number: str, issue_date: date, amount: Money, corrects: str = "",
           vat_cents: int | None = None, actor: Actor, today: date) -> str:  # fmt: skip
    """Take in a credit note; where it names the invoice it lowers, it does so at once. Return its public id.

    Raises:
        NoSuchDebtor, InvoiceExists, AmountNotPositive: the credit note does not fit.
        NoSuchInvoice, WrongCustomer, CurrenciesDiffer: what it corrects does not fit it.
    """
    actor.must(Deed.IMPORT)
    owed_to = Debtor.objects.of(actor.administration_id).locked().get(pk=debtors.find(debtor, actor=actor).pk)
    lowered = _to_lower(corrects, owed_to, amount, actor) if corrects else None
    row = _write_down(actor, owed_to, number, "credit_note", issue_date, amount, vat_cents, "", lowered)
    note = Credit.objects.of(row.administration_id).create(
        administration_id=row.administration_id, debtor=owed_to, invoice=row, currency=amount.currency,
        value_date=issue_date, open_cents=0,
    )  # fmt: skip
    ledger.post(
        entries=[
            NewEntry(
                debtor_id=owed_to.pk, kind=EntryKind.CREDITED, currency=amount.currency, amount_cents=-amount.cents,
                value_date=issue_date, source=f"invoice:{number}", credit_id=note.pk,
            )
        ],
        actor=actor, today=today,
    )  # fmt: skip
    if lowered:
        ledger.settle(note.pk, [lowered.pk], by=By.MACHINE, rule="credit_note", actor=actor, today=today)
    events.write("credit_note.received", actor=actor, today=today, debtor_id=owed_to.pk, invoice_id=row.pk,
                 invoice=number, amount=str(amount))  # fmt: skip
    if lowered:
        lowering.lower([owed_to.pk], actor=actor, today=today)
    public_id: str = row.public_id
    return public_id


def _to_lower(corrects: str, owed_to: Debtor, amount: Money, actor: Actor) -> Invoice:
    """Find the invoice that a credit note names; it must be one of this debtor and in this currency."""
    lowered = find(corrects, actor=actor)
    if lowered.kind != "invoice":
        raise NoSuchInvoice(invoice=corrects)
    if lowered.debtor_id != owed_to.pk:
        raise WrongCustomer(invoice=corrects)
    if lowered.currency != amount.currency:
        raise CurrenciesDiffer(one=lowered.currency, other=amount.currency)
    return lowered


def _write_down(actor: Actor, debtor: Debtor, number: str, kind: str, issue_date: date, amount: Money,
                vat_cents: int | None, payment_reference: str, corrects: Invoice | None = None) -> Invoice:  # fmt: skip
    if amount.cents <= 0:
        raise AmountNotPositive(amount=amount)
    if not number.strip() or len(number) > LONGEST_NUMBER:
        raise BadNumber(number=number[:LONGEST_NUMBER], longest=LONGEST_NUMBER)
    ledger.lock_numbers(actor)
    books = Invoice.objects.of(debtor.administration_id)
    if books.filter(number=number).exists():
        raise InvoiceExists(number=number)
    return books.create(
        administration_id=debtor.administration_id, debtor=debtor, number=number,
        number_folded=folded(number)[:LONGEST_NUMBER], kind=kind, issue_date=issue_date,
        currency=amount.currency, amount_cents=amount.cents, vat_cents=vat_cents, payment_reference=payment_reference,
        corrects=corrects,
    )  # fmt: skip


def _term_days(debtor: Debtor, issue_date: date) -> int:
    if debtor.payment_term_days is not None:
        return debtor.payment_term_days
    return days_at(debtor.administration_id)(debtor.kind, issue_date)
