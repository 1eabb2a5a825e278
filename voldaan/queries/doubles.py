"""Who may be there twice, found in sets by the database; and two customers side by side, before they become one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, Sum

from voldaan.queries.first_look import MOST_ALIKE
from voldaan.queries.moments import rows
from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.records.messages import Message
from voldaan.records.receivables import Credit, Receivable
from voldaan.rules.money import Money
from voldaan.rules.outbox import UNDER_WAY, MessageState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchDebtor

ALIKE = ("name", "vat_number", "registration_number", "email", "iban")

# Each thing by which a customer is known beside each customer; what too many share tells nobody from another.
_PAIRS = f"""
WITH who AS (SELECT id, name_search, postcode, vat_number, registration_number FROM records_debtor
             WHERE administration_id = %s AND merged_into_id IS NULL),
marks AS (
    SELECT id AS debtor, 'name' AS what, name_search || '/' || UPPER(REPLACE(postcode, ' ', '')) AS value FROM who
    UNION ALL SELECT id, 'vat_number', vat_number FROM who WHERE vat_number <> ''
    UNION ALL SELECT id, 'registration_number', registration_number FROM who WHERE registration_number <> ''
    UNION ALL SELECT who.id, 'email', LOWER(email) FROM who JOIN records_contact ON debtor_id = who.id WHERE email <> ''
    UNION ALL SELECT who.id, 'iban', iban FROM who JOIN records_payeralias ON debtor_id = who.id
),
shared AS (
    SELECT what, value FROM marks GROUP BY what, value
    HAVING MIN(debtor) < MAX(debtor) AND COUNT(*) <= {MOST_ALIKE}
),
twins AS (SELECT DISTINCT debtor, marks.what, marks.value
          FROM marks JOIN shared ON shared.what = marks.what AND shared.value = marks.value)
SELECT one.debtor, other.debtor, {", ".join(f"MAX(CASE WHEN one.what = '{what}' THEN 1 ELSE 0 END)" for what in ALIKE)}
FROM twins AS one
JOIN twins AS other ON other.what = one.what AND other.value = one.value AND other.debtor > one.debtor
WHERE one.debtor > %s OR (one.debtor = %s AND other.debtor > %s)
GROUP BY one.debtor, other.debtor
ORDER BY one.debtor, other.debtor
LIMIT %s
"""  # noqa: S608 - names of our own


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
    alike: list[str]  # of ALIKE
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


def likely(*, after: tuple[int, int] = (0, 0), most: int, actor: Actor) -> list[Pair]:
    """List pairs of customers that share an account, an address for mail, a registration, or name and postcode."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    found = rows(_PAIRS, [books, after[0], *after, most])
    columns = ("pk", "public_id", "number", "name", "city")
    keys = {pk for pair in found for pk in pair[:2]}
    named = {pk: Named(*words) for pk, *words in Debtor.objects.of(books).filter(pk__in=keys).values_list(*columns)}
    return [
        Pair(named[one], named[other], [what for what, is_alike in zip(ALIKE, alike, strict=True) if is_alike],
             (one, other))
        for one, other, *alike in found
    ]  # fmt: skip


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
