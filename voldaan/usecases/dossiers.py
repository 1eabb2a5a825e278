"""The verb on dossiers: to hand one over. It holds the data of a person, so that it left is written down."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchDebtor, NoSuchInvoice
from voldaan.usecases import events


@transaction.atomic
def hand_over(*, debtor: str, invoice: str = "", documents: int, actor: Actor, today: date) -> None:
    """Write down that the dossier of a customer (public id), or of one of its invoices (number), is handed over.

    Raises:
        NoSuchDebtor, NoSuchInvoice: there is no such thing here.
    """
    actor.must(Deed.EXPORT)
    books = actor.administration_id
    whose = Debtor.objects.of(books).filter(public_id=debtor).first()
    if whose is None:
        raise NoSuchDebtor(debtor=debtor)
    row = Invoice.objects.of(books).filter(number=invoice).first() if invoice else None
    if invoice and row is None:
        raise NoSuchInvoice(invoice=invoice)
    events.write("dossier.made", actor=actor, today=today, debtor_id=whose.pk, invoice_id=row.pk if row else None,
                 documents=documents)  # fmt: skip
