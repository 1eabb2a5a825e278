"""The dossier of a customer, or of one invoice: what is owed, all that was done, and the papers that prove it.

Only what is of this customer is asked for. Of a line of the bank that is the amount that was booked to him, and never
its words: they may be about others too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from voldaan.queries import dossier_happenings
from voldaan.queries.dossier_happenings import Asked
from voldaan.queries.moments import at_one_moment
from voldaan.records import documents
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration
from voldaan.records.charges import Charge
from voldaan.records.debtors import Debtor
from voldaan.records.documents import Document
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.records.people import User
from voldaan.records.receivables import Credit, Entry, Receivable
from voldaan.rules.dossiers import MOST_PAPERS, Dossier, Happening, Paper, PaperKind, TooLargeADossier
from voldaan.rules.letters import Line, Party
from voldaan.rules.outbox import Channel, MessageState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchDebtor, NoSuchInvoice

# What reached the mail server or the post, or may have, or was refused there: each has its content.
LEFT = (MessageState.SENT, MessageState.UNCERTAIN, MessageState.FAILED)


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
        return _drawn_up(row, asked, "", invoices, messages, today)


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
        return _drawn_up(whose, asked, row.number, Invoice.objects.of(books).filter(pk__in=mine), messages, today)


def opened(paper: Paper) -> BinaryIO | None:
    """Open a document of a dossier; None where its file is gone."""
    try:
        return cast("BinaryIO", documents.opened(Document(sha256=paper.sha256)).file)
    except FileNotFoundError:
        return None


def _with_doubles(books: int, debtor: Debtor) -> list[int]:
    merged = Debtor.objects.of(books).filter(merged_into=debtor).order_by("pk")
    return [debtor.pk, *merged.values_list("pk", flat=True)]


def _drawn_up(whose: Debtor, asked: Asked, invoice: str, invoices: QuerySet[Invoice], messages: QuerySet[Message],
              today: date) -> Dossier:  # fmt: skip
    own = Administration.objects.get(pk=asked.books)
    left = messages.filter(state__in=[one.value for one in LEFT], is_trial=False, content__isnull=False)
    papers = _numbered([*_invoices(invoices), *_messages(left, asked.books, own.time_zone)])
    credits_ = Credit.objects.of(asked.books).filter(debtor__in=asked.debtors, currency=asked.currency)
    credit = credits_.aggregate(cents=Sum("open_cents", default=0))["cents"]
    proof = {(paper.kind, paper.about): paper.number for paper in papers}
    sent = [_told(paper) for paper in papers if paper.kind in (PaperKind.MAIL, PaperKind.LETTER)]
    return Dossier(
        creditor=Party(own.name, own.street, own.postcode, own.city, own.country, own.sender, own.phone,
                       own.registration_number, own.vat_number),
        customer=Party(whose.name, whose.street, whose.postcode, whose.city, whose.country,
                       registration_number=whose.registration_number, vat_number=whose.vat_number),
        customer_id=whose.public_id, customer_number=whose.number, language=own.language, on=today,
        currency=asked.currency, invoice=invoice, lines=_lines(invoices, asked.books),
        credit_cents=0 if invoice else int(credit),
        happenings=tuple(dossier_happenings.happenings(asked, sent, proof)), papers=papers,
    )  # fmt: skip


def _invoices(invoices: QuerySet[Invoice]) -> Iterator[Paper]:
    """Give the documents of invoices and credit notes, as they are kept."""
    rows = invoices.filter(document__isnull=False).order_by("issue_date", "pk")
    columns = ("kind", "issue_date", "number", "document__media_type", "document__sha256", "document__size")
    for kind, day, number, media_type, sha256, size in rows.values_list(*columns)[: MOST_PAPERS + 1]:
        is_credit = kind == PaperKind.CREDIT_NOTE.value
        yield Paper(0, PaperKind.CREDIT_NOTE if is_credit else PaperKind.INVOICE, day, number, media_type, sha256, size)


MESSAGE = ("step", "channel", "recipient", "subject", "public_id", "state", "said", "released_on", "is_automatic",
           "received_on", "returned_on", "delivery_words")  # fmt: skip


def _messages(messages: QuerySet[Message], books: int, time_zone: str) -> Iterator[Paper]:
    """Give the messages as they left, with what is known of each."""
    rows = messages.order_by("decided_on", "pk")
    columns = ("decided_on", "sent_on", "sent_at", "content__media_type", "content__sha256", "content__size",
               "released_by", *MESSAGE)  # fmt: skip
    found = list(rows.values_list(*columns)[: MOST_PAPERS + 1])
    people = User.objects.filter(pk__in={row[6] for row in found if row[6]})
    names = {pk: name or email for pk, name, email in people.values_list("pk", "name", "email")}
    for decided, sent_on, sent_at, media_type, sha256, size, released_by, *facts in found:
        known = dict(zip(MESSAGE, facts, strict=True)) | {"released_by": names.get(released_by, "")}
        is_letter = known["channel"] == Channel.LETTER.value
        if not is_letter:
            known["message_id"] = f"{known['public_id']}.{books}@voldaan.invalid"
        yield Paper(
            0, PaperKind.LETTER if is_letter else PaperKind.MAIL, sent_on or decided, known["subject"], media_type,
            sha256, size, known, sent_at.astimezone(ZoneInfo(time_zone)) if sent_at else None,
        )  # fmt: skip


def _numbered(papers: list[Paper]) -> tuple[Paper, ...]:
    """Number the papers by day; of one day the invoice is first."""
    if len(papers) > MOST_PAPERS:
        raise TooLargeADossier(most=MOST_PAPERS)
    ordered = sorted(papers, key=lambda paper: paper.day)
    return tuple(replace(paper, number=number) for number, paper in enumerate(ordered, 1))


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
