"""Inlezen: each file is told what became of it, and none is half taken in (J1)."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from lxml import etree

from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, signed_in
from voldaan.look.refused_files import reason
from voldaan.look.words import problem, whole
from voldaan.outside.banks import folder
from voldaan.queries.remittance_advices import waiting_advices
from voldaan.usecases import bank, fetching
from voldaan.usecases.files import Imported
from voldaan.web.told import told

DOOR = f"/{SLUG}/inlezen/"
LIST = files.items([files.Item("1", "Klant 1", f"20270000{n}", 10_000 + n, due="15-02-2027") for n in range(3)])
PAID = files.camt053([files.Movement(date(2027, 2, 27), 10_001, name="Klant 1", text="factuur 202700001")])


def sent(*these: tuple[str, str | bytes], **words: str) -> Any:
    """Send files as a browser does; give the words of the page, file by file."""
    uploads = [
        SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content) for name, content in these
    ]
    answer = signed_in(OWNER).post(DOOR, {"files": uploads, **words})
    assert answer.status_code == 200
    tree: Any = etree.fromstring(answer.content, etree.HTMLParser(encoding="utf-8"))
    return [" ".join("".join(one.itertext()).split()) for one in tree.xpath("//article")] or answer


def test_a_list_and_a_statement_come_in_together_and_are_matched_at_once(house: House):
    items, bank = sent(("lijst.csv", LIST), ("afschrift.xml", PAID))
    assert "ingelezen · lijst van openstaande posten" in items
    assert "3 nieuw" in items
    assert "300,03" in items
    assert "bankafschrift (CAMT.053)" in bank
    assert "1 ontvangst geboekt" in bank
    assert house.broken() == {}


def test_the_same_file_again_changes_nothing(house: House):
    sent(("lijst.csv", LIST))
    before = house.everything()
    assert "al bekend" in sent(("andere naam.csv", LIST))[0]
    assert house.everything() == before


def test_what_cannot_be_read_is_refused_with_the_place_and_the_rest_comes_in(house: House):
    bad = files.items([files.Item("1", "Klant 1", "F9", 10_000, due="31-02-2027")])
    noise, broken, good = sent(("foto.jpg", b"\xff\xd8\xff\xe0 nee"), ("fout.csv", bad), ("goed.csv", LIST))
    assert "geweigerd" in noise
    assert "3 nieuw" in good
    assert "31-02-2027" in broken


def test_the_files_in_a_zip_are_told_one_by_one(house: House):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("lijst.csv", LIST)
        archive.writestr("afschrift.xml", PAID)
    told = sent(("alles.zip", packed.getvalue()))
    assert ["alles.zip/lijst.csv" in told[0], "alles.zip/afschrift.xml" in told[1]] == [True, True]


MOVEMENT = files.Movement(date(2027, 2, 27), 10_001, name="Klant 1", text="F1")
WRONG = files.camt053([MOVEMENT]).replace("100.01", "100.02", 1)  # it does not close


def pressed(page: bytes, on: str) -> Any:
    """Press the one button of a form whose address holds a word; give the answer."""
    tree: Any = etree.fromstring(page, etree.HTMLParser(encoding="utf-8"))
    (address,) = tree.xpath(f"//form[contains(@action, '/{on}/')]/@action")
    return signed_in(OWNER).post(address)


def test_a_statement_that_does_not_close_wants_a_look_first_and_then_one_press(house: House):
    upload = SimpleUploadedFile("afschrift.xml", WRONG.encode())
    page = signed_in(OWNER).post(DOOR, {"files": [upload]}).content
    assert "geweigerd" in page.decode()
    assert "--accept-unbalanced" not in page.decode()
    assert "met “Toch inlezen”" in page.decode()
    answer = pressed(page, "toch").content.decode()
    assert "1 nieuw" in answer
    assert "sluiten niet" in answer
    assert "Toch inlezen" not in answer, "it is in: there is no such button any more"
    assert house.broken() == {}


def test_a_file_that_cannot_be_read_offers_no_press(house: House):
    page = signed_in(OWNER).post(DOOR, {"files": [SimpleUploadedFile("foto.jpg", b"\xff\xd8\xff\xe0 nee")]})
    assert "/toch/" not in page.content.decode()


def test_a_button_that_is_not_there_is_not_named():
    doubt = {"place": "statement 1", "what": bank.DOES_NOT_ADD_UP, "severity": "question",
             "facts": {"opening": "EUR 1.00", "moved": "EUR 1.00", "made": "EUR 2.00", "closing": "EUR 3.00"}
             | bank.AGAIN}  # fmt: skip
    wrong = {"place": "statement 2", "what": bank.NO_SUCH_ACCOUNT, "severity": "error", "facts": {}}
    asked = Imported("a.xml", "camt.053", "refused", held="x", problems=[doubt])
    with translation.override("nl"):
        assert "“Toch inlezen”" in told(asked).problems[0][1]
        assert "“Toch inlezen”" not in told(replace(asked, problems=[doubt, wrong])).problems[0][1]


def test_many_are_written_with_the_thousands_apart_and_doubt_has_no_check(house: House):
    with translation.override("nl"):
        assert whole(60_000) == "60.000"
    page = signed_in(OWNER).post(DOOR, {"files": [SimpleUploadedFile("afschrift.xml", WRONG.encode())]}).content
    assert "zoals het bestand zegt" not in pressed(page, "toch").content.decode()


def test_a_day_in_a_problem_is_written_as_readers_do():
    gap = {"place": "statement 1", "what": bank.DOES_NOT_FOLLOW,
           "facts": {"opening": "EUR 1.00", "known": "EUR 2.00", "day": "2026-11-26"} | bank.BETWEEN}  # fmt: skip
    with translation.override("nl"):
        assert "26 november 2026" in problem(gap)[1]


def test_no_file_at_all_is_said(house: House):
    answer = signed_in(OWNER).post(DOOR, {})
    assert "Kies eerst minstens één bestand" in answer.content.decode()


def test_the_name_of_a_file_is_only_a_name(house: House):
    told = sent(("<img src=x onerror=alert(1)>.csv", LIST), ("../../etc/passwd", LIST))
    assert told[0].startswith("<img src=x onerror=alert(1)>.csv")  # it is read out of the text of the page
    assert told[1].startswith("passwd")


def test_a_list_of_a_payer_waits_until_its_receipt_is_there_and_can_be_removed(house: House):
    told = "Betaalspecificatie\nOpdrachtgever;Café <b>Zee</b>\nUw factuur;Bedrag\n202700001;100,01\n"
    sent(("lijst.csv", LIST))
    (card,) = sent(("betaald.csv", told))
    assert "betaalspecificatie" in card
    client = signed_in(OWNER)
    page = client.get(DOOR).content.decode()
    assert "Café &lt;b&gt;Zee&lt;/b&gt;" in page
    assert "nog geen ontvangst van dit bedrag" in page
    (advice,) = waiting_advices(most=9, actor=house.actor)
    answer = client.post(f"{DOOR}betaalspecificaties/{advice.id}/verwijderen/")
    assert answer["Location"] == DOOR
    assert "Betaalspecificaties die wachten" not in client.get(DOOR).content.decode()
    sent(("weer.csv", told))
    other = files.camt053([files.Movement(date(2027, 2, 27), 10_001, name="Iemand", text="zie de lijst")])
    sent(("afschrift.xml", other))
    assert "de ontvangst wacht op u" in client.get(DOOR).content.decode()
    inbox = client.get(f"/{SLUG}/ontvangsten/").content.decode()
    assert "de betaler noemt hem zelf, in zijn specificatie van 1 maart 2027" in inbox
    assert "de rekening of de naam van de betaler is niet die van de klant" in inbox


def test_a_list_of_hundreds_folds_what_it_pays(house: House):
    rows = [files.Item("1", "Klant 1", f"2027{n:05d}", 1_000 + n, due="15-02-2027") for n in range(40)]
    told = "".join(f"{row.invoice};{row.cents // 100},{row.cents % 100:02d}\n" for row in rows)
    total = sum(row.cents for row in rows)
    sent(("lijst.csv", files.items(rows)), ("betaald.csv", f"Uw factuur;Betaald\n{told}"))
    paid = [files.Movement(date(2027, 2, 27), total, name="Klant 1"), files.Movement(date(2027, 2, 27), 1)]
    (card,) = sent(("afschrift.xml", files.camt053(paid)))
    assert "1 ontvangst geboekt" in card
    booked = signed_in(OWNER).get(f"/{SLUG}/ontvangsten/?welke=geboekt").content.decode()
    assert "en nog 28" in booked
    assert house.broken() == {}


def test_a_file_that_came_by_itself_and_was_refused_waits_here_until_a_person_is_done(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(folder, "SETTLED", 0)
    monkeypatch.setenv("VOLDAAN_DROP", str(tmp_path))
    (tmp_path / SLUG).mkdir()
    sent(("lijst.csv", LIST))
    (tmp_path / SLUG / "stuk.xml").write_text(files.camt053([files.Movement(date(2027, 2, 27), 10_001)], closing=1))
    fetching.fetch(why=reason, actor=house.actor, today=house.today, now=datetime(2027, 3, 1, 9, 30, tzinfo=UTC))
    client = signed_in(OWNER)
    page = client.get(DOOR).content.decode()
    for words in (str(tmp_path / SLUG), "</time> om 10:30", "stuk.xml", "sluiten niet"):
        assert words in page
    assert "1 bestand dat vanzelf binnenkwam, is geweigerd" in client.get(f"/{SLUG}/").content.decode()
    tree: Any = etree.fromstring(page.encode(), etree.HTMLParser())
    (done,) = tree.xpath("//form[contains(@action, 'geweigerd')]/@action")
    assert client.post(done).status_code == 302
    still = client.get(DOOR).content.decode()
    assert str(tmp_path / SLUG) in still
    assert "sluiten niet" not in still
    assert "1 nieuw" in pressed(page.encode(), "toch").content.decode()


def test_a_place_that_cannot_be_looked_at_says_why_and_when_it_is_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("VOLDAAN_DROP", raising=False)
    monkeypatch.setenv("VOLDAAN_SFTP", "sftp://a:geheim@b/{slug}")
    fetching.fetch(why=reason, actor=house.actor, today=house.today, now=datetime(2027, 3, 1, 9, 30, tzinfo=UTC))
    page = signed_in(OWNER).get(DOOR).content.decode()
    for words in ("VOLDAAN_SFTP", "wachtwoord", "rond 10:35 opnieuw"):
        assert words in page
    assert "geheim" not in page


def test_where_no_folder_is_watched_the_page_says_nothing_of_it(house: House):
    assert "vanzelf" not in signed_in(OWNER).get(DOOR).content.decode()
