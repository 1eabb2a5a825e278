"""What stands around every part of the calculator: the ways to the others, the state of the law, and its limit."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from voldaan.countries import LAW_AS_OF
from voldaan.rules.refusals import mark
from voldaan.web.calculator.asked import Form
from voldaan.web.entered import Entered, day_in
from voldaan.web.frame import Way

ZONE = "Europe/Amsterdam"  # where it is the same day as in Brussels
PARTS = (
    ("calculator", mark("Interest and costs"), "percent"),
    ("calculator_notice", mark("Notice to a consumer"), "mail"),
    ("calculator_vat", mark("VAT on bad debts"), "receipt-euro"),
    ("calculator_limitation", mark("Limitation"), "hourglass"),
)


def today(request: HttpRequest) -> date:
    """Give the day that it is."""
    return day_in(ZONE, cast("Entered", request).now)


def too_often(request: HttpRequest) -> HttpResponse | None:
    """Let one address reckon so often a minute, and no more; nothing where it may go on."""
    return cast("HttpResponse | None", ratelimit.consume_or_429(request, action="calculator", limit_get=True))


def shown(request: HttpRequest, template: str, form: Form, context: dict[str, Any]) -> HttpResponse:
    """Show one part; what was typed wrong comes back with what is wrong beside it."""
    assert request.resolver_match is not None
    here = request.resolver_match.view_name
    parts = [Way(reverse(name), word, icon, name == here) for name, word, icon in PARTS]
    around = {"form": form, "fields": form.fields, "options": form.options, "parts": parts, "law_as_of": LAW_AS_OF}
    return render(request, template, around | context, status=200 if form.is_right else 422)
