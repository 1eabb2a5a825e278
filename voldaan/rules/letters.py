"""What a message to a customer is made of: the facts that e-mail and letter show alike, and nothing beside them.

A letter is the same record for every channel; how it looks is for `formats/letter_mail.py` and `formats/letter_pdf.py`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

# Art. 6:96(6) BW: a calendar day as the end of its term would void the costs.
FOURTEEN_DAY_LETTER = "fourteen_day_letter"

LONGEST_REFERENCE = 140  # characters of remittance that a bank passes on (SEPA)


def one_line(text: str) -> str:
    """Make one line of a text from outside: no line breaks, nothing unseen that steers a page, a reader or a header."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = ("" if unicodedata.category(c) == "Cf" else c if c.isprintable() else " " for c in text)
    return " ".join("".join(seen).split())


@dataclass(frozen=True, slots=True)
class Party:
    """Who writes, or who is written to, as it stands in the letter."""

    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""  # ISO 3166-1 alpha-2
    email: str = ""
    phone: str = ""
    registration_number: str = ""  # KvK or ondernemingsnummer
    vat_number: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One open item of the customer, as it stands in the letter. Amounts are cents."""

    invoice: str
    instalment: int  # 1 where the invoice is one sum
    instalments: int  # how many the invoice has; 1 shows no number
    issue_date: date
    due_date: date
    amount_cents: int  # of the whole invoice, as printed on it
    open_cents: int
    payment_reference: str = ""  # structured, of the invoice itself
    description: str = ""


class ChargeKind(Enum):
    """What may be asked beside an invoice that is late."""

    INTEREST = "interest"
    COSTS = "costs"


@dataclass(frozen=True, slots=True)
class Charge:
    """Interest or costs that a letter formally asks, beside its lines."""

    kind: ChargeKind
    cents: int
    invoice: str = ""  # that the interest is of; empty for costs, which are of the whole letter
    since: date | None = None  # interest: from this day …
    through: date | None = None  # … up to and including this one


class TermKind(Enum):
    """A term that the law counts from what happens to the letter itself, so that no calendar day can end it."""

    FIFTEEN_DAYS_AFTER_DELIVERY = "fifteen_days_after_delivery"  # NL, consumer
    # BE, consumer. Day 1: by mail the day after sending, by post the third working day after it.
    FOURTEEN_DAYS_AFTER_SENDING = "fourteen_days_after_sending"


@dataclass(frozen=True, slots=True)
class Announced:
    """What a letter says will be asked once its term has passed; nothing of it is asked yet."""

    term: TermKind | None  # None: the term ends with the pay-by date of the letter
    costs_cents: int = 0  # exact, without VAT; 0: none will be asked
    costs_vat_cents: int = 0
    interest_since: date | None = None  # None: from the end of the term on
    interest_percent: Decimal | None = None  # a year, on the day of the letter; None: no interest will be asked
    interest_cents: int = 0  # up to and including the day the letter was decided; 0: not told
    by_agreement: bool = False  # costs and interest rest on the terms of sale, and not on the law alone

    def __post_init__(self) -> None:
        assert self.interest_since is None or self.interest_percent is not None, "interest has a rate"

    @property
    def asks(self) -> bool:
        """Tell whether anything will be asked."""
        return bool(self.costs_cents) or self.interest_percent is not None

    @property
    def cents(self) -> int:
        """Sum what will be asked, as far as it is known."""
        return self.costs_cents + self.costs_vat_cents + self.interest_cents


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one step in one language; placeholders still in their braces."""

    step: str
    language: str
    subject: str
    body: str  # paragraphs apart by an empty line
    closing: str  # after the items and the way to pay


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one customer about one or more open items of one currency."""

    step: str  # code of the highest step that is due: notice, reminder, demand, final_notice, …
    wording: Wording
    sent_on: date  # the day it leaves
    sender: Party
    customer: Party
    lines: tuple[Line, ...]  # earliest due first; never empty
    currency: str
    iban: str  # where to pay; empty where none is known, and then no way to pay is drawn
    credit_cents: int = 0  # what the customer has with us and is not yet allocated; asked is the rest
    final_date: date | None = None  # the new pay-by date; None where the step sets none
    paid_until: date | None = None  # up to and including which day payments are in the books
    charges: tuple[Charge, ...] = ()  # that this letter formally asks
    announced: Announced | None = None  # what it only says will be asked
    is_posted: bool = False  # on paper: "this letter"; else "this message"

    def __post_init__(self) -> None:
        assert self.lines, "a letter is about something"
        assert self.credit_cents >= 0, "what the customer owes stands in the lines"

    @property
    def open_cents(self) -> int:
        """Sum what is open."""
        return sum(line.open_cents for line in self.lines)

    @property
    def asked_cents(self) -> int:
        """Give what is asked: what is open and its charges, less what the customer has with us."""
        return self.open_cents + sum(charge.cents for charge in self.charges) - self.credit_cents

    @property
    def later_cents(self) -> int:
        """Give what will be asked once the term of this letter has passed; interest that runs on comes on top."""
        return self.asked_cents + (self.announced.cents if self.announced else 0)

    @property
    def last_day(self) -> date | None:
        """Give the pay-by date that may be told; None where there is none, or the term is told in words alone."""
        in_words = self.step == FOURTEEN_DAY_LETTER or (self.announced is not None and self.announced.term is not None)
        return None if in_words else self.final_date

    @property
    def invoices(self) -> tuple[str, ...]:
        """Give the numbers of the invoices, each once."""
        return tuple(dict.fromkeys(line.invoice for line in self.lines))

    @property
    def due_date(self) -> date | None:
        """Give the due date that all lines share; None where they differ."""
        days = {line.due_date for line in self.lines}
        return days.pop() if len(days) == 1 else None

    @property
    def structured_reference(self) -> str:
        """Give the structured reference that all lines share; empty where they have none, or several."""
        references = {line.payment_reference for line in self.lines}
        return references.pop() if len(references) == 1 else ""

    @property
    def reference(self) -> str:
        """Give the words to pay with: the structured reference, else as many invoice numbers as a bank passes on."""
        if self.structured_reference:
            return self.structured_reference
        words, *more = self.invoices
        for number in more:
            if len(words) + 1 + len(number) > LONGEST_REFERENCE:
                break
            words += f" {number}"
        return words[:LONGEST_REFERENCE]
