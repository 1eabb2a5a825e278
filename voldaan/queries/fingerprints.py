"""The books as one line per table: rows and a hash over natural keys and facts, so that equal books print the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from voldaan.records.actions import Action, Task
from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.bank import BankGap, BankTransaction
from voldaan.records.charges import Charge
from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.records.holds import Hold
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message, WordingText
from voldaan.records.proposals import ProposalLine
from voldaan.records.receivables import Allocation, Credit, Entry, Receivable
from voldaan.records.strategies import StrategyVersion
from voldaan.records.terms import TermSetVersion
from voldaan.records.write_off_requests import WriteOffRequest
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One table of one administration."""

    name: str
    rows: int
    hash: str


DEBTOR = ("debtor__number", "debtor__name")
ITEM = ("invoice__number", "instalment")
ON = ("receivable__invoice__number", "receivable__instalment")
# What tells one receipt from another of the same day and amount: the source of the entry that made it.
MADE_BY = Subquery(QuerySet(Entry).filter(credit=OuterRef("credit")).order_by("number").values("source")[:1])

# Facts and natural keys only: no ids, booking numbers, clocks or event hashes.
FACTS: dict[str, tuple[type[Any], tuple[Any, ...]]] = {
    "actions": (Action, (*DEBTOR, *ON, "step", "open_cents", "decided_on", "state", "taken_on")),
    "allocations": (Allocation, (*DEBTOR, *ON, MADE_BY, "currency", "amount_cents", "value_date", "counts_on", "by",
                                 "rule", "reverses__amount_cents")),
    "bank_gaps": (BankGap, ("account", "currency", "after", "until", "passed_on")),
    "bank_transactions": (BankTransaction, ("account", "currency", "booking_date", "amount_cents", "occurrence",
                                            "left_cents", "state")),
    "charges": (Charge, ("message__debtor__number", "message__debtor__name", "message__step", "message__decided_on",
                         "principal__invoice__number", "kind", "is_announced", "cents", "since", "through")),
    "contacts": (Contact, (*DEBTOR, "role", "name", "email", "phone", "refused_on")),
    "credits": (Credit, (*DEBTOR, "invoice__number", "currency", "value_date", "open_cents")),
    "debtors": (Debtor, ("number", "name", "kind", "is_spared", "country", "language", "street", "postcode", "city",
                         "vat_number", "registration_number", "payment_term_days", "strategy",
                         "edited", "merged_into__number", "merged_into__name")),
    "entries": (Entry, (*DEBTOR, *ON, "credit__invoice__number", "kind", "currency", "amount_cents", "value_date",
                        "counts_on", "source", "reverses__source")),
    "holds": (Hold, (*DEBTOR, "receivable__invoice__number", "receivable__instalment", "reason", "until", "ended_on")),
    "invoices": (Invoice, (*DEBTOR, "number", "kind", "issue_date", "received_on", "currency", "amount_cents",
                           "vat_cents", "payment_reference", "description", "document__sha256", "corrects__number")),
    "messages": (Message, (*DEBTOR, "currency", "step", "channel", "recipient", "language", "term_days", "total_cents",
                           "credit_cents", "warnings", "decided_on", "state", "is_trial", "final_date", "sent_on",
                           "lapses_on", "received_on", "returned_on")),
    "own_accounts": (OwnAccount, ("iban", "position", "is_blocked")),
    "payer_aliases": (PayerAlias, (*DEBTOR, "iban", "seen", "last_seen_on", "is_told")),
    "proposals": (ProposalLine, ("proposal__match_class", "proposal__state", "proposal__transaction__booking_date",
                                 "receivable__invoice__number", "receivable__instalment", "amount_cents")),
    "receivables": (Receivable, (*DEBTOR, *ITEM, "kind", "currency", "due_date", "term_basis", "open_cents")),
    "strategies": (StrategyVersion, ("code", "number", "content")),
    "tasks": (Task, (*DEBTOR, "currency", "kind", "decided_on", "state", "ended_on", "outcome", "put_off_until")),
    "terms": (TermSetVersion, ("kind", "number", "valid_from", "content")),
    "wordings": (WordingText, ("step", "language", "number", "subject", "body", "closing")),
    "write_off_requests": (WriteOffRequest, ("invoice__number", "amount_cents", "open_cents", "reason", "asked_on",
                                             "state", "decided_on", "why")),
}  # fmt: skip


def fingerprint(*, actor: Actor) -> list[Fingerprint]:
    """Print the books of the actor's administration, table by table."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    own = Administration.objects.filter(pk=books).values_list(
        "slug",
        "name",
        "country",
        "language",
        "time_zone",
        "payment_term_days",
        "closed_until",
        "strategy",
        "consumer_strategy",
    )
    return [
        _printed("administration", own),
        *(_printed(name, table.objects.of(books).values_list(*facts)) for name, (table, facts) in FACTS.items()),
    ]


def _printed(name: str, found: Any) -> Fingerprint:
    lines = sorted(json.dumps(row, default=str, separators=(",", ":")) for row in found.order_by().iterator())
    return Fingerprint(name, len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())
