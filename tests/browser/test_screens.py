"""Every screen, in both lights, at every width: nothing that axe finds, nothing that hangs out, nothing that runs."""

from __future__ import annotations

from typing import Literal

import pytest
from django.urls import get_resolver, reverse
from playwright.sync_api import Page

from tests.browser.conftest import Open, broken_rules, overflow
from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import SLUG
from tests.web.test_rights import held_list, with_document
from voldaan.records.bank import BankTransaction
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.rules.permissions import Deed
from voldaan.web.rights import CALCULATOR, RIGHTS

# What hands over a file or a picture is no screen, and a mail in its frame runs no script, also not one of ours.
FILES = {
    "bad_debt_vat_file",
    "calculator_file",
    "claim_file",
    "claim_paper",
    "export_file",
    "invoice_file",
    "invoice_mail",
    "limitation_file",
    "limitation_letter",
    "message_attachment",
    "message_file",
    "message_page",
    "message_picture",
    "report_ageing_file",
    "report_credits_file",
    "report_items_file",
    "settings_terms_file",
    "settings_text_letter",
    "settings_text_mail",
    "statement_file",
    "statement_mail",
    "strategy_file",
}
SCREENS = [name for name, rights in RIGHTS.items() if isinstance(rights.see, Deed) and name not in FILES]
LIGHTS: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
PARTS = 2  # so that two workers can share the walk
OF_PERSON = ["account_change_password", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn"]


def address(name: str, house: House) -> str:
    books = house.actor.administration_id
    ids = {
        "approval": lambda: Message.objects.of(books).get(debtor__number="99").public_id,
        "invoice": lambda: Invoice.objects.of(books).get(number="F3").public_id,
        "invoice_dossier": lambda: Invoice.objects.of(books).get(number="F3").public_id,
        "invoice_send": lambda: with_document(Invoice.objects.of(books).get(number="F3")),
        "list_columns": lambda: held_list(house),
        "outbox_message": lambda: Message.objects.of(books).get(debtor__number="3").public_id,
        "receipt_search": lambda: receipt(house),
        "receipt_spread": lambda: receipt(house),
        "strategy": lambda: "14-dagen",
        "strategy_follow": lambda: "30-dagen",
        "strategy_write": lambda: "14-dagen",
        "debtor": lambda: Debtor.objects.of(books).get(number="3").public_id,
    }
    of_customer = ("claim", "contacts", "debtor_merge", "dossier", "statement", "statement_send", "timeline")
    ids |= dict.fromkeys(of_customer, ids["debtor"])
    words = set(get_resolver().reverse_dict.getlist(name)[0][0][0][1])
    places = {"step": "reminder", "language": "nl"}
    given = {"slug": SLUG, **({"id": ids[name]()} if "id" in words else {})}
    given |= {word: value for word, value in places.items() if word in words}
    return reverse(name, kwargs=given)


def receipt(house: House) -> str:
    """Let a receipt of nobody known come in; give its id."""
    moved = [files.Movement(house.today, 777, name="Klant van niemand", text="betaling")]
    files.bring(house, files.camt053(moved), "afschrift.xml")
    waits = BankTransaction.objects.of(house.actor.administration_id).get(left_cents=777)
    return str(waits.public_id)


def holds(page: Page, path: str) -> None:
    """Look at a page, opened once: in both lights, and at every width."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(path)
    for light in LIGHTS:
        page.emulate_media(color_scheme=light)
        assert not broken_rules(page), (path, light)
    for width in (1280, 768, 390, 320):  # the last is 1280 at a zoom of 400 %
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) <= 0, (path, width)


@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_and_nothing_hangs_out_on_any_screen(entered: Open, house: House, part):
    house.debtor("Te veel betaald", number="98")
    for customer in ("3", "98"):
        house.credit_note(customer, f"C{customer}", "5.00")  # on his page, and among the credits
    page = entered()
    for name in SCREENS[part::PARTS]:
        holds(page, address(name, house))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_the_sign_in(entered: Open, opened: Open, house: House, scheme):
    page = opened("/account/login/", color_scheme=scheme)
    assert not broken_rules(page)
    page = entered(color_scheme=scheme)
    for name in OF_PERSON:
        page.goto(reverse(name))
        if "reauthenticate" in page.url:
            assert not broken_rules(page), page.url
            page.get_by_label("Wachtwoord").fill("een lange zin die niemand raadt")
            page.get_by_role("button").last.click()
        assert not broken_rules(page), name
        page.set_viewport_size({"width": 320, "height": 800})
        assert overflow(page) <= 0, name


LATE = "?wie=consument&bedrag=6000&vervalt=2024-11-30&bedrag=150&vervalt=2026-12-01&rente=9&op=2029-01-01"
RECKONED = {
    "calculator": ["", f"{LATE}&betaald=900&betaald_op=2026-01-15", "?bedrag=x&vervalt=&btw=ja&land=BE"],
    "calculator_limitation": ["", "?soort=nl-overeenkomst&vervalt=2021-06-01&gestuit=2024-03-01&door=aanmaning"],
    "calculator_notice": ["", "?bedrag=1250", "?land=BE&bedrag=300", "?verstuurd=x"],
    "calculator_vat": ["", "?ontvangen=2025-01-01", "?vervalt="],
}


def test_axe_finds_nothing_and_nothing_hangs_out_where_anybody_reckons(opened: Open, db: None, complaints):
    page = opened("/rekenen/")
    for name in set(CALCULATOR) - FILES:
        for said in RECKONED[name]:
            holds(page, f"{reverse(name)}{said}")
    complaints[:] = [one for one in complaints if "422" not in one]  # what was typed wrong is told with that status


def test_a_claim_is_reckoned_by_keyboard(opened: Open, db: None):
    page = opened("/rekenen/")
    page.get_by_label("Bedrag met btw").first.fill("1250,00")
    page.get_by_label("Vervaldatum").first.fill("2026-01-31")
    page.get_by_label("Berekenen tot en met").fill("2026-11-28")
    page.get_by_label("Bedrag met btw").first.press("Enter")  # and not the button for more rows
    page.wait_for_url("**bedrag=1250*#outcome")
    assert "1.543,42" in page.locator(".total").inner_text()


def test_axe_finds_nothing_in_a_mail(opened: Open, entered: Open, house: House):
    page = entered()
    mail = Message.objects.of(house.actor.administration_id).get(debtor__number="3").public_id
    html = page.request.get(f"/{SLUG}/berichten/{mail}/inhoud/").text()
    other = page.context.new_page()
    other.set_content(html)
    # It stands in the window of a mail program, which has the landmarks and headings of a page.
    assert not broken_rules(other, runOnly=["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
