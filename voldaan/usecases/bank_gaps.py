"""Bank days of which no statement tells: found with each statement that comes in, and passed over by a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import QuerySet, Sum

from voldaan.countries import COUNTRIES
from voldaan.records.administrations import Administration
from voldaan.records.bank import BankGap, BankTransaction, Statement
from voldaan.records.documents import Document
from voldaan.rules.coverage import Gap, Stated, gaps
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events


class NoSuchGap(Refusal):
    code = "no_such_gap"
    kind = Kind.CONFLICT
    says = mark("No days after {after} are missing on account {account}.")


class NoReason(Refusal):
    code = "gap_without_reason"
    kind = Kind.INVALID
    says = mark("Say why these days may be passed over: whoever looks later wants to know.")


@transaction.atomic
def pass_over(*, account: str, after: date, reason: str, actor: Actor, today: date) -> date:
    """Say that nothing from customers is in the days that are missing; give the last of them. Twice does no harm.

    Raises:
        NoReason, NoSuchGap: it says nothing, or nothing is missing there.
    """
    actor.must(Deed.IMPORT)
    if not (said := reason.strip()):
        raise NoReason
    rows = _of(account, after, actor)
    if rows.filter(passed_on=None).update(passed_on=today):
        events.write("bank_gap.passed_over", actor=actor, today=today, account=account, after=str(after),
                     until=str(rows[0].until), reason=said)  # fmt: skip
    return rows[0].until


@transaction.atomic
def ask_again(*, account: str, after: date, actor: Actor, today: date) -> None:
    """Say that days which were passed over are missing after all. Twice does no harm.

    Raises:
        NoSuchGap: nothing is missing there.
    """
    actor.must(Deed.IMPORT)
    rows = _of(account, after, actor)
    if rows.exclude(passed_on=None).update(passed_on=None):
        events.write("bank_gap.asked_again", actor=actor, today=today, account=account, after=str(after))


def renew(document: Document, *, actor: Actor) -> None:
    """Find anew what is missing on the accounts of a statement that came in: part of that verb.

    What was passed over stays so, as long as nothing was told of it.
    """
    of_it = Statement.objects.of(actor.administration_id).filter(document=document).order_by()
    for account, currency in of_it.values_list("account", "currency").distinct():
        found = list(_found(account, currency, actor.administration_id))
        _kept(found, account, currency, actor.administration_id)


def _found(account: str, currency: str, books: int) -> Iterable[Gap]:
    same = {"account": account, "currency": currency}
    moved_on = BankTransaction.objects.of(books).filter(**same)
    rows = Statement.objects.of(books).filter(**same, closed_on__isnull=False)

    def moved(after: date, until: date) -> int:
        between = moved_on.filter(booking_date__gt=after, booking_date__lte=until)
        cents: int = between.aggregate(cents=Sum("amount_cents"))["cents"] or 0
        return cents

    def tells_of(statement: int, day: date) -> bool:
        return moved_on.filter(booking_date=day, statement=statement).exists()

    stated = (
        Stated(pk, opened or closed, opening, closed, closing)
        for pk, opened, opening, closed, closing in rows.values_list(
            "pk", "opened_on", "opening_cents", "closed_on", "closing_cents"
        )
        if closed is not None
    )
    country = Administration.objects.values_list("country", flat=True).get(pk=books)
    return gaps(stated, moved=moved, tells_of=tells_of, calendar=COUNTRIES[country])


def _kept(found: list[Gap], account: str, currency: str, books: int) -> None:
    same = BankGap.objects.of(books).filter(account=account, currency=currency)
    passed = dict(same.exclude(passed_on=None).values_list("after", "passed_on"))
    same.delete()
    BankGap.objects.of(books).bulk_create(
        BankGap(
            administration_id=books, account=account, currency=currency, after=gap.after, until=gap.until,
            passed_on=passed.get(gap.after),
        )
        for gap in found
    )  # fmt: skip


def _of(account: str, after: date, actor: Actor) -> QuerySet[BankGap]:
    rows = BankGap.objects.of(actor.administration_id).filter(account=account, after=after).order_by("-until")
    if not rows.exists():
        raise NoSuchGap(account=account, after=after)
    return rows
