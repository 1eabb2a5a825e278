"""Wat verschuldigd is: what one customer, or one invoice, comes to on a day by law; as a page, as CSV, and on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from voldaan.formats import claim_pdf
from voldaan.look import claim_sheets, words
from voldaan.look.spreadsheets import Cell, Total, csv_file
from voldaan.queries.claims import BooksClaim, Item, OneCurrency, claim_sheet
from voldaan.queries.invoice_page import invoice_page
from voldaan.rules.law import Article
from voldaan.rules.money import Money
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.terms import TermBasis
from voldaan.web.entered import Entered
from voldaan.web.typed import day

FROM_DAY = mark("In default from {day} on; until then there is no interest.")
NO_DEFAULT = mark(
    "Not in default: no due date was agreed, and no term of a demand has passed. So there is no interest."
)
NO_INTEREST = mark("No interest: the law gives none here, or none is asked of this customer.")
NOT_YET = mark("No interest yet: the law first wants a free letter, and its term must have passed.")


YEARS_AHEAD = 10  # a line of interest for every half year of every invoice: far ahead they fill thousands of pages


class TooFarAhead(Refusal):
    code = "too_far_ahead"
    kind = Kind.INVALID
    says = mark("That day is too far away. Choose one within {years} years from now.")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One principal, in words."""

    item: Item
    term: str  # marked
    why: str  # there is no interest


def page(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Show what is owed, and how it comes about."""
    found = _asked(request, id)
    context = {
        "customer": {"id": found.debtor_id, "name": found.debtor},
        "claim": found,
        "kind": words.KINDS[found.kind],
        "currencies": [
            (one, [_row(item, one) for item in one.items], [words.said(says, **facts) for says, facts in one.costs.why])
            for one in found.currencies
        ],
        "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "claim/page.html", context)


def file(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Hand over the lines as CSV."""
    found = _asked(request, id)
    out = io.StringIO()
    titles = [gettext("What"), gettext("Invoice"), gettext("From"), gettext("Up to and including"), gettext("Days"),
              gettext("A year"), gettext("Over"), gettext("Amount"), gettext("Currency"),
              gettext("By law")]  # fmt: skip
    csv_file(out, titles, _lines(found), point=words.own_tongue().point)
    return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8",
                        headers={"Content-Disposition": _named(found, "csv")})  # fmt: skip


def paper(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Hand over the sheet as a PDF, in the language of the reader."""
    found = _asked(request, id)
    drawn = claim_pdf.draw(claim_sheets.sheet(found))
    return HttpResponse(drawn, content_type="application/pdf",
                        headers={"Content-Disposition": _named(found, "pdf")})  # fmt: skip


def _asked(request: Entered, id_: str) -> BooksClaim:
    said, invoice = request.GET.get("op", ""), request.GET.get("factuur", "")
    on = day(said) if said else request.today
    if on.year > request.today.year + YEARS_AHEAD:
        raise TooFarAhead(years=YEARS_AHEAD)
    if invoice and invoice_page(invoice, actor=request.actor).debtor_id != id_:
        raise Http404
    which = {"invoice": invoice} if invoice else {"debtor": id_}
    return claim_sheet(on=on, actor=request.actor, today=request.today, **which)


def _named(found: BooksClaim, ending: str) -> str:
    name = f"{gettext('claim')} {found.invoice or found.debtor} {found.on.isoformat()}.{ending}"
    return content_disposition_header(as_attachment=True, filename=name) or ""


def _row(item: Item, one: OneCurrency) -> ItemRow:
    term = words.TERMS[item.term_basis.value]
    return ItemRow(item, term, "" if item.lines else _why(item, one))


def _why(item: Item, one: OneCurrency) -> str:
    if item.falls_in_default_on and item.falls_in_default_on > one.sheet.on:
        return words.said(FROM_DAY, day=item.falls_in_default_on)
    if item.default_from is None:
        return words.said(NO_DEFAULT if item.term_basis is not TermBasis.AGREED else NO_INTEREST)
    waits = one.sheet.basis.law.interest_awaits_notice and one.sheet.basis.asks_interest
    return words.said(NOT_YET if waits and item.interest_since is None else NO_INTEREST)


def _lines(found: BooksClaim) -> Iterator[Sequence[Cell]]:
    point = words.own_tongue().point
    for one in found.currencies:

        def line(what: str, cents: int, invoice: str = "", articles: Sequence[Article] = (), *, first: Cell = None,
                 last: Cell = None, days: Cell = None, rate: Cell = None, over: Cell = None,
                 currency: str = one.currency) -> list[Cell]:  # fmt: skip
            return [what, invoice, first, last, days, rate, over, Money(cents, currency), currency,
                    ", ".join(map(str, articles))]  # fmt: skip

        for item in one.items:
            yield line(gettext("Principal"), item.principal_cents, item.invoice, last=item.due_date)
            for part in item.lines:
                rate = f"{part.rate_percent}".replace(".", point)
                yield line(gettext("Interest"), part.cents, item.invoice, one.sheet.interest_articles, first=part.first,
                           last=part.last, days=part.days, rate=rate,
                           over=Money(part.base_cents, one.currency))  # fmt: skip
        if one.sheet.costs_cents:
            yield line(gettext("Collection costs"), one.sheet.costs_cents, articles=one.sheet.costs_articles)
        for payment in one.sheet.payments:
            named = payment.designated[0] if payment.designated else ""
            yield line(gettext("Paid, credited or written off"), -payment.cents, named, last=payment.day)
        yield Total(line(gettext("Total"), one.total_cents, last=found.on))
