"""Goedkeuren, as somebody does it: by keyboard, without a script, on a phone (J3)."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, press
from tests.tools.house import House
from tests.web.conftest import SLUG
from voldaan.records.messages import Message

DESK = f"/{SLUG}/goedkeuren/"


def states(house: House) -> list[str]:
    rows = Message.objects.of(house.actor.administration_id)
    return sorted(rows.values_list("state", flat=True))


def whose(page: Page) -> str:
    return page.locator("#whose").inner_text()


def test_the_mouse_leads_to_the_next_message_too(entered: Open, house: House):
    page = entered(DESK)
    page.get_by_role("link", name="Volgend bericht").click(timeout=5_000)  # nothing lies over it
    expect(page.locator("#whose")).to_have_text("Klant 12")


def test_with_the_keyboard_alone_one_message_after_the_other(entered: Open, house: House):
    page = entered(DESK)
    assert whose(page) == "Brief & Zonen"
    press(page, "j")
    expect(page.locator("#whose")).to_have_text("Klant 12")
    press(page, "k")
    expect(page.locator("#whose")).to_have_text("Brief & Zonen")
    press(page, "j")
    for n in (12, 11, 10):
        expect(page.locator("#whose")).to_have_text(f"Klant {n}")
        press(page, "a")
    expect(page.locator("#whose")).to_have_text("Klant 9")
    assert states(house).count("released") == 3
    press(page, "s")
    page.keyboard.type("belde al, komt in orde")  # letters that are keys elsewhere
    press(page, "Enter")
    expect(page.locator("#whose")).to_have_text("Klant 8")
    press(page, "a")
    expect(page.get_by_role("status")).to_contain_text("1 bericht goedgekeurd")
    press(page, "u")
    expect(page.get_by_role("status")).to_contain_text("1 bericht wacht weer")
    press(page, "Shift+A")
    expect(page.get_by_role("status")).to_contain_text("8 berichten goedgekeurd. 1 met een waarschuwing wacht")
    assert states(house) == ["planned"] + ["released"] * 11 + ["withdrawn"]


def test_without_a_script_all_of_it_can_be_done(entered: Open, house: House):
    page = entered(DESK, java_script_enabled=False)
    page.get_by_role("link", name="Klant 7").click()
    assert whose(page) == "Klant 7"
    assert "Klant 7" in page.frame_locator("iframe.mail-page").locator("body").inner_text()
    page.locator(".acts").get_by_role("button", name="Goedkeuren").click()
    assert whose(page) == "Klant 6"
    page.get_by_role("button", name="Ongedaan maken").click()
    assert states(house).count("released") == 0
    page.locator(".ask summary").click()
    page.get_by_label("Waarom overslaan?").fill("nu niet")
    page.get_by_role("button", name="Dit bericht overslaan").click()
    assert states(house).count("withdrawn") == 1


def test_on_a_phone_the_list_leads_to_the_message_and_on_to_the_next(entered: Open, house: House):
    page = entered(DESK, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(page.locator(".desk-view")).to_be_hidden()
    page.get_by_role("link", name="Klant 12").tap()
    expect(page.locator(".desk-list")).to_be_hidden()
    page.locator(".acts").get_by_role("button", name="Goedkeuren").tap()
    expect(page.locator("#whose")).to_have_text("Klant 11")
    assert states(house).count("released") == 1


def test_caps_lock_means_nothing_and_keys_can_be_switched_off(entered: Open, house: House):
    page = entered(DESK)
    page.locator("body").dispatch_event("keydown", {"key": "A"})  # as Caps Lock gives it: a capital without Shift
    press(page, "?")
    page.get_by_role("button", name="Losse toetsen uitzetten").click()
    page.wait_for_selector("html[data-keys=off]")
    page.wait_for_load_state()
    press(page, "a")
    press(page, "Shift+A")
    assert whose(page) == "Brief & Zonen"
    assert states(house).count("released") == 0


def test_a_double_click_is_one_yes(entered: Open, house: House):
    page = entered(DESK)
    press(page, "j")
    expect(page.locator("#whose")).to_have_text("Klant 12")
    page.locator(".acts").get_by_role("button", name="Goedkeuren").dblclick()
    expect(page.locator("#whose")).to_have_text("Klant 11")
    assert states(house).count("released") == 1
