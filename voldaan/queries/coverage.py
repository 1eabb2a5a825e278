"""How far the statements of each account reach, and which bank days are missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from voldaan.countries import COUNTRIES
from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.bank import BankGap, Statement
from voldaan.records.known_until import Known
from voldaan.records.together import together
from voldaan.rules.country import Country
from voldaan.rules.coverage import bank_days
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class Missing:
    """Bank days of which no statement tells, between two that do not follow on each other."""

    after: date  # the last day that is known before them
    days: list[date]
    passed_on: date | None  # a person said on this day that nothing from customers is in them


@dataclass(frozen=True, slots=True)
class AccountRow:
    """How far one account is known."""

    account: str
    currency: str
    is_own: bool  # one that customers pay to
    statements: int
    first: date | None  # None: no statement with balances came in
    until: date | None  # up to this day all that moved is known
    last: date | None  # the last day of which a statement tells, whatever is missing before it
    missing: list[Missing]
    awaited: list[date]  # bank days before today of which no statement came yet


def coverage(*, actor: Actor, today: date) -> list[AccountRow]:
    """Say for each account how far it is known: those that customers pay to first."""
    actor.must(Deed.READ_BOOKS)
    ((country,),), own, stated, gaps = together(_asked, actor.administration_id)
    missing: dict[tuple[str, str], list[Missing]] = defaultdict(list)
    for account, currency, after, until, passed_on in gaps:
        days = bank_days(after, min(until, today), COUNTRIES[country])
        missing[account, currency].append(Missing(after, days, passed_on))
    ours = [iban for (iban,) in own]
    rows = [
        _row(account, currency, account in ours, count, first, last, missing[account, currency], COUNTRIES[country],
             today)
        for account, currency, count, first, last in stated
    ]  # fmt: skip
    there = {row.account for row in rows}
    silent = [AccountRow(iban, "", True, 0, None, None, None, [], []) for iban in ours if iban not in there]
    place = {iban: at for at, iban in enumerate(ours)}
    return sorted([*rows, *silent], key=lambda row: (place.get(row.account, len(ours)), row.account, row.currency))


def missing_days(known: Known | None, country: Country, today: date) -> tuple[str, list[date]]:
    """Name the account that holds everything back, and its days that are missing; none where it is only behind.

    Before a statement of days to come, only those until today are missing.
    """
    if known is None or known.missing_until is None:
        return "", []
    days = bank_days(known.day, min(known.missing_until, today), country)
    return (known.account if days else ""), days


def _asked(books: int) -> list[QuerySet[Any, Any]]:
    stated = Statement.objects.of(books).filter(closed_on__isnull=False).order_by("account", "currency")
    gaps = BankGap.objects.of(books).order_by("after", "pk")
    asked: list[QuerySet[Any, Any]] = [
        Administration.objects.filter(pk=books).values_list("country"),
        OwnAccount.objects.of(books).values_list("iban"),
        stated.values_list("account", "currency").annotate(Count("pk"), Min("opened_on"), Max("closed_on")),
        gaps.values_list("account", "currency", "after", "until", "passed_on"),
    ]
    return asked


def _row(account: str, currency: str, is_own: bool, count: int, first: date | None, last: date,  # noqa: FBT001
         missing: list[Missing], country: Country, today: date) -> AccountRow:  # fmt: skip
    until = min([one.after for one in missing if one.passed_on is None], default=last)
    yesterday = today - timedelta(days=1)
    awaited = bank_days(last, yesterday, country) if last < yesterday else []
    return AccountRow(account, currency, is_own, count, first or last, until, last, missing, awaited)
