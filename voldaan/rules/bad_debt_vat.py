"""VAT on bad debts: from when it can be claimed back, and in which return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from voldaan.rules.days import add_months
from voldaan.rules.law import Article


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
