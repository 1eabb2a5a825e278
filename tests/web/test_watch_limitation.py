"""Verjaring: what lapses and when, the letter that begins the term anew, and what a person writes down."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pypdfium2
import pytest
import python_calamine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.queries.limitation import watched
from voldaan.records.invoices import Invoice
from voldaan.usecases import administrations

AT = f"/{SLUG}/verjaring/"


@pytest.fixture
def trade(house: House) -> House:
    """Sell goods to consumers: one that lapses in ten days, one within a year, one barred yesterday, one fresh."""
    administrations.change(name="sells", value="goods", actor=house.actor, today=house.today)
    house.debtor("Café Zéé", number="1", kind="consumer", street="Kade 1", postcode="1011 AB", city="Amsterdam")
    for number, due in (("N1", "2025-03-11"), ("J1", "2025-09-01"), ("V1", "2025-02-28"), ("F1", "2027-02-01")):
        house.invoice("1", number, "100.00", issued="2025-01-01", due=due)
    house.invoice("1", "U1", "70.00", issued="2025-01-01", due="2025-03-12", currency="USD")
    return house


def id_of(house: House, number: str) -> str:
    return str(Invoice.objects.of(house.actor.administration_id).get(number=number).public_id)


def listed(page: Any) -> list[str]:
    return page.all("//tbody/tr/th/a")  # type: ignore[no-any-return]


def test_what_lapses_within_ninety_days_stands_first_and_with_its_amount(trade: House, browse: Browse):
    page = browse(AT)
    assert page.one("//h1") == "2 claims lapse within 90 days, €100.00 and USD 70.00"
    assert listed(page) == ["N1", "U1"]
    assert "10 days left" in page.text
    assert "art. 7:28 BW" in page.text
    assert listed(browse(f"{AT}?welke=jaar")) == ["N1", "U1", "J1"]
    barred = browse(f"{AT}?welke=verjaard")
    assert listed(barred) == ["V1"]
    assert "You can no longer enforce these" in barred.text
    assert "The letter that interrupts it" not in barred.text


def test_today_tells_of_it_only_while_something_can_be_saved(trade: House, browse: Browse, settings: Any):
    overview = browse()
    assert overview.one("//a[contains(@href, '/verjaring/')]") == "2 claims lapse within 90 days"
    trade.pay("N1", "100.00")
    trade.pay("U1", "70.00", currency="USD")
    assert browse().all("//a[contains(@href, '/verjaring/')]") == []
    assert "Nothing lapses within 90 days" in browse(AT).one("//h1")


def test_the_letter_reserves_the_right_to_exactly_what_is_open(trade: House):
    trade.pay("N1", "40.00")
    answer = signed_in(OWNER).get(f"{AT}{id_of(trade, 'N1')}/brief/")
    assert answer["Content-Type"] == "application/pdf"
    paper = pypdfium2.PdfDocument(answer.content)
    text = " ".join("".join(page.get_textpage().get_text_bounded() for page in paper).split())
    assert len(paper) == 1
    for words in (
        "Café Zéé",
        "N1",
        "60,00",
        "uitdrukkelijk het recht voor",
        "artikel 3:317 lid 1",
        "Burgerlijk Wetboek",
    ):
        assert words in text
    for absent in ("J1", "V1", "160"):
        assert absent not in text
    trade.pay("N1", "60.00")
    assert signed_in(OWNER).get(f"{AT}{id_of(trade, 'N1')}/brief/").status_code == 409


def test_posting_the_letter_is_written_down_once_and_saves_the_claim(trade: House, browse: Browse):
    client, where = signed_in(OWNER), f"{AT}{id_of(trade, 'N1')}/gestuit/"
    said = {"what": "demand", "day": "2027-03-01", "proof": "3SABC", "back": AT}
    for _ in range(2):
        assert client.post(where, said)["Location"] == AT
    (one,) = [one for one in watched(actor=trade.actor, today=trade.today) if one.invoice == "N1"]
    assert (one.last_day, len(one.interruptions)) == (date(2029, 3, 1), 1)
    assert listed(browse(AT)) == ["U1"]
    assert (
        client.post(f"{AT}{one.interruptions[0].id}/terugnemen/", {"reason": "niet gepost", "back": AT}).status_code
        == 302
    )
    assert listed(browse(AT)) == ["N1", "U1"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"proof": ""}, "Say where the proof is"),
        ({"day": "2027-03-02"}, "still to come"),
        ({"day": "morgen"}, "is no day"),
        ({"what": "post"}, "Say what happened"),
    ],
)
def test_what_cannot_be_written_down_is_said(trade: House, browse: Browse, settings: Any,
                                             wrong: dict[str, str], says: str):  # fmt: skip
    settings.LANGUAGE_CODE = "en"
    client: Client = signed_in(OWNER)
    said = {"what": "demand", "day": "2027-03-01", "proof": "3SABC", "back": AT} | wrong
    told = client.post(f"{AT}{id_of(trade, 'N1')}/gestuit/", said, follow=True)
    assert says in told.content.decode()
    assert trade.events().count("interruption.recorded") == 0


def test_belgian_books_say_who_must_do_it(browse: Browse, settings: Any):
    house = House.opened(country="BE", today=date(2027, 3, 1))
    administrations.change(name="sells", value="goods", actor=house.actor, today=house.today)
    house.debtor("Zus", number="1", kind="consumer")
    house.invoice("1", "N1", "100.00", issued="2026-01-01", due="2026-03-11")
    page = browse(AT)
    assert listed(page) == ["N1"]
    assert "a formal notice by a lawyer or bailiff" in page.text
    assert "/brief/" not in page.answer.content.decode()


def test_the_file_holds_every_open_item_with_its_last_day(trade: House, settings: Any):
    settings.LANGUAGE_CODE = "en"
    client = signed_in(OWNER)
    answer = client.get(f"{AT}bestand/")
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["Invoice", "V1", "N1", "U1", "J1", "F1", "Total", "Total"]
    assert (rows[1][5], rows[1][6], rows[1][9]) == (date(2027, 2, 28), date(2027, 3, 1), 100.0)
    assert [row[9] for row in rows[-2:]] == [400.0, 70.0]
    assert client.get(f"{AT}bestand/?vorm=csv").getvalue().decode("utf-8-sig").count("\r\n") == 8


def test_a_page_asks_as_many_questions_for_many_claims(trade: House, browse: Browse):
    def asks() -> int:
        browse(AT)
        with CaptureQueriesContext(connection) as asked:
            browse(AT)
        return len(asked)

    few = asks()
    for n in range(60):
        trade.invoice("1", f"X{n}", "1.00", issued="2025-01-01", due="2025-03-20")
    assert asks() == few
    first = browse(AT)
    assert len(listed(first)) == 50
    assert len(listed(browse(f"{AT}?welke=&na=50"))) == 12
    assert "Total of 61 claims" in first.text
