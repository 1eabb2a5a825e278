"""Whom to turn to at a customer, and for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voldaan.records.debtors import Contact
from voldaan.rules.contacts import ContactRole
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One person or mailbox; empty where there is nobody for this."""

    role: ContactRole
    name: str = ""
    email: str = ""
    phone: str = ""
    refused_on: date | None = None  # a mail server refused the address for good

    @property
    def is_known(self) -> bool:
        """Tell whether there is anybody."""
        return bool(self.name or self.email or self.phone)


def contacts(debtor: str, *, actor: Actor) -> list[ContactRow]:
    """Give the contact of a customer (public id) for each thing, also where there is none."""
    actor.must(Deed.READ_BOOKS)
    rows = Contact.objects.of(actor.administration_id).filter(debtor__public_id=debtor)
    known = {role: facts for role, *facts in rows.values_list("role", "name", "email", "phone", "refused_on")}
    return [ContactRow(role, *known.get(role.value, ())) for role in ContactRole]
