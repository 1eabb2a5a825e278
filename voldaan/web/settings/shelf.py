"""What stands around every page of the settings: the list beside it, what owners should know, and who may change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.queries import notices as questions
from voldaan.rules.mailboxes import Security
from voldaan.rules.outbox import Live
from voldaan.rules.permissions import Deed
from voldaan.rules.references import iban, print_iban
from voldaan.rules.refusals import mark
from voldaan.usecases.events import SENTENCES
from voldaan.web.entered import Entered
from voldaan.web.rights import RIGHTS
from voldaan.web.settings import confirmed


@dataclass(frozen=True, slots=True)
class Shelf:
    """One entry of the list: the page it leads to, and the pages that belong to it."""

    page: str
    word: str  # marked
    icon: str
    pages: tuple[str, ...] = ()


SHELVES = (
    Shelf("settings", mark("Your company"), "building-2"),
    Shelf("settings_terms", mark("Payment terms"), "handshake"),
    Shelf("settings_follow_up", mark("Follow-up"), "list-checks"),
    Shelf("settings_accounts", mark("Accounts"), "landmark"),
    Shelf("settings_bookkeeping", mark("Bookkeeping"), "book-open-check"),
    Shelf("settings_sender", mark("Sender and mail server"), "at-sign", ("settings_sender_trial",)),
    Shelf("settings_sending", mark("Sending"), "send"),
    Shelf("settings_people", mark("Users and roles"), "users"),
    Shelf("settings_rates", mark("Statutory interest"), "percent"),
    Shelf("settings_texts", mark("Texts"), "file-text", ("settings_text",)),
)

LIVE = {
    Live.OFF.value: mark("off"),
    Live.SELF.value: mark("to yourself"),
    Live.ON.value: mark("on"),
}
SECURITY = {
    Security.TLS: mark("Encrypted from the start (port 465)"),
    Security.STARTTLS: mark("Encryption turned on first (STARTTLS, port 587)"),
    Security.PLAIN: mark("Without encryption, in a network that I trust"),
}
SENDER_SETTINGS = {
    "live": mark("Sending"),
    "sender": mark("The sender address"),
    "smtp": mark("The mail server"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One change that owners should know of, in words."""

    says: str
    by: str
    at: datetime  # by the clock where the books are


def shown(request: Entered, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Show a page of the settings."""
    assert request.resolver_match is not None
    here = request.resolver_match.view_name
    deed = RIGHTS[here].do
    may_change = isinstance(deed, Deed) and request.actor.may(deed)
    around = {
        "shelves": [
            (reverse(one.page, args=[request.books.slug]), one, here in (one.page, *one.pages)) for one in SHELVES
        ],
        "told": told(request) if here == SHELVES[0].page or here in confirmed.PAGES else [],
        "may_change": may_change,
        "must_confirm": may_change and here in confirmed.PAGES and not confirmed.is_fresh(request),
        "confirm_at": confirmed.address(request),
    }
    return render(request, template, around | context, status=status)


def told(request: Entered) -> list[Told]:
    """Say what changed in the last days that an owner should know of."""
    zone = ZoneInfo(request.books.time_zone)
    return [
        Told(_says(one), one.by or one.via, one.at.astimezone(zone))
        for one in questions.notices(actor=request.actor, today=request.today)
    ]


def _says(one: questions.Notice) -> str:
    said = words.said(SENTENCES[one.kind], **{name: _fact(name, value) for name, value in one.facts.items()})
    return f"{one.about}: {said}" if one.about else said


def _fact(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    match name:
        case "setting":
            return words.word(SENDER_SETTINGS, value)
        case "iban":
            return printed(value)
        case "role":
            return words.word(words.ROLES, value)
        case "before" | "after":
            known = words.ROLES | LIVE
            return printed(words.word(known, value)) if value else gettext("nothing")
    return value


def printed(account: str) -> str:
    """Write an account in groups; other words stay as they are."""
    return print_iban(account) if iban(account) == account else account
