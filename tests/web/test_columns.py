"""What the columns of a list are, said by a person, with what would come of it beside (J1)."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import etree

from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, signed_in
from voldaan.formats.shared.columns import FIELDS
from voldaan.look.list_fields import GROUPS
from voldaan.records.imports import ListMapping
from voldaan.records.receivables import Receivable

pytestmark = pytest.mark.one_engine  # what the columns of a file are

STRANGE = (
    "Wie;Factuurnr;Gemaakt;Vervaldatum;Hoeveel\nJan;9;2027-01-02;2027-02-01;5,00\nPiet;8;2027-01-02;2027-02-01;6,50\n"
)
VAGUE = "Klantnaam;Factuurnummer;Factuurdatum;Vervaldatum;Saldo\nJan;9;02-01-2027;01-02-2027;5,00\n"
AMERICAN = "Customer;Invoice;Invoice date;Due date;Balance\nDelta;A1;02/10/2027;03/12/2027;5.00\n"
CHOSEN = {"c0": "debtor_name", "c1": "invoice_number", "c2": "issue_date", "c3": "due_date", "c4": "open"}


def brought(name: str, content: str | bytes) -> tuple[str, str]:
    """Bring a file by the page; give what is told of it, and the address where its columns are said."""
    data = content.encode() if isinstance(content, str) else content
    answer = signed_in(OWNER).post(f"/{SLUG}/inlezen/", {"files": [SimpleUploadedFile(name, data)]})
    found = re.search(rf"/{SLUG}/inlezen/(\w+)/kolommen/", answer.content.decode())
    return answer.content.decode(), found[0] if found else ""


def shown(address: str, **chosen: str) -> Any:
    answer = signed_in(OWNER).get(f"{address}?{urlencode(chosen)}")
    assert answer.status_code == 200
    return etree.fromstring(answer.content, etree.HTMLParser(encoding="utf-8"))


def receivables(house: House) -> list[int]:
    open_ = Receivable.objects.of(house.actor.administration_id).values_list("open_cents", flat=True)
    return sorted(open_)


def words(tree: Any, path: str = "//section[@id='preview']") -> str:
    return " ".join("".join(tree.xpath(path)[0].itertext()).split())


def test_every_field_that_a_list_may_have_can_be_chosen():
    assert {code for _, fields in GROUPS for code in fields} == FIELDS


def test_columns_that_nobody_knows_are_chosen_and_the_list_comes_in_as_it_was_shown(house: House):
    told, address = brought("lijst.csv", STRANGE)
    assert "Zeg wat de kolommen zijn" in told
    assert not receivables(house)
    assert "Zo kan het nog niet binnenkomen" in words(shown(address))
    tree = shown(address, **CHOSEN)
    assert "Jan9" in words(tree)
    assert "2 openstaande posten samen € 11,50" in words(tree)
    mapping = tree.xpath("//input[@name='mapping']/@value")[0]
    answer = signed_in(OWNER).post(address, {"mapping": mapping}).content.decode()
    assert "2 nieuw" in answer
    assert receivables(house) == [500, 650]
    assert house.broken() == {}


def test_what_was_said_once_holds_for_the_next_list(house: House):
    _, address = brought("lijst.csv", STRANGE)
    mapping = shown(address, **CHOSEN).xpath("//input[@name='mapping']/@value")[0]
    signed_in(OWNER).post(address, {"mapping": mapping})
    told, _ = brought("volgende.csv", STRANGE + "Kees;7;2027-01-02;2027-02-01;1,00\n")
    assert "1 nieuw" in told, told[told.index("<article") :]
    assert ListMapping.objects.of(house.actor.administration_id).count() == 1


def test_twice_the_same_press_brings_it_in_once(house: House):
    _, address = brought("lijst.csv", STRANGE)
    mapping = shown(address, **CHOSEN).xpath("//input[@name='mapping']/@value")[0]
    client = signed_in(OWNER)
    client.post(address, {"mapping": mapping})
    before = house.everything()
    assert "al bekend" in client.post(address, {"mapping": mapping}).content.decode()
    assert house.everything() == before


def test_a_column_that_is_only_guessed_is_looked_at_first(house: House):
    told, address = brought("lijst.csv", VAGUE)
    assert "eerst kijken" in told
    assert not receivables(house)
    tree = shown(address)
    assert "gegokt: kijk even" in words(tree, "//form[contains(@class, 'columns')]")
    mapping = tree.xpath("//input[@name='mapping']/@value")[0]
    assert "1 nieuw" in signed_in(OWNER).post(address, {"mapping": mapping}).content.decode()


def test_what_is_certain_comes_in_at_once(house: House):
    told, address = brought("lijst.csv", files.items([files.Item("1", "Klant 1", "F1", 10_000, due="15-02-2027")]))
    assert "1 nieuw" in told
    assert not address


def test_two_columns_of_one_kind_are_refused_and_what_was_chosen_stays(house: House):
    _, address = brought("lijst.csv", STRANGE)
    tree = shown(address, **CHOSEN | {"c1": "debtor_name"})
    assert "two columns have the same field" in words(tree)
    assert tree.xpath("//select[@name='c1']//option[@selected]/@value") == ["debtor_name"]
    assert not tree.xpath("//input[@name='mapping']")


def test_how_amounts_and_days_are_written_can_be_said(house: House):
    text = STRANGE.replace("5,00", "1.234").replace("6,50", "2.345")
    _, address = brought("lijst.csv", text)
    assert "1.234 is geen heel aantal centen" in words(shown(address, **CHOSEN, decimal="."))
    assert "€ 3.579,00" in words(shown(address, **CHOSEN, decimal=","))


def test_a_sheet_is_chosen_and_its_columns_follow(house: House):
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, who in (("Een", "Jan"), ("Twee", "Piet")):
            sheet = book.add_worksheet(name)
            for row, cells in enumerate((CHOSEN_HEADERS, (who, "9", "02-01-2027", "01-02-2027", 5.0))):
                for column, cell in enumerate(cells):
                    sheet.write(row, column, cell)
    _, address = brought("lijst.xlsx", out.getvalue())
    assert "Piet" in words(shown(address, sheet="Twee"))
    assert "Piet" not in words(shown(address, sheet="Een"))


CHOSEN_HEADERS = ("Klantnaam", "Factuurnummer", "Factuurdatum", "Vervaldatum", "Openstaand")


def test_noise_is_not_kept(house: House):
    told, address = brought("foto.jpg", b"\xff\xd8\xff\xe0 nee")
    assert "geweigerd" in told
    assert not address


def test_words_of_others_stay_words(house: House):
    evil = "<script>alert(1)</script>"
    _, address = brought(f"{evil}.csv", STRANGE.replace("Jan", evil).replace("Wie", evil))
    page = signed_in(OWNER).get(f"{address}?{urlencode(CHOSEN)}").content.decode()
    assert evil not in page
    assert "&lt;script&gt;" in page


def test_a_mapping_that_is_none_is_refused(house: House):
    _, address = brought("lijst.csv", STRANGE)
    answer = signed_in(OWNER).post(address, {"mapping": "[]", "back": address})
    assert answer["Location"] == address
    assert not receivables(house)


def test_how_dates_are_written_is_asked_where_they_may_be_read_in_two_ways(house: House):
    asked = "//details[summary[contains(., 'datums zijn geschreven')]]/@open"
    _, address = brought("amerika.csv", AMERICAN)
    tree = shown(address)
    assert tree.xpath(asked)
    assert "Geef aan of de dag voorop staat" in words(tree)
    _, address = brought("lijst.csv", STRANGE)
    assert not shown(address).xpath(asked)


def workbook(**sheets: str) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, text in sheets.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(text.splitlines()):
                page.write_row(at, 0, row.split(";"))
    return out.getvalue()


@pytest.mark.parametrize("text", [STRANGE, VAGUE])
def test_what_was_said_once_holds_for_the_next_workbook_whatever_its_sheet_is_called(house: House, text):
    _, address = brought("januari.xlsx", workbook(Januari=text))
    mapping = shown(address, **CHOSEN).xpath("//input[@name='mapping']/@value")[0]
    assert "nieuw" in signed_in(OWNER).post(address, {"mapping": mapping}).content.decode()
    more = text + "Kees;7;2027-01-02;2027-02-01;1,00\n"
    told, address = brought("twee.xlsx", workbook(Februari=more, Maart=more))
    assert "geweigerd" in told  # which of the two is for a person to say
    assert address
    told, _ = brought("februari.xlsx", workbook(Februari=more))
    assert "1 nieuw" in told, told[told.index("<article") :]
