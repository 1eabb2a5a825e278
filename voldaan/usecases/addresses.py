"""The verb that fills in addresses of many customers at once: what was missing, and nothing that is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q

from voldaan.records.bulk import Keys
from voldaan.records.debtors import Contact, Debtor
from voldaan.rules import names, references
from voldaan.rules.contacts import ContactRole
from voldaan.rules.letters import one_line
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.unknown import NoSuchDebtor
from voldaan.usecases import events
from voldaan.usecases.administrations import NotAnEmail
from voldaan.usecases.debtors import LONGEST
from voldaan.usecases.ledger import BLOCK


class KnownMeanwhile(Refusal):
    code = "known_meanwhile"
    kind = Kind.CONFLICT
    says = mark("{debtor} has “{known}” already. Change that on the page of the customer, if it is wrong.")


@dataclass(frozen=True, slots=True)
class Address:
    """What is told of one customer; empty is not told."""

    email: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """How many customers got an address, and by their name in `told` why others got none."""

    customers: int
    unfit: dict[str, Refusal]


@transaction.atomic
def fill_in(*, told: Mapping[str, Address], actor: Actor, today: date) -> Filled:
    """Write down what is missing of these customers (public id or number); what is known stays as it is.

    What does not fit is not written down, and does not keep the rest from it.
    """
    actor.must(Deed.CHANGE_DEBTORS)
    books = actor.administration_id
    said = {whose: asdict(address) for whose, address in told.items() if address != Address()}
    keys = _found(said, books)
    rows = {row.pk: row for row in Debtor.objects.of(books).real().locked().filter(pk__in=Keys(list(keys.values())))}
    mails = _mailboxes(rows, books)
    unfit: dict[str, Refusal] = {}
    new: dict[int, dict[str, str]] = {}
    for whose, words in said.items():
        try:
            row = rows.get(keys.get(whose, 0))
            if row is None:
                raise NoSuchDebtor(debtor=whose)
            known = asdict(Address(mails.get(row.pk, ""), row.street, row.postcode, row.city)) | new.get(row.pk, {})
            if lacking := _lacking(row.name, known, words):
                new[row.pk] = new.get(row.pk, {}) | lacking
        except Refusal as refusal:
            unfit[whose] = refusal
    _write_down(rows, new, books)
    facts = {pk: {"fields": ", ".join(sorted(fields))} for pk, fields in new.items()}
    events.write_each("debtor.changed", of=facts, actor=actor, today=today)
    return Filled(len(new), unfit)


def _lacking(debtor: str, known: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """Give what is said and was not known.

    Raises:
        KnownMeanwhile, NotAnEmail, TooLong: it is known otherwise, or does not fit.
    """
    lacking = {}
    for field, words in said.items():
        if not (text := one_line(words)):
            continue
        value = _email(text) if field == "email" else names.fitting(text, LONGEST[field])
        if known[field] and known[field] != value:
            raise KnownMeanwhile(debtor=debtor, known=known[field])
        if not known[field]:
            lacking[field] = value
    return lacking


def _email(text: str) -> str:
    address = references.email(text)
    if address is None:
        raise NotAnEmail(email=text)
    return address


def _found(said: Collection[str], books: int) -> dict[str, int]:
    """Find the customers by id or number, in blocks; a double leads to the one that it was merged into."""
    found: dict[str, int] = {}
    asked = list(said)
    for start in range(0, len(asked), BLOCK):
        some = asked[start : start + BLOCK]
        rows = Debtor.objects.of(books).filter(Q(public_id__in=some) | Q(number__in=[one for one in some if one]))
        for pk, public_id, number, merged_into in rows.values_list("pk", "public_id", "number", "merged_into"):
            for name in (number, public_id):  # an id goes before a number
                if name in said and (name == public_id or name not in found):
                    found[name] = merged_into or pk
    return found


def _mailboxes(rows: Collection[int], books: int) -> dict[int, str]:
    usable = Contact.objects.of(books).filter(debtor__in=Keys(list(rows)), refused_on__isnull=True).exclude(email="")
    return dict(usable.values_list("debtor_id", "email"))


def _write_down(rows: Mapping[int, Debtor], new: Mapping[int, Mapping[str, str]], books: int) -> None:
    changed = []
    for pk, fields in new.items():
        row = rows[pk]
        for field, value in fields.items():
            if field != "email":
                setattr(row, field, value)
        row.edited = sorted({*row.edited, *fields})
        changed.append(row)
    Debtor.objects.of(books).bulk_update(changed, ["street", "postcode", "city", "edited"], batch_size=BLOCK)
    mails = {pk: fields["email"] for pk, fields in new.items() if "email" in fields}
    there = list(Contact.objects.of(books).filter(debtor__in=Keys(list(mails)), role=ContactRole.INVOICE.value))
    for contact in there:
        contact.email, contact.refused_on = mails.pop(contact.debtor_id), None
    Contact.objects.of(books).bulk_update(there, ["email", "refused_on"], batch_size=BLOCK)
    fresh = [
        Contact(administration_id=books, debtor_id=pk, role=ContactRole.INVOICE.value, email=mail)
        for pk, mail in mails.items()
    ]
    Contact.objects.of(books).bulk_create(fresh, batch_size=BLOCK)
