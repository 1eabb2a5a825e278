"""The bank inbox: what came in on the accounts, where each receipt stands, and what is proposed for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, F, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from voldaan.queries.inbox_wanted import Wanted
from voldaan.records.bank import BankTransaction
from voldaan.records.bulk import Counted
from voldaan.records.proposals import Proposal, ProposalLine, fitting
from voldaan.records.receivables import Credit
from voldaan.records.together import Rows, together
from voldaan.rules.highlights import Signs, spans
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
    waiting = fitting(actor.administration_id)
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
    reference: str = ""  # for the payment of it


@dataclass(frozen=True, slots=True)
class WaitingProposal:
    """One way to book a receipt, with what speaks for it."""

    id: str
    debtor: str
    debtor_id: str
    evidence: list[str]  # marked
    items: list[PaidItem]
    left_cents: int  # of the receipt, once this is booked: it stays as credit of the customer
    match_class: str = ""

    @property
    def cents(self) -> int:
        """Give what it pays."""
        return sum(one.cents for one in self.items)

    @property
    def signs(self) -> Signs:
        """Give what to look for in the words of the bank line, as evidence of it."""
        numbers = [sign for one in self.items for sign in (one.invoice, one.reference) if sign]
        return Signs(tuple(dict.fromkeys(numbers)), self.debtor)


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
    structured_reference: str
    end_to_end_id: str
    proposals: list[WaitingProposal]  # the best first

    @property
    def signs(self) -> Signs:
        """Give what speaks for the best way to book it."""
        return self.proposals[0].signs if self.proposals else Signs()

    @property
    def payers_mark(self) -> str:
        """Give the reference that the payer gave it himself, where that is evidence."""
        return self.end_to_end_id if spans(self.end_to_end_id, self.signs) else ""


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
           "currency", "structured_reference", "end_to_end_id")  # fmt: skip
OPEN_STATES = (ReceiptState.PROPOSED.value, ReceiptState.UNMATCHED.value)


def receipts_that_wait(books: int) -> QuerySet[BankTransaction]:
    """Find what came in and waits for a person."""
    return BankTransaction.objects.of(books).filter(state__in=OPEN_STATES)


def settled_that_wait(books: int) -> QuerySet[Proposal]:
    """Find what a newer list says is settled, and waits for a person."""
    return fitting(books).filter(transaction=None)


def waiting(receipt: str, *, actor: Actor) -> WaitingReceipt | None:
    """Show one receipt (public id) without what is proposed for it; None where it does not wait."""
    actor.must(Deed.READ_BOOKS)
    rows = receipts_that_wait(actor.administration_id).filter(public_id=receipt).values_list(*RECEIPT)
    return next((_receipt([*row, []]) for row in rows), None)


def is_whole(receipt: str, *, actor: Actor) -> bool:
    """Tell whether nothing of a receipt (public id) is booked."""
    actor.must(Deed.READ_BOOKS)
    rows = BankTransaction.objects.of(actor.administration_id).filter(public_id=receipt)
    return rows.filter(left_cents=F("amount_cents")).exists()


def inbox(*, wanted: Wanted | None = None, most: int, actor: Actor) -> Inbox:
    """Show what waits, at most `most` of each kind: what a yes is enough for first, then the oldest.

    Where only some receipts are `wanted`, what a newer list says is settled is left out.
    """
    actor.must(Deed.READ_BOOKS)
    if wanted is None:
        return as_told(*together(both, actor.administration_id, most=most))
    waiting = wanted.of(receipts_that_wait(actor.administration_id), actor.administration_id)
    return as_told(list(_waiting(waiting, actor.administration_id, most)), [])


def as_told(receipts: Sequence[Sequence[Any]], settled: Sequence[Sequence[Any]]) -> Inbox:
    """Take in what was answered to `both`."""
    return Inbox(
        [_receipt(facts) for *facts, _ in receipts],
        receipts[0][-1] if receipts else 0,
        [(_proposal((*about, items)), currency) for *about, currency, items, _ in settled],
        settled[0][-1] if settled else 0,
    )


ABOUT = ("public_id", "debtor__name", "debtor__public_id", "evidence", "match_class")


def both(books: int, *, most: int) -> list[QuerySet[Any, Any]]:
    """Ask for the receipts that wait, and for what a newer list says is settled."""
    listed = settled_that_wait(books)
    lines = _lines(books)
    return [
        _waiting(receipts_that_wait(books), books, most),
        listed.order_by("pk").values_list(
            *ABOUT, Subquery(lines.values("receivable__currency")[:1]), Rows(lines.values_list(*ITEM)), Counted(listed)
        )[:most],
    ]  # fmt: skip


ITEM = ("receivable__invoice__number", "amount_cents", "receivable__due_date", "receivable__open_cents",
        "given_up_cents", "given_up_as", "receivable__invoice__payment_reference")  # fmt: skip


def _lines(books: int) -> QuerySet[ProposalLine]:
    return ProposalLine.objects.of(books).filter(proposal=OuterRef("pk")).order_by("pk")


def _waiting(waiting: QuerySet[BankTransaction], books: int, most: int) -> QuerySet[Any, Any]:
    items = Rows(_lines(books).values_list(*ITEM))
    ways = fitting(books).filter(transaction=OuterRef("pk")).order_by("rank", "pk")
    wants_more = Case(When(state=ReceiptState.PROPOSED.value, then=0), default=1)
    return waiting.order_by(wants_more, "booking_date", "pk").values_list(
        *RECEIPT, Rows(ways.values_list(*ABOUT, items)), Counted(waiting),
    )[:most]  # fmt: skip


def _receipt(facts: Sequence[Any]) -> WaitingReceipt:
    known, ways = facts[: len(RECEIPT)], facts[len(RECEIPT)]
    found = [_proposal(way, known[RECEIPT.index("left_cents")]) for way in ways]
    told: list[Any] = [*known, found]
    return WaitingReceipt(*told)


def _proposal(facts: Sequence[Any], receipt_cents: int | None = None) -> WaitingProposal:
    id_, debtor, debtor_id, evidence, match_class, items = facts
    paid = [PaidItem(*item) for item in items]
    left = 0 if receipt_cents is None else receipt_cents - sum(one.cents for one in paid)
    return WaitingProposal(id_, debtor, debtor_id, evidence, paid, left, match_class)
