"""What goes back to the bookkeeping package: the money that was matched here, so that nobody matches it twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.expressions import Expression
from django.db.models.functions import Coalesce

from voldaan.records.receivables import Allocation, Entry
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class MatchedPayment:
    """One receipt, or part of one, on one invoice, or what was given up with it.

    What was undone here follows as a row with the amount negative.
    """

    number: int  # its booking number: the same in every export
    booked_on: date
    value_date: date
    account: str | None  # our own, on which the money came in; None where a person recorded it
    counterparty_iban: str | None
    bank_reference: str | None
    debtor_number: str
    debtor: str
    invoice: str
    currency: str
    cents: int
    reverses: int | None  # the number that this row takes back
    what: str  # payment, discount or difference


def payments(*, since: date | None, actor: Actor) -> list[MatchedPayment]:
    """List what was matched, by the day of booking: on `since` or later, else all of it."""
    actor.must(Deed.EXPORT)
    books = actor.administration_id
    paid = Allocation.objects.of(books).filter(credit__invoice__isnull=True)
    given = Entry.objects.of(books).filter(Q(given_with__isnull=False) | Q(reverses__given_with__isnull=False))
    if since is not None:
        paid, given = paid.filter(booked_on__gte=since), given.filter(booked_on__gte=since)
    bank = ("account", "counterparty_iban", "bank_reference")

    def row(through: Sequence[str], what: Expression | F, cents: Expression | F) -> list[Any]:
        told = (Coalesce(*(f"{credit}__transaction__{fact}" for credit in through), None) for fact in bank)
        return ["number", "booked_on", "value_date", *told, "debtor__number", "debtor__name",
                "receivable__invoice__number", "currency", cents, "reverses__number", what]  # fmt: skip

    rows = [
        *paid.values_list(*row(["credit"], Value("payment"), F("amount_cents"))),
        *given.values_list(
            *row(["given_with", "reverses__given_with"], Coalesce("reverses__kind", "kind"), -F("amount_cents"))
        ),
    ]
    return [MatchedPayment(*one) for one in sorted(rows)]
