"""VAT on an invoice that stays unpaid: from when it comes back, and in which return."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from voldaan.countries import COUNTRIES
from voldaan.look import words
from voldaan.rules.bad_debt_vat import Filing
from voldaan.rules.refusals import mark
from voldaan.web.calculator.asked import Form
from voldaan.web.calculator.frame import shown, today, too_often

FILINGS = {
    "kwartaal": (mark("Each quarter"), Filing.QUARTER),
    "maand": (mark("Each month"), Filing.MONTH),
    "jaar": (mark("Each year"), Filing.YEAR),
}


def page(request: HttpRequest) -> HttpResponse:
    """Tell when VAT on an unpaid invoice can be claimed back."""
    if wait := too_often(request):
        return wait
    form = Form(request.GET, today(request))
    rule = COUNTRIES["NL"].bad_debt_vat
    assert rule, "the Netherlands has a fixed moment"
    due = form.day("vervalt", default=form.today if form.is_blank else None)
    received, filing = form.day("ontvangen"), form.choice("aangifte", FILINGS)
    if due is None and received is None:
        form.needs_day("vervalt")
    context = {"articles": rule.articles, "rule": rule}
    if form.is_right and (due or received):
        by_law = rule.due(received) if received else None
        refund = rule.refund(due or by_law or form.today, filing)
        context |= {
            "refund": refund,
            "no_term": due is None,
            "period": in_words(refund.claim_in_period),
            "or_period": in_words(refund.or_in_period) if refund.or_in_period else "",
            "is_past": refund.deemed_uncollectible_on < form.today,
        }
    return shown(request, "calculator/vat.html", form, context)


def in_words(period: str) -> str:
    """Name the period of a return as a person says it."""
    year, _, part = period.partition("-")
    if not part:
        return year
    if part.startswith("Q"):
        return gettext("quarter {number} of {year}").format(number=part[1:], year=year)
    return f"{words.own_tongue().months[int(part) - 1]} {year}"
