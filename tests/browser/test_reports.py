"""Rapporten in a real browser: a file comes down under its name, and on paper stands the report and nothing else."""

from __future__ import annotations

from tests.browser.conftest import Open, overflow
from tests.tools.house import House
from tests.web.conftest import SLUG


def test_a_figure_opens_its_items_and_they_come_down_as_a_file(entered: Open, house: House):
    page = entered(f"/{SLUG}/rapporten/")
    page.get_by_role("row", name="Brief & Zonen").get_by_role("link", name="5,00").click()
    page.wait_for_url("**/rapporten/openstaand/?vak=*")
    assert page.get_by_role("heading", level=1).inner_text().replace("\u00a0", " ").startswith("€ 5,00 openstaand")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Excel").click()
    assert coming.value.suggested_filename == f"openstaand-{SLUG}-2027-03-01.xlsx"


def test_on_paper_stands_the_report_and_nothing_else(entered: Open, house: House):
    page = entered(f"/{SLUG}/rapporten/", color_scheme="dark", viewport={"width": 1017, "height": 680})
    page.emulate_media(media="print")
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.locator("tfoot .bucket").first.is_visible()
    assert not page.locator(".side, .tabs, form").locator("visible=true").count()
    assert overflow(page) <= 0
