"""Facturen: each invoice is there once, under the filter it belongs to, and the list goes on to the last."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.web.conftest import SLUG, Browse, customers

LIST = f"/{SLUG}/facturen/"


def numbers(page: Any) -> list[str]:
    return [one.split(" ")[0].removesuffix("of") for one in page.all("//tbody//th/a/bdi")]


@pytest.fixture
def sold(house: House) -> House:
    for n, due in (("P1", "2027-02-10"), ("L1", "2027-02-15"), ("N1", "2027-03-15")):
        house.invoice(house.debtor(f"Klant {n}"), n, "10.00", issued="2027-02-01", due=due)
    house.pay("P1", "10.00")
    return house


@pytest.mark.parametrize(("which", "shown"), [
    ("", ["N1", "L1"]), ("open", ["N1", "L1"]), ("te-laat", ["L1"]), ("alles", ["N1", "L1", "P1"]),
])  # fmt: skip
def test_each_filter_shows_its_own(browse: Browse, sold: House, which, shown):
    assert numbers(browse(f"{LIST}?welke={which}" if which else LIST)) == shown


@pytest.mark.parametrize(
    ("asked", "shown"), [("L1", ["L1"]), ("klant n", ["N1"]), ("P1", []), ("%", []), ("niets", [])]
)
def test_one_is_found_by_its_number_or_by_the_customer(browse: Browse, sold: House, asked, shown):
    assert numbers(browse(f"{LIST}?zoek={asked}")) == shown


def test_what_is_paid_and_what_is_late_is_said(browse: Browse, sold: House):
    text = browse(f"{LIST}?welke=alles").text
    assert "14 days late" in text
    assert "paid" in text
    assert "due in 14 days" in text


def test_the_list_goes_on_page_by_page_with_the_same_questions(browse: Browse, house: House):
    customers(house, 70)
    seen, address, costs = [], LIST, []
    while address:
        browse(address)
        with CaptureQueriesContext(connection) as asked:
            page = browse(address)
        costs.append(len(asked))
        seen += numbers(page)
        onward = page.tree.xpath("//nav[@class='pages']/a[contains(@href, 'na=')]/@href")
        address = f"{LIST}{onward[0]}" if onward else ""
    assert len(seen) == len(set(seen)) == 140
    assert max(costs) == min(costs) <= 5


@pytest.mark.parametrize("after", ["-1", "x", "9" * 40, "१", "0"])
def test_a_strange_place_to_go_on_from_is_no_fault(browse: Browse, sold: House, after):
    browse(f"{LIST}?na={after}")
