"""Who may do what in these books: let somebody in, give another role, end it, and the link for the first time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.queries import people as questions
from voldaan.rules.permissions import Role
from voldaan.rules.refusals import Refusal, mark
from voldaan.usecases import people as verbs
from voldaan.web.entered import Entered
from voldaan.web.settings.confirmed import sensitive
from voldaan.web.settings.shelf import shown
from voldaan.web.toasts import Toast, leave

MAY = {
    Role.OWNER: mark("does everything, also accounts, mail and users"),
    Role.CONTROLLER: mark("keeps the books and follows up, approves and sends"),
    Role.CALLER: mark("makes calls, and writes down what came of them"),
    Role.ACCOUNTANT: mark("keeps the books and prepares, closes periods; approves nothing"),
    Role.AUDITOR: mark("reads everything, changes nothing"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One person in these books."""

    member: questions.Member
    role: str
    seen: datetime | None  # by the clock where the books are
    is_self: bool


@dataclass(frozen=True, slots=True)
class Link:
    """The link that lets a person in once; shown on this page and nowhere else."""

    email: str
    address: str


def page(request: Entered, slug: str) -> HttpResponse:
    """Show who is in, or change it."""
    if request.method != "POST":
        return _page(request)
    email, deed = request.POST.get("email", "").strip(), request.POST.get("deed", "")
    try:
        says, more, link = _do(request, deed, email)
    except Refusal as refusal:
        return _page(request, deed=deed, problem=words.refused(refusal), status=422)
    if link:
        return _page(request, link=link, says=f"{says} {more}".strip())
    leave(request, Toast(f"{says} {more}".strip()))
    return redirect("settings_people", slug=slug)


def _do(request: Entered, deed: str, email: str) -> tuple[str, str, Link | None]:
    who: dict[str, Any] = {"actor": request.actor, "today": request.today}
    role = request.POST.get("role", "")
    facts = {"email": email, "role": words.word(words.ROLES, role)}
    match deed:
        case "role":
            says = gettext("{email} is {role} from now on.").format(**facts)
            return says, sensitive(request, says, lambda: verbs.change_role(email=email, role=role, **who)), None
        case "remove":
            says = gettext("{email} has no role here any more.").format(**facts)
            return says, sensitive(request, says, lambda: verbs.remove(email=email, **who)), None
        case "link":
            says = gettext("A new link was made for {email}; earlier ones do not work any more.").format(**facts)
            links: list[str] = []
            more = sensitive(request, says, lambda: links.append(_invited(request, email)))
            return says, more, Link(email, links[0])
    says = gettext("{email} was let in as {role}.").format(**facts)
    more = sensitive(request, says, lambda: verbs.add(email=email, role=role, **who))
    try:
        return says, more, Link(email, _invited(request, email))
    except verbs.HasPassword:
        return f"{says} {gettext('The password that this person has here opens these books as well.')}", more, None
    except verbs.MemberElsewhere as refusal:
        return f"{says} {words.refused(refusal)}", more, None


def _invited(request: Entered, email: str) -> str:
    token = verbs.invite(email=email, actor=request.actor, today=request.today, now=request.now)
    return f"{settings.BASE_URL}{reverse('start_link', args=[token])}"


def _page(request: Entered, *, deed: str = "", problem: str = "", link: Link | None = None, says: str = "",
          status: int = 200) -> HttpResponse:  # fmt: skip
    zone, seen = ZoneInfo(request.books.time_zone), questions.last_seen(actor=request.actor)
    own = request.user.email if request.user.is_authenticated else ""
    is_new = deed == "add"
    context = {
        "rows": [
            Row(one, words.word(words.ROLES, one.role),
                seen[one.email].astimezone(zone) if one.email in seen else None, one.email == own)
            for one in questions.people(actor=request.actor)
        ],
        "roles": [(one.value, words.word(words.ROLES, one.value), words.said(does)) for one, does in MAY.items()],
        "email": request.POST.get("email", "") if is_new else "",
        "role": request.POST.get("role", "") if is_new else Role.CONTROLLER.value,
        "is_new": is_new,
        "problem": problem,
        "link": link,
        "says": says,
    }  # fmt: skip
    return shown(request, "settings/people.html", context, status=status)
