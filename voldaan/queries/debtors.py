"""Customers, found by name or number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from voldaan.records.debtors import Debtor, reached
from voldaan.rules import names
from voldaan.rules.contacts import ContactRole
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchDebtor


@dataclass(frozen=True, slots=True)
class DebtorRow:
    """One customer in a list."""

    id: str
    number: str
    name: str
    city: str
    country: str
    email: str | None


def named(id: str, *, actor: Actor) -> DebtorRow:  # noqa: A002 - the word of the contract
    """Give one customer (public id); a double leads to the one that it was merged into.

    Raises:
        NoSuchDebtor: there is no such customer here.
    """
    actor.must(Deed.READ_BOOKS)
    books = Debtor.objects.of(actor.administration_id)
    asked = Q(public_id=id, merged_into__isnull=True) | Q(pk__in=books.filter(public_id=id).values("merged_into"))
    row = _rows(books.filter(asked), actor).first()
    if row is None:
        raise NoSuchDebtor(debtor=id)
    return DebtorRow(*row)


def found(text: str, *, actor: Actor) -> list[DebtorRow]:
    """List the debtors whose name holds `text`, or whose number or id it is; all of them for an empty text."""
    actor.must(Deed.READ_BOOKS)
    asked = Q(name_search__contains=names.folded(text)) | Q(number=text) | Q(public_id=text)
    rows = Debtor.objects.of(actor.administration_id).real().filter(asked).order_by("name_search", "number")
    return [DebtorRow(*row) for row in _rows(rows, actor)]


def _rows(debtors: QuerySet[Debtor], actor: Actor) -> QuerySet[Debtor, tuple[Any, ...]]:
    contacts = reached(actor.administration_id, first=ContactRole.INVOICE).filter(debtor=OuterRef("pk"))
    email = Subquery(contacts.exclude(email="").values("email")[:1])
    return debtors.values_list("public_id", "number", "name", "city", "country", email)
