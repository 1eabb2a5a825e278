"""Payment terms: what a due date rests on, and which terms the law allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from voldaan.rules.law import Article


class TermBasis(Enum):
    """Why the due date binds (BW 6:83, art. 6:119a): default and interest follow from it."""

    AGREED = "agreed"  # in the contract or the terms that were accepted: default by the day alone
    STATED = "stated"  # only printed on the invoice: no agreed term
    NONE = "none"  # no term at all: the law's own


class Lawfulness(Enum):
    """What the law makes of an agreed term."""

    LAWFUL = "lawful"
    ONLY_EXPRESSLY = "only_expressly"  # allowed where it was agreed in so many words and is not grossly unfair
    VOID = "void"  # the term of the law takes its place
    WARNED = "warned"  # allowed, but it may fall under the rules of consumer credit


@dataclass(frozen=True, slots=True)
class TermRule:
    """The payment terms that the law allows one kind of debtor."""

    days: int  # where nothing was agreed, after receipt of the invoice
    longest_days: int | None
    beyond: Lawfulness  # what a longer term is
    articles: tuple[Article, ...]
    says: str = ""  # marked, for a claim sheet: what a longer term brings

    def lawfulness(self, agreed_days: int) -> Lawfulness:
        """Tell what the law makes of a term."""
        return Lawfulness.LAWFUL if self.longest_days is None or agreed_days <= self.longest_days else self.beyond

    def binding_day(self, due_date: date, received_on: date) -> date:
        """Give the day up to which an agreed due date of an invoice that was received on a day binds."""
        if received_on < max(article.valid_from for article in self.articles):
            return due_date
        return received_on + timedelta(days=self.binding_days((due_date - received_on).days))

    def binding_days(self, agreed_days: int) -> int:
        """Give the term that binds: the agreed one, or that of the law where it is void."""
        return self.days if self.lawfulness(agreed_days) is Lawfulness.VOID else agreed_days
