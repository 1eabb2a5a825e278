"""The first person of an installation: a link that opens the books, and leads nowhere afterwards (T26)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.web.conftest import signed_in
from tests.web.test_start import GOOD, at
from voldaan.config import clock
from voldaan.queries.administrations import is_untouched
from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.people import Membership, User
from voldaan.usecases import administrations
from voldaan.web import begin

pytestmark = pytest.mark.one_engine  # the first page; the verbs have tests of their own

ASKED = {"name": "Drukkerij De Linde", "country": "NL", "iban": "NL91 ABNA 0417 1643 00", "email": "Jan@linde.example"}


@pytest.fixture(autouse=True)
def _nobody_guessed_yet(db: None) -> None:
    cache.clear()


def opened() -> Client:
    client = signed_in()
    assert client.get(begin.address(clock.now()))["Location"] == "/begin/"  # the secret is out of the address at once
    return client


def test_the_first_person_opens_the_books_chooses_a_password_and_is_in():
    client = opened()
    assert client.get("/begin/").status_code == 200
    assert client.post("/begin/", ASKED)["Location"] == "/start/"
    assert client.post("/start/", {"name": "Jan", "password": GOOD})["Location"] == "/"
    assert client.get("/drukkerij-de-linde/beginnen/").status_code == 200
    books = Administration.objects.get()
    assert (books.name, books.country, books.live) == ("Drukkerij De Linde", "NL", "off")
    assert OwnAccount.objects.of(books.pk).get().iban == "NL91ABNA0417164300"
    assert Membership.objects.of(books.pk).get().role == "owner"


def test_looking_at_the_link_uses_nothing_up():
    address = begin.address(clock.now())
    for _ in range(3):
        scanner = signed_in()
        scanner.head(address)
        assert scanner.get(address, follow=True).status_code == 200
    assert is_untouched()
    client = signed_in()
    client.get(address)
    assert client.post("/begin/", ASKED)["Location"] == "/start/"


def test_afterwards_the_link_leads_nowhere():
    late, address = opened(), begin.address(clock.now())
    opened().post("/begin/", ASKED)
    assert begin.address(clock.now()) == ""
    for client in (late, signed_in()):
        assert client.get(address)["Location"] == "/account/login/"
        assert client.get("/begin/")["Location"] == "/account/login/"
        assert client.post("/begin/", ASKED | {"name": "Nog een"})["Location"] == "/account/login/"
    assert Administration.objects.count() == 1


def test_a_form_that_comes_in_twice_at_once_opens_one_set_of_books(monkeypatch: pytest.MonkeyPatch):
    client, opens = opened(), administrations.open_books

    def slowly(**words: Any) -> Any:
        monkeypatch.setattr(administrations, "open_books", opens)
        assert client.post("/begin/", ASKED)["Location"] == "/start/"  # the other press is quicker
        return opens(**words)

    monkeypatch.setattr(administrations, "open_books", slowly)
    answer = client.post("/begin/", ASKED, follow=True)
    assert answer.redirect_chain == [("/begin/", 302), ("/start/", 302)]
    assert Administration.objects.count() == 1


def test_a_link_ends_after_a_day_and_one_that_is_made_up_opens_nothing():
    address = begin.address(clock.now())
    with at(clock.now() + timedelta(days=1, minutes=1)):
        assert signed_in().get(address).status_code == 404
    for wrong in ("x", "1999999999:abc", address.split("/")[2][:-1]):
        assert signed_in().get(f"/begin/{wrong}/").status_code == 404
    assert signed_in().get("/begin/").status_code == 404
    assert signed_in().post("/begin/", ASKED).status_code == 404
    assert is_untouched()


@pytest.mark.parametrize(
    "wrong",
    [{"iban": "NL91ABNA0417164301"}, {"email": "geen adres"}, {"country": "XX"}, {"name": "Account"}, {"name": ""},
     {"name": "x" * 201}, {"name": "De \u202eLinde"}],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_stays(wrong: dict[str, str]):
    client = opened()
    answer = client.post("/begin/", ASKED | wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'role="alert"' in page
    for field, typed in (ASKED | wrong).items():
        assert field == "country" or f'value="{typed}"' in page
    assert is_untouched()
    assert client.post("/begin/", ASKED)["Location"] == "/start/"


def test_invented_books_do_not_count_and_others_do(settings: Any):
    words: dict[str, Any] = {"country": "NL", "ibans": [], "via": "test", "today": clock.now().date()}
    administrations.open_books(name="Verzonnen", is_demo=True, **words)
    assert begin.address(clock.now())
    assert "Hier is nog niemand binnengekomen" in signed_in().get("/account/login/").content.decode()
    administrations.open_books(name="Echt", **words)
    assert not begin.address(clock.now())
    assert not User.objects.exists()
    assert "Hier is nog niemand binnengekomen" not in signed_in().get("/account/login/").content.decode()
