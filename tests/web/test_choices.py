"""A list that is asked for rows that it does not know says so, and shows no others instead."""

from __future__ import annotations

import pytest

from tests.tools.house import House
from tests.web.conftest import SLUG, Browse

pytestmark = pytest.mark.one_engine  # what an address asks, before any question to the books

LISTS = {
    "": ("welke", "bellen"),
    "klanten/": ("soort", "onbekend"),
    "facturen/": ("welke", "te-laat"),
    "klanten/ontbrekend/": ("welke", "post"),
    "ontvangsten/": ("welke", "geboekt"),
    "opvolging/berichten/": ("welke", "verzonden"),
    "verjaring/": ("welke", "jaar"),
    "opvolging/vandaag/": ("dag", "volgende"),
    "rapporten/": ("orde", "naam"),
    "rapporten/openstaand/": ("vak", "te-laat"),
}
lists = pytest.mark.parametrize(("page", "name", "known"), [(page, *way) for page, way in LISTS.items()], ids=LISTS)


@lists
def test_rows_that_a_list_does_not_know_are_refused(page: str, name: str, known: str, browse: Browse, house: House):
    refused = browse(f"/{SLUG}/{page}?{name}=zomaar", status=409)
    assert f"This page cannot choose “zomaar” for “{name}”." in refused.text
    assert known in refused.text


@lists
def test_what_it_knows_or_is_left_empty_is_shown(page: str, name: str, known: str, browse: Browse, house: House):
    browse(f"/{SLUG}/{page}?{name}={known}")
    browse(f"/{SLUG}/{page}?{name}=")


def test_so_does_the_timeline_of_a_customer(browse: Browse, house: House):
    customer = house.debtor("Café Zéé", number="7")
    browse(f"/{SLUG}/klanten/{customer}/verloop/?soort=geld")
    refused = browse(f"/{SLUG}/klanten/{customer}/verloop/?soort=zomaar", status=409)
    assert "berichten, geld, contact, wijzigingen" in refused.text
