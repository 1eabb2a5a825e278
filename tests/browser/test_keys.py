"""Keys, as somebody uses them who never takes the mouse: the help, the rooms, the rows; and none at all."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, broken_rules, overflow, press
from tests.tools.house import House
from tests.web.conftest import SLUG
from voldaan.queries import worklist
from voldaan.usecases import debtors, runs, strategies

TODAY, DESK = f"/{SLUG}/", f"/{SLUG}/goedkeuren/"


def listed(page: Page) -> dict[str, str]:
    """Read the help as a table: a key, and what it does."""
    rows = page.locator("#keys dl > div").all()
    return {" ".join(one.locator("kbd").all_inner_texts()): one.locator("dd").inner_text() for one in rows}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_help_lists_the_keys_that_the_page_bears(entered: Open, house: House, scheme):
    page = entered(DESK, color_scheme=scheme)
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Toetsen")
    expect(dialog).to_be_visible()
    found = listed(page)
    assert (found["j"], found["a"], found["s"]) == ("Volgend bericht", "Goedkeuren", "Overslaan")
    assert found["g k"] == "Klanten"
    borne = page.locator("[data-key]").evaluate_all("all => all.map(one => one.dataset.key)")
    assert sorted([*{key.replace("A", "⇧A") for key in borne}, "Ctrl K", "Esc"]) == sorted(found)
    assert not broken_rules(page)
    press(page, "a")  # of the page behind it: not meant
    press(page, "Tab")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#whose")).to_have_text("Brief & Zonen")


def test_the_help_gives_back_the_place_where_one_was(entered: Open, house: House):
    page = entered(TODAY)
    press(page, "j")
    press(page, "j")
    expect(page.get_by_role("link", name="Klant 11", exact=True).first).to_be_focused()
    for _ in range(2):  # opened twice, it says everything once
        press(page, "?")
        assert list(listed(page)).count("j k") == 1
        press(page, "Escape")
    expect(page.get_by_role("link", name="Klant 11", exact=True).first).to_be_focused()


def test_two_keys_lead_to_every_room(entered: Open, house: House):
    page = entered(TODAY)
    ways = page.locator(".side nav a").evaluate_all("all => all.map(one => [one.dataset.key, one.pathname])")
    assert len({key for key, _ in ways}) == len(ways) >= 9
    for key, address in ways:
        for one in key.split(" "):
            press(page, one)
        page.wait_for_url(f"**{address}")


def test_a_second_key_that_leads_nowhere_does_nothing_by_itself(entered: Open, house: House):
    page = entered(DESK)
    press(page, "g")
    press(page, "a")  # by itself, it would approve
    press(page, "g")
    page.wait_for_timeout(1700)  # long after, it is a key by itself again
    press(page, "j")
    expect(page.locator("#whose")).to_have_text("Klant 12")
    expect(page.locator("h1")).to_contain_text("13 berichten")


def test_the_day_goes_from_one_group_to_the_next(entered: Open, house: House):
    page = entered(TODAY)
    press(page, "1")
    page.wait_for_url(f"**{DESK}")
    press(page, "g")
    press(page, "v")
    page.wait_for_url(f"**{TODAY}")
    for key in "jjkj":
        press(page, key)
    expect(page.get_by_role("link", name="Klant 11", exact=True).first).to_be_focused()
    press(page, "l")  # of the row where one is
    field = page.locator("tr", has_text="F11").get_by_label("Laat rusten tot en met")
    expect(field).to_be_focused()
    press(page, "Escape")
    expect(field).to_be_hidden()
    press(page, "j")  # from the row where one was
    expect(page.get_by_role("link", name="Klant 10", exact=True).first).to_be_focused()
    press(page, "Enter")
    expect(page.locator("h1")).to_have_text("Klant 10")
    page.wait_for_load_state()
    press(page, "]")
    expect(page.locator("h1")).to_have_text("Klant 11")
    page.wait_for_load_state()
    press(page, "[")
    expect(page.locator("h1")).to_have_text("Klant 10")


def test_a_slash_searches_on_the_page_first_and_everywhere_else(entered: Open, house: House):
    page = entered(f"/{SLUG}/klanten/")
    press(page, "/")
    expect(page.get_by_role("main").get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("gv/?")  # letters that are keys elsewhere
    page.goto(TODAY)
    press(page, "/")
    expect(page.locator("#palette")).to_be_visible()


def test_switched_off_none_of_them_does_anything_and_the_help_says_so(entered: Open, house: House):
    page = entered(DESK)
    press(page, "?")
    page.get_by_role("button", name="Losse toetsen uitzetten").click()
    page.wait_for_selector("html[data-keys=off]")
    page.wait_for_load_state()
    for key in ("a", "g", "k", "?"):
        press(page, key)
    expect(page.locator("#keys")).to_be_hidden()
    expect(page.locator("#whose")).to_have_text("Brief & Zonen")
    page.get_by_role("button", name="Toetsen", exact=True).click()
    assert set(listed(page)) == {"Ctrl K", "Esc"}
    page.get_by_role("button", name="Losse toetsen aanzetten").click()
    page.wait_for_selector("html[data-keys=on]")
    page.wait_for_load_state()
    press(page, "j")
    expect(page.locator("#whose")).to_have_text("Klant 12")


def test_on_a_phone_the_help_fits_and_without_a_script_it_is_not_offered(entered: Open, house: House):
    page = entered(TODAY, viewport={"width": 320, "height": 640})
    page.get_by_role("button", name="Toetsen", exact=True).click()
    assert overflow(page) <= 0
    assert page.evaluate("document.getElementById('keys').scrollWidth <= document.getElementById('keys').clientWidth")
    page = entered(TODAY, java_script_enabled=False)
    expect(page.get_by_role("button", name="Toetsen", exact=True)).to_be_hidden()


def test_a_call_is_put_off_and_taken_up_again_by_keys(entered: Open, house: House):
    step = {"code": "call", "kind": "call", "anchor": "due_date", "days": 1}
    content = {"name": "Bellen", "steps": [step]}
    strategies.define(code="bellen", content=content, actor=house.actor, today=house.today)
    whose = house.debtor("Traag", number="50")
    debtors.change(debtor=whose, strategy="bellen", actor=house.actor, today=house.today)
    house.invoice("50", "F50", "75.00", issued="2027-02-01", due="2027-02-15")
    runs.run(actor=house.actor, today=house.today)
    page = entered(TODAY)
    press(page, "j")
    press(page, "b")  # of a call, and this is the row of a message: nothing of another customer opens
    expect(page.locator("details.ask[open]")).to_have_count(0)
    press(page, "2")
    page.wait_for_url("**/?welke=bellen*")
    press(page, "j")
    press(page, "l")
    field = page.get_by_label("Weer op deze lijst op")
    expect(field).to_be_focused()
    field.fill("2027-03-08")  # in which order a day is typed differs by computer
    page.get_by_label("Waarom?").locator("visible=true").focus()
    page.keyboard.type("met vakantie")
    press(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("Uitgesteld tot 8 maart 2027.")
    assert waits(house) == []
    assert not broken_rules(page)
    page.goto(f"{TODAY}?welke=later")
    expect(page.locator("#work tbody tr")).to_contain_text("Uitgesteld tot 8 mrt 2027: met vakantie")
    assert not broken_rules(page)
    press(page, "u")
    expect(page.get_by_role("status")).to_contain_text("Het staat weer op de lijst.")
    assert waits(house) == ["Traag"]


def waits(house: House) -> list[str]:
    rows = worklist.worklist(actor=house.actor, today=house.today)
    return [one.debtor for one in rows if one.kind == "call"]
