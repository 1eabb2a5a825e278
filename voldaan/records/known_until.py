"""Up to which day it is known who paid: what the statements of each account tell, and what is missing in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.bank import BankGap, Statement
from voldaan.rules.strategy import Bank

Answer = Iterable[Sequence[Any]]


def bank(books: int) -> Bank:
    """Tell how far the bank data reaches, and how far behind it may be."""
    freshness = Administration.objects.values_list("bank_freshness_days", flat=True).get(pk=books)
    return Bank(furthest(told(books)), freshness)


def told(books: int) -> QuerySet[Statement, Any]:
    """Ask how far the statements of each account reach, whether it is one of our own, and what is missing in between.

    Of several gaps that is the first which nobody passed over.
    """
    own = OwnAccount.objects.of(books).filter(iban=OuterRef("account"))
    closed = Statement.objects.of(books).filter(closed_on__isnull=False).order_by()
    gaps = BankGap.objects.of(books).filter(account=OuterRef("account"), passed_on=None).order_by("after", "pk")
    first = {"after": Subquery(gaps.values("after")[:1]), "until": Subquery(gaps.values("until")[:1])}
    return closed.values_list("account").annotate(day=Max("closed_on"), is_own=Exists(own), **first)


class Known(NamedTuple):
    """Up to which day all that moved on an account is known, and until when it is missing from there on."""

    day: date
    account: str
    missing_until: date | None  # None: nothing is known to be missing; newer statements may come


def furthest(accounts: Answer) -> date | None:
    """Give up to which day it is known who paid."""
    behind = furthest_behind(accounts)
    return behind.day if behind else None


def furthest_behind(accounts: Answer) -> Known | None:
    """Find the account that is furthest behind, of those that statements come from: of our own, where there are any.

    What comes after days that are missing proves nothing about those: an account is known up to its first gap.
    """
    known = [(Known(after or day, account, until), is_own) for account, day, is_own, after, until in accounts]
    of_own: list[Known] = [one for one, is_own in known if is_own]
    if of_own:
        return min(of_own, key=lambda one: (one.day, one.account))
    return max((one for one, _ in known), key=lambda one: (one.day, one.account), default=None)
