"""The open items that a receipt may pay, as matching sees them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from voldaan.rules.reductions import EarlyPayment


class Candidate(NamedTuple):
    """One open item that a receipt may pay."""

    receivable_id: int
    debtor_id: int
    invoice_id: int
    number: str  # as printed on the invoice
    folded: str  # the same, folded
    reference: str  # the payment reference in its normal form, or empty
    open_cents: int
    due_date: date
    debtor_name: str
    debtor_number: str = ""
    discount: EarlyPayment | None = None  # that may still be taken
