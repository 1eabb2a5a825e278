"""Why an item gets its next step, and when, or why not: the answer of the pure rule, computed when it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voldaan.countries import COUNTRIES
from voldaan.records import situations
from voldaan.records.administrations import Administration
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Receivable
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.strategy import STRATEGIES, Decision, due_step
from voldaan.rules.unknown import NoSuchInvoice


@dataclass(frozen=True, slots=True)
class Why:
    """One receivable and the decision about it."""

    invoice: str
    instalment: int
    state: str
    decision: Decision


def why(invoice: str, *, actor: Actor, today: date) -> list[Why]:
    """Explain what follows for an invoice (number or public id), each of its instalments, on this day.

    Raises:
        NoSuchInvoice: there is no such invoice here.
    """
    actor.must(Deed.READ_BOOKS)
    books = Administration.objects.get(pk=actor.administration_id)
    known = Invoice.objects.of(books.pk).filter(kind="invoice")
    found = known.filter(number=invoice).first() or known.filter(public_id=invoice).first()
    if found is None:
        raise NoSuchInvoice(invoice=invoice)
    strategy, country, bank = STRATEGIES[books.strategy], COUNTRIES[books.country], situations.bank(books.pk)
    return [
        Why(
            one.invoice,
            one.instalment,
            _state(decision := due_step(strategy, one.item, bank, country, today=today), one.item.open_cents),
            decision,
        )
        for one in situations.of(Receivable.objects.of(books.pk).filter(invoice=found), books.pk)
    ]


def _state(decision: Decision, open_cents: int) -> str:
    if not open_cents:
        return "paid"
    return "paused" if decision.hold else "open"
