"""Limitation: until when a claim can be enforced, and what each interruption did to that."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from voldaan.countries import COUNTRIES
from voldaan.look import words
from voldaan.rules import limitation
from voldaan.rules.limitation import Interruption, LimitationRule, warned_on
from voldaan.web.calculator.asked import Form, Option
from voldaan.web.calculator.frame import shown, today, too_often

# As the address names them.
CLAIMS = {
    "agreement": "overeenkomst",
    "consumer_sale": "consumentenkoop",
    "carriage": "vervoer",
    "periodic": "periodiek",
    "damages": "schade",
    "judgment": "vonnis",
}
KINDS = {
    "aanmaning": (limitation.INTERRUPTIONS["demand"], Interruption.DEMAND),
    "erkenning": (limitation.INTERRUPTIONS["acknowledgement"], Interruption.ACKNOWLEDGEMENT),
    "rechter": (limitation.INTERRUPTIONS["court_claim"], Interruption.COURT_CLAIM),
    "exploot": (limitation.INTERRUPTIONS["formal_notice"], Interruption.FORMAL_NOTICE),
}
RULES: dict[str, tuple[str, LimitationRule]] = {
    f"{country.code.lower()}-{CLAIMS[rule.name]}": (limitation.CLAIMS[rule.name], rule)
    for country in (COUNTRIES["NL"], COUNTRIES["BE"])
    for rule in country.limitations
}
INTERRUPTIONS = 3  # rows of a form that nobody filled in


def page(request: HttpRequest) -> HttpResponse:
    """Tell when a claim lapses."""
    if wait := too_often(request):
        return wait
    form = Form(request.GET, today(request))
    rule, due = form.choice("soort", RULES), form.day("vervalt", default=form.today if form.is_blank else None)
    numbers = form.rows("gestuit", shown=INTERRUPTIONS)
    read = [(form.day("gestuit", row), form.choice("door", KINDS, row)) for row in numbers]
    if due is None:
        form.needs_day("vervalt")
    context = {
        "rows": [(form.fields[f"gestuit-{row + 1}"], f"door-{row + 1}", form.options[f"door-{row + 1}"])
                 for row in numbers],
        "more": form.more(numbers),
        "groups": [(country.name, _of(form, country.code)) for country in (COUNTRIES["NL"], COUNTRIES["BE"])],
        "rule": rule, "articles": rule.articles,
    }  # fmt: skip
    if due and form.is_right:
        interrupted = [(day, kind) for day, kind in read if day]
        last = rule.last_day(due, interrupted)
        context |= {
            "due": due,
            "first_last": rule.last_day(due),
            "last_day": last,
            "warned_on": warned_on(last),
            "has_lapsed": last < form.today,
            "turns": [(turn, _word(turn.kind)) for turn in rule.turns(due, interrupted)],
        }
    return shown(request, "calculator/limitation.html", form, context)


def _of(form: Form, code: str) -> list[Option]:
    return [option for option in form.options["soort"] if option.value.startswith(f"{code.lower()}-")]


def _word(kind: Interruption) -> str:
    return next(words.said(word) for word, one in KINDS.values() if one is kind)
