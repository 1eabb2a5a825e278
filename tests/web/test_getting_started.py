"""The beginning: how far it is, what tomorrow would bring, and old debts that rest (J1, T22)."""

from __future__ import annotations

from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.records.documents import Document
from voldaan.records.holds import Hold
from voldaan.records.imports import Import
from voldaan.rules.ladders import FOURTEEN_DAYS, written
from voldaan.usecases import administrations, runs, strategies

DOOR = f"/{SLUG}/beginnen/"
OLD = f"{DOOR}oude-posten/"


def test_each_step_says_what_it_wants_until_it_is_done(house: House, browse: Browse):
    page = browse(DOOR)
    assert len(page.all("//ol[contains(@class, 'ladder')]/li")) == 6
    assert page.all("//li[@class='done']//h2") == []
    house.debtor("Bereikt", number="1", email="a@b.example", kind="business")
    house.invoice("1", "F1", "10.00", issued="2027-02-01", due="2027-02-15")
    page = browse(DOOR)
    assert page.all("//ol/li[1]/p")[0].startswith("1 open invoice, 1 customer, together €10.00.")
    assert page.all("//li[@class='done']//h2") == [
        "Take in what is open", "Look at old debts first", "See whom no mail reaches",
    ]  # fmt: skip
    assert "Still missing: your postal address, the address that mail comes from, the mail server." in page.text


def test_who_is_not_reached_is_counted(house: House, browse: Browse):
    for number, more in (("1", {}), ("2", {"street": "Kade 1", "city": "Gent"}), ("3", {"email": "a@b.example"})):
        house.debtor(f"Klant {number}", number=number, kind="business", **more)
        house.invoice(number, f"F{number}", "10.00", issued="2027-02-01", due="2027-02-15")
    house.debtor("Is niets schuldig", number="4")
    page = browse(DOOR)
    says = "2 customers who owe have no e-mail address; 1 has no postal address either, and gets nothing."
    assert page.one("//ol/li[4]/p").startswith(says)


def test_tomorrow_is_tried_and_nothing_of_it_stays(house: House, browse: Browse):
    house.debtor("Te laat", number="1", email="a@b.example", kind="business")
    house.invoice("1", "F1", "10.00", issued="2027-02-01", due="2027-02-15")
    before = house.everything()
    page = browse(f"{DOOR}?morgen")
    assert page.one("//section[@id='tomorrow']/h2") == "On 2 March 2027 1 customer would hear from you"
    assert "Te laat" in page.one("//section[@id='tomorrow']//tbody//th")
    assert house.everything() == before


def test_without_bank_data_it_says_why_nobody_would_hear(house: House, browse: Browse):
    administrations.change(name="bank_freshness_days", value="3", actor=house.actor, today=house.today)
    house.debtor("Te laat", number="1", email="a@b.example", kind="business")
    house.invoice("1", "F1", "10.00", issued="2027-02-01", due="2027-02-15")
    page = browse(f"{DOOR}?morgen")
    assert "nobody would hear from you" in page.text
    assert "The bank data is too old to know who has paid." in page.text


def test_old_debts_rest_once_somebody_looked(house: House, browse: Browse):
    house.debtor("Oud", number="1", email="a@b.example", kind="business")
    for number in ("F1", "F2", "F3"):
        house.invoice("1", number, "10.00", issued="2026-01-01", due="2026-02-15")
    assert browse(OLD).one("//h1") == "3 old debts to look at first"
    client = signed_in(OWNER)
    words = {"until": "2027-06-01", "reason": "eerst bellen", "back": OLD}
    assert client.post(f"{OLD}rusten/", {**words, "invoice": ["F1", "F2", "F2"]})["Location"] == OLD
    page = browse(OLD)
    assert page.one("//h1") == "1 old debt to look at first"
    assert Hold.objects.of(house.actor.administration_id).count() == 2
    # What was typed wrong, or not at all, changes nothing.
    for wrong in ({"until": "ooit"}, {"reason": " "}, {"until": "2026-01-01"}):
        assert client.post(f"{OLD}rusten/", {**words, "invoice": ["F3"], **wrong})["Location"] == OLD
    assert client.post(f"{OLD}rusten/", words)["Location"] == OLD
    assert Hold.objects.of(house.actor.administration_id).count() == 2


def test_the_beginning_is_a_room_until_mail_leaves(house: House, browse: Browse):
    assert "Getting started" in browse().all("//nav//a/span")
    for name, value in (("sender", "wij@hart.example"), ("smtp", "smtp://mail.example:587"), ("live", "on")):
        administrations.change_sender(name=name, value=value, actor=house.actor, today=house.today)
    assert "Getting started" not in browse().all("//nav//a/span")
    assert browse(DOOR).one("//h1") == "You are under way"


def test_it_tells_what_good_follow_up_stands_on(house: House, browse: Browse):
    """S2-23: seven things that can be set or done."""
    path = "//section[h2[starts-with(., 'What good follow-up stands on')]]"
    assert browse(DOOR).one(f"{path}/h2") == "What good follow-up stands on: 4 of 7"
    runs.run(actor=house.actor, today=house.today)
    files.bring(house, files.camt053([files.Movement(house.today, 500)]), "afschrift.xml")
    administrations.change(name="bank_freshness_days", value="3", actor=house.actor, today=house.today)
    assert browse(DOOR).one(f"{path}/h2") == "What good follow-up stands on: 7 of 7"
    item = files.Item("1", "Klant 1", "F1", 10_000, due="")
    files.bring(house, files.items([item]), "lijst.csv")
    page = browse(DOOR)
    assert page.one(f"{path}/h2") == "What good follow-up stands on: 6 of 7"
    assert page.one(f"{path}//li[.//a]") == "Not yet:Every open invoice says when it is due. Put it in order"
    ladder = written(FOURTEEN_DAYS)
    ladder["steps"] = ladder["steps"][1:-1]
    strategies.define(code="14-dagen", content=ladder, actor=house.actor, today=house.today)
    assert browse(DOOR).one(f"{path}/h2") == "What good follow-up stands on: 4 of 7"


def test_who_takes_in_lists_is_asked_what_money_pays_first(house: House, browse: Browse):
    asks = "Choose what money pays first"
    assert asks not in browse(DOOR).text
    whose = house.actor.administration_id
    list_ = Document.objects.of(whose).create(administration_id=whose, sha256="1" * 64, name="a.csv", size=1,
                                              media_type="text/csv")  # fmt: skip
    Import.objects.of(whose).create(administration_id=whose, document=list_, format="open-items-csv", answer={},
                                    imported_on=house.today)  # fmt: skip
    assert browse(DOOR).tree.xpath(f"//a[.='{asks}']/@href") == [f"/{SLUG}/instellingen/opvolging/"]
    administrations.change(name="principal_first", value="on", actor=house.actor, today=house.today)
    assert asks not in browse(DOOR).text
