"""Anything by what one knows of it: a customer by name, number, e-mail or account, an invoice by number or amount.

Each question goes by an index and stops at what is shown; only a part inside a name, and where nothing is found the
end of an invoice number, is looked for in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Subquery

from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Receivable
from voldaan.records.together import together
from voldaan.rules import names, references, remittance
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed

SHORTEST_END = 4  # signs: where nothing else is found, a number that ends so
SHORTEST_PART = 3  # letters: a shorter word is looked for at the beginning of a name only
LAST = "\U0010ffff"  # stands behind every letter
WHAT = ("invoice__number", "instalment", "debtor__name", "due_date", "open_cents",
        "invoice__amount_cents", "currency", "invoice__public_id", "kind")  # fmt: skip
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
    kind: str  # of `ReceivableKind` in rules/ledger.py


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
    books, folded, number = actor.administration_id, names.folded(text), remittance.folded(text)
    cents = None if amount is None else amount.cents
    exact, begin, priced, numbered = together(
        _first, books, text, text.upper(), folded, folded + LAST, references.iban(text), number, number + LAST, cents,
        email=references.email(text), most=most,
    )  # fmt: skip
    customers = dict.fromkeys(map(tuple, [*exact, *(begin if folded else [])]))
    invoices = dict.fromkeys(map(tuple, [*priced, *(numbered if number else [])]))
    if not invoices and len(customers) < most and len(folded) >= SHORTEST_PART:
        named, ends = together(_last, books, name=folded, number="" if customers else number, most=most)
        customers |= dict.fromkeys(map(tuple, named))
        invoices = dict.fromkeys(map(tuple, ends))
    found = [FoundInvoice(*row) for row in list(invoices)[:most]]
    return Found(
        [FoundCustomer(*row) for row in list(customers)[:most]], found, len(exact),
        any(remittance.folded(one.number) == number for one in found) or bool(amount and found),
    )  # fmt: skip


def _last(books: int, *, name: str, number: str, most: int) -> list[QuerySet[Any, Any]]:
    """Ask all names which hold this, and where nobody was found yet, which number ends so."""
    named = Debtor.objects.of(books).real().filter(name_search__contains=name).order_by("name_search", "pk")
    ends = Invoice.objects.of(books).filter(number_folded__endswith=number).order_by("-pk")
    if len(number) < SHORTEST_END or not any(sign.isdigit() for sign in number):
        ends = ends.none()
    items = Receivable.objects.of(books).filter(invoice__in=Subquery(ends.values("pk")[:most]))
    return [named.values_list(*WHO)[:most], items.order_by("-invoice", "instalment").values_list(*WHAT)[:most]]


def _first(books: int, text: str, upper: str, name: str, after_name: str, iban: str | None, number: str,
           after_number: str, cents: int | None, *, email: str | None, most: int
           ) -> list[QuerySet[Any, Any]]:  # fmt: skip
    """Ask by an index: who or what bears exactly this, and whose name or which number begins so."""
    known, items = Debtor.objects.of(books).real(), Receivable.objects.of(books)
    numbered = Invoice.objects.of(books).filter(number_folded__gte=number, number_folded__lt=after_number)
    some = Subquery(numbered.order_by("number_folded").values("pk")[:most])
    whose = [f"debtor__{one}" for one in WHO]
    exact: list[QuerySet[Any, Any]] = [
        known.filter(number__in=[text, upper]).exclude(number="").values_list(*WHO),
        known.filter(public_id=text).values_list(*WHO),
    ]
    if email is not None:
        exact.append(Contact.objects.of(books).filter(email__iexact=email).values_list(*whose))
    if iban is not None:
        exact.append(PayerAlias.objects.of(books).filter(iban=iban).values_list(*whose))
    first, *others = (part.order_by() for part in exact)
    begins = known.filter(name_search__gte=name, name_search__lt=after_name).order_by("name_search", "pk")
    priced = items.none() if cents is None else items.still_open().filter(open_cents=cents).order_by("pk")
    named = items.filter(invoice__in=some).order_by("invoice__number_folded", "instalment")
    return [first.union(*others)[:most], begins.values_list(*WHO)[:most], priced.values_list(*WHAT)[:most],
            named.values_list(*WHAT)[:most]]  # fmt: skip
