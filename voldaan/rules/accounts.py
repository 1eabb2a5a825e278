"""What a statement of account is made of: what was booked since a day, what is open now, and how to pay it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voldaan.rules.letters import Letter, Line, Party, Wording


@dataclass(frozen=True, slots=True)
class Booked:
    """One booking on the account of a customer: positive is owed more."""

    day: date
    kind: str  # of `EntryKind` in rules/ledger.py
    invoice: str  # its number; empty where it is about none
    cents: int


@dataclass(frozen=True, slots=True)
class Account:
    """The account of one customer in one currency. Amounts are cents."""

    sender: Party
    customer: Party
    language: str
    on: date  # the day on which it stands like this
    since: date  # the first day whose bookings it tells
    currency: str
    iban: str  # where to pay; empty where none is known
    before_cents: int  # the balance at the beginning of `since`
    bookings: tuple[Booked, ...]  # by day
    lines: tuple[Line, ...]  # what is open, earliest due first
    credit_cents: int  # what the customer has with us

    @property
    def balance_cents(self) -> int:
        """Give what is owed in the end."""
        return self.before_cents + sum(one.cents for one in self.bookings)

    @property
    def less_cents(self) -> int:
        """Give the credit as it takes from what is owed."""
        return -self.credit_cents

    def balances(self) -> list[int]:
        """Give the balance after each booking."""
        balance, found = self.before_cents, []
        for one in self.bookings:
            balance += one.cents
            found.append(balance)
        return found

    def asked(self, words: str) -> Letter | None:
        """Give what is open as a letter asks it, under these words; None where nothing is open."""
        if not self.lines:
            return None
        wording = Wording("statement", self.language, words, words, "")
        return Letter("statement", wording, self.on, self.sender, self.customer, self.lines, self.currency, self.iban,
                      self.credit_cents)  # fmt: skip
