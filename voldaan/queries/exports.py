"""What goes back to the bookkeeping package: what was matched here, so that nobody matches it twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django.db.models import Count, Sum

from voldaan.records import documents
from voldaan.records import exports as records
from voldaan.records.exports import Export
from voldaan.rules.exports import MatchedPayment
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark


class NoSuchExport(Refusal):
    code = "no_such_export"
    kind = Kind.NOT_FOUND
    says = mark("There is no export {id}. List them with: voldaan export runs.")


@dataclass(frozen=True, slots=True)
class Handed:
    """One export: which, when, by whom, in which layout, and what was in it."""

    number: int
    id: str
    made_on: date
    layout: str
    rows: int
    totals: list[Money]  # by currency
    by: str  # the address of the person; empty: somebody at the command line
    file: str  # the name under which it left


@dataclass(frozen=True, slots=True)
class Overview:
    """What was handed over, the newest first, and what is new since."""

    exports: list[Handed]
    new_rows: int
    new_totals: list[Money]

    @property
    def last(self) -> Handed | None:
        """Give the newest."""
        return self.exports[0] if self.exports else None


def payments(*, since: date | None, actor: Actor) -> list[MatchedPayment]:
    """List what was matched, by the day of booking: on `since` or later, else all of it. It marks nothing."""
    actor.must(Deed.EXPORT)
    return list(records.matched(actor.administration_id, **({"booked_on__gte": since} if since else {})))


def overview(*, before: int | None = None, most: int, actor: Actor) -> Overview:
    """List at most so many exports, those before a number where one is said; and sum what is new."""
    actor.must(Deed.EXPORT)
    books = actor.administration_id
    found = Export.objects.of(books).order_by("-number").select_related("user", "document")
    if before is not None:
        found = found.filter(number__lt=before)
    after = records.handed_over(books)
    rows, cents = 0, Counter[str]()
    for new, sign in ((records.paid(books), 1), (records.given(books), -1)):
        sums = (
            new.filter(number__gt=after).order_by().values_list("currency").annotate(Count("pk"), Sum("amount_cents"))
        )
        for currency, count, sum_ in sums:
            rows += count
            cents[currency] += sign * sum_
    return Overview([_handed(one) for one in found[:most]], rows, _totals(cents.items()))


def runs(*, actor: Actor) -> list[Handed]:
    """List every export, the newest first."""
    actor.must(Deed.EXPORT)
    found = Export.objects.of(actor.administration_id).order_by("-number").select_related("user", "document")
    return [_handed(one) for one in found]


def again(*, id: str, actor: Actor) -> tuple[Handed, IO[bytes]]:  # noqa: A002 - the word of the contract
    """Open the file of an export (public id, or number) as it left.

    Raises:
        NoSuchExport: there is none here.
    """
    actor.must(Deed.EXPORT)
    which = {"number": int(id)} if id.isascii() and id.isdigit() and len(id) < 10 else {"public_id": id}
    found = Export.objects.of(actor.administration_id).select_related("user", "document").filter(**which).first()
    if found is None:
        raise NoSuchExport(id=id)
    return _handed(found), documents.opened(found.document).open()


def _handed(one: Export) -> Handed:
    return Handed(one.number, one.public_id, one.made_on, one.layout, one.rows, _totals(one.totals.items()),
                  one.user.email if one.user else "", one.document.name)  # fmt: skip


def _totals(cents: Iterable[tuple[str, Any]]) -> list[Money]:
    return [Money(sum_, currency) for currency, sum_ in sorted(cents)]
