"""What the rules of the follow-up ask, loaded in sets: the same few queries for any number of items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, QuerySet, Sum

from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.bank import Statement
from voldaan.records.debtors import Contact
from voldaan.records.holds import Hold
from voldaan.records.receivables import Credit, Receivable
from voldaan.rules.strategy import Bank, Held, Item


@dataclass(frozen=True, slots=True)
class Situation:
    """One receivable as the follow-up sees it."""

    receivable_id: int
    debtor_id: int
    invoice: str
    instalment: int
    currency: str
    item: Item


def of(receivables: QuerySet[Receivable], books: int) -> Iterator[Situation]:
    """Load the situations of these receivables, earliest due first."""
    holds = _holds(receivables, books)
    credits_ = {
        (debtor, currency): cents
        for debtor, currency, cents in Credit.objects.of(books)
        .filter(open_cents__gt=0)
        .order_by()
        .values_list("debtor_id", "currency")
        .annotate(cents=Sum("open_cents"))
    }
    mailed = set(Contact.objects.of(books).exclude(email="").values_list("debtor_id", flat=True))
    facts = ("pk", "debtor_id", "invoice__number", "instalment", "currency", "invoice__issue_date", "due_date",
             "open_cents", "debtor__street", "debtor__city")  # fmt: skip
    rows = receivables.order_by("due_date", "pk").values_list(*facts)
    for pk, debtor, invoice, instalment, currency, issued, due, open_cents, street, city in rows:
        yield Situation(
            pk, debtor, invoice, instalment, currency,
            Item(
                issue_date=issued, due_date=due, open_cents=open_cents,
                credit_cents=credits_.get((debtor, currency), 0),
                is_reachable=debtor in mailed or bool(street and city),
                holds=tuple(holds[pk] + holds[-debtor]),
            ),
        )  # fmt: skip


def _holds(receivables: QuerySet[Receivable], books: int) -> dict[int, list[Held]]:
    """Give the holds of each receivable, and under its negative id those of a whole debtor."""
    holds: dict[int, list[Held]] = defaultdict(list)
    rows = Hold.objects.of(books).filter(ended_on__isnull=True)
    asked = rows.filter(receivable__in=receivables.values("pk")) | rows.filter(
        receivable__isnull=True, debtor__in=receivables.values("debtor")
    )
    for receivable, debtor, explanation, facts, until in asked.order_by("pk").values_list(
        "receivable_id", "debtor_id", "explanation", "facts", "until"
    ):
        holds[-debtor if receivable is None else receivable].append(Held(explanation, until, tuple(facts.items())))
    return holds


def bank(books: int) -> Bank:
    """Tell how far the bank data reaches: the account that is furthest behind of those that statements come from."""
    closed: dict[str, date] = dict(
        Statement.objects.of(books)
        .filter(closed_on__isnull=False)
        .order_by()
        .values_list("account")
        .annotate(day=Max("closed_on"))
    )
    own = [closed[iban] for iban in OwnAccount.objects.of(books).values_list("iban", flat=True) if iban in closed]
    complete_until = min(own) if own else max(closed.values(), default=None)
    freshness = Administration.objects.values_list("bank_freshness_days", flat=True).get(pk=books)
    return Bank(complete_until, freshness)
