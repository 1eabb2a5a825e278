"""Interest and costs that stand booked for more than the law gives, by what is known now; loaded in sets.

Money may be booked after a letter claimed interest on what it had paid, and a notice may prove to have arrived later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Case, Min, Q, QuerySet, Sum, When

from voldaan.records import announced, claims
from voldaan.records.actions import Action
from voldaan.records.announced import DAY, Ended
from voldaan.records.bulk import Keys
from voldaan.records.charges import STANDS, Charge
from voldaan.records.receivables import Allocation, Entry
from voldaan.rules.charges import Stands, above_the_law
from voldaan.rules.ledger import EntryKind, ReceivableKind, TooMuch

COSTS = ReceivableKind.COSTS.value
OF_CHARGES = EntryKind.INTEREST.value, EntryKind.COSTS.value


class Above(NamedTuple):
    """A claim that stands for more than the law gives."""

    receivable_id: int
    debtor_id: int
    invoice_id: int
    number: str
    currency: str
    cents: int  # that are too much
    because: TooMuch
    day: date | None  # for which the money counts that was booked after it was claimed
    message_id: int  # that claimed it


class _Claim(NamedTuple):
    receivable_id: int
    kind: str
    principal_id: int | None
    notice_id: int | None
    through: date  # the day as of which interest was claimed; of costs, the day on which their claim left
    debtor_id: int
    invoice_id: int
    number: str
    currency: str
    message_id: int


def above(books: int, *, debtors: Collection[int] | None = None, on: date) -> list[Above]:
    """Find the claims that stand for more than the law gives, of these debtors or of all: so many questions."""
    charges = Charge.objects.of(books).filter(STANDS, booked_as__isnull=False)
    if debtors is not None:
        charges = charges.filter(booked_as__debtor__in=Keys(sorted(debtors)))
    rows = charges.annotate(day=Case(When(kind=COSTS, then="message__sent_on"), default="through"))
    columns = ("booked_as_id", "kind", "principal_id", "notice_id", "day", "booked_as__debtor_id",
               "booked_as__invoice_id", "booked_as__invoice__number", "booked_as__currency", "message_id")  # fmt: skip
    found = [_Claim(*row) for row in rows.order_by("day", "pk").values_list(*columns)]
    booked = _booked(books, charges)
    found = [one for one in found if booked[one.receivable_id].claimed_cents > 0]
    if not found:
        return []
    notices = announced.ended(books, {one.notice_id for one in found if one.notice_id}, on=on)
    more = _more(books, found, booked, notices)
    wrong = [one for one in found if one.receivable_id in more]
    paid = _paid_before(books, wrong, booked, notices) if wrong else {}
    return [
        Above(one.receivable_id, one.debtor_id, one.invoice_id, one.number, one.currency, more[one.receivable_id],
              _because(one, notices, paid), paid.get(one.receivable_id), one.message_id)
        for one in wrong
    ]  # fmt: skip


class _Booked(NamedTuple):
    claimed_cents: int  # less what was taken back
    waived_cents: int
    number: int  # of its first booking


def _booked(books: int, charges: QuerySet[Charge]) -> dict[int, _Booked]:
    """Sum by receivable what was claimed and what was waived of it."""
    of_charges = Q(kind__in=OF_CHARGES) | Q(reverses__kind__in=OF_CHARGES)
    entries = Entry.objects.of(books).filter(receivable__in=charges.values("booked_as")).order_by()
    sums = entries.values_list("receivable_id").annotate(
        claimed=Sum("amount_cents", filter=of_charges, default=0), all=Sum("amount_cents"), first=Min("number")
    )
    return {pk: _Booked(claimed, claimed - whole, first) for pk, claimed, whole, first in sums if pk is not None}


def _more(books: int, found: Iterable[_Claim], booked: dict[int, _Booked], notices: dict[int, Ended]) -> dict[int, int]:
    """Tell by receivable how much of it is too much: of those on one principal or from one notice together."""
    interest: dict[int, list[_Claim]] = defaultdict(list)
    costs: dict[int, list[_Claim]] = defaultdict(list)
    for one in found:
        if one.principal_id is not None:
            interest[one.principal_id].append(one)
        elif one.notice_id is not None:
            costs[one.notice_id].append(one)
    more: dict[int, int] = {}
    for principal in claims.principals(books, interest, even_spared=True):
        theirs = interest[principal.receivable_id]
        more |= _above([(one, principal.interest_cents(one.through)) for one in theirs], booked)
    for notice, theirs in costs.items():
        ended = notices.get(notice)
        more |= _above([(one, ended.due_cents(one.through) if ended else 0) for one in theirs], booked)
    return more


def _above(theirs: Iterable[tuple[_Claim, int]], booked: dict[int, _Booked]) -> dict[int, int]:
    return above_the_law(
        Stands(one.receivable_id, booked[one.receivable_id].claimed_cents, booked[one.receivable_id].waived_cents, law)
        for one, law in theirs
    )


def _paid_before(books: int, wrong: Iterable[_Claim], booked: dict[int, _Booked],
                 notices: dict[int, Ended]) -> dict[int, date]:  # fmt: skip
    """Tell of these claims the first day for which money counts that was booked only after them, if that is why."""
    wrong = list(wrong)
    lines: dict[int, set[int]] = defaultdict(set)
    theirs = Keys(sorted({one.notice_id for one in wrong if one.notice_id}))
    for notice, item in Action.objects.of(books).filter(message__in=theirs).values_list("message_id", "receivable_id"):
        lines[notice or 0].add(item)
    items = {one.principal_id for one in wrong if one.principal_id} | {pk for pks in lines.values() for pk in pks}
    came: dict[int, list[tuple[int, date]]] = defaultdict(list)
    for table, less in ((Allocation, Q(amount_cents__gt=0)), (Entry, Q(amount_cents__lt=0))):
        rows = table.objects.of(books).filter(less, receivable__in=Keys(sorted(items)))
        for item, number, day in rows.values_list("receivable_id", "number", "value_date"):
            came[item].append((number, day))
    found = {}
    for one in wrong:
        ended = notices.get(one.notice_id or 0)
        last = ended.asked_from - DAY if ended else one.through
        days = [
            day for item in ([one.principal_id] if one.principal_id else lines[one.notice_id or 0])
            for number, day in came[item] if number > booked[one.receivable_id].number and day <= last
        ]  # fmt: skip
        if days:
            found[one.receivable_id] = min(days)
    return found


def _because(one: _Claim, notices: dict[int, Ended], paid: dict[int, date]) -> TooMuch:
    ended = notices.get(one.notice_id or 0)
    if one.notice_id is not None and (ended is None or ended.asked_from > one.through):
        return TooMuch.TOO_EARLY
    return TooMuch.PAID_BEFORE if one.receivable_id in paid else TooMuch.LESS_BY_LAW
