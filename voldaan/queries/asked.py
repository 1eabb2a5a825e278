"""What would be sent if a person asked for it: the very message, before anything is written."""

from __future__ import annotations

from datetime import date, datetime

from voldaan.queries import messages
from voldaan.queries.messages import Seen
from voldaan.records import asked
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchDebtor, NoSuchInvoice


def copy(invoice: str, *, actor: Actor, today: date, now: datetime) -> Seen:
    """Show the mail that would send an invoice (public id) once more.

    Raises:
        NoSuchInvoice, NotKept, NoMailbox: there is nothing to send, or nowhere to send it.
    """
    actor.must(Deed.RELEASE_RUN)
    rows = Invoice.objects.of(actor.administration_id).select_related("debtor", "document")
    found = rows.filter(public_id=invoice).first()
    if found is None:
        raise NoSuchInvoice(invoice=invoice)
    return messages.looked_at(asked.copy(found, today=today), today, now)


def statement(debtor: str, *, currency: str, since: date, actor: Actor, today: date, now: datetime) -> Seen:
    """Show the mail that would send a customer (public id) its account in a currency.

    Raises:
        NoSuchDebtor, NothingToState, TooLongAStatement, NoMailbox: there is nothing to send, or nowhere to send it.
    """
    actor.must(Deed.RELEASE_RUN)
    row = Debtor.objects.of(actor.administration_id).filter(public_id=debtor).select_related("merged_into").first()
    if row is None:
        raise NoSuchDebtor(debtor=debtor)
    whose = row.merged_into or row
    return messages.looked_at(asked.statement(whose, currency=currency, since=since, today=today), today, now)
