"""Verbs on debtors: add one, change what we know of one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from voldaan.countries import COUNTRIES
from voldaan.records.administrations import Administration
from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.rules import names, references
from voldaan.rules.contacts import ContactRole
from voldaan.rules.law import DebtorKind
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.unknown import NoSuchDebtor
from voldaan.usecases import events, ledger, strategies
from voldaan.usecases.administrations import NoSuchCountry, NotAnEmail, NotAnIban


class DebtorExists(Refusal):
    code = "debtor_exists"
    kind = Kind.CONFLICT
    says = mark("There is already a customer with number {number}.")


class NothingToChange(Refusal):
    code = "nothing_to_change"
    kind = Kind.INVALID
    says = mark("Say what to change, for instance --email.")


FOLLOWED_BY = {"strategy", "kind", "is_spared", "country"}  # what decides on his strategy, and on the law that holds

LONGEST = {field.name: field.max_length or 0 for field in Debtor._meta.concrete_fields}  # noqa: SLF001

# What a person may set by hand; what is set here, no import overwrites.
PLAIN_FIELDS = ("name", "street", "postcode", "city", "country", "language", "vat_number", "registration_number",
                "kind", "is_spared", "payment_term_days", "strategy")  # fmt: skip


def find(debtor: str, *, actor: Actor) -> Debtor:
    """Find a debtor by its public id, its number or the name that only it has; a double leads to what it merged into.

    Raises:
        NoSuchDebtor: neither is known here.
    """
    books = Debtor.objects.of(actor.administration_id).select_related("merged_into")
    found = books.filter(public_id=debtor).first() or books.exclude(number="").filter(number=debtor).first()
    if found is None:
        named = books.filter(name_search=names.folded(debtor), merged_into=None)[:2]
        if len(named) != 1:
            raise NoSuchDebtor(debtor=debtor)
        found = named[0]
    return found.merged_into or found


@transaction.atomic
def open_file(*, name: str, number: str = "", email: str = "", iban: str = "", actor: Actor, today: date,
              **fields: Any) -> str:  # fmt: skip
    """Add a debtor; return its public id.

    Raises:
        DebtorExists: the number is taken.
        NotAnEmail, NotAnIban, NoSuchCountry, TooLong: the words are wrong.
    """
    actor.must(Deed.CHANGE_DEBTORS)
    assert set(fields) <= set(PLAIN_FIELDS), fields
    books = Administration.objects.get(pk=actor.administration_id)
    ledger.lock_numbers(actor)
    if number and Debtor.objects.of(books.pk).filter(number=number).exists():
        raise DebtorExists(number=number)
    _check({"name": name, "number": number} | fields)
    debtor = Debtor.objects.of(books.pk).create(
        administration_id=books.pk,
        number=number,
        name=name,
        name_search=names.folded(name)[: LONGEST["name_search"]],
        **{"country": books.country, "language": books.language} | fields,
    )
    _reach(debtor, email=email, iban=iban)
    events.write("debtor.opened", actor=actor, today=today, debtor_id=debtor.pk)
    public_id: str = debtor.public_id
    return public_id


@transaction.atomic
def change(*, debtor: str, email: str | None = None, iban: str = "", actor: Actor, today: date, **fields: Any) -> None:
    """Change what we know of a debtor; what is set here, a later import leaves alone. An empty address removes it.

    Raises:
        NoSuchDebtor, NothingToChange, NotAnEmail, NotAnIban, NoSuchCountry, TooLong: the words are wrong.
    """
    actor.must(Deed.CHANGE_DEBTORS)
    assert set(fields) <= set(PLAIN_FIELDS), fields
    if not (fields or email is not None or iban):
        raise NothingToChange
    _check(fields)
    if fields.get("strategy"):
        strategies.known(actor.administration_id, fields["strategy"])
    row = Debtor.objects.of(actor.administration_id).locked().get(pk=find(debtor, actor=actor).pk)
    for field, value in fields.items():
        setattr(row, field, value)
    row.name_search = names.folded(row.name)[: LONGEST["name_search"]]
    said = [*fields, *(["email"] if email is not None else []), *(["iban"] if iban else [])]
    row.edited = sorted({*row.edited, *said})
    row.save()
    if FOLLOWED_BY & set(fields):
        strategies.look_again_at_all(row.administration_id, debtor_id=row.pk)
    if email == "":
        contacts = Contact.objects.of(row.administration_id).filter(debtor=row, role=ContactRole.INVOICE.value)
        contacts.update(email="")
    _reach(row, email=email or "", iban=iban)
    events.write("debtor.changed", actor=actor, today=today, debtor_id=row.pk, fields=", ".join(sorted(said)))


def _check(fields: dict[str, Any]) -> None:
    assert fields.get("kind", "") in ("", *(kind.value for kind in DebtorKind)), "a door offers no other kinds"
    country = fields.get("country")
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise NoSuchCountry(country=country, known=", ".join(sorted(COUNTRIES)))
    for field, value in fields.items():
        if isinstance(value, str):
            names.fitting(value, LONGEST[field])


def _reach(debtor: Debtor, *, email: str, iban: str) -> None:
    """Write down where the debtor is reached and from which account it pays."""
    if email:
        address = references.email(email)
        if address is None:
            raise NotAnEmail(email=email)
        Contact.objects.of(debtor.administration_id).update_or_create(
            administration_id=debtor.administration_id,
            debtor=debtor,
            role=ContactRole.INVOICE.value,
            defaults={"email": address, "refused_on": None},
        )
    if iban:
        account = references.iban(iban)
        if account is None:
            raise NotAnIban(iban=iban)
        PayerAlias.objects.of(debtor.administration_id).get_or_create(
            administration_id=debtor.administration_id, debtor=debtor, iban=account, defaults={"is_told": True}
        )
