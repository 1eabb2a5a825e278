"""Who may be there twice; and two customers side by side, before they become one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Q, Sum

from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.records.messages import Message
from voldaan.records.receivables import Credit, Receivable
from voldaan.rules import names
from voldaan.rules.money import Money
from voldaan.rules.outbox import UNDER_WAY, MessageState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchDebtor

MOST_ALIKE = 20  # more customers than this with one and the same account or address are a collecting one, no doubles


@dataclass(frozen=True, slots=True)
class Named:
    """A customer by its names."""

    id: str
    number: str
    name: str
    city: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two customers that may be one, and what they share."""

    one: Named
    other: Named
    alike: list[str]  # email, iban, name, registration_number, vat_number
    key: tuple[int, int]  # to go on after


@dataclass(slots=True)
class Side:
    """One of two customers: all that is known of it, and what hangs on it."""

    id: str
    number: str
    name: str
    street: str
    postcode: str
    city: str
    vat_number: str
    registration_number: str
    email: str = ""
    phone: str = ""
    ibans: list[str] = field(default_factory=list)
    items: int = 0  # that are open
    owed: list[Money] = field(default_factory=list)
    credits: list[Money] = field(default_factory=list)
    messages: int = 0  # that left
    waiting: int = 0  # messages that wait for approval
    is_written_to: bool = False  # right now: a message is on its way


def likely(*, after: tuple[int, int] = (0, 0), most: int | None = None, actor: Actor) -> list[Pair]:
    """List pairs of customers that share a name, an address for mail, an account or a registration.

    A name tells them apart again where both have a postcode and these differ.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    named: dict[int, Named] = {}
    postcodes: dict[int, str] = {}
    marks: list[tuple[str, str, int]] = []
    columns = ("pk", "public_id", "number", "name", "city", "postcode", "vat_number", "registration_number")
    known = Debtor.objects.of(books).real().values_list(*columns)
    for pk, public_id, number, name, city, postcode, vat, registration in known:
        named[pk], postcodes[pk] = Named(public_id, number, name, city), postcode.replace(" ", "").upper()
        marks += [("name", names.essence(name), pk), ("vat_number", vat, pk), ("registration_number", registration, pk)]
    emails = Contact.objects.of(books).values_list("email", "debtor_id")
    marks += [("email", email.lower(), pk) for email, pk in emails if pk in named]
    accounts = PayerAlias.objects.of(books).values_list("iban", "debtor_id")
    marks += [("iban", iban, pk) for iban, pk in accounts if pk in named]
    alike: dict[tuple[int, int], list[str]] = defaultdict(list)
    for (what, value), rows in groupby(sorted(set(marks)), key=itemgetter(0, 1)):
        whose = [pk for _, _, pk in rows]
        if value and len(whose) <= MOST_ALIKE:
            for one, other in combinations(whose, 2):
                if what != "name" or not _differ(postcodes[one], postcodes[other]):
                    alike[one, other].append(what)
    pairs = sorted(key for key in alike if key > after)[:most]
    return [Pair(named[key[0]], named[key[1]], alike[key], key) for key in pairs]


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and one != other


def side_by_side(one: str, other: str, *, actor: Actor) -> tuple[Side, Side]:
    """Show two customers (public ids) beside each other.

    Raises:
        NoSuchDebtor: there is no such customer here, or it was merged into another already.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    columns = ("pk", "public_id", "number", "name", "street", "postcode", "city", "vat_number", "registration_number")
    asked = Debtor.objects.of(books).real().filter(public_id__in=[one, other])
    sides = {pk: Side(*words) for pk, *words in asked.values_list(*columns)}
    _reach(sides, books)
    _owe(sides, books)
    said = Message.objects.of(books).filter(debtor__in=sides).order_by().values_list("debtor_id")
    counted: dict[str, Any] = {
        "sent": Count("pk", filter=Q(state=MessageState.SENT.value)),
        "waits": Count("pk", filter=Q(state=MessageState.PLANNED.value)),
        "leaves": Count("pk", filter=Q(state__in=[state.value for state in UNDER_WAY])),
    }
    for pk, sent, waits, leaves in said.annotate(**counted):
        sides[pk].messages, sides[pk].waiting, sides[pk].is_written_to = sent, waits, leaves > 0
    by_id = {side.id: side for side in sides.values()}
    for id_ in (one, other):
        if id_ not in by_id:
            raise NoSuchDebtor(debtor=id_)
    return by_id[one], by_id[other]


def _reach(sides: dict[int, Side], books: int) -> None:
    contacts = Contact.objects.of(books).filter(debtor__in=sides).order_by("role")
    for pk, email, phone in contacts.values_list("debtor_id", "email", "phone"):
        sides[pk].email, sides[pk].phone = sides[pk].email or email, sides[pk].phone or phone
    accounts = PayerAlias.objects.of(books).filter(debtor__in=sides).order_by("iban")
    for pk, iban in accounts.values_list("debtor_id", "iban"):
        sides[pk].ibans.append(iban)


def _owe(sides: dict[int, Side], books: int) -> None:
    items = Receivable.objects.of(books).still_open().filter(debtor__in=sides).order_by("currency")
    summed = items.values_list("debtor_id", "currency").annotate(Sum("open_cents"), Count("pk"))
    for pk, currency, cents, count in summed:
        sides[pk].owed.append(Money(int(cents), currency))
        sides[pk].items += count
    credits_ = Credit.objects.of(books).filter(debtor__in=sides, open_cents__gt=0).order_by("currency")
    for pk, currency, cents in credits_.values_list("debtor_id", "currency").annotate(Sum("open_cents")):
        sides[pk].credits.append(Money(int(cents), currency))
