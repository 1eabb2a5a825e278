"""VAT on bad debts, return by return: what comes back, what is due again, and what was missed. By value date.

In the Netherlands VAT on what is not paid comes back a year after the due date (art. 29 Wet OB 1968), or sooner once it
is certain; in Belgium only once it is certain (art. 77, par. 1, 7° WBTW). What is given up still counts as not paid. A
payment, or a credit note, makes the VAT in it due again in the period in which it counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from django.db.models import Q, QuerySet

from voldaan.countries import COUNTRIES
from voldaan.records.administrations import Administration
from voldaan.records.bulk import Keys
from voldaan.records.receivables import Allocation, Entry, Receivable
from voldaan.records.vat_reclaims import VatReclaim, that_stand
from voldaan.rules.bad_debt_vat import BadDebtVatRule, Filing, Reclaim, VatLine, Workpaper, bounds, filed_by, vat_in
from voldaan.rules.days import add_months
from voldaan.rules.imputation import in_proportion
from voldaan.rules.ledger import EntryKind, ReceivableKind
from voldaan.rules.money import half_up
from voldaan.rules.terms import TermBasis

YEARS_BACK = 5  # so long a return can still be put right
DAY = timedelta(days=1)
CLAIMS = frozenset(one.value for one in (EntryKind.INVOICED, EntryKind.BROUGHT_FORWARD, EntryKind.CORRECTION))
ITEM = ("pk", "invoice_id", "invoice__public_id", "invoice__number", "instalment", "debtor__name", "debtor__public_id",
        "currency", "due_date", "term_basis", "invoice__issue_date", "invoice__received_on", "invoice__amount_cents",
        "invoice__vat_cents")  # fmt: skip


@dataclass(slots=True)
class _Item:
    """One item as the sums see it."""

    row: tuple[Any, ...]
    claimed_cents: int = 0  # that the invoice, or the list, asked
    vat_cents: int | None = None
    moves: list[tuple[date, int]] = field(default_factory=list)  # what made it less, or more again
    given_up: list[tuple[date, int, str]] = field(default_factory=list)
    words: list[VatReclaim] = field(default_factory=list)

    def unpaid(self, on: date) -> int:
        return self.claimed_cents + sum(cents for day, cents in self.moves if day <= on)

    def vat(self, on: date) -> int | None:
        return None if self.vat_cents is None else vat_in(self.unpaid(on), self.vat_cents, self.claimed_cents)

    @property
    def returns(self) -> list[VatReclaim]:
        return sorted((one for one in self.words if one.kind == Reclaim.RETURN.value), key=lambda one: one.period)


@dataclass(frozen=True, slots=True)
class _Law:
    rule: BadDebtVatRule | None
    filing: Filing

    def due(self, item: _Item) -> date:
        due, basis, issued, received = item.row[8:12]
        if self.rule and basis == TermBasis.NONE.value:
            return self.rule.due(received or issued)
        assert isinstance(due, date), "as it is kept"
        return due

    def moment(self, item: _Item) -> tuple[date, str, str, str] | None:
        """Give when an item counts as not paid, why, in whose words, and which other return may be meant."""
        found: list[tuple[date, str, str, str]] = []
        if self.rule:
            refund = self.rule.refund(self.due(item), self.filing)
            found.append((refund.deemed_uncollectible_on, "a_year", "", refund.or_in_period))
        elif item.given_up and sum(cents for _, cents, _ in item.given_up):
            found.append((min(day for day, *_ in item.given_up), "written_off", "", ""))
        found += [(one.day, one.kind, one.reason, "") for one in item.words if one.kind != Reclaim.RETURN.value]
        return min(found, default=None)


def workpaper(books: int, period: str, today: date) -> Workpaper:
    """Draw up the return of a period; without one, of the last that is over.

    Raises:
        NotAPeriod: it is none.
    """
    country, filing = Administration.objects.values_list("country", "vat_filing").get(pk=books)
    law = _Law(COUNTRIES[country].bad_debt_vat, Filing[filing.upper()])
    period = period or law.filing.period_of(bounds(law.filing.period_of(today))[0] - DAY)
    first, last = bounds(period)
    lines = [line for item in _items(books, law, first, last) for line in _lines(law, item, period, today)]
    lines.sort(key=lambda line: (line.currency, line.moment, line.invoice, line.instalment))
    here = [line for line in lines if line.period == period]
    return Workpaper(
        period, law.filing.period_of(first - DAY), law.filing.period_of(last + DAY), last < today, filed_by(period),
        filed_by(period) < today,         law.rule is not None,
        [line for line in here if (line.vat_cents or 0) > 0],
        [line for line in here if (line.vat_cents or 0) < 0],
        [line for line in here if line.vat_cents is None],
        [line for line in lines if line.period != period],
    )  # fmt: skip


def _lines(law: _Law, item: _Item, period: str, today: date) -> Iterator[VatLine]:
    found = law.moment(item)
    if found is None:
        return
    first, last = bounds(period)
    moment, *_, other = found
    own = law.filing.period_of(moment)
    recorded = {one.period: one.vat_cents for one in item.returns}
    claims = [one for one, cents in recorded.items() if cents > 0]
    end = min(last, today)
    if period in recorded:
        yield _line(law, item, found, period, "", end, recorded[period], is_recorded=True)
    elif claims and min(bounds(one)[1] for one in claims) < first:
        if again := _due_again(item, recorded, first, end):
            yield _line(law, item, found, period, "", end, -again, is_recorded=False)
    elif not claims and period in (own, other) and moment <= today and item.unpaid(end) > 0:
        yield _line(law, item, found, period, own if period == other else other, end, item.vat(end), is_recorded=False)
    elif not claims and bounds(other or own)[1] < first and filed_by(other or own) < today:
        was, still = item.unpaid(bounds(own)[1]), item.unpaid(today)
        if was > 0 and still > 0 and moment >= add_months(first, -12 * YEARS_BACK):
            yield _line(law, item, found, own, other, today, item.vat(today), is_recorded=False)


def _due_again(item: _Item, recorded: dict[str, int], first: date, end: date) -> int:
    """Give the VAT in what was paid in a period, of what stands claimed; what a recorded return told is past."""
    earlier = sorted((bounds(one)[1], cents) for one, cents in recorded.items() if bounds(one)[1] < first)
    net = list(accumulate(cents for _, cents in earlier))
    stands, most, until = net[-1], max(net), earlier[-1][0]
    # What was paid in time, and came to be known after the return was recorded, is of the next one. What is taken back
    # of a payment is not paid after all: less than nothing, it comes back once more.
    begin = stands if until == first - DAY else min(most, item.vat(first - DAY) or 0)
    return begin - min(most, item.vat(end) or 0)


def _line(law: _Law, item: _Item, found: tuple[date, str, str, str], period: str, other: str, end: date,
          vat_cents: int | None, *, is_recorded: bool) -> VatLine:  # fmt: skip
    _, _, id_, invoice, instalment, debtor, debtor_id, currency, *_ = item.row
    moment, why, reason, _ = found
    return VatLine(id_, invoice, instalment, debtor, debtor_id, currency, law.due(item), moment, why, reason,
                   period, other, item.unpaid(end), vat_cents, is_recorded)  # fmt: skip


def _items(books: int, law: _Law, first: date, last: date) -> list[_Item]:
    words = list(that_stand(books))
    told = {one.receivable_id for one in words}
    asked = Q(pk__in=Keys(told)) if told else Q(pk__in=[])
    if law.rule:
        begin, until = add_months(first, -12 * YEARS_BACK - law.rule.months), add_months(last, -law.rule.months) + DAY
        days = timedelta(days=law.rule.days_without_term)
        without = Q(term_basis=TermBasis.NONE.value, invoice__issue_date__lte=until)
        asked |= Q(due_date__gte=begin, due_date__lte=until + days) | without
    else:
        given_up = Entry.objects.of(books).filter(kind=EntryKind.WRITE_OFF.value, receivable__isnull=False)
        asked |= Q(pk__in=given_up.values("receivable"))
    principals = Receivable.objects.of(books).filter(kind=ReceivableKind.PRINCIPAL.value)
    # All instalments of an invoice divide its VAT.
    rows = principals.filter(invoice__in=principals.filter(asked).values("invoice")).order_by(
        "invoice_id", "instalment"
    )
    items = {row[0]: _Item(row) for row in rows.values_list(*ITEM)}
    for one in words:
        if one.receivable_id in items:
            items[one.receivable_id].words.append(one)
    _booked(books, items)
    invoices: dict[int, list[_Item]] = defaultdict(list)
    for item in items.values():
        invoices[item.row[1]].append(item)
    for mine in invoices.values():
        _divide(mine)
    return list(items.values())


def _divide(instalments: list[_Item]) -> None:
    printed, vat = instalments[0].row[12:14]
    if vat is None:
        return
    amounts = [max(item.claimed_cents, 0) for item in instalments]
    # Of a list that brought only what was left, only the VAT in that.
    own = min(half_up(vat * min(sum(amounts), printed), printed) if printed else 0, sum(amounts))
    for item, share in zip(instalments, in_proportion(own, amounts), strict=True):
        item.vat_cents = share


def _booked(books: int, items: dict[int, _Item]) -> None:
    """Add to each item what was booked on it: what was claimed, what made it less, what was given up."""
    keys = Keys(items)
    entries = Entry.objects.of(books).filter(receivable__in=keys) if items else Entry.objects.of(books).none()
    columns = ("receivable_id", "kind", "value_date", "amount_cents", "reverses__kind", "source")
    for pk, kind, day, cents, reverses, source in entries.values_list(*columns):
        item = items[pk]
        if EntryKind.WRITE_OFF.value in (kind, reverses):
            item.given_up.append((day, -cents, source))
        elif kind in CLAIMS and cents > 0:
            item.claimed_cents += cents  # also where it came in later: the invoice is of before
        elif EntryKind.MOVED.value not in (kind, reverses):  # to the customer of whom this one was a double
            item.moves.append((day, cents))
    for pk, day, cents in _paid(books, items):
        items[pk].moves.append((day, -cents))


def _paid(books: int, items: dict[int, _Item]) -> QuerySet[Allocation, Any]:
    rows = Allocation.objects.of(books)
    found = rows.filter(receivable__in=Keys(items)) if items else rows.none()
    return found.values_list("receivable_id", "value_date", "amount_cents")
