"""Plain records that come in: what a file says, before anything here knows about it.

Readers know no database and no debtor: bytes in, papers out. Amounts are whole minor units, signed as they move the
account of the reader of the paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Generic, TypeVar

Paper = TypeVar("Paper")


class Severity(Enum):
    """What the import does with a problem."""

    ERROR = "error"  # the whole file is refused
    QUESTION = "question"  # the row comes in, held, and a person is asked
    WARNING = "warning"  # it comes in, and is said


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that we could not read or do not trust, and where.

    `what` is an English sentence marked for translation, with named placeholders that `facts` fill.
    """

    place: str  # "line 41", "row 7", "entry 3 of statement 2"
    what: str
    severity: Severity = Severity.ERROR
    facts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.place}: {self.what.format(**self.facts)}"


@dataclass(frozen=True, slots=True)
class Reading(Generic[Paper]):
    """What a file says, and what we could not read in it.

    `records` may be a generator where a file is larger than memory: it is then read once, and `problems` is complete
    only when it has ended.
    """

    records: Iterable[Paper]
    problems: list[Problem] = field(default_factory=list)
    version: str = ""  # of the format, as the file states it: "camt.053.001.08"


@dataclass(frozen=True, slots=True)
class Balance:
    """What stood on an account at the beginning or the end of a day."""

    on: date
    cents: int


@dataclass(slots=True)  # not frozen: that makes each one five times as slow, and a file holds a hundred thousand
class Transaction:
    """One movement on a bank account, as the bank tells it. Received is positive, paid out negative. Never changed."""

    cents: int
    currency: str
    value_date: date
    booking_date: date
    counterparty_name: str = ""
    counterparty_iban: str = ""
    structured_reference: str = ""  # RF, OGM/VCS or betalingskenmerk, without spaces and marks
    text: str = ""  # what the payer wrote, for people and for matching
    end_to_end_id: str = ""
    bank_reference: str = ""  # the bank's own, unique per account where it gives one
    return_reason: str = ""  # ISO 20022 code such as AC06, on a bounced direct debit
    reversal: bool = False  # the bank takes back an earlier booking; `cents` has the sign of this movement
    batch_reference: str = ""  # the bank's own of the sum in which it booked this together with others


@dataclass(frozen=True, slots=True)
class StatementStart:
    """The head of one statement: what a streaming reader says before its transactions."""

    account: str  # IBAN without spaces, else the bank's own number
    currency: str
    number: str
    opening: Balance | None


@dataclass(frozen=True, slots=True)
class StatementEnd:
    """The foot of one statement: what a streaming reader says after its transactions."""

    closing: Balance | None
    pending: int = 0  # entries the bank has not booked yet: counted, never read as money


# A bank file as a stream: start, transactions, end, and so on for each statement. Memory does not grow with the file.
StatementPart = StatementStart | Transaction | StatementEnd


@dataclass(frozen=True, slots=True)
class Statement:
    """One account over one period, gathered."""

    start: StatementStart
    transactions: tuple[Transaction, ...]
    end: StatementEnd

    @property
    def adds_up(self) -> bool | None:
        """Tell whether opening + movements = closing; None where the file lacks a balance."""
        if self.start.opening is None or self.end.closing is None:
            return None
        return self.start.opening.cents + sum(t.cents for t in self.transactions) == self.end.closing.cents


def gather(parts: Iterable[StatementPart]) -> Iterator[Statement]:
    """Gather a stream into whole statements, one in memory at a time."""
    transactions: list[Transaction] = []
    start: StatementStart | None = None
    for part in parts:
        match part:
            case StatementStart():
                start, transactions = part, []
            case Transaction():
                transactions.append(part)
            case StatementEnd():
                assert start is not None, "a statement starts before it ends"
                yield Statement(start, tuple(transactions), part)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document inside a document, such as the PDF in a UBL invoice."""

    name: str  # as the sender gave it: data, never a path
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer on an invoice."""

    name: str = ""
    country: str = ""  # ISO 3166-1 alpha-2
    vat_number: str = ""
    registration_number: str = ""
    email: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """A sales invoice or credit note as a document states it. Amounts are as printed: a credit note is positive."""

    number: str
    kind: str  # "invoice" or "credit_note"
    issue_date: date
    due_date: date | None
    currency: str
    payable_cents: int
    tax_cents: int | None
    seller: Party
    buyer: Party
    iban: str = ""
    payment_id: str = ""  # the reference that the payer is asked to use
    order_reference: str = ""
    corrects: str = ""  # number of the invoice that a credit note lowers
    lines: int = 0
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One row of an open-items list from another bookkeeping.

    Amounts are signed as the debtor owes them: an invoice is positive, a credit note or a prepayment negative.
    """

    place: str  # "row 7", for questions about it
    debtor_number: str
    debtor_name: str
    invoice_number: str
    issue_date: date | None
    due_date: date | None
    currency: str
    open_cents: int
    original_cents: int | None = None
    vat_cents: int | None = None  # None: unknown, listed, never guessed
    email: str = ""
    iban: str = ""
    vat_number: str = ""
    registration_number: str = ""
    phone: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    language: str = ""
    is_consumer: bool | None = None
    payment_reference: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class AdvisedLine:
    """What a payer says to pay on one invoice: negative where a credit note is taken off."""

    place: str  # "row 7", for questions about it
    invoice_number: str  # as the payer wrote it; empty for what is taken off the whole, of which `words` tell
    cents: int
    reduced_cents: int = 0  # taken off the invoice on top, such as a discount
    words: str = ""


@dataclass(frozen=True, slots=True)
class RemittanceAdvice:
    """What a payer tells of one payment: the invoices that it pays."""

    payer: str  # empty where it does not say
    paid_on: date | None
    currency: str
    cents: int  # as the list itself says, else the sum of its lines
    lines: tuple[AdvisedLine, ...]
    is_whole: bool  # every line was read, and they add up
