"""Ontbrekend: addresses filled in by the page; what did not fit stands there as it was typed, and the rest is kept."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, Page, signed_in
from voldaan.records.debtors import Debtor

PAGE = f"/{SLUG}/klanten/ontbrekend/"


@pytest.fixture
def silent(house: House) -> dict[str, str]:
    """Give three customers who owe and have no address, by their numbers."""
    for number, name in (("1", "Aap"), ("2", "Noot"), ("3", "Mies")):
        house.debtor(name, number=number)
        house.invoice(number, f"F{number}", "10.00")
    return dict(Debtor.objects.of(house.actor.administration_id).values_list("number", "public_id"))


def posted(words: dict[str, str], address: str = PAGE) -> tuple[int, Page]:
    client = signed_in(OWNER)
    client.cookies["voldaan-language"] = "en"
    answer: Any = client.post(address, words)
    if answer.status_code == 302:
        answer = client.get(answer["Location"])
        return 302, Page(answer, etree.fromstring(answer.content, etree.HTMLParser(encoding="utf-8")))
    return answer.status_code, Page(answer, etree.fromstring(answer.content, etree.HTMLParser(encoding="utf-8")))


def listed(page: Page) -> list[str]:
    return page.all("//th[@scope='row']/a")


def test_the_lists_lead_to_it_as_long_as_somebody_is_missing(browse: Browse, silent: dict[str, str]):
    assert "3 customers who owe have no e-mail address" in browse(f"/{SLUG}/klanten/").text
    assert "3 customers who owe have no e-mail address" in browse().text
    posted({f"email-{id_}": f"k{number}@b.example" for number, id_ in silent.items()})
    assert "no e-mail address" not in browse(f"/{SLUG}/klanten/").all("//p[@class='pointers']")[0]
    assert "Nothing is missing here" in browse(PAGE).text


def test_a_wrong_one_stays_as_it_was_typed_and_the_right_ones_are_kept(browse: Browse, silent: dict[str, str]):
    status, page = posted({f"email-{silent['1']}": "aap@b.example", f"email-{silent['2']}": "noot bij b"})
    assert status == 422
    assert listed(page) == ["Mies", "Noot"]
    assert page.tree.xpath(f"//input[@name='email-{silent['2']}']/@value") == ["noot bij b"]
    assert page.tree.xpath(f"//input[@name='email-{silent['2']}']/@aria-invalid") == ["true"]
    assert "“noot bij b”" in page.text or "noot bij b" in page.one("//p[starts-with(@id, 'problem-')]")
    assert "The address of 1 customer is kept." in page.text
    assert listed(browse(PAGE)) == ["Mies", "Noot"]


def test_a_postal_address_asks_only_for_what_is_not_known(browse: Browse, house: House, silent: dict[str, str]):
    half = house.debtor("Wim", number="4", postcode="4811 AA", city="Breda")
    house.invoice("4", "F4", "10.00")
    page = browse(f"{PAGE}?welke=post")
    assert page.tree.xpath(f"//input[contains(@name, '{half}')]/@name") == [f"street-{half}"]
    status, page = posted({f"street-{half}": "Kade 1"}, f"{PAGE}?welke=post")
    assert status == 302
    assert "Wim" not in listed(page)
    assert Debtor.objects.of(house.actor.administration_id).get(number="4").street == "Kade 1"


def test_a_stale_page_overwrites_nothing_and_says_so(silent: dict[str, str]):
    posted({f"email-{silent['1']}": "eerst@b.example"})
    status, page = posted({f"email-{silent['1']}": "later@b.example"})
    assert status == 422
    assert "Aap has “eerst@b.example” already." in page.text


def test_lines_are_pasted_and_those_that_do_not_fit_stay_in_the_field(browse: Browse, silent: dict[str, str]):
    lines = '1;aap@b.example\n2,fout\n"3"\tmies@b.example\n99;x@b.example\nonzin\n'
    status, page = posted({"lines": lines})
    assert status == 422
    assert page.tree.xpath("//textarea")[0].text.split() == ["2,fout", "99;x@b.example", "onzin"]
    assert len(page.all("//ul[@id='line-problems']/li")) == 3
    assert listed(browse(PAGE)) == ["Noot"]


def test_a_line_that_never_ends_is_no_line_and_keeps_nobody_waiting(silent: dict[str, str]):
    spaces = " " * 100_000
    status, page = posted({"lines": f'{spaces}1{spaces}\n{spaces}"1"{spaces};{spaces}aap@b.example{spaces}'})
    assert (status, len(page.all("//ul[@id='line-problems']/li"))) == (422, 1)
    assert "The address of 1 customer is kept." in page.text


def test_too_many_lines_are_refused_as_a_whole(house: House, silent: dict[str, str]):
    before = house.everything()
    status, page = posted({"lines": "1;aap@b.example\n" * 1001, "back": PAGE})
    assert (status, page.one("//div[@role='alert']/span")) == (
        302, "These are 1001 lines: at most 1000 at once. Nothing was filled in.",
    )  # fmt: skip
    assert house.everything() == before


def test_the_list_goes_on_page_by_page(browse: Browse, house: House):
    for number in range(60):
        house.debtor(f"Klant {number:02}", number=f"{number}")
        house.invoice(f"{number}", f"F{number}", "10.00")
    first = browse(PAGE)
    (onward,) = first.tree.xpath("//nav[@class='pages']/a/@href")
    second = browse(f"{PAGE}{onward}")
    assert listed(first) + listed(second) == [f"Klant {number:02}" for number in range(60)]
    assert first.tree.xpath("//form[@class='filled']/@action") == ["?welke=e-mail&na="]
