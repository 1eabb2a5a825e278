"""The dossier of a customer, or of one invoice: what is owed, all that was done, and the papers that prove it.

Only what is of this customer is asked for. Of a line of the bank that is the amount that was booked to him, and never
its words: they may be about others too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, cast

from django.db.models import Q, QuerySet, Sum

from voldaan.queries import dossier_happenings, dossier_papers
from voldaan.queries.claims import BooksClaim, OneCurrency, claim_sheet
from voldaan.queries.dossier_happenings import Asked
from voldaan.queries.dossier_papers import Held
from voldaan.queries.moments import at_one_moment
from voldaan.records import documents
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration
from voldaan.records.charges import Charge
from voldaan.records.debtors import Debtor
from voldaan.records.documents import Document
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.dossiers import Happening, Paper, PaperKind
from voldaan.rules.letters import Line, Party
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchDebtor, NoSuchInvoice


@dataclass(frozen=True, slots=True)
class Dossier:
    """The dossier of one customer in one currency, or of one invoice. Amounts are cents."""

    creditor: Party
    customer: Party
    customer_id: str
    customer_number: str
    language: str  # of the administration
    on: date  # the day on which it stands like this
    currency: str
    invoice: str  # the number, where it is of one invoice
    lines: tuple[Line, ...]  # what is open in the books, earliest due first
    claim: BooksClaim | None  # what is owed by law, in this currency; None: nothing
    terms: tuple[Held, ...]  # that held on the day of an invoice, oldest first
    credit_cents: int  # what the customer has with us, where it is of the customer
    happenings: tuple[Happening, ...]  # by day
    papers: tuple[Paper, ...]  # by day

    @property
    def open_cents(self) -> int:
        """Sum what is open in the books."""
        return sum(line.open_cents for line in self.lines)

    @property
    def owed(self) -> OneCurrency | None:
        """Give what is owed by law; the claim of a dossier is in one currency."""
        return self.claim.currencies[0] if self.claim else None


@dataclass(frozen=True, slots=True)
class Of:
    """Of what a dossier can be made: the customer, and the currencies in which anything was ever booked."""

    debtor: str
    name: str
    currencies: tuple[str, ...]


def of(debtor: str, *, actor: Actor) -> Of:
    """Tell whose dossier can be made, of a customer by its public id or number; a double leads to who stays.

    Raises:
        NoSuchDebtor: there is no such customer here.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    known = Debtor.objects.of(books).filter(Q(public_id=debtor) | Q(number=debtor) & ~Q(number=""))
    row = known.select_related("merged_into").first()
    if row is None:
        raise NoSuchDebtor(debtor=debtor)
    row = row.merged_into or row
    found = Entry.objects.of(books).filter(debtor__in=_with_doubles(books, row)).order_by("currency")
    return Of(row.public_id, row.name, tuple(found.values_list("currency", flat=True).distinct()))


def of_customer(debtor: str, *, currency: str, with_notes: bool = True, actor: Actor, today: date) -> Dossier:
    """Give the dossier of all that a customer (public id) owes and owed in a currency.

    Raises:
        NoSuchDebtor, TooLargeADossier: there is no such customer here, or too much of him.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    with at_one_moment():
        row = Debtor.objects.of(books).select_related("merged_into").filter(public_id=debtor).first()
        if row is None:
            raise NoSuchDebtor(debtor=debtor)
        row = row.merged_into or row
        asked = Asked(books, tuple(_with_doubles(books, row)), currency, with_notes)
        whose = {"debtor__in": asked.debtors, "currency": currency}
        invoices, messages = Invoice.objects.of(books).filter(**whose), Message.objects.of(books).filter(**whose)
        claim = claim_sheet(debtor=row.public_id, currency=currency, on=today, actor=actor, today=today)
        return _drawn_up(row, asked, "", invoices, messages, claim, today)


def numbered(invoice: str, *, actor: Actor) -> str:
    """Give the public id of the invoice with a number.

    Raises:
        NoSuchInvoice: there is none.
    """
    actor.must(Deed.READ_BOOKS)
    found = (
        Invoice.objects.of(actor.administration_id).filter(number=invoice).values_list("public_id", flat=True).first()
    )
    if found is None:
        raise NoSuchInvoice(invoice=invoice)
    return found


def of_invoice(invoice: str, *, with_notes: bool = True, actor: Actor, today: date) -> Dossier:
    """Give the dossier of one invoice (public id), with the interest and costs that were claimed because of it.

    Raises:
        NoSuchInvoice, TooLargeADossier: there is no such invoice here, or too much of it.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    with at_one_moment():
        found = Invoice.objects.of(books).select_related("debtor__merged_into")
        row = found.filter(public_id=invoice).exclude(kind=PaperKind.CREDIT_NOTE.value).first()
        if row is None:
            raise NoSuchInvoice(invoice=invoice)
        items = Action.objects.of(books).filter(receivable__invoice=row, message__isnull=False)
        about_it = Q(pk__in=items.values("message")) | Q(copy_of=row)
        messages = Message.objects.of(books).filter(about_it)
        claimed = Charge.objects.of(books).filter(booked_as__isnull=False).filter(
            Q(principal__invoice=row) | Q(message__in=messages.values("pk"), kind="costs")
        )  # fmt: skip
        mine = tuple({row.pk, *claimed.values_list("booked_as__invoice", flat=True)})
        whose = row.debtor.merged_into or row.debtor
        asked = Asked(books, tuple(_with_doubles(books, whose)), row.currency, with_notes, mine, row.issue_date)
        is_principal = row.kind == PaperKind.INVOICE.value  # interest and costs bear none themselves
        claim = claim_sheet(invoice=invoice, on=today, actor=actor, today=today) if is_principal else None
        invoices = Invoice.objects.of(books).filter(pk__in=mine)
        return _drawn_up(whose, asked, row.number, invoices, messages, claim, today)


