"""Opvolging: where the follow-up stands, and what a day would bring beside the one before it."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from voldaan.countries import COUNTRIES
from voldaan.look import words
from voldaan.queries import hindered, outbox, ready
from voldaan.rules.days import sending_day
from voldaan.rules.permissions import Deed
from voldaan.rules.strategy import REASONS, Because
from voldaan.usecases import runs
from voldaan.web import mending, tasks
from voldaan.web.compared import GROUPS, Group, compare, lines
from voldaan.web.entered import Entered
from voldaan.web.typed import choice, number

ON_ONE_PAGE = 50
WAITING = [because.value for because in Because if because not in (Because.DUE, Because.NEEDS_APPROVAL)]


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show where the follow-up stands: what was decided last, and what waits for whom."""
    actor = request.actor
    last, waiting = ready.stand(actor=actor, today=request.today)
    stand = outbox.stand(actor=actor, today=request.today)
    context = {
        "last": last,
        "is_decided": last is not None and last.day == request.today,
        "next_day": next_day(request),
        "counts": {which.value: count for which, count in stand.counts.items()},
        "tasks": waiting,
        "gate": stand.gate,
        "may_prepare": actor.may(Deed.PREPARE_RUN),
    }
    return render(request, "follow_up/page.html", context)


def day(request: Entered, slug: str) -> HttpResponse:
    """Show what today would bring, or the next sending day; or carry out today."""
    if request.method == "POST":
        return tasks.decide(request, slug)
    actor, is_next = request.actor, choice(request.GET, "dag", ["volgende"]) == "volgende"
    on = next_day(request) if is_next else request.today
    found = runs.run(dry_run=True, actor=actor, today=on)
    last = ready.last_run(before=on, actor=actor)
    groups = compare(found, ready.ready(days=[last.day, on] if last else [on], actor=actor), on)
    chosen = _chosen(
        choice(request.GET, "welke", [group.value for group in Group]),
        {group: len(rows) for group, rows in groups.items()},
    )
    start = number(request.GET.get("vanaf", "")) or 0
    rows = groups[chosen]
    asked = {"dag": "volgende"} if is_next else {}
    behind = start + ON_ONE_PAGE
    context = {
        "title": _title(found, on, is_today=not is_next),
        "on": on,
        "is_next": is_next,
        "next_day": next_day(request),
        "last": last,
        "ways": [(urlencode(asked | {"welke": group.value}), GROUPS[group], len(groups[group]), group is chosen)
                 for group in Group],
        "lines": lines(rows[start:behind], request=request, day=on),
        "previous": urlencode(asked | {"welke": chosen.value, "vanaf": max(start - ON_ONE_PAGE, 0)}) if start else "",
        "next": urlencode(asked | {"welke": chosen.value, "vanaf": behind}) if behind < len(rows) else "",
        "waiting": [(found.counts[reason], REASONS[reason]) for reason in WAITING if found.counts[reason]],
        "hindered": _hindered(found, request),
        "hindered_left": max(len(found.hindered) - ON_ONE_PAGE, 0),
        "is_stale": bool(found.counts[Because.BANK_STALE.value]),
        "decided": found.decided,
    }  # fmt: skip
    return render(request, "follow_up/day.html", context)


def _hindered(found: runs.Run, request: Entered) -> list[tuple[runs.Hindered, str, str, mending.Mend | None]]:
    """Give the first of what the law keeps waiting, by customer: its invoice, why, and where that is mended."""
    shown = sorted(found.hindered, key=lambda one: (one.debtor, one.invoice))[:ON_ONE_PAGE]
    places = hindered.places([one.receivable_id for one in shown], actor=request.actor) if shown else {}
    rows = []
    for one in shown:
        at = places[one.receivable_id]
        rows.append((one, at.invoice, words.why(one.decision),
                     mending.mend(one.decision.obstacle, request.books.slug, debtor=one.debtor_id, invoice=at.invoice,
                                  notice=at.notice)))  # fmt: skip
    return rows


def next_day(request: Entered) -> date:
    """Give the next day on which anything may leave."""
    return sending_day(request.today + timedelta(1), COUNTRIES[request.books.country])


def _chosen(said: str, counts: dict[Group, int]) -> Group:
    """Give the rows that are asked for, or the first of which there are any."""
    asked = next((group for group in Group if group.value == said), None)
    return asked or next((group for group in Group if counts[group]), Group.NEW)


def _title(found: runs.Run, on: date, *, is_today: bool) -> str:
    customers = len({one.debtor_id for one in found.messages})
    when = gettext("Today") if is_today else words.own_tongue().long_day(on)
    return words.brings(when, customers, len(found.tasks))
