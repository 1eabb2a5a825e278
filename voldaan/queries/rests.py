"""Small rests that may be given up: which, of whom, how much together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum

from voldaan.records import rests as records
from voldaan.records.administrations import Administration
from voldaan.records.rests import Which
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed

LOOKED_BACK = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of one invoice after its last payment."""

    invoice: str
    id: str
    debtor: str
    debtor_id: str
    paid_on: date
    currency: str
    open_cents: int


@dataclass(frozen=True, slots=True)
class Rests:
    """All that are meant together, and some of them."""

    rows: list[Rest]  # the smallest first
    count: int
    totals: list[Money]  # by currency
    most_cents: int  # up to which they were looked for
    paid_since: date
    limit_cents: int  # of the administration


def rests(*, most_cents: int | None = None, paid_since: date | None = None, most: int | None = None, actor: Actor,
          today: date) -> Rests:  # fmt: skip
    """List the rests up to an amount, of invoices on which money came in since a day; at most so many rows.

    Where nothing is said: up to the limit of the administration, of the last month.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    limit = Administration.objects.values_list("rest_limit", flat=True).get(pk=books)
    which = Which(limit if most_cents is None else min(most_cents, limit), paid_since or today - LOOKED_BACK)
    found = records.rests(books, which)
    rows = found.order_by("open_cents", "pk").values_list(
        "invoice__number", "invoice__public_id", "debtor__name", "debtor__public_id", "paid_on", "currency",
        "open_cents",
    )  # fmt: skip
    sums = list(found.order_by("currency").values_list("currency").annotate(Count("pk"), Sum("open_cents")))
    return Rests(
        [Rest(*row) for row in (rows if most is None else rows[:most])], sum(count for _, count, _ in sums),
        [Money(cents, currency) for currency, _, cents in sums], which.most_cents, which.paid_since, limit,
    )  # fmt: skip


def is_rest(id: str, *, actor: Actor) -> bool:  # noqa: A002 - the word of the contract
    """Tell whether what is open of an invoice is a rest that may be given up in one click."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    limit = Administration.objects.values_list("rest_limit", flat=True).get(pk=books)
    return records.rests(books, Which(limit, date.min)).filter(invoice__public_id=id).exists()
