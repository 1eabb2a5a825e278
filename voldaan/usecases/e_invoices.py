"""The verb that takes in a UBL invoice or credit note, with the document that the customer got."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Sum

from voldaan.records import documents
from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.debtors import Debtor
from voldaan.records.documents import Document
from voldaan.records.holds import Hold
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Entry, Receivable
from voldaan.rules import names, papers, references
from voldaan.rules.holds import HoldReason
from voldaan.rules.ledger import EntryKind
from voldaan.rules.money import Money
from voldaan.rules.papers import OpenItem, Problem, Severity
from voldaan.rules.permissions import Actor
from voldaan.rules.refusals import mark
from voldaan.usecases import invoices, parties
from voldaan.usecases.open_items import OTHER_KIND

OTHER_AMOUNT = mark("Invoice {invoice} is in the books for {known}; this document says {said}. Nothing was changed.")
NOT_OURS = mark("The seller on invoice {invoice} is {seller}: is it one of yours?")
NOTHING_TO_PAY = mark("Nothing is to be paid on invoice {invoice}, so it was left out.")
NUMBER_TOO_LONG = mark("The invoice number is longer than any that can be kept: it begins with {invoice}.")
NOT_FOUND = mark("Invoice {invoice}, which this credit note lowers, is not in the books; it stays as credit.")

LONGEST_NUMBER = 60


@dataclass
class TakenIn:
    """What became of an e-invoice."""

    new: int = 0
    changed: int = 0
    known: int = 0
    problems: list[Problem] = field(default_factory=list)


def take_in(
    paper: papers.Invoice, asked: Iterable[Problem], *, document: Document, actor: Actor, today: date
) -> TakenIn:
    """Take in one e-invoice. Part of the verb `files.bring_in`, which holds the transaction."""
    done = TakenIn()
    amount = Money(abs(paper.payable_cents), paper.currency)
    said = {"invoice": paper.number[:LONGEST_NUMBER]}
    if len(paper.number) > LONGEST_NUMBER:
        done.problems = [Problem("Invoice/ID", NUMBER_TOO_LONG, Severity.ERROR, said)]
        return done
    is_credit = (paper.kind == "credit_note") != (paper.payable_cents < 0)
    known = Invoice.objects.of(actor.administration_id).filter(number=paper.number).first()
    if known is not None:
        if known.kind != ("credit_note" if is_credit else "invoice"):
            done.problems = [Problem("Invoice/ID", OTHER_KIND, Severity.ERROR, said)]
        elif _is_the_rest(known, amount):
            known.amount_cents = amount.cents
            _attach(known, paper, document)
            done.changed = 1
        elif known.amount_cents != amount.cents or known.currency != amount.currency:
            was = Money(known.amount_cents, known.currency)
            facts = said | {"known": str(was), "said": str(amount)}
            done.problems = [Problem("Invoice/LegalMonetaryTotal", OTHER_AMOUNT, Severity.ERROR, facts)]
        elif known.document_id is None:
            _attach(known, paper, document)
            done.changed = 1
        else:
            done.known = 1
        return done
    if not amount:
        done.problems = [Problem("Invoice/LegalMonetaryTotal", NOTHING_TO_PAY, Severity.WARNING, said)]
        return done
    found = parties.of_items([_buyer(paper)], actor=actor)
    debtor = Debtor.objects.of(actor.administration_id).get(pk=found.ids[0])
    if is_credit:
        corrects = _corrected(paper, debtor, actor)
        if paper.corrects and not corrects:
            facts = {"invoice": paper.corrects}
            done.problems.append(Problem("BillingReference", NOT_FOUND, Severity.WARNING, facts))
        invoices.credit(
            debtor=debtor.public_id, number=paper.number, issue_date=paper.issue_date, amount=amount,
            corrects=corrects, vat_cents=paper.tax_cents, actor=actor, today=today,
        )  # fmt: skip
    else:
        invoices.receive(
            debtor=debtor.public_id, number=paper.number, issue_date=paper.issue_date, amount=amount,
            due_date=paper.due_date, vat_cents=paper.tax_cents, payment_reference=_reference(paper), actor=actor,
            today=today,
        )  # fmt: skip
    row = Invoice.objects.of(actor.administration_id).get(number=paper.number)
    _attach(row, paper, document)
    done.new = 1
    questions = [*(p for p in asked if p.severity is Severity.QUESTION), *_doubts(paper, actor)]
    done.problems += [q for q in questions if q not in asked]
    _hold(row, questions, today)
    return done


def _buyer(paper: papers.Invoice) -> OpenItem:
    """Put the buyer in the words in which a list names a customer."""
    buyer = paper.buyer
    return OpenItem(
        place="Invoice", debtor_number="", debtor_name=buyer.name, invoice_number=paper.number,
        issue_date=paper.issue_date, due_date=paper.due_date, currency=paper.currency, open_cents=paper.payable_cents,
        email=buyer.email, vat_number=references.vat_number(buyer.vat_number) or "",
        registration_number=buyer.registration_number, street=buyer.street, postcode=buyer.postcode, city=buyer.city,
        country=buyer.country,
    )  # fmt: skip


def _reference(paper: papers.Invoice) -> str:
    return references.structured(paper.payment_id) or paper.payment_id[:60]


def _corrected(paper: papers.Invoice, debtor: Debtor, actor: Actor) -> str:
    """Give the number of the invoice that a credit note lowers, where it is one of this customer."""
    rows = Invoice.objects.of(actor.administration_id).filter(
        number=paper.corrects, kind="invoice", debtor=debtor, currency=paper.currency
    )
    return rows.values_list("number", flat=True).first() or "" if paper.corrects else ""


def _attach(row: Invoice, paper: papers.Invoice, document: Document) -> None:
    """Keep what the customer got: the PDF in the e-invoice, else the e-invoice itself."""
    pdf = next((a for a in paper.attachments if a.content.startswith(b"%PDF-")), None)
    if pdf is not None:
        document = documents.keep(
            io.BytesIO(pdf.content), administration_id=row.administration_id, name=pdf.name,
            media_type="application/pdf",
        )  # fmt: skip
    row.document = document
    row.vat_cents = paper.tax_cents if row.vat_cents is None else row.vat_cents
    row.save(update_fields=["document", "vat_cents", "amount_cents"])


def _is_the_rest(known: Invoice, amount: Money) -> bool:
    """Tell whether a list brought in only what was still open of this invoice, and no document said its amount yet."""
    if known.document_id is not None or known.currency != amount.currency or known.amount_cents >= amount.cents:
        return False
    brought = Entry.objects.of(known.administration_id).filter(
        receivable__invoice=known, kind=EntryKind.BROUGHT_FORWARD.value
    )
    return bool(brought.aggregate(cents=Sum("amount_cents"))["cents"] == known.amount_cents)


def _doubts(paper: papers.Invoice, actor: Actor) -> Iterator[Problem]:
    """Ask about an invoice that does not seem to be one of the administration's own."""
    name = Administration.objects.values_list("name", flat=True).get(pk=actor.administration_id)
    accounts = set(OwnAccount.objects.of(actor.administration_id).values_list("iban", flat=True))
    if names.folded(paper.seller.name) != names.folded(name) and references.iban(paper.iban) not in accounts:
        facts = {"invoice": paper.number, "seller": paper.seller.name}
        yield Problem("Invoice/AccountingSupplierParty", NOT_OURS, Severity.QUESTION, facts)


def _hold(row: Invoice, questions: list[Problem], today: date) -> None:
    receivables = Receivable.objects.of(row.administration_id).filter(invoice=row)
    Hold.objects.of(row.administration_id).bulk_create(
        Hold(
            administration_id=row.administration_id, debtor_id=row.debtor_id, receivable=receivable, since=today,
            reason=HoldReason.QUESTION.value, explanation=question.what[:500], facts=dict(question.facts),
        )
        for receivable in receivables
        for question in questions
    )  # fmt: skip
