"""Ontvangsten, as somebody does it: by keyboard (J5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TODAY, Open, broken_rules, press
from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import SLUG

INBOX = f"/{SLUG}/ontvangsten/"


@pytest.fixture
def paid(house: House) -> House:
    """Let four receipts wait; nobody knows whose the oldest is."""
    day = TODAY - timedelta(2)
    moved = [files.Movement(day - timedelta(1), 777, name="Rente")]
    moved += [files.Movement(day, 5_000, name=f"Klant {n}", text=f"deel van F{n}") for n in (7, 8, 9)]
    files.bring(house, files.camt053(moved), "afschrift.xml")
    return house


def waits(page: Page, *names: str) -> None:
    expect(page.locator(".receipt h2")).to_have_text(names)
    page.wait_for_load_state()  # now it hears keys


def test_with_the_keyboard_alone_until_every_receipt_has_its_place(entered: Open, paid: House):
    page = entered(INBOX)
    waits(page, "Klant 7", "Klant 8", "Klant 9", "Rente")  # a yes is enough for the first three
    assert not broken_rules(page)
    press(page, "a")
    waits(page, "Klant 8", "Klant 9", "Rente")
    press(page, "u")
    waits(page, "Klant 7", "Klant 8", "Klant 9", "Rente")
    press(page, "a")
    waits(page, "Klant 8", "Klant 9", "Rente")
    press(page, "x")
    waits(page, "Klant 9", "Rente", "Klant 8")
    press(page, "i")
    page.keyboard.type("F9")  # letters are words here
    press(page, "Tab")
    page.keyboard.type("20,00")
    press(page, "Enter")
    expect(page.locator(".receipt:target")).to_contain_text("waarvan € 30,00 nog niet is geboekt")
    waits(page, "Rente", "Klant 8", "Klant 9")
    press(page, "k")  # from the one of which a part waits, to the first
    press(page, "k")
    press(page, "n")
    waits(page, "Klant 8", "Klant 9")
    press(page, "c")
    page.keyboard.type("8")
    press(page, "Enter")
    waits(page, "Klant 9")
    press(page, "c")
    page.keyboard.type("9")
    press(page, "Enter")
    expect(page.locator("h1")).to_have_text("Elke ontvangst heeft haar plaats")


def test_a_key_books_nothing_that_is_out_of_sight(entered: Open, paid: House):
    # A window of 1280 pixels at a zoom of 400 %.
    page = entered(INBOX, viewport={"width": 320, "height": 320}, reduced_motion="reduce")
    press(page, "a")
    yes = page.get_by_role("button", name="Zo boeken").first
    expect(yes).to_be_focused()
    expect(yes).to_be_in_viewport(ratio=1)
    press(page, "a")
    waits(page, "Klant 8", "Klant 9", "Rente")
