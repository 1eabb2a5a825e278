"""Btw op oninbare vorderingen: per return what comes back, what is due again and what was missed; and its workpaper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from voldaan.look import words
from voldaan.look.spreadsheets import Cell, Total
from voldaan.queries.bad_debt_vat import workpaper
from voldaan.rules.bad_debt_vat import Reclaim, VatLine, Workpaper
from voldaan.rules.money import Money
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import vat_reclaims
from voldaan.web import refused
from voldaan.web.calculator.vat import in_words
from voldaan.web.entered import Entered
from voldaan.web.report_files import handed
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import day

SAID = (Reclaim.CERTAIN.value, Reclaim.BANKRUPT.value)  # what somebody said, and can take back
MOST = 100  # rows of one table; the file has them all
WHY = {
    "a_year": mark("a year after the due date"),
    "certain": mark("certain that nobody pays"),
    "bankrupt": mark("bankruptcy"),
    "written_off": mark("written off"),
}


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show the return of a period."""
    return _shown(request, request.GET.get("periode", ""), {"day": request.today.isoformat()})


def _shown(request: Entered, period: str, filled: dict[str, str], problem: str = "") -> HttpResponse:
    """Show a return; what was typed, where it cannot be written down, stays with what is wrong."""
    paper = workpaper(period=period, actor=request.actor, today=request.today)
    tables = [_table(name, title, lines) for name, title, lines in _parts(paper) if lines]
    context = {
        "title": gettext("VAT on bad debts, {period}").format(period=in_words(paper.period)),
        "paper": paper,
        "period": in_words(paper.period),
        "before": in_words(paper.before),
        "after": in_words(paper.after),
        "tables": tables,
        "net": _net(paper),
        "to_put_in": sum(not one.is_recorded for one in (*paper.claims, *paper.due_again)),
        "put_in": sum(one.is_recorded for one in (*paper.claims, *paper.due_again)),
        "may_record": request.actor.may(Deed.WRITE_OFF),
        "may_export": request.actor.may(Deed.EXPORT),
        "here": f"{reverse('bad_debt_vat', args=[request.books.slug])}?periode={paper.period}",
        "said": SAID,
        "filled": filled,
        "problem": problem,
    }
    return render(request, "watches/vat.html", context, status=422 if problem else 200)


def file(request: Entered, slug: str) -> HttpResponseBase:  # noqa: ARG001
    """Hand over the workpaper of a period."""
    request.actor.must(Deed.EXPORT)
    paper = workpaper(period=request.GET.get("periode", ""), actor=request.actor, today=request.today)
    titles = [gettext("What"), gettext("Invoice"), gettext("Customer"), gettext("Due"), gettext("Counts as unpaid on"),
              gettext("Why"), gettext("Return"), gettext("or"), gettext("Put in"), gettext("Currency"),
              gettext("Unpaid"), gettext("VAT")]  # fmt: skip
    about = f"{gettext('VAT on bad debts').lower()} {paper.period}"
    return handed(request, about, request.today, titles, _cells(paper))


