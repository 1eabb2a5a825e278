"""The bank inbox: what came in on the accounts, where each receipt stands, and what is proposed for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from voldaan.records.bank import BankTransaction
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.records.receivables import Credit
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """One movement on an own account."""

    id: str
    account: str
    cents: int
    left_cents: int  # not allocated to an invoice: not booked yet, or standing as credit of the customer
    currency: str
    value_date: date
    counterparty_name: str
    counterparty_iban: str
    text: str
    end_to_end_id: str
    bank_reference: str
    state: str


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One way to book a receipt; without a transaction, what a newer list says is settled."""

    id: str
    transaction: str | None
    rank: int
    class_: str
    evidence: list[str]
    allocations: list[dict[str, Any]]  # invoice, cents


def transactions(*, as_of: date | None = None, actor: Actor) -> list[TransactionRow]:
    """List the movements by booking date."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    open_credit = (
        Credit.objects.of(books)
        .filter(transaction=OuterRef("pk"))
        .order_by()
        .values("transaction")
        .annotate(cents=Sum("open_cents", output_field=BigIntegerField()))
        .values("cents")
    )
    rows = BankTransaction.objects.of(books).order_by("booking_date", "pk")
    if as_of is not None:
        rows = rows.filter(value_date__lte=as_of)
    unallocated = F("left_cents") + Coalesce(Subquery(open_credit), 0)
    return [
        TransactionRow(*row)
        for row in rows.annotate(unallocated=unallocated).values_list(
            "public_id", "account", "amount_cents", "unallocated", "currency", "value_date", "counterparty_name",
            "counterparty_iban", "text", "end_to_end_id", "bank_reference", "state",
        )
    ]  # fmt: skip


def proposals(*, actor: Actor) -> list[ProposalRow]:
    """List what waits for a person: the best proposal of each receipt first."""
    actor.must(Deed.READ_BOOKS)
    waiting = Proposal.objects.of(actor.administration_id).filter(state="open")
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    of_them = ProposalLine.objects.of(actor.administration_id).filter(proposal__in=waiting).order_by("pk")
    for proposal, invoice, cents in of_them.values_list("proposal_id", "receivable__invoice__number", "amount_cents"):
        lines[proposal].append({"invoice": invoice, "cents": cents})
    rows = waiting.order_by("transaction__booking_date", "transaction_id", "rank", "pk")
    return [
        ProposalRow(public_id, transaction, rank, kind, evidence, lines[pk])
        for pk, public_id, transaction, rank, kind, evidence in rows.values_list(
            "pk", "public_id", "transaction__public_id", "rank", "match_class", "evidence"
        )
    ]
