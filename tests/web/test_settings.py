"""Instellingen: who the company is, by which terms it follows up, and what its messages say."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.queries import wordings as questions
from voldaan.records.administrations import Administration
from voldaan.records.events import Event
from voldaan.records.messages import WordingText
from voldaan.rules import exports
from voldaan.rules.letters import Wording
from voldaan.usecases import people, wordings

pytestmark = pytest.mark.one_engine  # forms of one row; the verbs have tests of their own

AT = f"/{SLUG}/instellingen/"
TEXT = f"{AT}teksten/reminder/nl/"
OWN = {"subject": "{total} voor {invoices}", "body": "Beste {customer},\n\nBetaal {total} voor {final_date}.",
       "closing": "Hartelijke groet, {sender}"}  # fmt: skip


@pytest.fixture
def client(house: House) -> Client:
    return signed_in(OWNER)


def as_auditor(house: House) -> Client:
    people.add(email="lezer@hart.example", role="auditor", actor=house.actor, today=house.today)
    return signed_in("lezer@hart.example")


def own() -> dict[str, Any]:
    return dict(Administration.objects.values().get())


def test_each_setting_has_its_place_and_says_what_it_does(client: Client, browse: Browse):
    pages = [browse(AT), browse(f"{AT}opvolging/"), browse(f"{AT}boekhouding/")]
    fields = {name for page in pages for name in page.tree.xpath("//main//form//@name")}
    asked = {"name", "street", "postcode", "city", "phone", "registration_number", "vat_number", "capital_rate",
             "strategy", "bank_freshness_days", "large_run", "claim_lease_seconds", "language",
             "time_zone", "sells", "consumer_strategy", "principal_first", "vat_filing", "write_off_limit",
             "match_tolerance", "matching_precision", "rest_limit", *exports.SETTINGS.values()}  # fmt: skip
    assert asked == {
        name for name in fields if not name.startswith("was_") and name not in {"csrfmiddlewaretoken", "back"}
    }
    for page in pages:
        for field in page.tree.xpath("//main//form//*[self::input[not(@type='hidden')] or self::select]"):
            assert page.one(f"//*[@id='{field.get('aria-describedby')}']").endswith(".")


def test_what_is_typed_is_kept_and_what_was_not_touched_is_left_alone(client: Client):
    before = own()
    answer = client.post(AT, {"city": "Utrecht", "was_city": "", "phone": "", "was_phone": "", "name": "Oud",
                              "was_name": "Oud"})  # fmt: skip
    assert answer["Location"] == AT
    assert own() == before | {"city": "Utrecht"}
    assert Event._base_manager.filter(kind="administration.changed", facts__setting="city").count() == 1


def test_what_does_not_fit_is_said_at_its_place_and_stays_typed_while_the_rest_is_kept(client: Client):
    answer = client.post(f"{AT}opvolging/", {"capital_rate": "honderd", "was_capital_rate": "8",
                                             "large_run": "40", "was_large_run": "250"})  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="honderd"' in page
    assert "kan niet “honderd” zijn" in page
    assert own()["large_run"] == 40


@pytest.mark.parametrize(("name", "value"), [("phone", "9" * 41), ("name", "n" * 121), ("vat_number", "9" * 21)])
def test_what_is_too_long_for_its_column_is_refused(client: Client, name, value):
    before = own()
    assert client.post(AT, {name: value}).status_code == 422
    assert own() == before


@pytest.mark.parametrize("page", ["", "opvolging/", "boekhouding/"])
def test_no_other_field_can_be_written_from_these_pages(client: Client, page):
    mine = set(re.findall(r'name="was_([a-z_]+)"', client.get(AT + page).content.decode()))
    before = own()
    others = {field.attname for field in Administration._meta.concrete_fields} - mine
    words = {"live": "on", "sender": "dief@b.example", "smtp": "smtp://127.0.0.1", "is_demo": "1", "country": "BE"}
    client.post(AT + page, {name: words.get(name, "7") for name in others})
    assert own() == before


def test_who_may_only_read_sees_the_values_and_no_form(house: House):
    reader = as_auditor(house)
    for page in ("", "opvolging/", "boekhouding/", "rekeningen/", "afzender/", "verzenden/", "gebruikers/", "teksten/",
                 "teksten/reminder/nl/"):  # fmt: skip
        shown = reader.get(AT + page).content.decode()
        assert "<form" not in shown.partition("<main")[2].partition("</main>")[0]
    assert "Bakkerij" in reader.get(AT).content.decode()


def test_a_text_is_shown_as_the_mail_that_it_makes(client: Client, house: House, browse: Browse):
    page = browse(TEXT)
    assert page.tree.xpath("//iframe/@src") == [f"{TEXT}mail/"]
    assert page.all("//dl[@class='mail']//b") == ["Wilt u € 1.210,00 betalen voor factuur 2027-0042?"]
    answer = client.get(f"{TEXT}mail/")
    mail = answer.content.decode()
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "NL91 ABNA 0417 1643 00" in mail
    assert "Voorbeeld B.V." in mail
    letter = client.get(f"{TEXT}brief/")
    assert (letter["Content-Type"], letter.content[:4]) == ("image/png", b"\x89PNG")


def test_a_text_is_looked_at_before_it_is_kept(client: Client, house: House):
    answer = client.post(TEXT, OWN | {"deed": "look", "subject": "DRINGEND {total}"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "DRINGEND {total}" in page  # still typed
    assert "DRINGEND € 1.210,00" in page
    assert "Een woord in hoofdletters schreeuwt." in page
    assert "Betaal €" in client.get(f"{TEXT}mail/").content.decode()
    assert not WordingText._base_manager.exists()
    client.get(TEXT)
    assert "Betaal €" not in client.get(f"{TEXT}mail/").content.decode()  # who comes back sees what is in use


def test_a_draft_of_one_text_is_seen_at_no_other(client: Client, house: House):
    client.post(TEXT, OWN | {"deed": "look"})
    other = client.get(f"{AT}teksten/demand/nl/mail/").content.decode()
    assert "Betaal €" not in other


def test_an_own_text_is_kept_used_and_given_back(client: Client, house: House):
    assert client.post(TEXT, OWN | {"deed": "keep"})["Location"] == TEXT
    assert questions.wording("reminder", "nl", actor=house.actor).body == OWN["body"]
    assert "eigen tekst" in client.get(f"{AT}teksten/").content.decode()
    assert client.post(TEXT, OWN | {"deed": "give_back"})["Location"] == TEXT
    assert questions.wording("reminder", "nl", actor=house.actor).subject.startswith("Wilt u")
    assert "eigen tekst" not in client.get(f"{AT}teksten/").content.decode()
    assert client.post(TEXT, OWN | {"deed": "give_back"}).status_code == 422  # there is nothing to give back any more
    wordings.write(wording=Wording("reminder", "nl", "Nog eens {total}", "A {total}", ""), actor=house.actor,
                   today=house.today)  # fmt: skip
    assert questions.wording("reminder", "nl", actor=house.actor).subject == "Nog eens {total}"


@pytest.mark.parametrize(("typed", "says"), [
    ({"body": "Betaal {amount}."}, "{amount}"),
    ({"body": "Dit is de tweede herinnering voor {total}."}, "tweede herinnering"),
    ({"subject": ""}, "leeg"),
    ({"body": "w" * 10_001}, "te lang"),
])  # fmt: skip
@pytest.mark.parametrize("deed", ["look", "keep"])
def test_a_text_that_cannot_be_sent_is_not_kept_and_stays_typed(client: Client, typed, says, deed):
    answer = client.post(TEXT, OWN | typed | {"deed": deed})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert OWN["closing"] in page
    assert not WordingText._base_manager.exists()


def test_a_text_that_asks_for_what_is_not_known_says_so_instead_of_a_mail(client: Client):
    answer = client.post(TEXT, OWN | {"deed": "look", "closing": "Bel {phone}"})
    assert "{phone}" in answer.content.decode()
    assert "<iframe" not in answer.content.decode()
    assert client.get(f"{TEXT}mail/").status_code == 404
    assert client.get(f"{TEXT}brief/").status_code == 404


@pytest.mark.parametrize("place", ["stap/nl", "reminder/zz", "call/nl"])
def test_there_is_no_text_where_nothing_is_written(client: Client, place):
    for end in ("", "mail/", "brief/"):
        assert client.get(f"{AT}teksten/{place}/{end}").status_code == 404
    assert client.post(f"{AT}teksten/{place}/", OWN | {"deed": "keep"}).status_code == 404
    assert not WordingText._base_manager.exists()


def test_a_page_asks_few_questions(client: Client, django_assert_max_num_queries: Any):
    for page in ("", "opvolging/", "boekhouding/", "rekeningen/", "afzender/", "verzenden/", "gebruikers/", "teksten/",
                 "teksten/reminder/nl/"):  # fmt: skip
        with django_assert_max_num_queries(13):
            client.get(AT + page)
