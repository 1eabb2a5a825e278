"""What a person or mailbox at a customer is for."""

from __future__ import annotations

from enum import Enum


class ContactRole(Enum):
    """Whom to turn to for what; the value is stored. A customer has at most one of each."""

    INVOICE = "invoice"  # gets the invoices, and everything for which there is nobody else
    REMINDER = "reminder"  # gets what asks for a payment
    DISPUTE = "dispute"
    LEGAL = "legal"


# Who is written to and called by itself; the others only when a person turns to them.
REACHED = (ContactRole.INVOICE, ContactRole.REMINDER)
