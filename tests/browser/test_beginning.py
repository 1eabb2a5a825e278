"""From nothing to what tomorrow would bring (J1): by keyboard, on a phone, without a script."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Open, broken_rules, overflow, press
from tests.tools import files
from voldaan.config import clock
from voldaan.records.administrations import Administration
from voldaan.records.receivables import Receivable
from voldaan.web import begin

LIST = "Wie;Factuurnr;Gemaakt;Vervaldatum;Openstaand\n" + "".join(
    f"Klant {n};20270000{n};01-02-2027;15-02-2027;{n}0,50\n" for n in range(1, 6)
)
PAID = files.camt053([files.Movement(date(2027, 2, 27), 10_50, name="Klant 1", text="factuur 202700001")])


@pytest.fixture(autouse=True)
def _on_a_day(transactional_db: None, settings: Any) -> None:
    cache.clear()
    settings.TODAY_INSTEAD = datetime.fromisoformat("2027-03-01T12:00")


@pytest.fixture
def papers(tmp_path: Path) -> list[Path]:
    """Lay a list with strange columns and a bank statement ready."""
    places = [tmp_path / "lijst.csv", tmp_path / "afschrift.xml"]
    for place, text in zip(places, (LIST, PAID), strict=True):
        place.write_text(text)
    return places


def come_in(opened: Open, **words: Any) -> Page:
    """Open the books as the first person, and come in."""
    page = opened(begin.address(clock.now()), **words)
    assert not broken_rules(page) if words.get("java_script_enabled", True) else True
    page.get_by_label("Naam van uw bedrijf").fill("Drukkerij De Linde")
    page.get_by_label("Rekening waarop klanten betalen").fill("NL91 ABNA 0417 1643 00")
    page.get_by_label("Uw e-mailadres").fill("jan@linde.example")
    press(page, "Enter")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    press(page, "Enter")
    page.wait_for_url("**/drukkerij-de-linde/")
    return page


@pytest.mark.parametrize("words", [{}, {"viewport": {"width": 390, "height": 800}}, {"java_script_enabled": False}],
                         ids=["script", "phone", "no-script"])  # fmt: skip
def test_a_newcomer_gets_from_nothing_to_what_tomorrow_would_bring(opened: Open, papers: list[Path], words):
    page = come_in(opened, **words)
    page.get_by_role("link", name="Lijst inlezen").click()
    page.locator("input[type=file]").set_input_files(papers)
    page.get_by_role("button", name="Inlezen").click()
    page.get_by_role("link", name="Zeg wat de kolommen zijn").click()
    page.get_by_label("Wie").select_option(label="naam van de klant")
    page.get_by_label("Gemaakt").select_option(label="factuurdatum")
    if words.get("java_script_enabled", True):
        page.get_by_role("button", name="Lees 5 posten in").wait_for()  # it is shown at once
        assert overflow(page) <= 0
    else:
        page.get_by_role("button", name="Toon wat er binnen zou komen").click()
    expect(page.locator("#preview")).to_contain_text("€ 152,50")
    page.get_by_role("button", name="Lees 5 posten in").click()
    told = page.locator("article").inner_text()
    assert "5 nieuw" in told
    assert "1 ontvangst geboekt" in told  # the statement came before, and waited for it
    books = Administration.objects.get().pk
    assert sorted(Receivable.objects.of(books).values_list("open_cents", flat=True)) == [0, 20_50, 30_50, 40_50, 50_50]
    page.goto("/drukkerij-de-linde/beginnen/")
    page.get_by_role("link", name="Wat zou morgen brengen?").click()
    assert "Op 2 maart 2027 zou niemand van u horen" in page.locator("#tomorrow").inner_text()


def test_it_is_done_without_a_mouse(opened: Open, papers: list[Path]):
    page = come_in(opened)

    def reach(selector: str) -> None:
        """Press Tab until it has the focus, as somebody without a mouse does."""
        for _ in range(60):
            if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
            press(page, "Tab")
        pytest.fail(f"{selector} is not reached")

    reach("a.button")
    press(page, "Enter")
    page.wait_for_url("**/inlezen/")
    reach("input[type=file]")
    page.locator("input[type=file]").set_input_files(papers[:1])
    reach("form.drop .button")
    press(page, "Enter")
    page.locator("article").wait_for()
    reach("article a.button")
    press(page, "Enter")
    page.wait_for_url("**/kolommen/")
    for choice, typed in (("#c0", "naam van"), ("#c2", "factuurdatum")):
        reach(choice)
        page.keyboard.type(typed)
    page.get_by_role("button", name="Lees 5 posten in").wait_for()
    reach("#preview .button")
    press(page, "Enter")
    page.get_by_text("5 nieuw").wait_for()
