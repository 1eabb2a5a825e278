"""The messages page: every message with its state, found and opened; stopped and let go on (J5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, customers, signed_in
from voldaan.records.administrations import Administration
from voldaan.records.messages import Message
from voldaan.usecases import administrations, messages, runs, sending

LIST = f"/{SLUG}/opvolging/berichten/"
STATES = {
    "goedkeuren": "planned", "vertrekt": "released", "onzeker": "uncertain", "geweigerd": "failed",
    "verzonden": "sent", "ingetrokken": "withdrawn",
}  # fmt: skip


def rows(house: House) -> Any:
    return Message.objects.of(house.actor.administration_id)


def names(page: Any) -> list[str]:
    return list(page.all("//th[@scope='row']/a"))


@pytest.fixture
def decided(house: House) -> House:
    customers(house, 6)
    house.debtor("Brief", number="99", street="Kade 1", postcode="1011 AB", city="Amsterdam", kind="business")
    house.invoice("99", "L1", "20.00", issued="2027-02-01", due="2027-02-15")
    runs.run(actor=house.actor, today=house.today)
    return house


@pytest.fixture
def various(decided: House) -> House:
    """Give one message in each state."""
    for number, state in enumerate(STATES.values()):
        row = rows(decided).get(debtor__number=f"{number}")
        row.state = state
        row.sent_on = decided.today if state == "sent" else None
        row.why = {"withdrawn": "paused", "failed": "refused"}.get(state, "")
        row.said = "550 5.1.1 no such user" if state == "failed" else ""
        row.save()
    rows(decided).filter(channel="letter").update(state="released")
    return decided


def test_an_empty_outbox_says_what_will_be_there(browse: Browse, house: House):
    page = browse(LIST)
    assert "Here appears every message to a customer" in page.text
    assert not page.tree.xpath("//table")
    assert "Sending is off" in page.text


def test_each_kind_has_its_count_and_its_rows(browse: Browse, various: House):
    page = browse(LIST)
    assert page.all("//nav[@class='filters']/a") == [
        "All 7", "Waits for your yes 1", "May leave 1", "To post 1", "Uncertain 1", "Refused 1", "Sent 1",
        "Withdrawn 1",
    ]  # fmt: skip
    assert len(names(page)) == 7
    for number, (which, state) in enumerate(STATES.items()):
        page = browse(f"{LIST}?welke={which}")
        assert names(page) == [f"Klant {number}"], state
    assert names(browse(f"{LIST}?welke=op-de-post")) == ["Brief"]
    assert "550 5.1.1 no such user" in browse(f"{LIST}?welke=geweigerd").text
    assert "left to rest" in browse(f"{LIST}?welke=ingetrokken").text


def test_a_customer_is_found_by_name_or_number(browse: Browse, various: House):
    assert names(browse(f"{LIST}?zoek=klant 3")) == ["Klant 3"]
    assert names(browse(f"{LIST}?zoek=99")) == ["Brief"]
    assert "No message found" in browse(f"{LIST}?zoek=niemand").text
    assert names(browse(f"{LIST}?zoek=klant 3&welke=verzonden")) == []


def test_the_list_goes_on_page_by_page_and_leaves_nothing_out(browse: Browse, house: House):
    customers(house, 120)
    runs.run(actor=house.actor, today=house.today)
    seen, address = [], LIST
    while address:
        page = browse(address)
        seen += names(page)
        address = next((LIST + one.get("href") for one in page.tree.xpath("//a[@data-key=']']")), "")
    assert len(seen) == len(set(seen)) == 120
    assert len(names(browse(f"{LIST}?na=²"))) == 50


def test_a_page_asks_as_much_for_many_as_for_few(browse: Browse, house: House):
    asked = []
    for first, count in ((0, 2), (2, 40)):
        customers(house, count, first=first)
        runs.run(actor=house.actor, today=house.today)
        browse(LIST)
        with CaptureQueriesContext(connection) as queries:
            browse(LIST)
        asked.append(len(queries))
    assert asked[0] == asked[1] == 6


def test_a_message_opens_as_the_customer_sees_it(browse: Browse, decided: House):
    mail, letter = (rows(decided).filter(channel=channel).last() for channel in ("email", "letter"))
    page = browse(f"{LIST}{mail.public_id}/")
    assert page.tree.xpath("//iframe/@src") == [f"/{SLUG}/berichten/{mail.public_id}/inhoud/"]
    assert page.tree.xpath(f"//a[@href='/{SLUG}/goedkeuren/bericht/{mail.public_id}/']")
    assert "As it would leave today" in page.text
    assert browse(f"{LIST}{letter.public_id}/").tree.xpath("//div[@class='letter']/img")
    decided.pay("A5", "100.05")
    messages.withdraw(decided.actor.administration_id, [mail.pk], why="changed")
    page = browse(f"{LIST}{mail.public_id}/")
    assert "There is nothing to show" in page.text
    assert "Something of it changed" in page.text


def test_an_uncertain_message_is_settled_where_it_is_shown(browse: Browse, various: House):
    id_ = rows(various).get(state="uncertain").public_id
    page = browse(f"{LIST}{id_}/")
    (form,) = page.tree.xpath(f"//form[@action='/{SLUG}/berichten/{id_}/uitkomst/']")
    back = form.xpath("input[@name='back']/@value")[0]
    answer = signed_in(OWNER).post(form.get("action"), {"back": back, "sent": "yes"})
    assert answer["Location"] == f"{LIST}{id_}/"
    assert rows(various).get(public_id=id_).state == "sent"


def test_what_may_not_leave_yet_says_from_when(browse: Browse, various: House):
    at = datetime(2027, 3, 1, 14, 30, tzinfo=UTC)
    rows(various).filter(state="released", channel="email").update(retry_at=at)
    assert "Not before 1 March 2027, 15:30" in browse(f"{LIST}?welke=vertrekt").text  # as the clock is in Amsterdam


def test_sending_stops_and_goes_on(browse: Browse, decided: House):
    client = signed_in(OWNER)

    def held() -> str:
        return str(Administration.objects.get(pk=decided.actor.administration_id).sending_held)

    for _ in range(2):  # twice is once
        assert client.post(f"/{SLUG}/opvolging/verzenden/stoppen/", {"back": LIST})["Location"] == LIST
        assert held() == "stopped"
    page = browse(LIST)
    assert "Sending is held" in page.text
    assert "Stop all sending" not in page.text
    assert "Sending is held" in browse(f"/{SLUG}/opvolging/").text
    client.post(f"/{SLUG}/opvolging/verzenden/hervatten/", {"back": LIST})
    assert held() == ""
    again = client.post(f"/{SLUG}/opvolging/verzenden/hervatten/", {"back": LIST})
    assert again["Location"] == LIST  # a page gone stale: it is said, and nothing happens
    assert 'role="alert"' in client.get(LIST).content.decode()


@pytest.mark.parametrize(("live", "says"), [("off", "Sending is off"), ("self", "A trial on yourself"),
                                            ("on", "Sending is on")])  # fmt: skip
def test_it_says_where_mail_goes(browse: Browse, house: House, live, says):
    administrations.change_sender(name="sender", value="ik@hart.example", actor=house.actor, today=house.today)
    administrations.change_sender(name="live", value=live, actor=house.actor, today=house.today)
    page = browse(LIST)
    assert says in page.text
    assert ("ik@hart.example" in page.text) == (live != "off")


def test_a_restored_outbox_says_why_it_is_held(browse: Browse, house: House):
    from voldaan.rules.outbox import HeldSending

    sending.stop(why=HeldSending.RESTORED, actor=house.actor, today=house.today)
    assert "come from a backup" in browse(LIST).text
