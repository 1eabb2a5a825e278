"""Customers, found by name or number."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from voldaan.records.debtors import Contact, Debtor
from voldaan.rules import names
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class DebtorRow:
    """One customer in a list."""

    id: str
    number: str
    name: str
    city: str
    country: str
    email: str | None


def found(text: str, *, actor: Actor) -> list[DebtorRow]:
    """List the debtors whose name holds `text`, or whose number or id it is; all of them for an empty text."""
    actor.must(Deed.READ_BOOKS)
    mail = Contact.objects.of(actor.administration_id).filter(debtor=OuterRef("pk")).exclude(email="")
    asked = Q(name_search__contains=names.folded(text)) | Q(number=text) | Q(public_id=text)
    rows = Debtor.objects.of(actor.administration_id).real().filter(asked).order_by("name_search", "number")
    return [
        DebtorRow(*row)
        for row in rows.values_list(
            "public_id", "number", "name", "city", "country", Subquery(mail.order_by("role").values("email")[:1])
        )
    ]
