"""Verbs on small rests: give up what is left of an invoice after its payment, one or all of them at once.

What is given up belongs to the payment: it is taken back with it, and goes to the bookkeeping as a small difference.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from voldaan.records.administrations import Administration
from voldaan.records.debtors import Debtor
from voldaan.records.receivables import Entry, Receivable
from voldaan.records.rests import Which, rests
from voldaan.rules.ledger import EntryKind
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, invoices, ledger
from voldaan.usecases.ledger import NewEntry

EVER = date.min


class NoRest(Refusal):
    code = "no_small_rest"
    kind = Kind.CONFLICT
    says = mark(
        "Of invoice {invoice} there is no small rest: {open} is open, and up to {most} may be given up so, once most "
        "of it was paid. Write it off with a reason instead."
    )


class AboveRestLimit(Refusal):
    code = "above_rest_limit"
    kind = Kind.FORBIDDEN
    says = mark("Rests up to {most} may be given up at once here, not up to {asked}. An owner can change that limit.")


class RestsChanged(Refusal):
    code = "rests_changed"
    kind = Kind.CONFLICT
    says = mark("Meanwhile these are {count} rests, and no longer {was}. Nothing was given up: look at them again.")


@transaction.atomic
def give_up(*, invoice: str, actor: Actor, today: date) -> int:
    """Give up what is left of one invoice after its payment; return the cents. The same press twice counts once.

    Raises:
        NoSuchInvoice, NoRest: there is nothing small left of it, or nothing was paid on it.
    """
    actor.must(Deed.ALLOCATE)
    about = invoices.find(invoice, actor=actor)
    invoices.lock_debtor_of(about)
    most = _limit(actor)
    items = rests(actor.administration_id, Which(most, EVER)).filter(invoice=about)
    open_cents: int = sum(part.open_cents for part in ledger.open_parts(about.pk, actor=actor))
    found = list(items.select_related("invoice"))
    if not found or open_cents > most:
        raise NoRest(invoice=about.number, open=Money(open_cents, about.currency), most=Money(most, about.currency))
    _post(found, actor, today)
    return open_cents


@transaction.atomic
def give_up_all(*, most_cents: int, paid_since: date, count: int, actor: Actor, today: date) -> list[Money]:
    """Give up all rests up to so many cents, of invoices on which money came in since a day; return the sums.

    `count` is how many the person saw: where they are others by now, nothing happens.

    Raises:
        AboveRestLimit, RestsChanged: nothing was given up.
    """
    actor.must(Deed.ALLOCATE)
    if most_cents > (most := _limit(actor)):
        raise AboveRestLimit(most=Money(most), asked=Money(most_cents))
    books = actor.administration_id
    asked = rests(books, Which(most_cents, paid_since))
    # The debtors first, as every verb that moves money; what they owe is looked up once they are locked.
    list(Debtor.objects.of(books).filter(pk__in=asked.values("debtor")).locked().values_list("pk"))
    found = list(asked.select_related("invoice").order_by("pk"))
    if len(found) != count or not found:
        raise RestsChanged(count=len(found), was=count)
    return _post(found, actor, today)


def _limit(actor: Actor) -> int:
    cents: int = Administration.objects.values_list("rest_limit", flat=True).get(pk=actor.administration_id)
    return cents


def _post(found: Sequence[Any], actor: Actor, today: date) -> list[Money]:
    before = _given_before(found, actor)
    ledger.post(
        entries=[
            NewEntry(
                debtor_id=one.debtor_id, kind=EntryKind.DIFFERENCE, currency=one.currency,
                amount_cents=-one.open_cents, value_date=max(today, one.invoice.issue_date),
                source=f"rest:{one.pk}:{before.get(one.pk, 0) + 1}", receivable_id=one.pk,
                given_with_id=one.paid_by,
            )
            for one in found
        ],
        actor=actor, today=today,
    )  # fmt: skip
    whose: dict[int, list[Receivable]] = defaultdict(list)
    sums: Counter[str] = Counter()
    for one in found:
        whose[one.debtor_id].append(one)
        sums[one.currency] += one.open_cents
    events.write_each("rests.given_up", of={owner: _facts(items) for owner, items in whose.items()}, actor=actor,
                      today=today)  # fmt: skip
    return [Money(cents, currency) for currency, cents in sorted(sums.items())]


def _given_before(found: Sequence[Receivable], actor: Actor) -> dict[int, int]:
    """Count the rests of these that were given up before, and taken back."""
    rows: QuerySet[Entry] = Entry.objects.of(actor.administration_id).filter(source__startswith="rest:")
    given = rows.filter(receivable__in=[one.pk for one in found]).order_by()
    return dict(given.values_list("receivable").annotate(Count("pk")))


def _facts(items: Sequence[Receivable]) -> dict[str, str]:
    sums: Counter[str] = Counter()
    for one in items:
        sums[one.currency] += one.open_cents
    amounts = ", ".join(str(Money(cents, currency)) for currency, cents in sorted(sums.items()))
    return {"invoices": ", ".join(one.invoice.number for one in items), "amount": amounts}