def put_in(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001
    """Write down that all of a period was put in its return."""
    count = vat_reclaims.put_in(period=request.POST.get("periode", ""), actor=request.actor, today=request.today)
    says = ngettext("Written down: {n} line is in the return.", "Written down: {n} lines are in the return.", count)
    leave(request, Toast(says.format(n=count)))
    return HttpResponseRedirect(refused.back(request))


def take_back(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001
    """Take back that a period was put in its return."""
    count = vat_reclaims.take_back(period=request.POST.get("periode", ""), reason=request.POST.get("reason", ""),
                                   actor=request.actor, today=request.today)  # fmt: skip
    says = ngettext("Taken back: {n} line waits again for a return.", "Taken back: {n} lines wait again for a return.",
                    count)  # fmt: skip
    leave(request, Toast(says.format(n=count)))
    return HttpResponseRedirect(refused.back(request))


def certain(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001
    """Write down that it is certain that an invoice is not paid."""
    said = {name: request.POST.get(name, "").strip() for name in ("invoice", "day", "reason", "bankrupt")}
    try:
        vat_reclaims.certain(invoice=said["invoice"], day=day(said["day"]), reason=said["reason"],
                             is_bankrupt=said["bankrupt"] == "yes", actor=request.actor,
                             today=request.today)  # fmt: skip
    except Refusal as refusal:
        if refusal.kind is Kind.FORBIDDEN:
            raise
        return _shown(request, request.POST.get("periode", ""), said, words.refused(refusal))
    leave(request, Toast(gettext("Written down. It stands in the return of that day.")))
    return HttpResponseRedirect(refused.back(request))


def not_certain(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001
    """Take back that it is certain that an invoice is not paid."""
    vat_reclaims.not_certain(invoice=request.POST.get("invoice", ""), reason=request.POST.get("reason", ""),
                             actor=request.actor, today=request.today)  # fmt: skip
    leave(request, Toast(gettext("Taken back: it is not certain any more.")))
    return HttpResponseRedirect(refused.back(request))


def _parts(paper: Workpaper) -> list[tuple[str, str, list[VatLine]]]:
    return [
        ("claims", mark("Comes back"), paper.claims),
        ("due_again", mark("Due again, because it was paid"), paper.due_again),
        ("unknown", mark("VAT not known"), paper.unknown),
        ("missed", mark("Not claimed in its own return"), paper.missed),
    ]


def _table(name: str, title: str, lines: Sequence[VatLine]) -> tuple[Any, ...]:
    shown = [
        (one, WHY[one.why], in_words(one.period), in_words(one.other_period) if one.other_period else "")
        for one in lines[:MOST]
    ]
    return name, title, shown, list(_sums(lines)), max(len(lines) - MOST, 0)


def _sums(lines: Iterable[VatLine]) -> Iterator[tuple[str, int, int | None]]:
    unpaid: Counter[str] = Counter()
    vat: Counter[str] = Counter()
    unknown = set()
    for one in lines:
        unpaid[one.currency] += one.unpaid_cents
        vat[one.currency] += one.vat_cents or 0
        if one.vat_cents is None:
            unknown.add(one.currency)
    for currency, cents in sorted(unpaid.items()):
        yield currency, cents, None if currency in unknown else vat[currency]


def _net(paper: Workpaper) -> list[tuple[Money, bool]]:
    """Give what the return gets, by currency: what comes back less what is due again; and whether it is to pay."""
    cents: Counter[str] = Counter()
    for one in (*paper.claims, *paper.due_again):
        cents[one.currency] += one.vat_cents or 0
    return [(Money(abs(sum_), currency), sum_ < 0) for currency, sum_ in sorted(cents.items())]


def _cells(paper: Workpaper) -> Iterator[Sequence[Cell]]:
    for _, title, lines in _parts(paper):
        rows = (_row(title, one) for one in lines)
        totals = (
            Total([words.said(title), gettext("Total"), *[None] * 7, currency, Money(unpaid, currency),
                   None if vat is None else Money(vat, currency)])
            for currency, unpaid, vat in _sums(lines)
        )  # fmt: skip
        yield from chain(rows, totals)


def _row(title: str, one: VatLine) -> Sequence[Cell]:
    number = f"{one.invoice} ({one.instalment})" if one.instalment > 1 else one.invoice
    why = words.said(WHY[one.why]) + (f": {one.reason}" if one.reason else "")
    return [words.said(title), number, one.debtor, one.due_date, one.moment, why, one.period, one.other_period,
            gettext("yes") if one.is_recorded else gettext("no"), one.currency, Money(one.unpaid_cents, one.currency),
            None if one.vat_cents is None else Money(one.vat_cents, one.currency)]  # fmt: skip
