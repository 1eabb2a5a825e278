"""What asks that it is really you: a stolen session, or a screen left open, changes no account and lets nobody in.

It is asked before the form is filled in, and again when the form comes back; a form is never kept and done later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.formats.plain_mail import Words
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import house_mail
from voldaan.web.entered import Entered

PAGES = {"settings_accounts", "settings_people", "settings_sender", "settings_sender_trial", "settings_sending"}


class NotConfirmed(Refusal):
    code = "not_confirmed"
    kind = Kind.CONFLICT
    says = mark("Nothing was changed: first confirm that it is you, and then do it once more.")


def is_fresh(request: Entered) -> bool:
    """Tell whether the person signed in, or confirmed it, only just."""
    records = get_authentication_records(request, request.user) if request.user.is_authenticated else []
    if not records:
        return False
    age = request.now.timestamp() - records[-1]["at"]
    return bool(age < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def address(request: Entered) -> str:
    """Give the page that asks for the password, and then leads back here."""
    assert request.resolver_match is not None
    is_read = request.resolver_match.view_name != "settings_sender_trial"
    back = request.path if is_read else reverse("settings_sender", args=[request.books.slug])
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"


def must_be_fresh(request: Entered) -> None:
    """Let the deed go on only when the person signed in, or confirmed it, only just.

    Raises:
        NotConfirmed: it is too long ago.
    """
    if not is_fresh(request):
        raise NotConfirmed


def sensitive(request: Entered, says: str, deed: Callable[[], object]) -> str:
    """Do what only a person who is really there may do, and tell all owners by mail; give what there is to add.

    Raises:
        NotConfirmed: it is too long ago that the person said who he is.
    """
    must_be_fresh(request)
    way = house_mail.way_to_owners(request.actor)
    deed()
    if way is None:
        return ""
    when = request.now.astimezone(ZoneInfo(request.books.time_zone))
    if house_mail.tell_owners(way, _notice(request, says, when), actor=request.actor, now=request.now):
        return gettext("All owners get a mail about it.")
    return gettext("The mail about it to all owners could not be sent; they see it here.")


def _notice(request: Entered, says: str, when: datetime) -> Words:
    text = gettext(
        "{what}\n\nIn the books of: {books}\nBy: {who}\nOn: {when}\n\nDid you do this, or did you know of it? Then you "
        "need not do anything. If not: sign in at once, look at Settings, and change your password.\n{address}\n"
    )
    who = request.user.email if request.user.is_authenticated else ""
    page = f"{settings.BASE_URL}{reverse('settings', args=[request.books.slug])}"
    return Words(
        gettext("Changed in the books of {books}").format(books=request.books.name),
        text.format(what=says, books=request.books.name, who=who, when=f"{when:%Y-%m-%d %H:%M}", address=page),
    )
