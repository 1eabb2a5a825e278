"""The columns of a list that was not certain: what each is, chosen by a person, and at once what would come of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO

from django.http import HttpResponse
from django.shortcuts import render

from voldaan.formats.open_items import Mapping, OpenItemsReading, Survey
from voldaan.formats.shared.conventions import WHICH_MARK, WHICH_ORDER
from voldaan.formats.shared.items import WHICH_SIGN
from voldaan.look import words
from voldaan.look.list_fields import GROUPS
from voldaan.queries.held_lists import held_file, held_list
from voldaan.rules.money import Money
from voldaan.rules.papers import OpenItem, Problem, Severity
from voldaan.rules.refusals import Refusal
from voldaan.usecases import files as verbs
from voldaan.web.entered import Entered
from voldaan.web.told import MOST_PROBLEMS, told

SHOWN_ITEMS = 5
HOW_WRITTEN = (WHICH_MARK, WHICH_ORDER, WHICH_SIGN)
ORDERS = {"": None, "day": True, "month": False}
SIGNS = {"": None, "plus": True, "minus": False}
TONES = {Severity.ERROR: "danger", Severity.QUESTION: "warn", Severity.WARNING: "calm"}


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come of a list, in words."""

    mapping: str  # as it is posted
    does_fit: bool  # it may come in like this
    items: tuple[OpenItem, ...]  # the first of them
    count: int
    totals: list[tuple[Money, bool]]  # read; and whether the list itself says the same
    problems: list[tuple[str, str, str]]  # tone, place and sentence
    more: int  # problems that are left out
    asks_how_written: bool  # an amount or a date may be read in two ways


def page(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Show the columns and what would come of them, or take the list in as it was shown."""
    if request.method == "POST":
        mapping = Mapping.from_json(request.POST.get("mapping", ""))
        name, data = held_file(id, actor=request.actor)
        answer = verbs.bring_in(name=name, source=BytesIO(data), mapping=mapping, actor=request.actor,
                                today=request.today)  # fmt: skip
        return render(request, "imports/page.html", {"told": [told(answer)]})
    sheet = request.GET.get("sheet", "")
    found = held_list(id, sheet=sheet, actor=request.actor)
    columns = found.survey.columns
    is_chosen = "c0" in request.GET and request.GET.get("was", "") == sheet  # another sheet has other columns
    fields = [request.GET.get(f"c{at}", "") if is_chosen else one.field for at, one in enumerate(columns)]
    shown = {"found": found, "groups": GROUPS, "sheet": sheet, "columns": list(zip(columns, fields, strict=True)),
             "asked": request.GET if is_chosen else {}, "problem": "", "preview": None}  # fmt: skip
    try:
        mapping_or_guess = _mapping(found.survey, fields, request) if is_chosen or sheet else None
        shown["preview"] = _preview(found.read(mapping_or_guess))
    except Refusal as refusal:
        shown["problem"] = words.refused(refusal)
    return render(request, "imports/columns.html", shown)


def _mapping(survey: Survey, fields: list[str], request: Entered) -> Mapping:
    """Read what was chosen.

    Raises:
        NotAMapping: two columns are the same, or it was no choice of ours.
    """
    columns = {header: field for header, field in zip(survey.headers, fields, strict=True) if field}
    said = {
        "columns": columns,
        "decimal_mark": request.GET.get("decimal") or None,
        "day_first": ORDERS.get(request.GET.get("order", "")),
        "owed_is_positive": SIGNS.get(request.GET.get("sign", "")),
        "currency": request.GET.get("currency", "").strip().upper(),
        "sheet": survey.sheet,
    }
    return Mapping.from_json(json.dumps(said))


def _preview(reading: OpenItemsReading) -> Preview:
    problems = sorted(reading.problems, key=lambda one: list(TONES).index(one.severity))
    return Preview(
        reading.mapping.to_json() if reading.mapping else "",
        bool(reading.records) and not reading.refused,
        reading.records[:SHOWN_ITEMS],
        len(reading.records),
        [(Money(cents, currency), reading.stated_totals.get(currency) == cents)
         for currency, cents in sorted(reading.totals.items())],
        [_said(one) for one in problems[:MOST_PROBLEMS]],
        max(len(problems) - MOST_PROBLEMS, 0),
        any(one.what in HOW_WRITTEN for one in problems),
    )  # fmt: skip


def _said(problem: Problem) -> tuple[str, str, str]:
    return TONES[problem.severity], words.place(problem.place), words.said(problem.what, **problem.facts)
