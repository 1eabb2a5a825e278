"""Wettelijke rente: what holds today, what misses, a rate added or taken back, and nothing for who may not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.formats import rate_list
from voldaan.records.events import Event
from voldaan.records.rates import StatutoryRate
from voldaan.rules.rates import Told
from voldaan.usecases import administrations, people, rates

pytestmark = pytest.mark.one_engine  # forms; the verbs are in test_rates

AT = f"/{SLUG}/instellingen/wettelijke-rente/"
NEW = {"deed": "add", "series": "NL consumer", "valid_from": "2027-01-01", "percent": "5,25 %", "source": "Stb. 500"}
FILE = b"country,kind,valid_from,known_until,rate_percent,source\nNL,commercial,2027-01-01,,10.15,Stcrt.\n"


@pytest.fixture
def client(house: House) -> Client:
    return signed_in(OWNER)


def forms(answer: bytes) -> int:
    return answer.decode().partition("<main")[2].partition("</main>")[0].count("<form")


def test_each_rate_says_what_it_is_until_when_and_by_whom(house: House, browse: Browse):
    page = browse(AT)
    rows = page.all("//tbody/tr")
    assert "4.00" in rows[0]
    assert [row.split(",")[0] for row in rows[:1]] == ["Statutory interest"]
    assert len(page.all("//tbody//span[contains(@class, 'warn')]")) == 5  # nothing of 2027 came with Voldaan
    assert "not known from" in rows[0]


@pytest.mark.parametrize(("day", "signs"), [("2026-11-30", 0), ("2026-12-01", 5), ("2027-01-01", 5)])
def test_what_misses_is_warned_of_and_before_the_last_month_nothing_is(house, browse, settings, day, signs):
    settings.TODAY_INSTEAD = settings.TODAY_INSTEAD.replace(*map(int, day.split("-")))
    assert len(browse(AT).all("//tbody//span[contains(@class, 'warn')]")) == signs


def test_a_rate_is_added_and_shown_and_the_same_again_changes_nothing(client: Client, house: House, browse: Browse):
    for _ in range(2):
        assert client.post(AT, NEW)["Location"] == AT
    rate = StatutoryRate.objects.get()
    assert (rate.percent, rate.valid_from, rate.source, rate.added_by) == ("5.25", date(2027, 1, 1), "Stb. 500", OWNER)
    assert Event._base_manager.filter(kind="rates.added").count() == 1
    page = browse(AT)
    assert "5.25" in page.all("//tbody/tr")[0]
    assert len(page.all("//li[@class='account']")) == 1


def test_the_calculator_and_the_rates_agree_at_once(client: Client, house: House):
    asked = "/rekenen/?land=NL&wie=consument&bedrag=1000&vervalt=2026-12-31&op=2027-06-30&zonder_kosten=ja"
    before = client.get(asked).content.decode()
    client.post(AT, NEW)
    after = client.get(asked).content.decode()
    assert ("5,25" in before, "5,25" in after) == (False, True)
    assert before.count("voorlopig") > after.count("voorlopig")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"percent": "500"}, "geen percentage van 0 tot en met 100"),
        ({"valid_from": "2027-02-01"}, "1 januari en 1 juli"),
        ({"valid_from": "morgen"}, "geen dag"), ({"source": " "}, "gewone woorden"),
        ({"valid_from": "2026-01-01"}, "past niet bij wat bekend is"),
        ({"series": "XX y"}, "“XX y” bestaat niet"), ({"series": ""}, "bestaat niet"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_and_stays_typed(client: Client, house: House, words, says):
    answer = client.post(AT, NEW | words)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'value="Stb. 500"' in page or "source" in words
    assert not StatutoryRate.objects.exists()


def test_a_file_comes_in_whole_or_not_at_all(client: Client, house: House):
    bad = FILE + b"NL,consumer,2027-02-01,,5,x\n"
    for content, says in ((bad, "r.csv:3"), (b"\x00", "r.csv"), (b"x" * (rate_list.MOST_BYTES + 9), "veel te groot")):
        answer = client.post(AT, {"deed": "file", "file": SimpleUploadedFile("r.csv", content)})
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert not StatutoryRate.objects.exists()
    assert client.post(AT, {"deed": "file"}).status_code == 422
    assert client.post(AT, {"deed": "file", "file": SimpleUploadedFile("r.csv", FILE)})["Location"] == AT
    assert StatutoryRate.objects.get().percent == "10.15"


def test_words_of_a_stranger_are_never_markup(client: Client, house: House):
    client.post(AT, NEW | {"source": "<script>alert(1)</script>"})
    assert "<script>alert" not in client.get(AT).content.decode()
    answer = client.post(AT, {"deed": "file", "file": SimpleUploadedFile("<b>x", b"a,b\n")})
    assert "<b>x" not in answer.content.decode()


def test_a_slip_is_taken_back_once(client: Client, house: House):
    client.post(AT, NEW)
    words = {"deed": "take_back", "country": "NL", "kind": "consumer", "valid_from": "2027-01-01"}
    assert client.post(AT, words)["Location"] == AT
    assert not StatutoryRate.objects.exists()
    assert client.post(AT, words).status_code == 422
    assert client.post(AT, words | {"valid_from": "x"}).status_code == 422


def test_who_may_not_sees_the_rates_and_no_form(client: Client, house: House):
    client.post(AT, NEW)
    people.add(email="lezer@hart.example", role="auditor", actor=house.actor, today=house.today)
    shown = signed_in("lezer@hart.example").get(AT)
    assert (shown.status_code, forms(shown.content)) == (200, 0)
    House.opened("Anderen", owner_email="ander@b.example")
    shown = client.get(AT)
    assert forms(shown.content) == 0
    assert "niet allemaal van u" in shown.content.decode()
    assert client.post(AT, NEW | {"series": "NL commercial"}).status_code == 422
    assert StatutoryRate.objects.count() == 1


def test_who_looks_around_in_the_demo_changes_nothing_for_others(house: House):
    administrations.open_books(name="Verzonnen", country="NL", ibans=[], via="test", today=house.today, is_demo=True)
    visitor = signed_in()
    visitor.post("/demo/")
    at = AT.replace(SLUG, "verzonnen")
    assert forms(visitor.get(at).content) == 0
    assert visitor.post(at, NEW).status_code == 403
    assert not StatutoryRate.objects.exists()


def test_the_page_asks_as_many_questions_with_one_rate_as_with_many(client: Client, house: House):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(AT).status_code == 200
        return len(asked)

    client.post(AT, NEW)
    client.get(AT)
    few = questions()
    told = [Told("x", "NL", "commercial", f"{year}-{month}-01", "", f"{Decimal(year - 2020)}", "x")
            for year in range(2027, 2060) for month in ("01", "07")]  # fmt: skip
    rates.add(rates=told, actor=house.actor, today=house.today)
    assert questions() == few <= 7