def opened(paper: Paper) -> BinaryIO | None:
    """Open a document of a dossier that is kept; None where its file is gone."""
    try:
        return cast("BinaryIO", documents.opened(Document(sha256=paper.sha256)).file)
    except FileNotFoundError:
        return None


def _with_doubles(books: int, debtor: Debtor) -> list[int]:
    merged = Debtor.objects.of(books).filter(merged_into=debtor).order_by("pk")
    return [debtor.pk, *merged.values_list("pk", flat=True)]


def _drawn_up(whose: Debtor, asked: Asked, invoice: str, invoices: QuerySet[Invoice], messages: QuerySet[Message],
              claim: BooksClaim | None, today: date) -> Dossier:  # fmt: skip
    own = Administration.objects.get(pk=asked.books)
    terms = dossier_papers.terms(invoices, whose.kind, own)
    claim = claim if claim and claim.currencies else None
    papers = dossier_papers.papers(invoices, messages, terms, own, today if claim else None)
    credits_ = Credit.objects.of(asked.books).filter(debtor__in=asked.debtors, currency=asked.currency)
    credit = credits_.aggregate(cents=Sum("open_cents", default=0))["cents"]
    proof = {(paper.kind, paper.about): paper.number for paper in papers}
    proof |= dossier_papers.claiming(invoices, papers, asked.books)
    sent = [_told(paper) for paper in papers if paper.kind in (PaperKind.MAIL, PaperKind.LETTER)]
    return Dossier(
        creditor=Party(own.name, own.street, own.postcode, own.city, own.country, own.sender, own.phone,
                       own.registration_number, own.vat_number),
        customer=Party(whose.name, whose.street, whose.postcode, whose.city, whose.country,
                       registration_number=whose.registration_number, vat_number=whose.vat_number),
        customer_id=whose.public_id, customer_number=whose.number, language=own.language, on=today,
        currency=asked.currency, invoice=invoice, lines=_lines(invoices, asked.books), claim=claim,
        terms=terms, credit_cents=0 if invoice else int(credit),
        happenings=tuple(dossier_happenings.happenings(asked, sent, proof)), papers=papers,
    )  # fmt: skip


def _told(paper: Paper) -> Happening:
    return Happening(paper.day, "message", paper.facts, paper=paper.number)


def _lines(invoices: QuerySet[Invoice], books: int) -> tuple[Line, ...]:
    """Give what is open, earliest due first."""
    rows = Receivable.objects.of(books).filter(invoice__in=invoices.values("pk")).order_by("due_date", "pk")
    columns = ("invoice_id", "invoice__number", "instalment", "invoice__issue_date", "due_date",
               "invoice__amount_cents", "open_cents", "invoice__payment_reference", "invoice__description")  # fmt: skip
    found, instalments = list(rows.values_list(*columns)), defaultdict[int, int](int)
    for row in found:
        instalments[row[0]] += 1
    parts: list[tuple[Any, ...]] = [
        (number, nth, instalments[pk], *facts) for pk, number, nth, *facts in found if facts[3]
    ]
    return tuple(Line(*part) for part in parts)
