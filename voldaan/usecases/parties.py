"""Whose an item is: the customer it names is found, or opened, and brought up to date where nobody edited it here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from voldaan.records.administrations import Administration
from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.records.invoices import Invoice
from voldaan.rules import names, references
from voldaan.rules.contacts import ContactRole
from voldaan.rules.law import DebtorKind
from voldaan.rules.papers import OpenItem
from voldaan.rules.permissions import Actor
from voldaan.usecases import strategies
from voldaan.usecases.ledger import BLOCK

# What a list may tell about a customer, and how much of it a column holds.
TOLD = {"name": 300, "street": 300, "postcode": 20, "city": 120, "vat_number": 20, "registration_number": 20}


@dataclass(frozen=True, slots=True)
class Found:
    """The debtor of each item, in their order, and how many known ones were brought up to date."""

    ids: list[int]
    changed: int


def of_items(items: Sequence[OpenItem], *, actor: Actor) -> Found:
    """Find or open the debtor of each item: by number, else VAT number, IBAN or exact name."""
    books = Administration.objects.get(pk=actor.administration_id)
    known = _Known(books.pk)
    keys = [_key(item) for item in items]
    found = [known.find(item) for item in items]
    by_key = {key: pk for key, pk in zip(keys, found, strict=True) if pk is not None}
    ids: list[int] = []
    first: dict[int, OpenItem] = {}  # by debtor, or by minus its place among the new ones
    new: dict[tuple[str, str], int] = {}
    for item, key, pk in zip(items, keys, found, strict=True):
        if pk is None:
            pk = by_key.get(key) or new.setdefault(key, -1 - len(new))  # noqa: PLW2901
        first.setdefault(pk, item)
        ids.append(pk)
    opened = Debtor.objects.of(books.pk).bulk_create(
        [_debtor(first[place], books) for place in new.values()], batch_size=BLOCK
    )
    real = dict(zip(new.values(), (row.pk for row in opened), strict=True))
    changed = _bring_up_to_date({pk: item for pk, item in first.items() if pk > 0}, books.pk)
    _reach({real.get(pk, pk): item for pk, item in first.items()}, books.pk)
    return Found([real.get(pk, pk) for pk in ids], changed)


def _key(item: OpenItem) -> tuple[str, str]:
    """Tell by what the items of one customer are known to be his."""
    return ("number", item.debtor_number[:60]) if item.debtor_number else ("name", names.folded(item.debtor_name))


class _Known:
    """The debtors of an administration, by what an item may name them."""

    def __init__(self, books: int) -> None:
        self.numbers: dict[str, int] = {}
        self.vat: dict[str, int] = {}
        self.names: dict[str, list[tuple[int, str]]] = defaultdict(list)
        columns = ("pk", "number", "name_search", "vat_number", "merged_into")
        for pk, number, name, vat, merged_into in Debtor.objects.of(books).values_list(*columns):
            if number:
                self.numbers[number] = merged_into or pk
            if vat and not merged_into:
                self.vat[vat] = pk
            if not merged_into:
                self.names[name].append((pk, number))
        e_invoices = Invoice.objects.of(books).filter(debtor__number="", kind="invoice", document__isnull=False)
        self.e_invoices = dict(e_invoices.values_list("number", "debtor_id"))
        self.ibans = dict(PayerAlias.objects.of(books).values_list("iban", "debtor_id"))

    def find(self, item: OpenItem) -> int | None:
        """Find the debtor of an item; a name counts only where one debtor bears it."""
        if item.debtor_number[:60] in self.numbers:
            return self.numbers[item.debtor_number[:60]]
        if item.debtor_number and item.invoice_number in self.e_invoices:  # which may write the name otherwise
            return self.e_invoices[item.invoice_number]
        namesakes = self.names.get(names.folded(item.debtor_name), [])
        if item.debtor_number:
            unnumbered = [pk for pk, number in namesakes if not number]
            return unnumbered[0] if len(unnumbered) == len(namesakes) == 1 else None
        if found := self.vat.get(item.vat_number) or self.ibans.get(item.iban):
            return found
        return namesakes[0][0] if len(namesakes) == 1 else None


def _told(item: OpenItem) -> dict[str, Any]:
    said = {"name": item.debtor_name, **{name: getattr(item, name) for name in TOLD if name != "name"}}
    told: dict[str, Any] = {name: said[name][:most] for name, most in TOLD.items() if said[name]}
    if len(item.country) == 2:
        told["country"] = item.country
    if len(item.language) == 2:
        told["language"] = item.language
    if item.is_consumer is not None:
        told["kind"] = (DebtorKind.CONSUMER if item.is_consumer else DebtorKind.BUSINESS).value
    return told


def _debtor(item: OpenItem, books: Administration) -> Debtor:
    told = {"name": item.debtor_number or "?", "country": books.country, "language": books.language, **_told(item)}
    search = names.folded(told["name"])[:300]
    return Debtor(administration_id=books.pk, number=item.debtor_number[:60], name_search=search, **told)


def _bring_up_to_date(told_of: dict[int, OpenItem], books: int) -> int:
    """Change what a list tells otherwise, save what a person set here; count the debtors that changed."""
    changed = 0
    for row in Debtor.objects.of(books).locked().filter(pk__in=list(told_of)):
        item = told_of[row.pk]
        if row.number and item.debtor_number and row.number != item.debtor_number[:60]:
            continue  # told of a double of it
        told = {name: value for name, value in _told(item).items() if name not in row.edited}
        if item.debtor_number and not row.number:
            told["number"] = item.debtor_number[:60]
        differing = {name: value for name, value in told.items() if getattr(row, name) != value}
        if differing:
            for name, value in differing.items():
                setattr(row, name, value)
            row.name_search = names.folded(row.name)[:300]
            row.save(update_fields=[*differing, "name_search"])
            if {"kind", "country"} & set(differing):  # another law, and another strategy with it
                strategies.look_again_at_all(books, debtor_id=row.pk)
            changed += 1
    return changed


def _reach(told_of: dict[int, OpenItem], books: int) -> None:
    """Write down addresses and accounts that the list gives, save where a person set one here."""
    edited = {
        pk: set(fields)
        for pk, fields in Debtor.objects.of(books).filter(pk__in=list(told_of)).values_list("pk", "edited")
    }
    contacts = {
        row.debtor_id: row
        for row in Contact.objects.of(books).filter(role=ContactRole.INVOICE.value, debtor__in=list(told_of))
    }
    fresh = []
    for pk, item in told_of.items():
        email = references.email(item.email) if item.email and "email" not in edited[pk] else None
        said = {"email": email or "", "phone": item.phone[:40] if "phone" not in edited[pk] else ""}
        said = {name: value for name, value in said.items() if value}
        if said and pk not in contacts:
            fresh.append(Contact(administration_id=books, debtor_id=pk, role=ContactRole.INVOICE.value, **said))
        elif said and any(getattr(contacts[pk], name) != value for name, value in said.items()):
            for name, value in said.items():
                setattr(contacts[pk], name, value)
            contacts[pk].save(update_fields=list(said))
    Contact.objects.of(books).bulk_create(fresh, batch_size=BLOCK)
    PayerAlias.objects.of(books).bulk_create(
        [
            PayerAlias(administration_id=books, debtor_id=pk, iban=iban, is_told=True)
            for pk, item in told_of.items()
            if item.iban and (iban := references.iban(item.iban))
        ],
        ignore_conflicts=True,
        batch_size=BLOCK,
    )
