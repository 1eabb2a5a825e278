"""The documents of invoices: which are kept here, and one of them as the customer got it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from voldaan.records import documents
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Receivable
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchInvoice


@dataclass(frozen=True, slots=True)
class Kept:
    """An invoice of which the document is kept."""

    id: str
    invoice: str


@dataclass(frozen=True, slots=True)
class File:
    """The document of an invoice, to hand over."""

    name: str
    content: bytes


def kept(debtor: str, *, actor: Actor) -> list[Kept]:
    """List the open invoices of a customer (public id) of which the document is kept, earliest due first."""
    actor.must(Deed.READ_BOOKS)
    rows = Receivable.objects.of(actor.administration_id).still_open().filter(debtor__public_id=debtor)
    found = rows.filter(instalment=1, invoice__document__isnull=False).order_by("due_date", "pk")
    return [Kept(*row) for row in found.values_list("invoice__public_id", "invoice__number")]


def document(id: str, *, actor: Actor) -> File:  # noqa: A002 - the word of the contract
    """Give the document of an invoice (public id), byte for byte.

    Raises:
        NoSuchInvoice: there is no such invoice here, or its document is not kept.
    """
    actor.must(Deed.READ_BOOKS)
    rows = Invoice.objects.of(actor.administration_id).select_related("document")
    row = rows.filter(public_id=id, document__isnull=False).first()
    if row is None or row.document is None:
        raise NoSuchInvoice(invoice=id)
    with documents.opened(row.document) as stored:
        return File(row.number + PurePath(row.document.name).suffix.lower(), stored.read())
