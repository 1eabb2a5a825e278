"""A large file on Inlezen in a real browser: the bar moves and the answer comes without a reload; one press."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_screens import holds
from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import SLUG
from voldaan.config import clock
from voldaan.records import progress
from voldaan.rules.taking_in import Part, Progress
from voldaan.usecases import brought_files

DOOR = f"/{SLUG}/inlezen/"


def test_the_bar_moves_and_the_answer_comes_by_itself(entered: Open, house: House):
    who: dict[str, Any] = {"actor": house.actor, "today": house.today}

    def bring(number: str, closing: int | None) -> str:
        paper = files.camt053([files.Movement(house.today, 777, name=number)], number=number, closing=closing).encode()
        return brought_files.hand_over(name=f"{number}.xml", source=BytesIO(paper), machine=clock.now(), **who)

    bring("1", closing=1)
    brought_files.take_in(clock=clock.now, **who)
    id_ = bring("2", closing=None)
    page = entered(DOOR)
    expect(page.get_by_text("wacht op zijn beurt")).to_be_visible()
    now = clock.now()
    progress.write(id_, Progress(Part.READING, 5_000, 10_000, now - timedelta(seconds=3), now))
    expect(page.get_by_text("5.000 van ongeveer 10.000 regels gelezen")).to_be_visible()
    assert page.locator("progress").evaluate("one => one.position") == 0.2
    holds(page, DOOR)
    brought_files.take_in(clock=clock.now, **who)
    expect(page.get_by_role("status")).to_have_text("2 grote bestanden zijn klaar")
    page.get_by_role("button", name="Toch inlezen").click()
    expect(page.get_by_role("heading", name="1 bestand bekeken")).to_be_visible()
    expect(page.get_by_role("button", name="Toch inlezen")).to_have_count(0)
