"""What a stolen session must not change (T21): accounts, where mail comes from, and who may do what."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client

from tests.tools.house import House
from tests.tools.mail_server import MailServer, Received
from tests.web.conftest import OWNER, SLUG, signed_in
from tests.web.test_start import GOOD, at
from voldaan.config import clock
from voldaan.queries import accounts, notices
from voldaan.queries.people import people as members
from voldaan.records.administrations import Administration
from voldaan.records.events import Event
from voldaan.records.messages import Message
from voldaan.records.people import User
from voldaan.rules import mailboxes
from voldaan.rules.permissions import Role
from voldaan.usecases import administrations, messages, people, runs

pytestmark = pytest.mark.one_engine  # forms of one row; the verbs have tests of their own

AT = f"/{SLUG}/instellingen/"
SECRET = "g#heim/woord@1"
SERVER = {"deed": "server", "host": "mail.hart.example", "port": "", "security": "tls", "user": "hart@hart.example",
          "password": SECRET}  # fmt: skip
SECOND = "BE68539007547034"

# Each way to do what asks that it is really you.
SENSITIVE: list[tuple[str, dict[str, str]]] = [
    ("rekeningen/", {"deed": "add", "iban": SECOND}),
    ("rekeningen/", {"deed": "first", "iban": "NL91ABNA0417164300"}),
    ("rekeningen/", {"deed": "block", "iban": "NL91ABNA0417164300"}),
    ("rekeningen/", {"deed": "remove", "iban": "NL91ABNA0417164300"}),
    ("afzender/", {"deed": "address", "address": "dief@b.example"}),
    ("afzender/", SERVER),
    ("afzender/", {"deed": "forget"}),
    ("afzender/proef/", {}),
    ("verzenden/", {"live": "on", "sure": "yes"}),
    ("gebruikers/", {"deed": "add", "email": "dief@b.example", "role": "owner"}),
    ("gebruikers/", {"deed": "role", "email": "lid@hart.example", "role": "owner"}),
    ("gebruikers/", {"deed": "remove", "email": "lid@hart.example"}),
    ("gebruikers/", {"deed": "link", "email": "lid@hart.example"}),
]


@pytest.fixture(autouse=True)
def _nobody_guessed_yet(db: None) -> None:
    cache.clear()


@pytest.fixture
def house(house: House) -> House:
    user = User.objects.get(email=OWNER)
    user.set_password(GOOD)
    user.save()
    people.add(email="lid@hart.example", role="auditor", actor=house.actor, today=house.today)
    return house


@pytest.fixture
def client(house: House) -> Client:
    """Give the browser of an owner who signed in just now."""
    client = signed_in()
    assert client.post("/account/login/", {"login": OWNER, "password": GOOD})["Location"] == "/"
    return client


def sends_through(house: House, server: MailServer) -> None:
    for name, value in (("sender", "wij@hart.example"), ("smtp", f"smtp://127.0.0.1:{server.port}")):
        administrations.change_sender(name=name, value=value, actor=house.actor, today=house.today)


def smtp() -> str:
    return str(Administration.objects.get().smtp)


def text(received: Received) -> str:
    body = message_from_bytes(received.content, policy=policy.default).get_body()
    assert body
    return str(body.get_content())


@pytest.mark.parametrize(("page", "words"), SENSITIVE)
def test_who_signed_in_long_ago_changes_nothing_and_is_asked_first(house: House, client: Client, page, words):
    before = house.everything()
    with at(clock.now() + timedelta(minutes=11)):
        answer = client.post(AT + page, words)
        assert answer.status_code == 422
        assert "bevestig eerst dat u het bent" in answer.content.decode()
        shown = client.get(AT + page.removesuffix("proef/")).content.decode()
    back = f"/account/reauthenticate/?next=%2F{SLUG}%2Finstellingen%2F{page.split('/')[0]}%2F"
    assert back in answer.content.decode()
    assert back in shown
    assert house.everything() == before


def test_who_comes_in_without_a_password_is_asked_first(house: House):
    before = house.everything()
    client = signed_in(OWNER)  # by a session alone, as one that was stolen
    for page, words in SENSITIVE:
        assert client.post(AT + page, words).status_code == 422
    assert house.everything() == before


def test_after_confirming_one_goes_on_and_nothing_is_done_by_itself(house: House, client: Client):
    page = f"{AT}rekeningen/"
    with at(clock.now() + timedelta(minutes=11)):
        client.post(page, {"deed": "add", "iban": SECOND})
    confirmed = client.post("/account/reauthenticate/", {"password": GOOD, "next": page})
    assert confirmed["Location"] == page
    assert accounts.accounts(actor=house.actor) == ["NL91ABNA0417164300"]
    assert client.post(page, {"deed": "add", "iban": SECOND})["Location"] == page
    assert accounts.accounts(actor=house.actor) == ["NL91ABNA0417164300", SECOND]


def test_an_account_is_marked_as_blocked_and_is_none_again(house: House, client: Client):
    page = f"{AT}rekeningen/"
    for deed in ("add", "block"):
        assert client.post(page, {"deed": deed, "iban": SECOND})["Location"] == page
    assert accounts.blocked(actor=house.actor) == {SECOND}
    shown = client.get(page).content.decode()
    assert '<span class="sign">G-rekening</span>' in shown
    assert 'value="first"' not in shown
    assert client.post(page, {"deed": "first", "iban": SECOND}).status_code == 422
    assert client.post(page, {"deed": "unblock", "iban": SECOND})["Location"] == page
    assert accounts.blocked(actor=house.actor) == set()
    assert client.post(page, {"deed": "block", "iban": "NL91ABNA0417164300"}).status_code == 422


def test_a_wrong_account_stays_typed_and_is_not_added(house: House, client: Client):
    answer = client.post(f"{AT}rekeningen/", {"deed": "add", "iban": "NL91 ABNA 0417 1643 01"})
    assert answer.status_code == 422
    assert 'value="NL91 ABNA 0417 1643 01"' in answer.content.decode()
    assert "geen geldig IBAN" in answer.content.decode()
    assert len(accounts.accounts(actor=house.actor)) == 1


def test_a_password_goes_in_and_is_never_shown(house: House, client: Client):
    assert client.post(f"{AT}afzender/", SERVER)["Location"] == f"{AT}afzender/"
    found = mailboxes.account(smtp())
    assert (found.host, found.port, found.user, found.password) == ("mail.hart.example", 465, SERVER["user"], SECRET)
    for page in ("", "afzender/", "verzenden/"):
        shown = client.get(AT + page).content.decode()
        assert SECRET not in shown
        assert "g%23heim" not in shown
    for event in Event._base_manager.values_list("facts", flat=True):
        assert SECRET not in str(event)
        assert "g%23heim" not in str(event)


def test_another_server_does_not_get_the_password_of_the_first(house: House, client: Client):
    client.post(f"{AT}afzender/", SERVER)
    answer = client.post(f"{AT}afzender/", SERVER | {"host": "mail.dief.example", "password": ""})
    assert answer.status_code == 422
    assert "mail.dief.example" in answer.content.decode()  # what was typed is still there
    assert mailboxes.account(smtp()).host == "mail.hart.example"


@pytest.mark.parametrize("words", [
    {"host": "geen server"}, {"host": "x@y"}, {"host": ""}, {"port": "99999"}, {"port": "-1"}, {"port": "²"},
    {"security": "plain"}, {"user": ""}, {"user": "a\nb"},
])  # fmt: skip
def test_what_cannot_be_a_server_is_refused_without_its_password(house: House, client: Client, words):
    answer = client.post(f"{AT}afzender/", SERVER | words)
    assert answer.status_code == 422
    assert "Dit kan geen mailserver zijn" in answer.content.decode()
    assert SECRET not in answer.content.decode()
    assert smtp() == ""


def test_a_test_message_goes_to_whoever_asks_and_to_no_customer(house: House, client: Client):
    with MailServer() as server:
        sends_through(house, server)
        answer = client.post(f"{AT}afzender/proef/")
        page = answer.content.decode()
        assert answer.status_code == 200
        (received,) = server.received
    assert (received.sender, received.recipients) == ("wij@hart.example", (OWNER,))
    assert "proef van de mailserver" in text(received)
    assert OWNER in page
    assert "250" in page  # what the server said


@pytest.mark.parametrize(("mode", "says"), [
    ("closed_at_greeting", "554"),
    ("babble_at_greeting", "geen mailserver"),
])  # fmt: skip
def test_a_test_that_fails_says_what_the_server_said(house: House, client: Client, mode, says):
    with MailServer(mode) as server:
        sends_through(house, server)
        answer = client.post(f"{AT}afzender/proef/")
    assert answer.status_code == 422
    assert "is niet vertrokken" in answer.content.decode()
    assert says in answer.content.decode()


def test_a_test_without_a_server_says_what_is_missing(house: House, client: Client):
    answer = client.post(f"{AT}afzender/proef/")
    assert answer.status_code == 422
    assert Event._base_manager.filter(kind="sender.tried").count() == 0


def test_going_live_says_how_much_leaves_and_wants_a_deliberate_yes(house: House, client: Client):
    house.debtor("Klant", number="1", email="klant@b.example")
    house.invoice("1", "F1", "10.00", issued="2027-02-01", due="2027-02-15")
    runs.run(actor=house.actor, today=house.today)
    messages.approve(ids=[Message._base_manager.get().public_id], actor=house.actor, today=house.today)
    page = f"{AT}verzenden/"
    assert "Naar de afzender en mailserver" in client.get(page).content.decode()
    assert client.post(page, {"live": "on", "sure": "yes"}).status_code == 422  # from nowhere
    with MailServer() as server:
        sends_through(house, server)
        assert "1 goedgekeurde mail vertrekt" in client.get(page).content.decode()
        assert client.post(page, {"live": "on"}).status_code == 422
        assert Administration.objects.get().live == "off"
        assert client.post(page, {"live": "on", "sure": "yes"})["Location"] == page
        assert Administration.objects.get().live == "on"
        assert client.post(page, {"live": "overal"})["Location"] == page
        assert Administration.objects.get().live == "on"
        assert [received.recipients for received in server.received] == [(OWNER,)]  # word of it, and nothing else


def test_sending_is_stopped_at_once_and_goes_on_when_somebody_says_so(house: House):
    people.add(email="beheer@hart.example", role="controller", actor=house.actor, today=house.today)
    client = signed_in("beheer@hart.example")
    client.post(f"/{SLUG}/opvolging/verzenden/stoppen/")
    assert Administration.objects.get().sending_held == "stopped"
    assert "Iemand heeft het stilgezet" in client.get(f"{AT}verzenden/").content.decode()
    client.post(f"/{SLUG}/opvolging/verzenden/hervatten/")
    assert Administration.objects.get().sending_held == ""


def test_whoever_is_let_in_gets_a_link_that_is_shown_once(house: House, client: Client):
    answer = client.post(f"{AT}gebruikers/", {"deed": "add", "email": "nieuw@hart.example", "role": "caller"})
    (link,) = re.findall(r"http://127\.0\.0\.1:8000(/start/[\w-]+/)", answer.content.decode())
    assert "/start/" not in client.get(f"{AT}gebruikers/").content.decode()
    token = link.split("/")[2]
    assert not [one for one in Event._base_manager.values_list("facts", flat=True) if token in str(one)]
    newcomer = signed_in()
    newcomer.get(link)
    assert newcomer.post("/start/", {"name": "N", "password": GOOD})["Location"] == "/"
    # Another link is for who has no password yet.
    assert client.post(f"{AT}gebruikers/", {"deed": "link", "email": "nieuw@hart.example"}).status_code == 422
    roles = {one.email: one.role for one in members(actor=house.actor)}
    assert roles == {OWNER: "owner", "lid@hart.example": "auditor", "nieuw@hart.example": "caller"}


@pytest.mark.parametrize("words", [{"deed": "remove"}, {"deed": "role", "role": "auditor"}])
def test_the_last_owner_stays(house: House, client: Client, words):
    answer = client.post(f"{AT}gebruikers/", words | {"email": OWNER})
    assert answer.status_code == 422
    assert "enige eigenaar" in answer.content.decode()
    assert {one.role for one in members(actor=house.actor) if one.email == OWNER} == {"owner"}


@pytest.mark.parametrize("words", [{"email": "geen adres", "role": "caller"}, {"email": "a@b.example", "role": "baas"},
                                   {"email": "lid@hart.example", "role": "caller"}])  # fmt: skip
def test_who_cannot_be_let_in_stays_typed(house: House, client: Client, words):
    before = house.everything()
    answer = client.post(f"{AT}gebruikers/", words | {"deed": "add"})
    assert answer.status_code == 422
    assert f'value="{words["email"]}"' in answer.content.decode()
    assert house.everything() == before


def test_all_owners_get_word_also_one_who_was_removed_and_by_the_server_of_before(house: House, client: Client):
    people.add(email="tweede@hart.example", role="owner", actor=house.actor, today=house.today)
    with MailServer() as server:
        sends_through(house, server)
        client.post(f"{AT}rekeningen/", {"deed": "add", "iban": SECOND})
        client.post(f"{AT}gebruikers/", {"deed": "remove", "email": "tweede@hart.example"})
        client.post(f"{AT}afzender/", SERVER)
        told = [(received.recipients[0], text(received)) for received in server.received]
    assert [to for to, _ in told] == [OWNER, "tweede@hart.example", OWNER, "tweede@hart.example", OWNER]
    assert "BE68 5390 0754 7034" in told[0][1]
    assert all(OWNER in said and "Deed u dit" in said and SECRET not in said for _, said in told)


def test_word_that_does_not_arrive_stops_nothing_and_is_said(house: House, client: Client):
    with MailServer("closed_at_greeting") as server:
        sends_through(house, server)
        client.post(f"{AT}rekeningen/", {"deed": "add", "iban": SECOND})
    assert SECOND in accounts.accounts(actor=house.actor)
    assert "kon niet worden verstuurd" in client.get(f"{AT}rekeningen/").content.decode()


def test_owners_see_for_a_week_what_was_changed_and_others_do_not(house: House, client: Client):
    client.post(f"{AT}rekeningen/", {"deed": "add", "iban": SECOND})
    assert "Rekening BE68 5390 0754 7034 is toegevoegd." in client.get(AT).content.decode()
    house.debtor("Klant", number="1")
    house.invoice("1", "F1", "10.00")
    # The member of this story, and the account.
    assert "2 wijzigingen van rekeningen, mail of gebruikers" in client.get(f"/{SLUG}/").content.decode()
    reader = signed_in("lid@hart.example")
    assert "is toegevoegd" not in reader.get(AT).content.decode()
    assert "wijzigingen van rekeningen" not in reader.get(f"/{SLUG}/").content.decode()
    later = {"today": house.today + timedelta(days=7)}
    assert notices.notices(actor=house.actor, **later) == []
    assert notices.notices(actor=house.as_role(Role.CONTROLLER).actor, today=house.today) == []


def test_a_visitor_of_the_demo_sees_it_all_and_changes_none_of_it(house: House):
    administrations.open_books(name="Verzonnen", country="NL", ibans=[], via="test", today=house.today, is_demo=True)
    visitor = signed_in()
    visitor.post("/demo/")
    before = house.everything()
    for page, words in SENSITIVE:
        assert visitor.post(f"/verzonnen/instellingen/{page}", words).status_code == 403
        if page != "afzender/proef/":
            assert visitor.get(f"/verzonnen/instellingen/{page}").status_code == 200
    assert house.everything() == before


def test_a_change_is_told_at_the_time_of_the_books(house: House, client: Client):
    people.add(email="tweede@hart.example", role="owner", actor=house.actor, today=house.today)
    happened = Event.objects.of(house.actor.administration_id).filter(kind="person.added").latest("pk").at
    told = re.search(r'id="changes".*?</section>', client.get(AT).content.decode(), re.DOTALL)
    assert told
    assert f"{happened.astimezone(ZoneInfo('Europe/Amsterdam')):%H:%M}" in told[0]
