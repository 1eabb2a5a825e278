"""Ctrl+K, as somebody uses it: by keyboard alone, on a phone, and without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, broken_rules, overflow, press
from tests.tools.house import House
from tests.web.conftest import SLUG


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_the_keyboard_alone_from_anywhere(entered: Open, house: House, scheme):
    page = entered(f"/{SLUG}/facturen/", color_scheme=scheme)
    press(page, "Control+k")
    field = page.get_by_role("dialog").get_by_role("searchbox")
    expect(field).to_be_focused()
    page.keyboard.type("klant 1")
    hits = page.locator("#palette-found a")
    expect(hits).to_have_count(4)
    assert not broken_rules(page)
    press(page, "ArrowDown")
    expect(hits.first).to_be_focused()
    press(page, "ArrowUp")
    expect(field).to_be_focused()
    press(page, "Enter")
    page.wait_for_url("**/klanten/*/")
    expect(page.locator("h1")).to_have_text("Klant 1")


def test_keys_of_the_page_behind_it_mean_nothing(entered: Open, house: House):
    page = entered(f"/{SLUG}/goedkeuren/")
    press(page, "Control+k")
    page.keyboard.type("goedk")
    expect(page.locator("#palette-found a")).to_have_count(1)
    press(page, "ArrowDown")
    for key in "aj":
        press(page, key)
    expect(page.locator("#palette")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("#whose")).to_have_text("Brief & Zonen")


def test_on_a_phone_its_sign_opens_it(entered: Open, house: House):
    page = entered(viewport={"width": 320, "height": 640})
    page.locator(".find").click()
    page.keyboard.type("510,00")
    expect(page.locator("#palette-found a")).to_have_count(1)
    assert overflow(page) <= 0
    page.locator("#palette-found a").click()
    page.wait_for_url("**/facturen/*/")


def test_without_a_script_it_is_a_page(entered: Open, house: House):
    page = entered(java_script_enabled=False)
    page.locator(".find").click()
    page.get_by_label("Een klant, factuur, bedrag, rekening of pagina").first.fill("F7")
    page.get_by_role("main").get_by_role("button", name="Zoeken").click()
    expect(page.locator(".hits a")).to_have_count(1)


def test_the_page_of_the_search_has_its_field_at_every_width(entered: Open, house: House):
    page = entered(f"/{SLUG}/zoeken/")
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        expect(page.locator("main").get_by_role("searchbox")).to_be_visible()
