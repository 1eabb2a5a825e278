"""Coming in: a link that works once, a password that is not easy, a session that ends (T4, T16, T18)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, signed_in
from voldaan.config import clock
from voldaan.records.events import Event
from voldaan.records.people import SignInLink, User
from voldaan.usecases import administrations, people

pytestmark = pytest.mark.one_engine  # the way in; the verbs have tests of their own


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the clock of the machine show another moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: moment)
        yield


GOOD = "een lange zin die niemand raadt"


@pytest.fixture(autouse=True)
def _nobody_guessed_yet(db: None) -> None:
    cache.clear()


@pytest.fixture
def token(house: House) -> str:
    return people.invite(email=OWNER, actor=house.actor, today=house.today, now=clock.now())


def opened(token: str) -> Client:
    client = signed_in()
    assert client.get(f"/start/{token}/")["Location"] == "/start/"  # the secret is out of the address at once
    return client


def test_a_link_lets_its_owner_in_once(token: str):
    client = opened(token)
    assert OWNER in client.get("/start/").content.decode()
    answer = client.post("/start/", {"name": "Jan de Bakker", "password": GOOD})
    assert answer["Location"] == "/"
    assert client.get(f"/{SLUG}/").status_code == 200
    user = User.objects.get(email=OWNER)
    assert (user.name, user.password.startswith("argon2")) == ("Jan de Bakker", True)
    assert signed_in().get(f"/start/{token}/").status_code == 404
    assert Event._base_manager.filter(kind="person.arrived", user_id=user.pk).count() == 1


def test_looking_at_a_link_uses_nothing_up(token: str):
    for _ in range(20):
        client = opened(token)
        client.head(f"/start/{token}/")
        assert client.get("/start/").status_code == 200


def test_a_scanner_that_opens_the_links_of_a_mail_writes_nothing_but_its_own_session(token: str):
    scanner = signed_in()
    with CaptureQueriesContext(connection) as asked:
        for method in (scanner.get, scanner.head):
            assert method(f"/start/{token}/", follow=True).status_code == 200
    wrote = [one["sql"] for one in asked if not one["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
    assert [sql for sql in wrote if "django_session" not in sql] == []
    assert opened(token).post("/start/", {"password": GOOD})["Location"] == "/"


def test_only_the_form_of_the_page_itself_uses_a_link(token: str):
    client = Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1:8000"})
    client.get(f"/start/{token}/")
    for path in ("/start/", f"/start/{token}/"):
        assert client.post(path, {"password": GOOD}).status_code in (403, 405)
    assert people.whose(token=token, now=clock.now()) == OWNER
    form = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/start/").content.decode())[-1]
    assert client.post("/start/", {"password": GOOD, "csrfmiddlewaretoken": form})["Location"] == "/"


def test_the_page_says_where_one_comes_in_and_as_what(house: House):
    other = House.opened("<b>Andere</b>", owner_email="ander@b.example")
    people.add(email=OWNER, role="controller", actor=other.actor, today=other.today)
    client = opened(people.let_in_again(email=OWNER, via="test", today=house.today, now=clock.now()))
    client.post("/preferences/", {"language": "en"})
    page = " ".join(re.sub("</?bdi>", "", client.get("/start/").content.decode()).split())
    assert "You come in to <b>Bakkerij &#x27;t Hart</b> as owner." in page
    assert "You come in to <b>&lt;b&gt;Andere&lt;/b&gt;</b> as credit controller." in page
    for n in range(4):  # who keeps the books of many reads no list of them first
        more = House.opened(f"Klant {n}", owner_email="ander@b.example")
        people.add(email=OWNER, role="auditor", actor=more.actor, today=more.today)
    assert "You come in to" not in client.get("/start/").content.decode()


def test_who_tries_links_leaves_nothing_behind_and_has_to_wait(house: House):
    answers = [signed_in().get(f"/start/{n:043}/") for n in range(22)]
    assert [answer.status_code for answer in answers] == [404] * 20 + [429] * 2
    assert not any("voldaan-session" in answer.cookies for answer in answers)


def test_only_the_hash_of_a_link_is_kept(token: str):
    (kept,) = SignInLink.objects.values_list("token_hash", flat=True)
    assert token not in kept
    assert len(token) >= 43  # 256 bits
    assert not any(token in str(event.facts) for event in Event._base_manager.all())


@pytest.mark.parametrize("password", ["", "kort", "qwerty123456", "123456789012", "eigenaar@hart.example"])
def test_a_password_that_is_easily_guessed_is_refused_and_the_link_still_works(token: str, password):
    client = opened(token)
    answer = client.post("/start/", {"name": "Jan", "password": password})
    assert answer.status_code == 422
    assert 'value="Jan"' in answer.content.decode()
    assert client.post("/start/", {"password": GOOD})["Location"] == "/"


def test_a_link_lapses_and_a_newer_one_ends_it(house: House, token: str):
    with pytest.raises(people.LinkLapsed):
        people.whose(token=token, now=clock.now() + timedelta(days=8))
    newer = people.invite(email=OWNER, actor=house.actor, today=house.today, now=clock.now())
    with pytest.raises(people.LinkLapsed):
        people.whose(token=token, now=clock.now())
    assert people.whose(token=newer, now=clock.now()) == OWNER
    User.objects.update(is_active=False)
    with pytest.raises(people.LinkLapsed):
        people.whose(token=newer, now=clock.now())


def test_an_owner_makes_no_link_for_who_has_a_password_already(house: House, token: str):
    """He may be the owner of other books, which would be open then."""
    opened(token).post("/start/", {"password": GOOD})
    other = House.opened("Andere", owner_email="ander@b.example")
    people.add(email=OWNER, role="auditor", actor=other.actor, today=other.today)
    with pytest.raises(people.HasPassword):
        people.invite(email=OWNER, actor=other.actor, today=other.today, now=clock.now())


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_use_a_link_at_once_one_is_let_in(settings: Any):
    house = House.opened()
    token = people.invite(email=OWNER, actor=house.actor, today=house.today, now=clock.now())

    def arrive(n: int) -> bool:
        try:
            people.arrive(token=token, name=f"{n}", password=GOOD, via="web", today=house.today, now=clock.now())
        except people.LinkLapsed:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(arrive, range(8))) == 1


def test_a_link_that_would_open_the_books_of_others_is_not_for_an_owner_to_make(house: House):
    other = House.opened("Andere", owner_email="ander@b.example")
    for books in (house, other):
        people.add(email="beide@b.example", role="auditor", actor=books.actor, today=books.today)
    with pytest.raises(people.MemberElsewhere):
        people.invite(email="beide@b.example", actor=house.actor, today=house.today, now=clock.now())


def test_who_signs_in_after_the_demo_begins_anew(house: House):
    with_password(house)
    administrations.open_books(name="Verzonnen", country="NL", ibans=[], via="test", today=house.today, is_demo=True)
    client, start = signed_in(), clock.now()
    client.post("/demo/")
    client.get("/verzonnen/")
    with at(start + timedelta(hours=7)):
        sign_in(client)
        client.get(f"/{SLUG}/")
    with at(start + timedelta(hours=14)):
        assert client.get(f"/{SLUG}/").status_code == 200


def with_password(house: House) -> None:
    user = User.objects.get(email=OWNER)
    user.set_password(GOOD)
    user.save()


def sign_in(client: Client, password: str = GOOD, email: str = OWNER) -> Any:
    return client.post("/account/login/", {"login": email, "password": password})


def test_a_session_is_new_after_the_sign_in_and_gone_after_the_sign_out(house: House):
    with_password(house)
    administrations.open_books(name="Verzonnen", country="NL", ibans=[], via="test", today=house.today, is_demo=True)
    client = signed_in()
    client.post("/demo/")
    before = client.session.session_key
    assert sign_in(client)["Location"] == "/"
    after = client.session.session_key
    assert before != after
    assert client.post("/account/logout/")["Clear-Site-Data"] == '"cache", "storage"'
    stolen = signed_in()
    stolen.cookies["voldaan-session"] = after or ""
    assert stolen.get(f"/{SLUG}/")["Location"].startswith("/account/login/")


def test_what_is_wrong_is_said_alike_for_known_and_unknown_people(house: House):
    with_password(house)
    said = [re.sub(r'value="[^"]*"', "", sign_in(signed_in(), "verkeerd", email).content.decode())
            for email in (OWNER, "niemand@hart.example")]  # fmt: skip
    assert said[0] == said[1]


def test_who_guesses_has_to_wait_and_the_right_password_does_not_help_him(house: House):
    with_password(house)
    answers = [sign_in(signed_in(), f"fout {n}") for n in range(12)]
    assert "Location" not in answers[-1]
    assert "Location" not in sign_in(signed_in())


@pytest.mark.parametrize(("hours", "is_in"), [(7, True), (9, False)])
def test_a_session_ends_when_nobody_touches_it(house: House, hours, is_in):
    client = signed_in(OWNER)
    with at(clock.now() + timedelta(hours=hours)):
        assert (client.get(f"/{SLUG}/").status_code == 200) == is_in


def test_a_session_ends_after_half_a_day_however_busy_it_was(house: House):
    client, start = signed_in(OWNER), clock.now()
    for hours in (4, 8, 11):
        with at(start + timedelta(hours=hours)):
            assert client.get(f"/{SLUG}/").status_code == 200
    with at(start + timedelta(hours=13)):
        assert client.get(f"/{SLUG}/").status_code == 302


def test_the_language_and_the_light_are_chosen_on_the_page(house: House):
    client = signed_in(OWNER)
    assert client.post("/preferences/", {"language": "nl", "back": f"/{SLUG}/"})["Location"] == f"/{SLUG}/"
    assert 'lang="nl"' in client.get(f"/{SLUG}/").content.decode()
    client.post("/preferences/", {"language": "en", "theme": "dark"})
    assert 'lang="en" data-keys="on" data-theme="dark"' in client.get(f"/{SLUG}/").content.decode()
    client.post("/preferences/", {"theme": ""})
    assert "data-theme" not in client.get(f"/{SLUG}/").content.decode()
    client.post("/preferences/", {"keys": "off"})
    assert 'data-keys="off"' in client.get(f"/{SLUG}/").content.decode()
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "overview", "foo"):
        assert client.post("/preferences/", {"back": elsewhere})["Location"] == "/"


def test_a_second_step_is_asked_for(house: House):
    from allauth.mfa.totp.internal import auth as totp

    with_password(house)
    client = signed_in()
    sign_in(client)
    again = client.get("/account/2fa/totp/activate/")["Location"]  # whoever finds the computer open changes nothing
    assert client.post(again, {"password": GOOD})["Location"] == "/account/2fa/totp/activate/"
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r"[A-Z2-7]{32}", page)
    assert secret
    code = totp.format_hotp_value(totp.hotp_value(secret[0], int(clock.now().timestamp()) // 30))
    assert client.post("/account/2fa/totp/activate/", {"code": code}).status_code == 302
    client.post("/account/logout/")
    answer = sign_in(client)
    assert answer["Location"] == "/account/2fa/authenticate/"
    assert client.get(f"/{SLUG}/")["Location"].startswith("/account/login/")
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
