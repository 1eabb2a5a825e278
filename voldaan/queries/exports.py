"""What goes back to the bookkeeping package: the money that was matched here, so that nobody matches it twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voldaan.records.receivables import Allocation
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class MatchedPayment:
    """One receipt, or part of one, on one invoice; what was undone here follows as a row with the amount negative."""

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


def payments(*, since: date | None, actor: Actor) -> list[MatchedPayment]:
    """List what was matched, by the day of booking: on `since` or later, else all of it."""
    actor.must(Deed.EXPORT)
    rows = Allocation.objects.of(actor.administration_id).filter(credit__invoice__isnull=True)
    if since is not None:
        rows = rows.filter(booked_on__gte=since)
    bank = "credit__transaction__"
    return [
        MatchedPayment(*row)
        for row in rows.order_by("number").values_list(
            "number", "booked_on", "value_date", f"{bank}account", f"{bank}counterparty_iban", f"{bank}bank_reference",
            "debtor__number", "debtor__name", "receivable__invoice__number", "currency", "amount_cents",
            "reverses__number",
        )
    ]  # fmt: skip
