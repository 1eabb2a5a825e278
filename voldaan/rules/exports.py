"""What goes back to the bookkeeping package, and the codes by which that package knows where it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voldaan.rules.refusals import mark

# On which account the other side of each is booked.
AGAINST: dict[str, str] = {"payment": "receipts", "discount": "discounts", "difference": "differences"}
CODES: dict[str, str] = {
    "journal": mark("Journal"),
    "office": mark("Office code"),
    "debtors": mark("Account of the customers"),
    "receipts": mark("Account of what was received"),
    "discounts": mark("Account of payment discounts"),
    "differences": mark("Account of small differences"),
}
SETTLED_BY_LIST = "settled_by_list"  # the rule by which something was paid that the bookkeeping knows as paid
SETTINGS: dict[str, str] = {code: f"ledger_{code}" for code in CODES}  # of the administration


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
