"""Payment terms in a browser: the text follows what is typed, is copied by one press, and no screen hangs out."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open, broken_rules, overflow
from tests.tools.house import House
from tests.web.conftest import SLUG
from voldaan.queries import terms as questions
from voldaan.rules.law import DebtorKind

AT = f"/{SLUG}/instellingen/betalingsvoorwaarden/"
TYPED = ["?payment_days=45&interest=8&charge_percent=12&valid_from=2027-04-01",
         "?voor=consumenten&payment_days=60&interest=9&charge_fixed=50&discount_percent=2&valid_from=2027-04-01",
         "?voor=consumenten&payment_days=60&interest=9&charge_fixed=50&valid_from=2027-04-01"]  # fmt: skip


def test_the_text_follows_what_is_typed_and_is_kept_by_keyboard(entered: Open, house: House):
    page = entered()
    page.goto(AT)
    page.get_by_label("Dagen om te betalen").fill("14")
    page.get_by_label("Dagen om te betalen").press("Tab")
    page.get_by_text("binnen 14 dagen na de factuurdatum").first.wait_for()
    assert "csrf" not in page.url
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopiëren").click()
    page.get_by_role("button", name="Gekopieerd").wait_for()
    assert "binnen 14 dagen" in page.evaluate("navigator.clipboard.readText()")
    page.get_by_label("Dagen om te betalen").focus()
    page.get_by_role("button", name="Bewaren").press("Enter")
    page.get_by_text("Versie 1, voor facturen vanaf").wait_for()
    assert questions.known(DebtorKind.BUSINESS, actor=house.actor).newest.payment_days == 14


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_refusals_and_risks_are_as_readable_as_the_rest(entered: Open, house: House, scheme):
    page = entered(color_scheme=scheme)
    for typed in ["", *TYPED]:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{AT}{typed}")
        assert not broken_rules(page), typed
        for width in (1280, 768, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert overflow(page) <= 0, (typed, width)
