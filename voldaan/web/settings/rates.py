"""The statutory rates: how each stands, what misses, and those that were added here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from voldaan.countries import COUNTRIES
from voldaan.countries.rates import SERIES, Series
from voldaan.formats import rate_list
from voldaan.look import words
from voldaan.queries import rates as questions
from voldaan.rules.rates import Told
from voldaan.rules.refusals import Refusal
from voldaan.usecases import rates as verbs
from voldaan.web import typed
from voldaan.web.entered import Entered
from voldaan.web.settings.shelf import shown
from voldaan.web.toasts import Toast, leave

FIELDS = ("series", "valid_from", "percent", "source")


@dataclass(frozen=True, slots=True)
class Taken:
    """A rate that was added, and the word for what it is of."""

    rate: questions.Listed
    name: str


def page(request: Entered, slug: str) -> HttpResponse:
    """Show the rates, add some, or take one back."""
    deed, problem = request.POST.get("deed", ""), ""
    if request.method == "POST":
        try:
            says = _DEEDS.get(deed, _add)(request)
        except Refusal as refusal:
            problem = words.refused(refusal)
        else:
            leave(request, Toast(says))
            return redirect("settings_rates", slug=slug)
    own = request.books.country
    context = {
        "standing": sorted(questions.standing(actor=request.actor, today=request.today),
                           key=lambda one: one.series.country != own),
        "added": [Taken(one, _name(one.country, one.kind)) for one in questions.added(actor=request.actor)],
        "may_add": questions.may_add(actor=request.actor),
        "choices": [(_key(one), f"{words.said(COUNTRIES[one.country].name)}: {words.said(one.name)}")
                    for one in SERIES],
        "filled": {name: request.POST.get(name, "") for name in FIELDS} if deed == "add" and problem else {},
        "problem": problem, "deed": deed,
    }  # fmt: skip
    return shown(request, "settings/rates.html", context, status=422 if problem else 200)


def _add(request: Entered) -> str:
    """Add the one that was filled in."""
    country, _, kind = request.POST.get("series", "").partition(" ")
    told = Told(
        place=_name(country, kind),
        country=country,
        kind=kind,
        valid_from=request.POST.get("valid_from", "").strip(),
        known_until="",
        percent=request.POST.get("percent", "").strip().removesuffix("%").strip(),
        source=request.POST.get("source", "").strip(),
    )
    return _done(verbs.add(rates=[told], actor=request.actor, today=request.today))


def _take_in(request: Entered) -> str:
    """Add those of a file."""
    file = request.FILES.get("file")
    name = (file.name or "")[:60] if file else gettext("The file")
    data = file.read(rate_list.MOST_BYTES + 1) if file else b""
    return _done(verbs.add(rates=rate_list.read(data, name), actor=request.actor, today=request.today))


def _take_back(request: Entered) -> str:
    """Take one back."""
    country, kind = (request.POST.get(name, "") for name in ("country", "kind"))
    day = typed.day(request.POST.get("valid_from", ""))
    verbs.take_back(country=country, kind=kind, valid_from=day, actor=request.actor, today=request.today)
    return gettext("The rate was taken back.")


_DEEDS: dict[str, Callable[[Entered], str]] = {"file": _take_in, "take_back": _take_back}


def _done(added: verbs.Added) -> str:
    if not added.new:
        return gettext("That was known already: nothing changed.")
    return gettext("Kept. It counts from now on, also for what is reckoned back.")


def _key(series: Series) -> str:
    return f"{series.country} {series.kind}"


def _name(country: str, kind: str) -> str:
    """Give the words for a kind of rate; of one that the law here does not reckon with, its code."""
    return next((words.said(one.name) for one in SERIES if one[:2] == (country, kind)), f"{country} {kind}")
