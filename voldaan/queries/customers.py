"""The customers page by page, in the order of their names, each with what is open; and found by what one knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from voldaan.records.debtors import Contact, Debtor, PayerAlias, reached
from voldaan.records.invoices import Invoice
from voldaan.records.prepared import asked
from voldaan.records.receivables import Credit, Receivable
from voldaan.records.together import Rows
from voldaan.rules import names, references
from voldaan.rules.contacts import ContactRole
from voldaan.rules.permissions import Actor, Deed

SHORTEST = 2  # letters: below it, everybody is found


@dataclass(frozen=True, slots=True)
class Balance:
    """What a customer owes in one currency, in cents."""

    currency: str
    open_cents: int
    overdue_cents: int
    credits_cents: int


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer."""

    id: str
    number: str
    name: str
    city: str
    email: str
    days_overdue: int  # of the oldest open item; 0 where none is late
    balances: list[Balance]


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Some customers, and where the page behind them begins."""

    rows: list[CustomerRow]
    next: str  # the id to go on after; empty at the end


def customers(*, search: str = "", after: str = "", unknown: bool = False, most: int, actor: Actor,
              today: date) -> CustomerPage:  # fmt: skip
    """List customers by name: those that `search` finds by name, number, e-mail, account or invoice, `after` one.

    With `unknown`, only those of whom nobody said whether they are a consumer, a business or a public body.
    """
    actor.must(Deed.READ_BOOKS)
    rows = asked(_listed, actor.administration_id, today, after or None, search=search.strip(), unknown=unknown,
                 most=most + 1)  # fmt: skip
    return CustomerPage([_row(row, today) for row in rows[:most]], rows[most - 1][0] if len(rows) > most else "")


def _listed(books: int, today: date, after: str | None, *, search: str, unknown: bool,
            most: int) -> QuerySet[Debtor, Any]:  # fmt: skip
    found = Debtor.objects.of(books).real()
    if unknown:
        found = found.filter(kind="")
    if search:
        found = found.filter(_asked(books, search))
    if after is not None:
        last = Debtor.objects.of(books).filter(public_id=after)
        name, key = Subquery(last.values("name_search")), Subquery(last.values("pk"))
        found = found.filter(Q(name_search__gt=name) | Q(name_search=name, pk__gt=key))
    mailbox = reached(books, first=ContactRole.INVOICE).filter(debtor=OuterRef("pk")).exclude(email="")
    mail = Coalesce(Subquery(mailbox.values("email")[:1]), Value(""))
    late = Sum("open_cents", filter=Q(due_date__lt=today), default=0)
    items = Receivable.objects.of(books).still_open().filter(debtor=OuterRef("pk")).order_by()
    owed = items.values_list("currency").annotate(Sum("open_cents"), late=late, first=Min("due_date"))
    kept = Credit.objects.of(books).filter(open_cents__gt=0, debtor=OuterRef("pk")).order_by()
    credits_ = kept.values_list("currency").annotate(Sum("open_cents"))
    columns = ("public_id", "number", "name", "city", mail, Rows(owed), Rows(credits_))
    return found.order_by("name_search", "pk").values_list(*columns)[:most]


def _row(facts: Sequence[Any], today: date) -> CustomerRow:
    id_, number, name, city, email, owed, credits_ = facts
    oldest = min((first for *_, first in owed), default=today)
    credit: dict[str, int] = dict(credits_)
    balances = [Balance(currency, cents, late, credit.pop(currency, 0)) for currency, cents, late, _ in owed]
    balances += [Balance(currency, 0, 0, cents) for currency, cents in credit.items()]
    return CustomerRow(id_, number, name, city, email, max((today - oldest).days, 0), balances)


def beside(books: int) -> list[Subquery]:
    """Find who stand before and behind a customer in the list (public ids), within a question about that customer."""
    others, name, pk = Debtor.objects.of(books).real(), OuterRef("name_search"), OuterRef("pk")
    before = others.filter(name_search__lte=name).exclude(name_search=name, pk__gte=pk).order_by("-name_search", "-pk")
    behind = others.filter(name_search__gte=name).exclude(name_search=name, pk__lte=pk).order_by("name_search", "pk")
    return [Subquery(side.values("public_id")[:1]) for side in (before, behind)]


def _asked(books: int, text: str) -> Q:
    asked = Q(number=text) | Q(public_id=text)
    if len(text) >= SHORTEST:
        asked |= Q(name_search__contains=names.folded(text))
        asked |= Q(pk__in=Invoice.objects.of(books).filter(number=text).values("debtor"))
    if "@" in text:
        asked |= Q(pk__in=Contact.objects.of(books).filter(email__iexact=text).values("debtor"))
    if iban := references.iban(text):
        asked |= Q(pk__in=PayerAlias.objects.of(books).filter(iban=iban).values("debtor"))
    if amount := re.fullmatch(r"(\d{1,9})[.,](\d\d)", text):
        cents = int(amount[1] + amount[2])
        asked |= Q(pk__in=Receivable.objects.of(books).filter(open_cents=cents).values("debtor"))
    return asked
