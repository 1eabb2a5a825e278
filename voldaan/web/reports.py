"""Rapporten: ageing, open items and credits as of any day; every figure leads to its rows, every list to a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from voldaan.look import words
from voldaan.look.charts import Segment, ageing_bar
from voldaan.queries import aging_list, credit_list, open_list, paying_back
from voldaan.queries.aging import AgingRow
from voldaan.queries.aging_list import AgedList, Order
from voldaan.queries.open_then import Sum
from voldaan.rules.aging import BUCKETS
from voldaan.rules.money import Money
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import mark
from voldaan.web import report_asked
from voldaan.web.entered import Entered
from voldaan.web.report_asked import STRETCHES, Asked, credits_address, drill_down, items_address
from voldaan.web.typed import NotADay

ON_ONE_PAGE = 50


@dataclass(frozen=True, slots=True)
class AgedRow:
    """One row of the ageing, its figures in words of a page."""

    row: AgingRow
    bar: tuple[Segment, ...]
    figures: list[tuple[Segment, str]]  # with the address of the items behind each
    credits_address: str

    @property
    def open_cents(self) -> int:
        """Give what is open, whatever credit stands beside it."""
        return self.row.total_cents + self.row.credits_cents


@dataclass(frozen=True, slots=True)
class Aged:
    """The ageing in one currency, one page of it."""

    found: AgedList
    total: AgedRow
    open_address: str
    rows: list[AgedRow]
    others: AgedRow | None
    left: int  # how many customers those are
    before: str  # the addresses of the pages before and after, where there are any
    after: str


def ageing(request: Entered, slug: str) -> HttpResponse:
    """Show who owes how much, how late."""
    try:
        one = report_asked.asked(request)
    except NotADay as refusal:
        return _no_day(request, "reports/ageing.html", refusal)
    skip = report_asked.skipped(request)
    lists = aging_list.aged(moment=one.moment, order=one.order, currency=one.currency, skip=skip, most=ON_ONE_PAGE,
                            actor=request.actor, today=request.today)  # fmt: skip
    context = _about(request, one) | {
        "currencies": [_aged(slug, one, found, skip, is_only=len(lists) == 1) for found in lists],
        "buckets": BUCKETS,
        "all_currencies": replace(one, currency="").words(),
        "by_name": one.order is Order.NAME,
        "orders": {order.name.lower(): replace(one, order=order).words() for order in Order},
    }
    return render(request, "reports/ageing.html", context)


def open_items(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """List the open items that are asked for."""
    try:
        one = report_asked.asked(request)
    except NotADay as refusal:
        return _no_day(request, "reports/items.html", refusal)
    stretches = [(name, stretch.word, replace(one, stretch=name).words()) for name, stretch in STRETCHES.items()]
    context = _listed(request, one, open_list, mark("{amounts} open on {day}"), mark("Nothing open on {day}")) | {
        "stretch": STRETCHES[one.stretch].word if one.stretch else "",
        "stretches": stretches,
    }
    return render(request, "reports/items.html", context)


def credits_(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """List what customers have with us."""
    try:
        one = replace(report_asked.asked(request), stretch="")
    except NotADay as refusal:
        return _no_day(request, "reports/credits.html", refusal)
    context = _listed(request, one, credit_list, mark("{amounts} credit on {day}"), mark("No credit on {day}"))
    # What was left on another day is not there to pay back.
    keys = [row.key.row for row in context["rows"]] if one.moment.is_now else []
    standing = paying_back.of_rows(keys, actor=request.actor)
    context["rows"] = [(row, standing.get(row.key.row)) for row in context["rows"]]
    context["may_pay_back"] = request.actor.may(Deed.RECORD_PAYMENT)
    return render(request, "reports/credits.html", context)


def _listed(request: Entered, one: Asked, questions: Any, title: str, empty: str) -> dict[str, Any]:
    """Give one page of a list, and what all of it comes to."""
    here: dict[str, Any] = {"moment": one.moment, "which": one.which, "actor": request.actor, "today": request.today}
    customer = open_list.called(one.debtor, actor=request.actor) if one.debtor else ""
    after = report_asked.place(request)
    rows = questions.listed(after=after, most=ON_ONE_PAGE + 1, **here)
    sums: list[Sum] = questions.sums(**here)
    shown = rows[:ON_ONE_PAGE]
    amounts = [words.amount(Money(total.open_cents, total.currency)) for total in sums]
    facts = {"day": one.on or request.today} | ({"amounts": words.joined(amounts)} if sums else {})
    return _about(request, one) | {
        "title": words.said(title if sums else empty, **facts),
        "rows": shown,
        "sums": sums,
        "customer": customer,
        "without_customer": replace(one, debtor="").words(),
        "without_currency": replace(one, currency="").words(),
        "is_first": after is None,
        "start": one.words(),
        "next": one.words(na=report_asked.key_words(shown[-1].key)) if len(rows) > ON_ONE_PAGE else "",
    }


def _about(request: Entered, one: Asked) -> dict[str, Any]:
    """Give what every report says of itself."""
    return {
        "asked": one,
        "on": one.on or request.today,
        "typed": one.on.isoformat() if one.on else "",
        "days": [("", replace(one, on=None).words())]
        + [(day, replace(one, on=day).words()) for day in report_asked.days_to_choose(request.today)],
        "plain": Asked(one.on, one.as_it_stood).words(),  # the same day, in another report
        "file": one.words(),
        "may_export": request.actor.may(Deed.EXPORT),
    }


def _no_day(request: Entered, template: str, refusal: NotADay) -> HttpResponse:
    """Say that the day is none, in the form in which it was typed."""
    context = _about(request, report_asked.asked_now(request))
    context |= {"problem": words.refused(refusal), "typed": report_asked.day_typed(request)}
    return render(request, template, context, status=422)


def _aged(slug: str, one: Asked, found: AgedList, skip: int, *, is_only: bool) -> Aged:
    # Where there is one currency, nobody wants to hear of currencies.
    behind = Asked(one.on, one.as_it_stood, one.currency if is_only else found.currency)
    left, last = found.customers - len(found.rows), skip + len(found.rows)
    page = replace(one, currency=found.currency)
    others = _bar(found.others)
    return Aged(
        found,
        _row(slug, behind, found.total),
        items_address(slug, behind),
        [_row(slug, replace(behind, debtor=row.debtor_id or ""), row) for row in found.rows],
        AgedRow(found.others, others, [(part, "") for part in others], "") if left else None,
        left,
        page.words(na=max(skip - ON_ONE_PAGE, 0)) if skip else "",
        page.words(na=last) if last < found.customers else "",
    )


def _row(slug: str, behind: Asked, row: AgingRow) -> AgedRow:
    bar = _bar(row)
    figures = zip(bar, drill_down(slug, behind, [part.cents for part in bar]), strict=True)
    return AgedRow(row, bar, list(figures), credits_address(slug, behind) if row.credits_cents else "")


def _bar(row: AgingRow) -> tuple[Segment, ...]:
    return ageing_bar(tuple(getattr(row, bucket.column) for bucket in BUCKETS))
