"""What every country must answer. The answers stand in `voldaan.countries`, one file each; no rule asks for a code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from voldaan.rules.references import ReferenceKind

SATURDAY = 5  # as date.weekday() counts


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
    payment_term_days: int  # where nothing was agreed
    payment_term_source: str

    def is_working_day(self, day: date) -> bool:
        """Tell whether `day` is no Saturday, Sunday or public holiday."""
        return day.weekday() < SATURDAY and day not in self.holidays(day.year)

    def is_quiet(self, day: date) -> bool:
        """Tell whether nothing leaves on `day`: no working day, or a day equated with a holiday."""
        return not self.is_working_day(day) or day in self.equated
