"""Notices to a consumer that the law asks before costs: when the term begins, when it ends, what may be asked then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from voldaan.rules.law import Article

DAY = timedelta(days=1)


class Delivery(Enum):
    """How a notice travels."""

    POST = "post"
    ELECTRONIC = "electronic"


@dataclass(frozen=True, slots=True)
class NoticeDates:
    """What follows from one notice."""

    first_day: date  # where receipt counts: the day of delivery; else the first day of the term
    last_payment_day: date
    last_payment_day_extended: date  # moved where the law moves the end of a term
    costs_from: date  # the first day on which costs may be asked
    interest_from_small_creditor: date | None = None  # where the law ties interest to the notice
    interest_from_other_creditor: date | None = None


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """A notice that costs nothing, and without which a consumer owes no costs."""

    name: str  # as the glossary has it
    term_days: int
    worded_days: int  # what a letter says, to be on the safe side of the term
    dates: Callable[[date, Delivery, date | None, int], NoticeDates]  # of: sent, delivery, proven receipt, term
    articles: tuple[Article, ...]
    counts_from_receipt: bool = False  # or from sending, whatever is known of receipt
    words: str = ""  # a safe sentence in the language of the law: {costs} is the exact amount, and no day is named

    def of(self, sent: date, delivery: Delivery, proven: date | None = None, *, as_worded: bool = False) -> NoticeDates:
        """Give the dates of a notice sent on a day; `as_worded` counts the days that our letters give."""
        return self.dates(sent, delivery, proven, self.worded_days if as_worded else self.term_days)


def after_receipt(received: date, term_days: int, end_of_term: Callable[[date], date]) -> NoticeDates:
    """Count a term from the day after receipt, its end moved as `end_of_term` says."""
    last = received + timedelta(days=term_days)
    end = end_of_term(last)
    return NoticeDates(received, last, end, end + DAY)


def from_first_day(sent: date, first_day: date, term_days: int) -> NoticeDates:
    """Count a term of which `first_day` is day 1; interest of a small creditor runs from the day after sending."""
    last = first_day + timedelta(days=term_days - 1)
    return NoticeDates(first_day, last, last, last + DAY, sent + DAY, last + DAY)
