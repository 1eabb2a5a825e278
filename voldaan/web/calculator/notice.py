"""The notice that a consumer gets before costs: when it counts as delivered, its last day, and its words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from voldaan.countries import COUNTRIES
from voldaan.look import words
from voldaan.rules.money import Money
from voldaan.rules.notice_dates import Delivery
from voldaan.rules.refusals import mark
from voldaan.rules.tongues import tongue
from voldaan.web.calculator.asked import Form, lands
from voldaan.web.calculator.frame import shown, today, too_often

CHANNELS = {
    "post": (mark("By post"), Delivery.POST),
    "e-mail": (mark("By e-mail"), Delivery.ELECTRONIC),
}


def page(request: HttpRequest) -> HttpResponse:
    """Count the days of a notice."""
    if wait := too_often(request):
        return wait
    form = Form(request.GET, today(request))
    country, delivery = form.choice("land", lands(COUNTRIES, "NL", "BE")), form.choice("hoe", CHANNELS)
    sent, proven, cents = form.day("verstuurd", default=form.today), form.day("bezorgd"), form.cents("bedrag")
    rule, costs = country.consumer.notice, country.consumer.costs
    assert rule, "each of these countries has a notice"
    assert costs, "and costs after it"
    if sent is None:
        form.needs_day("verstuurd")
    elif proven and proven < sent:
        form.wrong("bezorgd", None, words.said(mark("This is before the day it was sent.")))
    context = {"rule": rule, "articles": rule.articles}
    if sent and form.is_right:
        most = costs.most([cents]) if cents else None
        context |= {
            "by_law": rule.of(sent, delivery, proven),
            "as_worded": rule.of(sent, delivery, proven, as_worded=True),
            "is_proven": proven is not None,
            "counts_receipt": bool(rule.words),
            "most": most,
            "only_if_agreed": costs.only_if_agreed,
            "tongue": country.languages[0],
            "words": rule.words.format(costs=_amount(most, country.languages[0])) if most else "",
            "articles": (*rule.articles, *(costs.articles if most else ())),
        }
    return shown(request, "calculator/notice.html", form, context)


def _amount(cents: int, language: str) -> str:
    return tongue(language).amount(Money(cents).cents, "EUR").replace(" ", "\u00a0")
