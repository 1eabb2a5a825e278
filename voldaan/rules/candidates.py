"""The open items that a receipt may pay, as matching sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voldaan.rules.reductions import EarlyPayment


@dataclass(frozen=True, slots=True)
class Candidate:
    """One open item that a receipt may pay."""

    receivable_id: int
    debtor_id: int
    invoice_id: int
    number: str  # as printed on the invoice
    reference: str  # the payment reference in its normal form, or empty
    open_cents: int
    due_date: date
    debtor_name: str
    debtor_number: str = ""
    discount: EarlyPayment | None = None  # that may still be taken
