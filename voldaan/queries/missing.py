"""Who owes and cannot be reached: customers without a usable e-mail address, or without a postal one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from voldaan.queries.standing import KEPT, State, state_of
from voldaan.records.debtors import Contact, Debtor, reached
from voldaan.records.receivables import Receivable
from voldaan.rules.contacts import ContactRole
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed


class What(Enum):
    """What is asked for."""

    EMAIL = "email"
    POSTAL = "postal"


@dataclass(frozen=True, slots=True)
class MissingRow:
    """One customer who owes, and of whom an address is missing."""

    id: str
    number: str
    name: str
    street: str
    postcode: str
    city: str
    refused: str  # an e-mail address that a mail server refused for good
    owed: list[Money]


@dataclass(frozen=True, slots=True)
class MissingPage:
    """Some of them, and where the page behind them begins."""

    rows: list[MissingRow]
    next: str  # the id to go on after; empty at the end


def missing(*, what: What, after: str = "", most: int, actor: Actor) -> MissingPage:
    """List by name the customers who owe and of whom this is missing, `after` one."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    found = who_owes(books).filter(lacks(books)[what])
    if after:
        last = Debtor.objects.of(books).filter(public_id=after).values_list("name_search", "pk").first()
        if last:
            found = found.filter(Q(name_search__gt=last[0]) | Q(name_search=last[0], pk__gt=last[1]))
    columns = ("pk", "public_id", "number", "name", "street", "postcode", "city")
    rows = list(found.order_by("name_search", "pk").values_list(*columns)[: most + 1])
    shown = rows[:most]
    keys = [row[0] for row in shown]
    refused = dict(
        Contact.objects.of(books).filter(debtor__in=keys, refused_on__isnull=False).exclude(email="")
        .values_list("debtor_id", "email")
    )  # fmt: skip
    owed: dict[int, list[Money]] = defaultdict(list)
    items = Receivable.objects.of(books).still_open().filter(debtor__in=keys).order_by("currency")
    for debtor, currency, cents in items.values_list("debtor_id", "currency").annotate(Sum("open_cents")):
        owed[debtor].append(Money(int(cents), currency))
    return MissingPage(
        [
            MissingRow(id_, number, name, street, postcode, city, refused.get(key, ""), owed[key])
            for key, id_, number, name, street, postcode, city in shown
        ],
        shown[-1][1] if len(rows) > most else "",
    )


def counts(*, actor: Actor) -> dict[What, int]:
    """Count the customers who owe and of whom each is missing."""
    actor.must(Deed.READ_BOOKS)
    asked = {what.value: Count("pk", filter=lacking) for what, lacking in lacks(actor.administration_id).items()}
    counted = who_owes(actor.administration_id).aggregate(**asked)
    return {what: counted[what.value] for what in What}


def unmailed(*, actor: Actor, today: date) -> int:
    """Count the customers who owe and have no usable e-mail address; counted once, until something changes."""
    actor.must(Deed.READ_BOOKS)
    return count_unmailed(actor.administration_id, state_of(actor.administration_id, today))


@lru_cache(KEPT)
def count_unmailed(books: int, state: State) -> int:  # noqa: ARG001 - what it is kept by
    """Count them: part of questions."""
    return unmailed_who_owe(books).count()


def unmailed_who_owe(books: int) -> QuerySet[Debtor]:
    """Find them: part of questions."""
    return who_owes(books).filter(lacks(books)[What.EMAIL])


def count_unreached(books: int) -> int:
    """Count the customers who owe and have no address at all: part of questions."""
    lacking = lacks(books)
    return who_owes(books).filter(lacking[What.EMAIL], lacking[What.POSTAL]).count()


def who_owes(books: int) -> QuerySet[Debtor]:
    """Keep the customers of whom anything is open: part of questions."""
    owes = Receivable.objects.of(books).still_open().filter(debtor=OuterRef("pk"))
    return Debtor.objects.of(books).real().filter(Exists(owes))


def lacks(books: int) -> dict[What, Q]:
    """Tell what it is to lack each: part of questions."""
    usable = reached(books, first=ContactRole.INVOICE).filter(debtor=OuterRef("pk"), refused_on__isnull=True)
    mail = usable.exclude(email="")
    return {What.EMAIL: Q(~Exists(mail)), What.POSTAL: Q(street="") | Q(city="")}
