"""What was learned of payers: which account pays for which customer, how often it was seen to, and when last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from voldaan.records.bulk import Counted
from voldaan.records.debtors import PayerAlias
from voldaan.rules import names
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class PayerRow:
    """An account that is known to pay for a customer."""

    key: int  # where the next page begins
    iban: str
    debtor: str
    debtor_id: str
    debtor_number: str
    seen: int  # payments booked from it; 0: a list or a person told it
    last_seen_on: date | None
    others: int  # customers besides this one for whom it is known to pay as well


def payers(*, search: str = "", after: int | None = None, most: int, actor: Actor) -> list[PayerRow]:
    """List what was learned, the newest first, from `after` on: by an account, or a name or number of a customer."""
    actor.must(Deed.READ_BOOKS)
    rows = PayerAlias.objects.of(actor.administration_id)
    if search:
        iban = "".join(search.split()).upper()
        rows = rows.filter(
            Q(iban__contains=iban) | Q(debtor__name_search__contains=names.folded(search)) | Q(debtor__number=search)
        )
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return [PayerRow(*row) for row in _told(rows.order_by("-pk"), actor.administration_id, most)]


def of_debtor(debtor: int, books: int, most: int) -> QuerySet[PayerAlias, Any]:
    """Ask which accounts are known to pay for a customer (key), what was seen most first: as `PayerRow` has it."""
    rows = PayerAlias.objects.of(books).filter(debtor=debtor)
    return _told(rows.order_by("-seen", "pk"), books, most)


def _told(rows: QuerySet[PayerAlias], books: int, most: int) -> QuerySet[PayerAlias, Any]:
    alike = Counted(PayerAlias.objects.of(books).filter(iban=OuterRef("iban")))
    facts = ("pk", "iban", "debtor__name", "debtor__public_id", "debtor__number", "seen", "last_seen_on")
    return rows.values_list(*facts, alike - 1)[:most]
