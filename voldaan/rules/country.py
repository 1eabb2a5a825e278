"""What every country must answer. The answers stand in `voldaan.countries`, one file each; no rule asks for a code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from voldaan.rules.bad_debt_vat import BadDebtVatRule
from voldaan.rules.collection_costs import CostRule
from voldaan.rules.imputation import ImputationRule
from voldaan.rules.interest import InterestRule
from voldaan.rules.law import DebtorKind
from voldaan.rules.limitation import LimitationRule
from voldaan.rules.notice_dates import NoticeRule
from voldaan.rules.references import ReferenceKind
from voldaan.rules.terms import TermRule

SATURDAY = 5  # as date.weekday() counts


@dataclass(frozen=True, slots=True)
class Treatment:
    """What the law of a country gives a creditor towards one kind of debtor. Nothing: nothing happens by itself."""

    term: TermRule
    interest: InterestRule | None = None
    costs: CostRule | None = None
    notice: NoticeRule | None = None  # without which no costs are due
    asks_demand: bool = False  # where no due date was agreed, only a demand brings default
    interest_awaits_notice: bool = False  # also of an agreed due date: nothing but the price before `notice` has lapsed
    presumes: tuple[str, ...] = ()  # marked sentences: what a claim sheet cannot know, and takes for granted
    costs_presume: tuple[str, ...] = ()  # the same, of costs


@dataclass(frozen=True, slots=True)
class Country:
    """One country as a value: its facts, and functions where a fact depends on the year."""

    code: str  # ISO 3166-1 alpha-2; "EU" for the European default
    name: str  # in English, marked for translation
    languages: tuple[str, ...]  # ISO 639-1; the first is the default
    time_zone: str  # IANA
    holidays: Callable[[int], frozenset[date]]  # of a year: the public holidays
    equated: frozenset[date]  # days that a decree puts on a par with holidays, but on which post is delivered
    reference: ReferenceKind  # the structured reference that its invoices carry
    consumer: Treatment
    business: Treatment
    public_body: Treatment
    large_business: TermRule  # of a large debtor towards a small or medium-sized creditor
    imputation: ImputationRule
    limitations: tuple[LimitationRule, ...]  # the first is that of an ordinary claim; nothing: not known
    bad_debt_vat: BadDebtVatRule | None  # nothing: there is no fixed moment

    @property
    def payment_term_days(self) -> int:
        """Give the term where nothing was agreed."""
        return self.business.term.days

    def towards(self, kind: DebtorKind) -> Treatment:
        """Give the law towards a kind of debtor."""
        match kind:
            case DebtorKind.CONSUMER:
                return self.consumer
            case DebtorKind.BUSINESS:
                return self.business
            case DebtorKind.PUBLIC_BODY:
                return self.public_body

    def is_working_day(self, day: date) -> bool:
        """Tell whether `day` is no Saturday, Sunday or public holiday."""
        return day.weekday() < SATURDAY and day not in self.holidays(day.year)

    def is_quiet(self, day: date) -> bool:
        """Tell whether nothing leaves on `day`: no working day, or a day equated with a holiday."""
        return not self.is_working_day(day) or day in self.equated
