"""Dubbelen: pairs that may be one are listed with what they share; two become one on a page that says what happens."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.queries import doubles as questions
from voldaan.queries.doubles import MOST_ALIKE
from voldaan.records.debtors import Debtor
from voldaan.records.messages import Message
from voldaan.usecases import doubles, runs

LIST = f"/{SLUG}/klanten/dubbelen/"


@pytest.fixture
def ids(house: House) -> dict[str, str]:
    house.debtor("Café Zéé", number="7", email="info@zee.example", postcode="4811 AA", city="Breda")
    house.debtor("Cafe Zee", number="8", postcode="4811aa", email="cafe@b.example", iban="NL20INGB0001234567",
                 vat_number="NL820605876B01")  # fmt: skip
    house.debtor("Iemand", number="9", email="Info@zee.example", vat_number="NL820605876B01")
    house.debtor("Cafe Zee", number="10", postcode="9999 ZZ")
    house.debtor("Weer een", number="11", iban="NL20INGB0001234567")
    house.invoice("8", "F1", "121.00", issued="2027-02-01", due="2027-02-15")
    house.invoice("7", "F2", "10.00")
    return dict(Debtor.objects.of(house.actor.administration_id).values_list("number", "public_id"))


def pairs(house: House) -> list[tuple[str, str, list[str]]]:
    return [(pair.one.number, pair.other.number, pair.alike) for pair in questions.likely(most=50, actor=house.actor)]


def merging(ids: dict[str, str], stays: str, gone: str = "") -> str:
    return f"/{SLUG}/klanten/{ids[stays]}/samenvoegen/" + (f"?met={ids[gone]}" if gone else "")


def test_pairs_are_found_by_what_they_share(house: House, ids: dict[str, str]):
    assert pairs(house) == [
        ("7", "8", ["name"]),
        ("7", "9", ["email"]),
        ("8", "9", ["vat_number"]),
        ("8", "11", ["iban"]),
    ]
    doubles.merge(double="9", into="7", actor=house.actor, today=house.today)
    assert ("7", "9", ["email"]) not in pairs(house)


def test_a_name_is_enough_unless_postcodes_tell_them_apart(house: House):
    house.debtor("Aannemersbedrijf Visser B.V.", number="1", postcode="4811 AA")
    house.debtor("Aannemersbedrijf Visser BV", number="2")
    house.debtor("Visser Aannemersbedrijf", number="3", postcode="9999 ZZ")
    assert pairs(house) == [("1", "2", ["name"]), ("2", "3", ["name"])]


def test_what_very_many_share_tells_nobody_from_another(house: House):
    for number in range(MOST_ALIKE + 1):
        house.debtor(f"Filiaal {number}", number=f"{number}", email="kantoor@b.example")
    assert pairs(house) == []


def test_the_list_goes_on_from_a_pair_and_costs_the_same(browse: Browse, house: House):
    costs = []
    for first, more in ((0, 5), (5, 60)):
        for number in range(first, first + more):
            for twice in ("a", "b"):
                house.debtor(f"Klant {number}", number=f"{number}{twice}")
        browse(LIST)
        with CaptureQueriesContext(connection) as asked:
            browse(LIST)
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 7
    top = browse(LIST)
    (onward,) = top.tree.xpath("//nav[@class='pages']/a/@href")
    second = browse(f"{LIST}{onward}")
    named = top.all("//th[@scope='row']/a") + second.all("//th[@scope='row']/a")
    assert named == [f"Klant {number}" for number in range(65)]
    browse(f"{LIST}?na=onzin")


def test_the_page_shows_both_and_what_will_be_known(browse: Browse, ids: dict[str, str]):
    page = browse(merging(ids, "7", "8"))
    rows = {one.xpath("string(th)").strip(): ["".join(cell.itertext()).strip() for cell in one.xpath("td")]
            for one in page.tree.xpath("//tbody/tr")}  # fmt: skip
    assert rows["Number"] == ["7", "8", "7"]
    assert rows["E-mail"] == ["info@zee.example", "cafe@b.example", "info@zee.example"]
    assert rows["VAT number"] == ["–", "NL820605876B01", "NL820605876B01"]
    assert rows["Accounts"][2] == "NL20 INGB 0001 2345 67"
    assert rows["Open"][2] == "€131.00"
    assert "1 open item of Cafe Zee is of Café Zéé from now on" in page.text


def test_what_the_page_promises_is_what_the_verb_does(browse: Browse, house: House, ids: dict[str, str]):
    stays, gone = questions.side_by_side(ids["7"], ids["8"], actor=house.actor)
    from voldaan.web.doubles import _lines

    promised = {line.word: line.after for line in _lines(stays, gone)}
    client = signed_in(OWNER)
    client.cookies["voldaan-language"] = "en"
    answer = client.post(merging(ids, "7"), {"double": ids["8"]})
    assert answer["Location"] == f"/{SLUG}/klanten/{ids['7']}/"
    assert "Merged. 1 open item moved." in client.get(answer["Location"]).content.decode()
    now, _ = questions.side_by_side(ids["7"], ids["9"], actor=house.actor)
    assert {line.word: line.stays for line in _lines(now, now)} == promised
    assert now.items == 2


def test_a_second_click_and_a_message_on_its_way_are_told(browse: Browse, house: House, ids: dict[str, str]):
    runs.run(actor=house.actor, today=house.today)
    Message.objects.of(house.actor.administration_id).update(state="claimed")
    assert "A message to Cafe Zee is on its way." in browse(merging(ids, "7", "8")).text
    before, client = house.everything(), signed_in(OWNER)
    back = {"back": f"/{SLUG}/klanten/"}
    for double, into in (("8", "7"), ("7", "7")):
        answer = client.post(merging(ids, into), {"double": ids[double]} | back)
        assert 'role="alert"' in client.get(answer["Location"]).content.decode()
    assert house.everything() == before


def test_the_double_is_searched_and_never_itself(browse: Browse, ids: dict[str, str]):
    page = browse(f"{merging(ids, '7')}?zoek=zee")
    assert sorted(page.tree.xpath("//a[@class='deed']/@href")) == sorted([f"?met={ids['8']}", f"?met={ids['10']}"])
    assert "Nobody found" in browse(f"{merging(ids, '7')}?zoek=niemand").text
    browse(f"{merging(ids, '7')}?met=niemand", status=404)
