"""Btw op oninbare vorderingen on the page: the amounts of the return, put in once, and its workpaper."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
import python_calamine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, Page, signed_in
from voldaan.rules.money import Money
from voldaan.usecases import invoices

AT = f"/{SLUG}/btw-oninbaar/"


@pytest.fixture
def trade(house: House) -> House:
    """Sell three things that were not paid: of one the VAT is not known, and one is of an earlier return."""
    house.debtor("Café Zéé", number="1")
    for number, due, vat in (("F1", "2025-10-15", 2_100), ("O1", "2025-11-15", None), ("G1", "2025-08-15", 2_100)):
        invoices.receive(
            debtor="1", number=number, amount=Money(12_100), vat_cents=vat, issue_date=date(2025, 6, 1),
            due_date=date.fromisoformat(due), actor=house.actor, today=house.today,
        )  # fmt: skip
    return house


def test_the_last_return_that_is_over_is_shown_by_itself(trade: House, browse: Browse):
    page = browse(AT)
    assert page.one("//h1") == "VAT on bad debts, quarter 4 of 2026"
    assert page.tile("To ask back in this return") == "€21.00"
    assert page.all("//section[@id='claims']//tbody/tr/th/a") == ["F1"]
    assert page.all("//section[@id='unknown']//tbody/tr/th/a") == ["O1"]
    assert page.all("//section[@id='missed']//tbody/tr/th/a") == ["G1"]
    assert "not certain: ask your tax adviser" in page.text
    assert browse(f"{AT}?periode=2026-Q3").all("//section[@id='claims']//tbody/tr/th/a") == ["G1"]
    browse(f"{AT}?periode=2026-Q9", status=409)


def test_putting_it_in_counts_once_and_a_later_payment_is_due_again(trade: House, browse: Browse):
    client = signed_in(OWNER)
    for _ in range(2):
        assert client.post(f"{AT}opgenomen/", {"periode": "2026-Q4", "back": AT})["Location"] == AT
    assert trade.events().count("vat.recorded") == 1
    page = browse(AT)
    assert "1 line is written down as put in the return" in page.text
    assert page.all("//form[contains(@action, '/opgenomen/')]") == []
    trade.pay("F1", "60.50")
    later = browse(f"{AT}?periode=2027-Q1")
    assert later.tile("To pay in this return").startswith("€10.50")
    assert later.all("//form[contains(@action, '/opgenomen/')]") == []  # the period is not over


def test_putting_in_without_a_period_is_that_of_the_return_that_is_shown(trade: House, browse: Browse):
    assert signed_in(OWNER).post(f"{AT}opgenomen/", {"back": AT})["Location"] == AT
    assert "1 line is written down as put in the return" in browse(f"{AT}?periode=2026-Q4").text


def test_what_was_put_in_by_mistake_is_taken_back_and_can_be_put_in_again(trade: House, browse: Browse):
    client = signed_in(OWNER)
    put = {"periode": "2026-Q4", "back": AT}
    client.post(f"{AT}opgenomen/", put)
    assert browse(AT).all("//form[contains(@action, '/terugnemen/')]//input[@name='reason'][@required]") == [""]
    client.post(f"{AT}terugnemen/", put | {"reason": " "})
    assert "Say why these amounts are not in the return after all." in client.get(AT).content.decode()
    for _ in range(2):  # a double click
        assert client.post(f"{AT}terugnemen/", put | {"reason": "nog niet ingediend"})["Location"] == AT
    assert trade.events().count("vat.taken_back") == 1
    page = browse(AT)
    assert page.all("//form[contains(@action, '/terugnemen/')]") == []
    assert page.all("//form[contains(@action, '/opgenomen/')]//button") == [
        "1 line is in the return of quarter 4 of 2026"
    ]
    assert page.tile("To ask back in this return") == "€21.00"


def test_a_day_of_filing_that_has_passed_is_told_with_what_the_law_says_of_it(trade: House, browse: Browse):
    told = "has passed. The law gives the VAT back in this return, and not in a later one."
    page = browse(f"{AT}?periode=2026-Q3")
    assert told in page.text
    assert "that day has passed" in page.tile("File by")
    signed_in(OWNER).post(f"{AT}opgenomen/", {"periode": "2026-Q3", "back": AT})
    assert told not in browse(f"{AT}?periode=2026-Q3").text  # it is in


def test_what_is_certain_is_written_down_on_the_page(trade: House, browse: Browse):
    trade.invoice("1", "N1", "121.00", issued="2026-12-01", due="2026-12-31")
    said = {"invoice": "N1", "day": "2026-12-31", "bankrupt": "yes", "reason": "vonnis van 31 december", "back": AT}
    assert signed_in(OWNER).post(f"{AT}vast/", said)["Location"] == AT
    page = browse(AT)
    assert page.all("//section[@id='unknown']//tbody/tr/th/a") == ["O1", "N1"]
    assert "vonnis van 31 december" in page.text


def test_what_is_not_certain_after_all_is_taken_back_where_it_stands(trade: House, browse: Browse):
    client = signed_in(OWNER)
    trade.invoice("1", "N1", "121.00", issued="2026-12-01", due="2026-12-31")
    client.post(f"{AT}vast/", {"invoice": "N1", "day": "2026-12-31", "reason": "vertrokken", "back": AT})
    (form,) = browse(AT).tree.xpath("//form[contains(@action, '/niet-vast/')]")  # the others count by their day
    words = {field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")}
    assert client.post(f"{AT}niet-vast/", words | {"reason": "betaalt toch"})["Location"] == words["back"]
    page = browse(AT)
    assert page.all("//section[@id='unknown']//tbody/tr/th/a") == ["O1"]
    assert page.all("//form[contains(@action, '/niet-vast/')]") == []


def test_what_cannot_be_written_down_says_why_and_stays_typed(trade: House, settings: Any):
    settings.LANGUAGE_CODE = "en"
    said = {"invoice": "BESTAAT-NIET", "day": "2026-12-31", "bankrupt": "yes", "reason": "vonnis", "periode": "2026-Q3"}
    answer = signed_in(OWNER).post(f"{AT}vast/", said)
    page = Page(answer, etree.HTML(answer.content.decode()))
    assert answer.status_code == 422
    assert "BESTAAT-NIET" in page.one("//details[@open]//p[@role='alert']")
    fields = {one.get("name"): one.get("value") for one in page.tree.xpath("//details[@open]//input")}
    assert (fields["invoice"], fields["day"], fields["reason"]) == ("BESTAAT-NIET", "2026-12-31", "vonnis")
    assert fields["back"] == f"{AT}?periode=2026-Q3"
    assert page.all("//option[@selected]") == ["a court declared the customer bankrupt"]


def test_the_workpaper_holds_all_of_it(trade: House, settings):
    settings.LANGUAGE_CODE = "en"
    client = signed_in(OWNER)
    answer = client.get(f"{AT}bestand/?periode=2026-Q4")
    rows = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()
    )
    assert [(row[0], row[1], row[-1]) for row in rows[1:]] == [
        ("Comes back", "F1", 21.0), ("Comes back", "Total", 21.0),
        ("VAT not known", "O1", ""), ("VAT not known", "Total", ""),
        ("Not claimed in its own return", "G1", 21.0), ("Not claimed in its own return", "Total", 21.0),
    ]  # fmt: skip
    text = client.get(f"{AT}bestand/?periode=2026-Q4&vorm=csv").getvalue().decode("utf-8-sig")
    assert [row[-1] for row in csv.reader(io.StringIO(text))][1:] == ["21.00", "21.00", "", "", "21.00", "21.00"]


def test_belgian_books_ask_for_proof(browse: Browse):
    house = House.opened(country="BE", today=date(2027, 3, 1))
    house.debtor("Zus", number="1")
    invoices.receive(debtor="1", number="F1", amount=Money(12_100), vat_cents=2_100, issue_date=date(2024, 1, 1),
                     due_date=date(2024, 2, 1), actor=house.actor, today=house.today)  # fmt: skip
    assert browse(AT).all("//tbody/tr") == []
    house.on("2026-12-01").write_off("F1")
    page = browse(AT)
    assert page.all("//section[@id='claims']//tbody/tr/th/a") == ["F1"]
    assert "make a corrective document" in page.text


def test_the_page_asks_as_many_questions_for_many_items(trade: House, browse: Browse):
    def asks() -> int:
        browse(AT)
        with CaptureQueriesContext(connection) as asked:
            browse(AT)
        return len(asked)

    few = asks()
    for n in range(120):
        invoices.receive(debtor="1", number=f"X{n}", amount=Money(121), vat_cents=21, issue_date=date(2025, 6, 1),
                         due_date=date(2025, 12, 1), actor=trade.actor, today=trade.today)  # fmt: skip
    assert asks() == few
    assert "and 21 more, in the workpaper" in browse(AT).text
