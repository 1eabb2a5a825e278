"""Inlezen: files dropped here are recognised, and taken in whole or not at all; what became of each is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from voldaan import formats
from voldaan.look import words
from voldaan.queries import bank_places
from voldaan.queries.remittance_advices import WaitingAdvice, waiting_advices
from voldaan.rules.papers import Problem
from voldaan.rules.statements import INTERIM, STATEMENTS
from voldaan.usecases import fetching, remittance_advices
from voldaan.usecases import files as verbs
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave

MOST_ADVICES = 50  # that wait, on one page
MOST_REFUSED = 50  # files that came by themselves, on one page
MOST_SHOWN = 3  # problems of each of those: all stand beside the file
MOST_PROBLEMS = 20  # of one file: the rest is counted


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one file, in words."""

    file: str
    what: str  # what it was recognised as
    sign: words.Sign
    answer: verbs.Imported
    does_add_up: bool | None  # the total that the file gives and the one read; None: it gives none
    problems: list[tuple[str, str]]  # place and sentence
    more: int  # problems that are left out


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Ask for files, or take in those that came."""
    if request.method != "POST":
        return render(request, "imports/page.html", {"told": [], "advices": _waiting(request), **_from_banks(request)})
    lenient = request.POST.get("accept_unbalanced") == "yes"
    answers = [told(answer) for file in request.FILES.getlist("files") for answer in _brought(file, request, lenient)]
    shown = {"told": answers, "is_asked": not answers, "advices": _waiting(request)}
    return render(request, "imports/page.html", shown | _from_banks(request))


def remove_advice(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Set a list of a payer aside."""
    remittance_advices.remove(advice=id, actor=request.actor, today=request.today)
    leave(request, Toast(gettext("Removed. The same file may come in again.")))
    return redirect("imports", slug=slug)


def done_with(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Say that a refused file needs nothing any more."""
    name = fetching.done_with(file=id, actor=request.actor, today=request.today)
    leave(request, Toast(gettext("{name} needs nothing any more.").format(name=name)))
    return redirect("imports", slug=slug)


def _from_banks(request: Entered) -> dict[str, Any]:
    """Give the places where banks leave files, and what was refused there, in words."""
    zone = ZoneInfo(request.books.time_zone)
    seen = [
        (one, one.looked_at.astimezone(zone), words.said(one.says, **one.facts))
        for one in bank_places.places(actor=request.actor)
    ]
    refused = [
        (one, [(words.place(p["place"]), words.said(p["what"], **p["facts"])) for p in one.problems[:MOST_SHOWN]])
        for one in bank_places.refused_files(most=MOST_REFUSED, actor=request.actor)
    ]
    return {"places": seen, "refused": refused, "refused_sign": words.IMPORTS["refused"]}


def _waiting(request: Entered) -> list[WaitingAdvice]:
    return waiting_advices(most=MOST_ADVICES, actor=request.actor)


def _brought(file: UploadedFile[Any], request: Entered, accept_unbalanced: bool) -> Iterator[verbs.Imported]:  # noqa: FBT001
    for name, source in formats.unwrapped(file.name or "", cast("BinaryIO", file)):
        if isinstance(source, Problem):
            yield verbs.refused(name, None, [source])
        else:
            yield verbs.bring_in(name=name, source=source, accept_unbalanced=accept_unbalanced, hold=True,
                                 actor=request.actor, today=request.today)  # fmt: skip


def told(answer: verbs.Imported) -> Told:
    """Say what became of a file."""
    problems: list[dict[str, Any]] = [*answer.problems, *answer.questions]
    said = [(words.place(one["place"]), words.said(one["what"], **one["facts"])) for one in problems[:MOST_PROBLEMS]]
    asked, read = answer.control_total_cents, answer.total_cents
    return Told(
        answer.file, _kind(answer.format), words.IMPORTS[answer.result], answer,
        None if asked is None or read is None else asked == read, said, max(len(problems) - MOST_PROBLEMS, 0),
    )  # fmt: skip


def _kind(format_: str | None) -> str:
    """Name what a file is."""
    match format_:
        case None:
            return gettext("not recognised")
        case _ if format_ in STATEMENTS:
            return gettext("bank statement ({format})").format(format=format_.upper())
        case "bank-csv":
            return gettext("bank statement ({format})").format(format="CSV")
        case _ if format_ in INTERIM:
            return gettext("movements told by the bank in between ({format})").format(format=format_.upper())
        case _ if format_.startswith("advice-"):
            return gettext("what a payer says to pay")
        case "ubl":
            return gettext("e-invoice (UBL)")
        case _:
            return gettext("list of open items")
