"""The letter that interrupts the limitation of what an invoice claims, for a person to post."""

from __future__ import annotations

from datetime import date

from voldaan.queries.account import account
from voldaan.records.invoices import Invoice
from voldaan.rules.letters import Letter
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.unknown import NoSuchInvoice
from voldaan.rules.wording import reservation


class NothingToReserve(Refusal):
    code = "nothing_to_reserve"
    kind = Kind.CONFLICT
    says = mark("Nothing of invoice {invoice} is open any more, so there is no right to keep.")


def letter(invoice: str, *, actor: Actor, today: date) -> Letter:
    """Draw up the letter on an invoice (public id), with all that is open of it.

    Raises:
        NoSuchInvoice, NothingToReserve: there is no such invoice here, or it is paid.
    """
    actor.must(Deed.READ_BOOKS)
    row = Invoice.objects.of(actor.administration_id).select_related("debtor").filter(public_id=invoice).first()
    if row is None:
        raise NoSuchInvoice(invoice=invoice)
    for one in account(row.debtor.public_id, since=today, actor=actor, today=today):
        if lines := tuple(line for line in one.lines if line.invoice == row.number):
            words = reservation(one.language)
            return Letter("reservation", words, today, one.sender, one.customer, lines, one.currency, one.iban)
    raise NothingToReserve(invoice=row.number)
