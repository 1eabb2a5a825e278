"""Goedkeuren: what waits for a yes, one message beside the list, exactly as it will leave."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from voldaan.queries import approvals as questions
from voldaan.queries import messages as shown
from voldaan.rules.permissions import Deed
from voldaan.rules.unknown import NothingToShow
from voldaan.usecases import follow_up
from voldaan.usecases import messages as verbs
from voldaan.web.entered import Entered
from voldaan.web.toasts import TIME_TO_UNDO, Toast, leave
from voldaan.web.typed import number

ON_ONE_PAGE = 50


def page(request: Entered, slug: str, id: str = "") -> HttpResponse:  # noqa: A002 - the words of the address
    """Show what waits, beside one message of it: the one that is asked for, or the first; or approve that one."""
    if request.method == "POST":
        return _approve(request, slug, id)
    at = questions.place(id, actor=request.actor) if id else 0
    if at is None:
        return redirect("approvals", slug=slug)
    first = at // ON_ONE_PAGE * ON_ONE_PAGE
    before = min(first, 1)  # one row of the page before, and one of the page behind, to go on to
    desk = questions.desk(start=first - before, most=before + ON_ONE_PAGE + 1, actor=request.actor,
                          today=request.today)  # fmt: skip
    rows = desk.rows
    one = next((row for row in rows if row.id == id), None) if id else next(iter(rows), None)
    if id and one is None:
        return redirect("approvals", slug=slug)  # somebody else was quicker
    here = rows.index(one) if one else 0
    context = {
        "rows": rows[before : before + ON_ONE_PAGE],
        "sums": desk.sums,
        "one": one,
        "is_chosen": bool(id),
        "number": at + 1,
        "previous": rows[here - 1] if one and here else None,
        "next": rows[here + 1] if here + 1 < len(rows) else None,
        "letter": _seen(one.id, request) if one else None,
        "may_release": request.actor.may(Deed.RELEASE_RUN),
        "may_skip": request.actor.may(Deed.PREPARE_RUN),
    }
    return render(request, "approvals/page.html", context)


def _seen(id_: str, request: Entered) -> shown.Seen | None:
    try:
        return shown.seen(id_, actor=request.actor, today=request.today, now=request.now)
    except NothingToShow:
        return None  # all of it was paid meanwhile: an approval takes it off the list


def _approve(request: Entered, slug: str, id_: str) -> HttpResponse:
    behind, until = _behind(id_, request), request.now + TIME_TO_UNDO
    approved = verbs.approve(ids=[id_], not_before=until, actor=request.actor, today=request.today)
    _say(request, approved, until)
    return _on(slug, behind)


def approve_all(request: Entered, slug: str) -> HttpResponse:
    """Approve whatever carries no warning: as many as the page said, or as were typed, and no others."""
    typed = request.POST.get("count", "")
    until = request.now + TIME_TO_UNDO
    count = number(typed) or 0
    approved = verbs.approve(everything=True, count=count, not_before=until, actor=request.actor, today=request.today)
    _say(request, approved, until)
    return redirect("approvals", slug=slug)


def skip(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Pass a message over, for a reason."""
    behind = _behind(id, request)
    follow_up.skip(id=id, reason=request.POST.get("reason", ""), actor=request.actor, today=request.today)
    leave(request, Toast(gettext("Skipped. The next step counts from today.")))
    return _on(slug, behind)


def undo(request: Entered, slug: str) -> HttpResponse:
    """Let what was approved together wait again, as far as it did not leave."""
    try:
        until = datetime.fromisoformat(request.POST.get("key", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Http404 from None
    count = verbs.take_back(not_before=until, actor=request.actor, today=request.today)
    said = ngettext("%(count)d message waits again.", "%(count)d messages wait again.", count) % {"count": count}
    leave(request, Toast(said))
    return redirect("approvals", slug=slug)


def _behind(id_: str, request: Entered) -> str:
    """Name the message that is looked at when this one is done with: the next one, else the one before."""
    at = questions.place(id_, actor=request.actor)
    if at is None:
        return ""
    start = max(at - 1, 0)
    around = questions.waiting(start=start, most=3, actor=request.actor, today=request.today)
    ids = [one.id for one in around]
    here = at - start
    return ([*ids[here + 1 :], *reversed(ids[:here])] or [""])[0]


def _on(slug: str, id_: str) -> HttpResponse:
    return redirect("approval", slug=slug, id=id_) if id_ else redirect("approvals", slug=slug)


def _say(request: Entered, approved: verbs.Approved, until: datetime) -> None:
    count, changed, left = len(approved.released), len(approved.changed), len(approved.left)
    said = [ngettext("%(count)d message approved.", "%(count)d messages approved.", count) % {"count": count}]
    if changed:
        said.append(ngettext("%(count)d was not true any more, and is decided again.",
                             "%(count)d were not true any more, and are decided again.", changed)
                    % {"count": changed})  # fmt: skip
    if left:
        said.append(ngettext("%(count)d with a warning waits for a look.",
                             "%(count)d with a warning wait for a look.", left) % {"count": left})  # fmt: skip
    if count:
        undo_ = reverse("approvals_undo", args=[request.books.slug])
        leave(request, Toast(" ".join(said), undo=undo_, key=until.isoformat(), until=until.isoformat()))
    else:
        leave(request, Toast(" ".join(said[1:]) or gettext("Nothing waited that could be approved.")))
