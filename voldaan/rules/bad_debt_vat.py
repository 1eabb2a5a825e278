"""VAT on bad debts: from when it can be claimed back, and in which return."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from voldaan.rules.days import add_months
from voldaan.rules.law import Article
from voldaan.rules.money import half_up
from voldaan.rules.refusals import Kind, Refusal, mark

PERIOD = re.compile(r"(?P<year>[12][0-9]{3})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)


class NotAPeriod(Refusal):
    code = "not_a_period"
    kind = Kind.INVALID
    says = mark("“{typed}” is no period of a VAT return. Type it like 2026-03, 2026-Q1 or 2026.")


class Reclaim(Enum):
    """What is written down of the VAT on an item."""

    CERTAIN = "certain"  # somebody knows, before the law takes it for granted, that nobody pays
    BANKRUPT = "bankrupt"  # a court said so
    RETURN = "return"  # it was put in a return
    UNDONE = "undone"  # what was put in a return is not there after all, or it is not certain


class Filing(Enum):
    """How often the creditor files VAT; the months of a period."""

    MONTH = 1
    QUARTER = 3
    YEAR = 12

    def period_of(self, day: date) -> str:
        """Name the period of a return in which `day` lies: 2026-09, 2026-Q3, 2026."""
        match self:
            case Filing.MONTH:
                return f"{day:%Y-%m}"
            case Filing.QUARTER:
                return f"{day.year:04}-Q{(day.month + 2) // 3}"
            case Filing.YEAR:
                return f"{day.year:04}"


def bounds(period: str) -> tuple[date, date]:
    """Give the first and the last day of a period as `period_of` names it.

    Raises:
        NotAPeriod: it is none.
    """
    found = PERIOD.fullmatch(period)
    if found is None:
        raise NotAPeriod(typed=period)
    year, quarter, month = int(found["year"]), found["quarter"], found["month"]
    first = date(year, int(quarter) * 3 - 2 if quarter else int(month or 1), 1)
    return first, add_months(first, 3 if quarter else 1 if month else 12) - timedelta(days=1)


def filed_by(period: str) -> date:
    """Give the last day on which the return of a period is filed: a month after it, of a year three months."""
    _, last = bounds(period)
    return add_months(last + timedelta(days=1), 1 if "-" in period else 3) - timedelta(days=1)


def vat_in(unpaid_cents: int, vat_cents: int, amount_cents: int) -> int:
    """Give the VAT in what is not paid of an amount, rounded once; so parts that follow each other add up."""
    return half_up(vat_cents * max(unpaid_cents, 0), amount_cents) if amount_cents else 0


@dataclass(frozen=True, slots=True)
class Refund:
    """When VAT on an invoice that stays unpaid comes back."""

    due_date: date
    deemed_uncollectible_on: date  # at the latest; earlier once it is certain that nobody pays
    claim_in_period: str  # later claims are refused
    or_in_period: str  # the next one, where the day is the last of a period and the law can be read both ways; else ""


@dataclass(frozen=True, slots=True)
class BadDebtVatRule:
    """After how long an unpaid invoice counts as uncollectible. Interest and costs carry no VAT and stay out."""

    months: int
    days_without_term: int  # after receipt of the invoice, where no term was agreed
    articles: tuple[Article, ...]

    def due(self, received: date) -> date:
        """Give the due date where no term was agreed."""
        return received + timedelta(days=self.days_without_term)

    def refund(self, due_date: date, filing: Filing) -> Refund:
        """Tell when VAT on an invoice due on a day can be claimed back."""
        on = add_months(due_date, self.months)
        period, following = filing.period_of(on), filing.period_of(on + timedelta(days=1))
        return Refund(due_date, on, period, following if following != period else "")


@dataclass(frozen=True, slots=True)
class VatLine:
    """The VAT of one item in one return. Amounts are cents."""

    id: str  # of its invoice
    invoice: str
    instalment: int
    debtor: str
    debtor_id: str
    currency: str
    due_date: date  # as the law has it: without an agreed term thirty days after receipt
    moment: date  # on which it counts as not paid
    why: str  # a_year, certain, bankrupt, written_off
    reason: str  # in the words of a person
    period: str
    other_period: str  # where the law can be read both ways
    unpaid_cents: int  # including VAT, at the end of the period or today
    vat_cents: int | None  # that comes back; less than nothing: due again; None: not known
    is_recorded: bool  # it was put in the return of the period


@dataclass(frozen=True, slots=True)
class Workpaper:
    """One return, and what of earlier ones was not claimed."""

    period: str
    before: str
    after: str
    is_over: bool
    filed_by: date
    is_late: bool  # the day to file it by has passed
    has_fixed_moment: bool  # a year after the due date; else only what is certain
    claims: list[VatLine]
    due_again: list[VatLine]
    unknown: list[VatLine]  # of which nobody knows the VAT
    missed: list[VatLine]
