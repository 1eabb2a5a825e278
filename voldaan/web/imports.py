"""Inlezen: files dropped here are recognised, and taken in whole or not at all; what became of each is told."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from voldaan import formats
from voldaan.look import words
from voldaan.queries import bank_places
from voldaan.queries.held_lists import opened
from voldaan.queries.remittance_advices import WaitingAdvice, waiting_advices
from voldaan.rules.papers import Problem
from voldaan.rules.timetable import TIMETABLE, Job, Rounds
from voldaan.usecases import brought_files, fetching, remittance_advices
from voldaan.usecases import files as verbs
from voldaan.web import brought
from voldaan.web.entered import Entered
from voldaan.web.toasts import Toast, leave
from voldaan.web.told import told

BETWEEN_LOOKS = cast("Rounds", TIMETABLE[Job.FETCH]).every
MOST_ADVICES = 50  # that wait, on one page
MOST_REFUSED = 50  # files that came by themselves, on one page
MOST_SHOWN = 3  # problems of each of those: all stand beside the file
# Bytes of all files of one request that are taken in while the person waits. What takes longest for its size is a list:
# 9,000 items take about two seconds, 2,700 lines of MT940 one, 1,000 lines of CAMT less than half of one.
AT_ONCE = 1 << 19
MOST_FILES = 20  # of them, however small: after each, all receipts that wait are matched


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Ask for files, or take in those that came: the large ones are left to the worker.

    A script asks how far they are, again and again, and gets these alone.
    """
    if request.method != "POST":
        return brought.alone(request) if request.headers.get("HX-Request") else _page(request, [])
    came = ((file.name or "", cast("BinaryIO", file)) for file in request.FILES.getlist("files"))
    return _page(request, _taken(came, request), is_asked=not request.FILES)


def anyway(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Take in a statement that was refused only until a person says yes."""
    with opened(id, actor=request.actor) as file:
        return _page(request, _taken([file], request, accept_unbalanced=True))


def _page(request: Entered, answers: Iterable[verbs.Imported], *, is_asked: bool = False) -> HttpResponse:
    shown: dict[str, Any] = {"told": [told(answer) for answer in answers], "is_asked": is_asked}
    shown |= brought.shown(request) | _from_banks(request)
    return render(request, "imports/page.html", shown | {"advices": _waiting(request)})


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
        (one, moment := one.looked_at.astimezone(zone), moment + BETWEEN_LOOKS, words.said(one.says, **one.facts))
        for one in bank_places.places(actor=request.actor)
    ]
    refused = [_refused(one) for one in bank_places.refused_files(most=MOST_REFUSED, actor=request.actor)]
    return {"places": seen, "refused": refused, "refused_sign": words.IMPORTS["refused"]}


def _refused(one: bank_places.Refused) -> tuple[bank_places.Refused, list[tuple[str, str]], bool]:
    """Give a refused file with its first problems in words, and whether it comes in once a person says yes."""
    wants_a_yes = bool(one.held) and verbs.wants_a_yes(one.problems)
    return one, [words.problem(each, has_button=wants_a_yes) for each in one.problems[:MOST_SHOWN]], wants_a_yes


def _waiting(request: Entered) -> list[WaitingAdvice]:
    return waiting_advices(most=MOST_ADVICES, actor=request.actor)


def _taken(files: Iterable[tuple[str, BinaryIO]], request: Entered, *,
           accept_unbalanced: bool = False) -> Iterator[verbs.Imported]:  # fmt: skip
    """Take in what is small; what is large, and what came after it, is left to the worker in the same order."""
    left = 0 if brought_files.do_wait(request.actor.administration_id) else AT_ONCE  # never before what came before
    for whole, file in files:
        for name, source in formats.unwrapped(whole, file):
            if isinstance(source, Problem):
                yield verbs.refused(name, None, [source])
            elif (left := left - max(source.seek(0, os.SEEK_END), AT_ONCE // MOST_FILES)) >= 0:
                yield verbs.bring_in(
                    name=name, source=source, accept_unbalanced=accept_unbalanced, hold=True,
                    actor=request.actor, today=request.today,
                )  # fmt: skip
            else:
                brought_files.hand_over(
                    name=name, source=source, accept_unbalanced=accept_unbalanced,
                    actor=request.actor, today=request.today, machine=request.now,
                )  # fmt: skip
