"""The receipts page by page, the newest first: what each paid, by whom it was booked, and what was set aside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import Enum

from voldaan.records.bank import BankTransaction
from voldaan.records.receivables import Allocation, Credit
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.receipts import ReceiptState


class Became(Enum):
    """What became of the receipts that are asked for."""

    BOOKED = ReceiptState.BOOKED.value
    ASIDE = ReceiptState.IGNORED.value


@dataclass(frozen=True, slots=True)
class Paid:
    """What a receipt pays on one invoice."""

    invoice: str
    invoice_id: str
    cents: int
    by: str  # machine or person
    evidence: list[str]  # marked


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One receipt. Amounts are cents."""

    key: int  # where the next page begins
    id: str
    value_date: date
    counterparty_name: str
    counterparty_iban: str
    text: str
    cents: int
    currency: str
    paid: list[Paid]
    credits: list[tuple[str, str, int]]  # what stands as credit: name and id of the customer, and how much


def receipts(*, became: Became, after: int | None = None, most: int, actor: Actor) -> list[ReceiptRow]:
    """List receipts of one kind, the newest first, from `after` on."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    rows = BankTransaction.objects.of(books).filter(state=became.value, amount_cents__gt=0)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    columns = ("pk", "public_id", "value_date", "counterparty_name", "counterparty_iban", "text", "amount_cents",
               "currency")  # fmt: skip
    found = list(rows.order_by("-pk").values_list(*columns)[:most])
    keys = [row[0] for row in found]
    paid = _paid(keys, books)
    credits_: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    standing = Credit.objects.of(books).filter(transaction__in=keys, open_cents__gt=0).order_by("pk")
    for key, name, id_, cents in standing.values_list(
        "transaction_id", "debtor__name", "debtor__public_id", "open_cents"
    ):
        credits_[key or 0].append((name, id_, cents))
    return [
        ReceiptRow(key, id_, on, name, iban, text, cents, currency, paid[key], credits_[key])
        for key, id_, on, name, iban, text, cents, currency in found
    ]


def _paid(keys: list[int], books: int) -> dict[int, list[Paid]]:
    """Give what these receipts pay now: what was undone is left out."""
    rows = Allocation.objects.of(books).filter(credit__transaction__in=keys)
    live = rows.filter(reverses=None).exclude(pk__in=rows.exclude(reverses=None).values("reverses"))
    columns = ("credit__transaction_id", "receivable__invoice__number", "receivable__invoice__public_id",
               "amount_cents", "by", "evidence")  # fmt: skip
    paid: dict[int, list[Paid]] = defaultdict(list)
    for key, *facts in live.order_by("number").values_list(*columns):
        paid[key].append(Paid(*facts))
    return paid
