"""A real browser before the real pages. Needs chromium: `apt install chromium`, or CHROMIUM=/path/to/it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import absent
from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG
from voldaan.config import clock
from voldaan.usecases import administrations, people, runs

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PASSWORD = "een lange zin die niemand raadt"
TODAY = date(2027, 3, 1)

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the browser once."""
    where = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not where:
        absent("chromium", "there is no chromium here")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # its driver runs a loop in this thread
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=where, args=QUIET)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def house(transactional_db: None, settings: Any) -> House:
    """Give books with work in them, on a fixed day."""
    settings.TODAY_INSTEAD = datetime.combine(TODAY, datetime.min.time().replace(hour=12))
    house = House.opened(today=TODAY)
    administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=TODAY)
    for n in range(1, 13):
        house.debtor(f"Klant {n}", number=f"{n}", email=f"k{n}@b.example", kind="business")
        house.invoice(f"{n}", f"F{n}", f"{n}10.00", issued="2027-02-01", due="2027-02-15")
    house.debtor("Brief & Zonen", number="99", street="Kade 1", postcode="1011 AB", city="Amsterdam",
                 kind="business")  # fmt: skip
    house.invoice("99", "F99", "5.00", issued="2026-10-01", due="2026-10-15")
    runs.run(actor=house.actor, today=TODAY)
    return house


@pytest.fixture
def complaints() -> list[str]:
    """Collect what the browser complains of: none of it may be there at the end."""
    return []


@pytest.fixture
def opened(chromium: Browser, live_server: Any, complaints: list[str]) -> Iterator[Open]:
    """Open a page, as nobody yet; the words are those of a browser's context."""
    contexts = []

    def open_(path: str = "/", **words: Any) -> Page:
        context = chromium.new_context(base_url=live_server.url, locale="nl-NL", **words)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def entered(opened: Open, house: House) -> Open:
    """Open a page as the owner, who comes in by the link."""
    token = people.invite(email=OWNER, actor=house.actor, today=house.today, now=clock.now())

    def enter(path: str = f"/{SLUG}/", **words: Any) -> Page:
        nonlocal token
        page = opened(f"/start/{token}/" if token else "/account/login/", **words)
        if token:
            page.get_by_label("Wachtwoord").fill(PASSWORD)
            page.get_by_role("button", name="Beginnen").click()
            token = ""
        else:
            page.get_by_label("E-mail").fill(OWNER)
            page.get_by_label("Wachtwoord").fill(PASSWORD)
            page.get_by_role("button", name="Aanmelden", exact=True).click()
        page.wait_for_url(f"**/{SLUG}/")
        page.goto(path)
        return page

    return enter


def press(page: Page, key: str) -> None:
    """Press a key once the page listens to keys: its words may stand there a moment before its scripts ran."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def broken_rules(page: Page, **options: Any) -> list[str]:
    """Name what axe finds wrong on a page."""
    # A mail in its frame runs no script, so no axe either: it would be waited for without end.
    # What is right need not be listed node by node: that takes more time than all the looking.
    words = {"iframes": False, "resultTypes": ["violations"], **options}
    found = Axe().run(page, options=words).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']][:3]}" for one in found]


def overflow(page: Page) -> int:
    """Give by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
