"""The claim: what is owed on a day, with every line, its rate and its article; as a page, and as a file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.look.spreadsheets import Cell, Total, csv_file
from voldaan.queries import rates
from voldaan.rules.claims import COSTLY, OTHER_COSTS, PROVISIONAL, VOID_RATE, Basis, ClaimSheet
from voldaan.rules.day_counts import DayCount
from voldaan.rules.imputation import Payment
from voldaan.rules.law import Article, DebtorKind
from voldaan.rules.money import LARGEST_CENTS, Money, TooLarge
from voldaan.rules.rates import RateSchedule
from voldaan.rules.refusals import Refusal, mark
from voldaan.web.calculator.asked import Form, Law, lands, named
from voldaan.web.calculator.frame import shown, today, too_often

KINDS = {
    "bedrijf": (mark("A business, association or foundation"), DebtorKind.BUSINESS),
    "consument": (mark("A consumer"), DebtorKind.CONSUMER),
    "overheid": (mark("A public body"), DebtorKind.PUBLIC_BODY),
}
COUNTS = {
    "jaar": (mark("1/365 of a year, in a leap year 1/366"), DayCount.ACT_ACT),
    "365": (mark("always 1/365 of a year"), DayCount.ACT_365),
}
FOLDED = ("rente", "kosten", "btw", "telling")
WARNINGS = (COSTLY, VOID_RATE, OTHER_COSTS, PROVISIONAL)
INVOICES, PAYMENTS = 3, 2  # rows of a form that nobody filled in


INVOICE, PAYMENT = ("bedrag", "vervalt"), ("betaald", "betaald_op")  # the fields of a row


def page(request: HttpRequest) -> HttpResponse:
    """Reckon what the address says; where it says nothing, show the form beside an example."""
    if wait := too_often(request):
        return wait
    form = Form(request.GET, today(request))
    law = rates.countries()
    sheet, example = _sheet(form, law), ""
    if form.is_blank:
        said = QueryDict(mutable=True)
        said.update(_example(form.today))
        sheet, example = _sheet(Form(said, form.today), law), said.urlencode()
    invoices, payments = form.numbers["bedrag"], form.numbers["betaald"]
    context = {
        "invoices": [[form.fields[f"{name}-{row + 1}"] for name in INVOICE] for row in invoices],
        "payments": [[form.fields[f"{name}-{row + 1}"] for name in PAYMENT] for row in payments],
        "more_invoices": form.more(invoices),
        "more_payments": form.more(payments),
        "has_folded": any(form.said.get(name, "").strip() not in ("", "jaar") for name in FOLDED),
        "example": example,
        "leaves_out": bool(sheet and not example and _count(form, payments) > len(sheet.payments)),
    }
    return shown(request, "calculator/claim.html", form, context | (_told(sheet) if sheet else {}))


def file(request: HttpRequest) -> HttpResponse:
    """Hand over the lines; what cannot be reckoned is said on the page."""
    if wait := too_often(request):
        return wait
    sheet = _sheet(Form(request.GET, today(request)), rates.countries())
    if sheet is None:
        return HttpResponseRedirect(f"{reverse('calculator')}?{request.GET.urlencode()}")
    out = io.StringIO()
    titles = [gettext("What"), gettext("From"), gettext("Up to and including"), gettext("Days"), gettext("A year"),
              gettext("Over"), gettext("Amount"), gettext("By law")]  # fmt: skip
    csv_file(out, titles, _lines(sheet), point=words.own_tongue().point)
    name = f"{gettext('claim')}-{sheet.on}.csv"
    return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


def _count(form: Form, payments: Sequence[int]) -> int:
    return sum(bool(form.fields[f"{PAYMENT[0]}-{row + 1}"].typed) for row in payments)


def _sheet(form: Form, law: Law) -> ClaimSheet | None:
    """Draw up the sheet; nothing where something is missing or wrong, and then the form says what."""
    invoices, payments = form.rows(*INVOICE, shown=INVOICES), form.rows(*PAYMENT, shown=PAYMENTS)
    items = [pair for row in invoices if (pair := _pair(form, *INVOICE, row, is_needed=row == 0))]
    paid = [pair for row in payments if (pair := _pair(form, *PAYMENT, row))]
    on = form.day("op", default=form.today)
    if on is None:
        form.needs_day("op")
    basis = _basis(form, law)
    if not items or not form.is_right or on is None:
        return None
    try:
        claims = [basis.claim(f"{number}", cents, due) for number, (cents, due) in enumerate(items, 1)]
        sheet = basis.sheet(claims, [Payment(day, cents) for cents, day in paid], on=on)
        if sheet.principal_cents + sheet.interest_cents > LARGEST_CENTS:
            raise TooLarge
    except Refusal as refusal:
        form.problem = words.refused(refusal)
        return None
    return sheet


def _basis(form: Form, law: Law) -> Basis:
    country, kind = form.choice("land", lands(law, "NL", "BE", "EU")), form.choice("wie", KINDS)
    rate, agreed_costs = form.percent("rente"), form.cents("kosten")
    asks_vat = form.ticked("btw")
    basis = Basis(
        country, kind, form.choice("telling", COUNTS),
        agreed_rate=None if rate is None else RateSchedule.fixed(rate),
        agreed_costs_cents=agreed_costs,
        asks_costs=not form.ticked("zonder_kosten"),
        asks_vat=asks_vat,
    )  # fmt: skip
    if asks_vat and not (basis.law.costs and basis.law.costs.surcharge):
        form.wrong("btw", None, gettext("The law of this country has no VAT on top of collection costs."))
    return basis


def _pair(form: Form, amount: str, day: str, row: int, *, is_needed: bool = False) -> tuple[int, date] | None:
    cents, on = form.cents(amount, row), form.day(day, row)
    has_amount, has_day = (bool(form.fields[f"{name}-{row + 1}"].typed) for name in (amount, day))
    if not has_amount and (is_needed or has_day):
        form.needs_amount(amount, row)
    if not has_day and (is_needed or has_amount):
        form.needs_day(day, row)
    return None if cents is None or on is None else (cents, on)


def _example(on: date) -> dict[str, str]:
    point = words.own_tongue().point
    due = on - timedelta(days=300)
    return {"land": "NL", "wie": "bedrijf", "bedrag": f"1250{point}00", "vervalt": f"{due}",
            "betaald": f"200{point}00", "betaald_op": f"{due + timedelta(days=120)}", "op": f"{on}"}  # fmt: skip


def _told(sheet: ClaimSheet) -> dict[str, Any]:
    """Give what the page shows of a sheet."""
    notes = list(sheet.notes)
    working = sheet.costs_working
    return {
        "sheet": sheet,
        "who": next(word for word, kind in KINDS.values() if kind is sheet.basis.kind),
        "where": named(sheet.basis.country),
        "warnings": [note for note in notes if note in WARNINGS],
        "presumes": [note for note in notes if note not in WARNINGS],
        "working": working,
        "why_costs": [words.said(says, **facts) for says, facts in working.why] if working else [],
        "is_overpaid": sheet.total_cents < 0,
        # Where the law gives no costs, it is shown as well.
        "articles": dict.fromkeys((*sheet.articles, *(working.rule.articles if working else ()))),
    }


def _lines(sheet: ClaimSheet) -> Iterator[Sequence[Cell]]:
    def line(what: str, cents: int, articles: Sequence[Article] = (), *, first: Cell = None, last: Cell = None,
             days: Cell = None, rate: Cell = None, over: Cell = None) -> list[Cell]:  # fmt: skip
        return [what, first, last, days, rate, over, Money(cents), ", ".join(map(str, articles))]

    point = words.own_tongue().point
    for position in sheet.positions:
        yield line(gettext("Principal"), position.claim.principal_cents, last=position.claim.due_date)
    for one in sheet.lines:
        rate = f"{one.rate_percent}".replace(".", point)
        yield line(gettext("Interest"), one.cents, sheet.interest_articles, first=one.first, last=one.last,
                   days=one.days, rate=rate, over=Money(one.base_cents))  # fmt: skip
    if sheet.costs_cents:
        yield line(gettext("Collection costs"), sheet.costs_cents, sheet.costs_articles)
    if sheet.costs_vat_cents:
        yield line(gettext("VAT on the costs"), sheet.costs_vat_cents, sheet.vat_articles)
    for payment in sheet.payments:
        yield line(gettext("Paid"), -payment.cents, sheet.payment_articles, last=payment.day)
    yield Total(line(gettext("Total"), sheet.total_cents, last=sheet.on))
