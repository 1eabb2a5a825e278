"""What is done about the work of today where it stands: decide it, finish a task, settle what nobody knows, print."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, ngettext

from voldaan.countries import COUNTRIES
from voldaan.look import words
from voldaan.rules.days import sending_day
from voldaan.usecases import follow_up, messages, runs, sending
from voldaan.web import refused
from voldaan.web.entered import Entered
from voldaan.web.toasts import TIME_TO_UNDO, Toast, leave
from voldaan.web.typed import day


def decide(request: Entered, slug: str) -> HttpResponse:
    """Decide what every customer gets today."""
    found = runs.run(actor=request.actor, today=request.today)
    count, tasks = len(found.messages), len(found.tasks)
    said = [ngettext("%(count)d message decided", "%(count)d messages decided", count) % {"count": count},
            ngettext("%(count)d task", "%(count)d tasks", tasks) % {"count": tasks}]  # fmt: skip
    says, country = gettext("{messages}, {tasks}.").format(messages=said[0], tasks=said[1]), request.books.country
    if COUNTRIES[country].is_quiet(request.today):
        next_ = words.own_tongue().long_day(sending_day(request.today, COUNTRIES[country]))
        says += " " + gettext("Nothing leaves today. The next sending day is {day}.").format(day=next_)
    leave(request, Toast(says))
    return _on(request, slug)


def done(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002 - the words of the address
    """Finish a task, with what came of it."""
    follow_up.done(id=id, outcome=request.POST.get("outcome", ""), actor=request.actor, today=request.today)
    leave(request, Toast(gettext("Done. It stands on the page of the customer.")))
    return _on(request, slug)


def skip(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Pass a task over, for a reason."""
    follow_up.skip(id=id, reason=request.POST.get("reason", ""), actor=request.actor, today=request.today)
    leave(request, Toast(gettext("Skipped. The next step counts from today.")))
    return _on(request, slug)


def put_off(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Put a task off to a day, for a reason; for a minute it is taken up again where that is said."""
    until = day(request.POST.get("until", ""))
    follow_up.put_off(id=id, until=until, reason=request.POST.get("reason", ""), actor=request.actor,
                      today=request.today)  # fmt: skip
    said = gettext("Put off until {day}.").format(day=words.own_tongue().day(until))
    undo = reverse("task_take_up", args=[slug, id])
    leave(request, Toast(said, undo=undo, until=(request.now + TIME_TO_UNDO).isoformat()))
    return _on(request, slug)


def take_up(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Take up a task that was put off."""
    follow_up.take_up(id=id, actor=request.actor, today=request.today)
    leave(request, Toast(gettext("It is on the list again.")))
    return _on(request, slug)


def resolve(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Settle a message of which nobody knew whether it left."""
    said = request.POST.get("sent")
    if said not in ("yes", "no"):
        raise Http404  # neither is guessed: the one would be sent again, the other never
    messages.resolve(message=id, was_sent=said == "yes", actor=request.actor, today=request.today)
    leave(request, Toast(gettext("Settled.")))
    return redirect(refused.back(request))


def letters(request: Entered, slug: str) -> HttpResponse:
    """Hand over the letters as one PDF for the printer; or write down that they are in the post."""
    is_posted = request.POST.get("posted") == "yes"
    printed = sending.print_letters(confirm=is_posted, only_printed=is_posted, actor=request.actor,
                                    today=request.today, now=request.now)  # fmt: skip
    if is_posted:
        count = len(printed.ids)
        said = ngettext("%(count)d letter is in the post.", "%(count)d letters are in the post.", count)
        leave(request, Toast(said % {"count": count}))
        return _on(request, slug)
    named = content_disposition_header(as_attachment=True, filename=printed.name) or "attachment"
    return HttpResponse(printed.content, content_type="application/pdf", headers={"Content-Disposition": named})


def _on(request: Entered, slug: str) -> HttpResponse:
    """Go on where the work is listed, as it was chosen there."""
    return redirect(refused.back(request) if request.POST.get("back") else f"{reverse('overview', args=[slug])}#work")
