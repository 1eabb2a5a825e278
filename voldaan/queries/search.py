"""Anything by what one knows of it: a customer by name, number, e-mail or account, an invoice by number or amount.

Each question goes by an index and stops at what is shown; only a part inside a name is looked for in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Subquery

from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Receivable
from voldaan.rules import names, references, remittance
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed

SHORTEST_PART = 3  # letters: a shorter word is looked for at the beginning of a name only
LAST = "\U0010ffff"  # stands behind every letter
WHAT = ("invoice__number", "instalment", "debtor__name", "due_date", "open_cents",
        "invoice__amount_cents", "currency", "invoice__public_id")  # fmt: skip
WHO = ("public_id", "name", "number", "city")


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A customer that was found."""

    id: str
    name: str
    number: str
    city: str


@dataclass(frozen=True, slots=True)
class FoundInvoice:
    """An invoice, or one instalment of it, that was found. Amounts are cents."""

    number: str
    instalment: int
    debtor: str
    due_date: date
    open_cents: int
    cents: int  # of the whole invoice
    currency: str
    id: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, what is meant most likely first; `is_exact` where the whole of what was typed is a name of it."""

    customers: list[FoundCustomer]
    invoices: list[FoundInvoice]
    exact_customers: int
    is_exact_invoice: bool


def find(text: str, *, amount: Money | None = None, most: int, actor: Actor) -> Found:
    """Find customers and invoices, at most `most` of each; `amount` is what `text` is, where it is one."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    exact, invoices = _exact(books, text, most), _invoices(books, text, amount, most)
    customers = dict.fromkeys(exact)
    if len(customers) < most and (folded := names.folded(text)):
        named = Debtor.objects.of(books).real().order_by("name_search", "pk")
        begins = named.filter(name_search__gte=folded, name_search__lt=folded + LAST)
        customers |= dict.fromkeys(begins.values_list(*WHO)[:most])
        if not invoices and len(customers) < most and len(folded) >= SHORTEST_PART:
            customers |= dict.fromkeys(named.filter(name_search__contains=folded).values_list(*WHO)[:most])
    number = remittance.folded(text)
    return Found(
        [FoundCustomer(*row) for row in list(customers)[:most]], invoices, len(exact),
        any(remittance.folded(one.number) == number for one in invoices) or bool(amount and invoices),
    )  # fmt: skip


def _exact(books: int, text: str, most: int) -> list[tuple[str, str, str, str]]:
    """Find who bears exactly this number, id, e-mail address or account."""
    known = Debtor.objects.of(books).real()
    parts: list[QuerySet[Any, Any]] = [
        known.filter(number__in={text, text.upper()}).exclude(number="").values_list(*WHO),
        known.filter(public_id=text).values_list(*WHO),
    ]
    whose = [f"debtor__{one}" for one in WHO]
    if email := references.email(text):
        parts.append(Contact.objects.of(books).filter(email__iexact=email).values_list(*whose))
    if iban := references.iban(text):
        parts.append(PayerAlias.objects.of(books).filter(iban=iban).values_list(*whose))
    first, *others = (part.order_by() for part in parts)
    return list(first.union(*others)[:most])


def _invoices(books: int, text: str, amount: Money | None, most: int) -> list[FoundInvoice]:
    rows = Receivable.objects.of(books)
    found: dict[tuple[Any, ...], None] = {}
    if amount is not None:
        found |= dict.fromkeys(
            rows.still_open().filter(open_cents=amount.cents).order_by("pk").values_list(*WHAT)[:most]
        )
    if len(found) < most and (number := remittance.folded(text)):
        numbered = Invoice.objects.of(books).filter(number_folded__gte=number, number_folded__lt=number + LAST)
        some = Subquery(numbered.order_by("number_folded").values("pk")[:most])
        named = rows.filter(invoice__in=some).order_by("invoice__number_folded", "instalment")
        found |= dict.fromkeys(named.values_list(*WHAT)[:most])
    return [FoundInvoice(*row) for row in list(found)[:most]]
