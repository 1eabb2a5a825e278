"""The customers page by page, in the order of their names, each with what is open; and found by what one knows."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import DateField, Min, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Credit, Receivable
from voldaan.rules import names, references
from voldaan.rules.permissions import Actor, Deed

SHORTEST = 2  # letters: below it, everybody is found


@dataclass(slots=True)
class Balance:
    """What a customer owes in one currency, in cents."""

    currency: str
    open_cents: int = 0
    overdue_cents: int = 0
    credits_cents: int = 0


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer."""

    id: str
    number: str
    name: str
    city: str
    email: str
    days_overdue: int  # of the oldest open item; 0 where none is late
    balances: list[Balance] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Some customers, and where the page behind them begins."""

    rows: list[CustomerRow]
    next: str  # the id to go on after; empty at the end


def customers(*, search: str = "", after: str = "", most: int, actor: Actor, today: date) -> CustomerPage:
    """List customers by name: those that `search` finds by name, number, e-mail, account or invoice, `after` one."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    found = Debtor.objects.of(books).real()
    if asked := search.strip():
        found = found.filter(_asked(books, asked))
    if after:
        last = Debtor.objects.of(books).filter(public_id=after).values_list("name_search", "pk").first()
        if last:
            found = found.filter(Q(name_search__gt=last[0]) | Q(name_search=last[0], pk__gt=last[1]))
    mailbox = Contact.objects.of(books).filter(debtor=OuterRef("pk")).exclude(email="").order_by("role")
    mail = Coalesce(Subquery(mailbox.values("email")[:1]), Value(""))
    columns = ("pk", "public_id", "number", "name", "city", mail)
    rows = list(found.order_by("name_search", "pk").values_list(*columns)[: most + 1])
    shown = rows[:most]
    keys = [row[0] for row in shown]
    balances, oldest = _balances(books, keys, today)
    return CustomerPage(
        [
            CustomerRow(id_, number, name, city, email, max((today - oldest.get(key, today)).days, 0),
                        list(balances[key].values()))
            for key, id_, number, name, city, email in shown
        ],
        shown[-1][1] if len(rows) > most else "",
    )  # fmt: skip


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


def _balances(books: int, keys: list[int], today: date) -> tuple[dict[int, dict[str, Balance]], dict[int, date]]:
    found: dict[int, dict[str, Balance]] = defaultdict(dict)
    oldest: dict[int, date] = {}
    late = Sum("open_cents", filter=Q(due_date__lt=today), default=0)
    items = Receivable.objects.of(books).still_open().filter(debtor__in=keys).order_by()
    owed = items.values_list("debtor_id", "currency").annotate(Sum("open_cents"), late=late, first=Min("due_date"))
    kept = Credit.objects.of(books).filter(open_cents__gt=0, debtor__in=keys).order_by()
    nothing = {"late": Value(0), "first": Value(None, DateField())}  # by which a credit is told from what is open
    credits_ = kept.values_list("debtor_id", "currency").annotate(Sum("open_cents"), **nothing)
    for debtor, currency, cents, overdue, first in owed.union(credits_, all=True):
        balance = found[debtor].setdefault(currency, Balance(currency))
        if first is None:
            balance.credits_cents = cents
            continue
        balance.open_cents, balance.overdue_cents = cents, overdue
        oldest[debtor] = min(oldest.get(debtor, first), first)
    return found, oldest
