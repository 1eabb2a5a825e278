"""The bank inbox: what came in on the accounts, where each receipt stands, and what is proposed for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, F, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from voldaan.records.bank import BankTransaction
from voldaan.records.bulk import Counted
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.records.receivables import Credit
from voldaan.records.together import Rows, together
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.receipts import ReceiptState


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
    facts = ("proposal_id", "receivable__invoice__number", "amount_cents", "given_up_cents")
    for proposal, invoice, cents, given in of_them.values_list(*facts):
        lines[proposal].append({"invoice": invoice, "cents": cents, "given_up_cents": given or None})
    rows = waiting.order_by("transaction__booking_date", "transaction_id", "rank", "pk")
    return [
        ProposalRow(public_id, transaction, rank, kind, evidence, lines[pk])
        for pk, public_id, transaction, rank, kind, evidence in rows.values_list(
            "pk", "public_id", "transaction__public_id", "rank", "match_class", "evidence"
        )
    ]


@dataclass(frozen=True, slots=True)
class PaidItem:
    """What a proposal pays on one item."""

    invoice: str
    cents: int
    due_date: date
    open_cents: int  # now
    given_up_cents: int = 0  # on top of what is paid
    given_up_as: str = ""  # of `EntryKind`


@dataclass(frozen=True, slots=True)
class WaitingProposal:
    """One way to book a receipt, with what speaks for it."""

    id: str
    debtor: str
    debtor_id: str
    evidence: list[str]  # marked
    items: list[PaidItem]
    left_cents: int  # of the receipt, once this is booked: it stays as credit of the customer


@dataclass(frozen=True, slots=True)
class WaitingReceipt:
    """A receipt that waits for a person. Amounts are cents."""

    id: str
    value_date: date
    counterparty_name: str
    counterparty_iban: str
    text: str
    cents: int
    left_cents: int
    currency: str
    proposals: list[WaitingProposal]  # the best first


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for a person: receipts, and what a newer list says is settled."""

    receipts: list[WaitingReceipt]
    receipt_count: int
    settled: list[tuple[WaitingProposal, str]]  # with the currency
    settled_count: int

    @property
    def count(self) -> int:
        """Give how many wait, as every page counts them."""
        return self.receipt_count + self.settled_count


RECEIPT = ("public_id", "value_date", "counterparty_name", "counterparty_iban", "text", "amount_cents", "left_cents",
           "currency")  # fmt: skip
OPEN_STATES = (ReceiptState.PROPOSED.value, ReceiptState.UNMATCHED.value)


def receipts_that_wait(books: int) -> QuerySet[BankTransaction]:
    """Find what came in and waits for a person."""
    return BankTransaction.objects.of(books).filter(state__in=OPEN_STATES)


def settled_that_wait(books: int) -> QuerySet[Proposal]:
    """Find what a newer list says is settled, and waits for a person."""
    return Proposal.objects.of(books).filter(state="open", transaction=None)


def waiting(receipt: str, *, actor: Actor) -> WaitingReceipt | None:
    """Show one receipt (public id) without what is proposed for it; None where it does not wait."""
    actor.must(Deed.READ_BOOKS)
    rows = receipts_that_wait(actor.administration_id).filter(public_id=receipt).values_list(*RECEIPT)
    return next((WaitingReceipt(*(*row, [])) for row in rows), None)


def is_whole(receipt: str, *, actor: Actor) -> bool:
    """Tell whether nothing of a receipt (public id) is booked."""
    actor.must(Deed.READ_BOOKS)
    rows = BankTransaction.objects.of(actor.administration_id).filter(public_id=receipt)
    return rows.filter(left_cents=F("amount_cents")).exists()


def inbox(*, most: int, actor: Actor) -> Inbox:
    """Show what waits, at most `most` of each kind: what a yes is enough for first, then the oldest."""
    actor.must(Deed.READ_BOOKS)
    receipts, settled = together(_inbox, actor.administration_id, most=most)
    return Inbox(
        [_receipt(facts) for *facts, _ in receipts],
        receipts[0][-1] if receipts else 0,
        [(_proposal((*about, items)), currency) for *about, currency, items, _ in settled],
        settled[0][-1] if settled else 0,
    )


def _inbox(books: int, *, most: int) -> list[QuerySet[Any, Any]]:
    waiting, listed = receipts_that_wait(books), settled_that_wait(books)
    about = ("public_id", "debtor__name", "debtor__public_id", "evidence")
    lines = ProposalLine.objects.of(books).filter(proposal=OuterRef("pk")).order_by("pk")
    items = Rows(lines.values_list("receivable__invoice__number", "amount_cents", "receivable__due_date",
                                   "receivable__open_cents", "given_up_cents", "given_up_as"))  # fmt: skip
    ways = Proposal.objects.of(books).filter(transaction=OuterRef("pk"), state="open").order_by("rank", "pk")
    wants_more = Case(When(state=ReceiptState.PROPOSED.value, then=0), default=1)
    return [
        waiting.order_by(wants_more, "booking_date", "pk").values_list(
            *RECEIPT, Rows(ways.values_list(*about, items)), Counted(waiting),
        )[:most],
        listed.order_by("pk").values_list(
            *about, Subquery(lines.values("receivable__currency")[:1]), items, Counted(listed)
        )[:most],
    ]  # fmt: skip


def _receipt(facts: Sequence[Any]) -> WaitingReceipt:
    id_, on, name, iban, text, cents, left, currency, ways = facts
    found = [_proposal(way, left) for way in ways]
    return WaitingReceipt(id_, on, name, iban, text, cents, left, currency, found)


def _proposal(facts: Sequence[Any], receipt_cents: int | None = None) -> WaitingProposal:
    id_, debtor, debtor_id, evidence, items = facts
    paid = [PaidItem(*item) for item in items]
    left = 0 if receipt_cents is None else receipt_cents - sum(one.cents for one in paid)
    return WaitingProposal(id_, debtor, debtor_id, evidence, paid, left)
