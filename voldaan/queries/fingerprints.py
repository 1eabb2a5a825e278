"""The books as one line per table: rows and a hash over natural keys and facts, so that equal books print the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.records.documents import Document
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Allocation, Credit, Entry, Receivable
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One table of one administration."""

    name: str
    rows: int
    hash: str


DEBTOR = ("debtor__number", "debtor__name")
ITEM = ("invoice__number", "instalment")

# Facts and natural keys only: no ids, booking numbers, clocks or event hashes.
FACTS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "allocations": (Allocation, (*DEBTOR, "receivable__invoice__number", "receivable__instalment", "credit__value_date",
                                 "credit__invoice__number", "currency", "amount_cents", "value_date", "by", "rule",
                                 "reverses__amount_cents")),
    "contacts": (Contact, (*DEBTOR, "role", "name", "email", "phone")),
    "credits": (Credit, (*DEBTOR, "invoice__number", "currency", "value_date", "open_cents")),
    "debtors": (Debtor, ("number", "name", "is_consumer", "country", "language", "street", "postcode", "city",
                         "vat_number", "registration_number", "payment_term_days")),
    "documents": (Document, ("sha256", "size")),
    "entries": (Entry, (*DEBTOR, "kind", "currency", "amount_cents", "value_date", "source", "reverses__source")),
    "invoices": (Invoice, (*DEBTOR, "number", "kind", "issue_date", "currency", "amount_cents", "vat_cents",
                           "payment_reference")),
    "own_accounts": (OwnAccount, ("iban", "position")),
    "payer_aliases": (PayerAlias, (*DEBTOR, "iban", "seen")),
    "receivables": (Receivable, (*DEBTOR, *ITEM, "currency", "due_date", "term_basis", "open_cents")),
}  # fmt: skip


def fingerprint(*, actor: Actor) -> list[Fingerprint]:
    """Print the books of the actor's administration, table by table."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    own = Administration.objects.filter(pk=books).values_list(
        "slug", "name", "country", "payment_term_days", "closed_until"
    )
    return [
        _printed("administration", own),
        *(_printed(name, table.objects.of(books).values_list(*facts)) for name, (table, facts) in FACTS.items()),
    ]


def _printed(name: str, found: Any) -> Fingerprint:
    lines = sorted(json.dumps(row, default=str, separators=(",", ":")) for row in found.order_by().iterator())
    return Fingerprint(name, len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())
