"""The bank inbox by keyboard from top to bottom, and the remainder that runs along while somebody types."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, press
from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import SLUG

INBOX = f"/{SLUG}/ontvangsten/"
DAY = date(2027, 2, 22)


@pytest.fixture
def paid(house: House) -> House:
    """Let three receipts wait of one customer: a part, one with two ways to book it, and one of nobody known."""
    house.debtor("Ontvangst", number="701")
    for n in (1, 2):
        house.invoice("701", f"R2027-100{n}", "100.00", issued="2027-02-01", due="2027-02-15")
    moved = [
        files.Movement(DAY, 3_000, name="Iemand", text="deel van R2027-1001"),
        files.Movement(DAY, 5_000, name="Iemand", text="R2027-1001 en R2027-1002"),
        files.Movement(DAY, 777, name="Niemand", text="rente"),
    ]
    files.bring(house, files.camt053(moved), "ochtend.xml")
    return house


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('[data-row]')?.querySelector('h2').textContent.trim()"))


def test_a_morning_goes_by_keyboard_from_top_to_bottom(entered: Open, paid: House):
    page = entered(INBOX)
    before = page.locator("[data-row]").count()
    press(page, "j")
    first = page.evaluate("document.activeElement.id")
    press(page, "ArrowDown")
    second = page.evaluate("document.activeElement.id")
    assert first != second
    press(page, "k")
    assert page.evaluate("document.activeElement.id") == first
    press(page, "v")
    assert page.evaluate("document.activeElement.matches('[data-choice]')")
    press(page, "Enter")
    expect(page.locator(".toast")).to_be_visible()
    assert page.locator("[data-row]").count() == before - 1
    assert page.evaluate("document.activeElement.id") == second, "who books goes on at the next"
    press(page, "u")
    expect(page.locator("[data-row]")).to_have_count(before)


def test_enter_does_nothing_where_nothing_is_proposed(entered: Open, paid: House):
    page = entered(f"{INBOX}?soort=geen&tekst=rente")
    press(page, "j")
    assert focused(page) == "Niemand"
    press(page, "Enter")
    press(page, "v")
    assert page.locator("[data-row]").count() == 1
    assert page.url.endswith("tekst=rente")


def test_the_remainder_runs_along_while_somebody_types(entered: Open, paid: House):
    page = entered(f"{INBOX}?tekst=R2027-1002")
    press(page, "d")
    page.get_by_role("button", name="Uitrekenen").wait_for(state="detached")
    left = page.locator("#remainder b")
    expect(left).to_have_text("€ 50,00")
    page.locator("input.short").first.fill("12,34")
    expect(left).to_have_text("€ 37,66")
    page.get_by_role("checkbox").nth(1).check()
    expect(left).to_have_text("€ 0,00")
    page.locator("input.short").first.press("Enter")
    assert page.url.endswith("/verdelen/"), "only the button books"
