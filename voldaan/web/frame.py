"""What stands around every page: whose books they are, which others there are, and where one can go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest

from voldaan.look.addresses import address
from voldaan.queries.standing import MOST, Standing, standing
from voldaan.rules.outbox import Live
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import mark
from voldaan.web import toasts
from voldaan.web.entered import KEYS, THEME, Entered
from voldaan.web.rights import RIGHTS

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Room:
    """One entry of the navigation: the page it leads to, and the pages that belong to it."""

    page: str
    word: str  # marked
    icon: str
    pages: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # marked: other words by which somebody looks for it
    counts: str = ""  # what of the standing waits there
    key: str = ""  # after g


STATEMENT = mark("Take in a bank statement")
BEGINNING = Room("getting_started", mark("Getting started"), "rocket", ("old_debts",), key="b")  # until mail leaves
FOLLOW_UP = ("decide", "outbox", "outbox_message", "strategies", "strategy", "strategy_follow", "strategy_write")
OF_CUSTOMERS = ("contacts", "debtor", "debtor_merge", "dossier", "doubles", "missing", "statement", "statement_send",
                "timeline")  # fmt: skip
SETTINGS = (
    "settings_accounts",
    "settings_bookkeeping",
    "settings_follow_up",
    "settings_people",
    "settings_sender",
    "settings_sender_trial",
    "settings_sending",
    "settings_text",
    "settings_texts",
)
ROOMS = (
    Room("overview", mark("Today"), "list-checks", also=(mark("Ageing"),), counts="things", key="v"),
    Room("approvals", mark("Approve"), "mail-check", ("approval",), (mark("Messages"),), "messages", "g"),
    Room("follow_up", mark("Follow-up"), "route", FOLLOW_UP, key="p"),
    Room("customers", mark("Customers"), "users", OF_CUSTOMERS, key="k"),
    Room("invoices", mark("Invoices"), "receipt-text", ("invoice", "invoice_dossier", "invoice_send"), key="f"),
    Room("imports", mark("Take in"), "arrow-down-to-line", ("list_columns",), (STATEMENT,), key="i"),
    Room(
        "receipts",
        mark("Receipts"),
        "landmark",
        (
            "bank_days",
            "by_itself",
            "exports",
            "exports_hand_over",
            "payers",
            "receipt_search",
            "receipt_spread",
            "receipts_together",
            "rests",
        ),
        (mark("Bookkeeping"), mark("Small rests")),
        "receipts",
        "o",
    ),
    Room(
        "reports",
        mark("Reports"),
        "chart-column",
        ("bad_debt_vat", "limitation", "report_credits", "report_items"),
        key="r",
    ),
    Room("settings", mark("Settings"), "settings", SETTINGS, key="s"),
)
OPEN = (  # to anybody
    Room("calculator", mark("Calculate interest and costs"), "calculator", also=(mark("Interest"), mark("Costs"))),
    Room(
        "calculator_notice", mark("Calculate the days of a notice"), "calculator", also=(mark("Fourteen-day letter"),)
    ),
    Room("calculator_vat", mark("Calculate VAT on a bad debt"), "calculator", also=(mark("VAT"),)),
    Room("calculator_limitation", mark("Calculate limitation"), "calculator", also=(mark("Limitation"),)),
)
OWN = (  # of a person, not of books
    Room("account_change_password", mark("Change password"), "key-round", also=(mark("Password"),)),
    Room("mfa_index", mark("Second step and passkeys"), "shield-check", also=(mark("Account"),)),
)


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the navigation as it is shown."""

    address: str
    word: str
    icon: str
    is_here: bool = False
    also: tuple[str, ...] = ()
    waits: int = 0
    key: str = ""

    @property
    def count(self) -> str:
        """Tell how much waits there."""
        return f"{MOST - 1}+" if self.waits >= MOST else str(self.waits)


def ways(request: Entered) -> list[Way]:
    """List the pages that this reader may open, for the search."""
    others = (*OPEN, *OWN) if request.user.is_authenticated else OPEN
    return _rooms(request, None) + [Way(address(room.page), room.word, room.icon, also=room.also) for room in others]


def _rooms(request: Entered, standing: Standing | None) -> list[Way]:
    assert request.resolver_match is not None
    here = request.resolver_match.view_name
    return [
        Way(address(room.page, request.books.slug), room.word, room.icon, here in (room.page, *room.pages),
            room.also, getattr(standing, room.counts) if standing and room.counts else 0, room.key)
        for room in (ROOMS if request.books.is_demo or request.books.live == Live.ON.value else (BEGINNING, *ROOMS))
        if isinstance(deed := RIGHTS[room.page].see, Deed) and request.actor.may(deed)
    ]  # fmt: skip


def around(request: HttpRequest) -> dict[str, Any]:
    """Give every template what is shown around its page."""
    chosen = request.COOKIES.get(THEME)
    shown: dict[str, Any] = {"theme": chosen if chosen in THEMES else "", "languages": settings.LANGUAGES}
    shown["keys"] = "off" if request.COOKIES.get(KEYS) == "off" else "on"
    if hasattr(request, "now"):
        shown["toast"] = toasts.taken(request, cast("Entered", request).now)
    if not hasattr(request, "actor"):
        return shown
    entered = cast("Entered", request)
    books = entered.books
    may_read = entered.actor.may(Deed.READ_BOOKS)
    return shown | {
        "books": books,
        "others": [other for other, _ in entered.open_books.values() if other != books],
        "today": entered.today,
        "nav": _rooms(entered, standing(actor=entered.actor, today=entered.today) if may_read else None),
        "may_search": may_read,
        # Where a page tells what to type, it says whose books are meant once there are more.
        "voldaan": f"voldaan --administration {books.slug}" if len(entered.open_books) > 1 else "voldaan",
    }
