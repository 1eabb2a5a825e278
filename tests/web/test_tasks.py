"""The work of today, done where it stands: decided, finished, skipped, settled, printed (J2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.records.actions import Task
from voldaan.records.debtors import Contact, Debtor
from voldaan.records.messages import Message
from voldaan.usecases import administrations, messages, runs, strategies


def posted(client: Client, path: str, **words: str) -> Any:
    answer = client.post(f"/{SLUG}/{path}", words | {"back": f"/{SLUG}/"})
    assert answer.status_code == 302
    return client.get(answer["Location"])


@pytest.fixture
def late(house: House) -> House:
    house.debtor("Klant", number="1", email="k@b.example", kind="business")
    house.invoice("1", "F1", "10.00", issued="2027-02-01", due="2027-02-15")
    house.debtor("Brief", number="2", street="Kade 1", postcode="1011 AB", city="Amsterdam", kind="business")
    house.invoice("2", "F2", "20.00", issued="2027-02-01", due="2027-02-15")
    return house


def rows(house: House) -> Any:
    return Message.objects.of(house.actor.administration_id)


def test_the_follow_up_of_today_is_decided_once(late: House):
    client = signed_in(OWNER)
    for _ in range(2):  # a second time gives the same
        assert "2 berichten beslist" in posted(client, "opvolging/vandaag/").content.decode()
    assert rows(late).count() == 2


def test_on_a_day_on_which_nothing_leaves_it_says_when_it_goes_on(late: House, settings: Any):
    settings.TODAY_INSTEAD = datetime.fromisoformat("2027-03-06T12:00")  # a Saturday
    said = posted(signed_in(OWNER), "opvolging/vandaag/").content.decode()
    assert "De volgende verzenddag is maandag 8 maart 2027." in said


def test_letters_are_printed_as_often_as_wanted_and_then_posted_once(late: House):
    runs.run(actor=late.actor, today=late.today)
    letter = rows(late).get(channel="letter").public_id
    messages.approve(ids=[letter], actor=late.actor, today=late.today)
    client = signed_in(OWNER)
    # Nothing was printed yet: nothing can be in the post.
    assert "Druk de brieven eerst af" in posted(client, "brieven/", posted="yes").content.decode()
    assert rows(late).get(channel="letter").state == "released"
    for _ in range(2):
        printed = client.post(f"/{SLUG}/brieven/")
        assert printed.content.startswith(b"%PDF")
        assert printed["Content-Disposition"].startswith("attachment;")
    assert "1 brief is op de post" in posted(client, "brieven/", posted="yes").content.decode()
    assert rows(late).get(channel="letter").state == "sent"
    assert 'role="alert"' in posted(client, "brieven/", posted="yes").content.decode()


def test_an_uncertain_message_is_settled_by_what_somebody_found_out(late: House):
    runs.run(actor=late.actor, today=late.today)
    rows(late).update(state="uncertain")
    client = signed_in(OWNER)
    for name, sent, state in (("Klant", "yes", "sent"), ("Brief", "no", "released")):
        posted(client, f"berichten/{rows(late).get(debtor__name=name).public_id}/uitkomst/", sent=sent)
        assert rows(late).get(debtor__name=name).state == state


def test_without_an_answer_nothing_is_settled(late: House):
    runs.run(actor=late.actor, today=late.today)
    rows(late).update(state="uncertain")
    id_ = rows(late).get(debtor__name="Klant").public_id
    assert signed_in(OWNER).post(f"/{SLUG}/berichten/{id_}/uitkomst/").status_code == 404
    assert rows(late).get(debtor__name="Klant").state == "uncertain"


def task(house: House) -> str:
    whose = house.actor.administration_id
    made = Task.objects.of(whose).create(
        administration_id=whose, debtor=Debtor.objects.of(whose).get(number="1"), currency="EUR", kind="call",
        decided_on=house.today, state="open",
    )  # fmt: skip
    return str(made.public_id)


def test_a_call_is_done_with_what_came_of_it(late: House):
    id_ = task(late)
    posted(signed_in(OWNER), f"taken/{id_}/gedaan/", outcome="betaalt vrijdag")
    done = Task.objects.of(late.actor.administration_id).get(public_id=id_)
    assert (done.state, done.outcome) == ("done", "betaalt vrijdag")


def test_a_call_is_skipped_for_a_reason_only(late: House):
    id_ = task(late)
    client = signed_in(OWNER)
    assert 'role="alert"' in posted(client, f"taken/{id_}/overslaan/", reason="").content.decode()
    posted(client, f"taken/{id_}/overslaan/", reason="op vakantie")
    assert Task.objects.of(late.actor.administration_id).get(public_id=id_).state == "skipped"
    again = posted(client, f"taken/{id_}/overslaan/", reason="nog eens")
    assert "de status is: overgeslagen" in again.content.decode()


@pytest.fixture
def call(house: House) -> House:
    """Let one customer, with a telephone, be called today."""
    step = {"code": "call", "kind": "call", "anchor": "due_date", "days": 1}
    strategies.define(code="bellen", content={"name": "Bellen", "steps": [step]}, actor=house.actor, today=house.today)
    administrations.change(name="strategy", value="bellen", actor=house.actor, today=house.today)
    house.invoice(house.debtor("Traag", number="1"), "F1", "100.00", issued="2027-02-10", due="2027-02-24")
    Contact.objects.of(house.actor.administration_id).create(
        administration_id=house.actor.administration_id, debtor=Debtor.objects.of(house.actor.administration_id).get(),
        role="invoice", phone="+31 (0)20-123 45 67 / 06-1",
    )  # fmt: skip
    runs.run(actor=house.actor, today=house.today)
    return house


def waiting(house: House) -> Task:
    return Task.objects.of(house.actor.administration_id).get()


def test_a_call_is_put_off_to_a_day_and_comes_back(call: House, browse: Browse, settings: Any):
    id_ = waiting(call).public_id
    assert "Later" in browse().all("//section[@id='work']//summary")
    client = signed_in(OWNER)
    said = posted(client, f"taken/{id_}/later/", until="2027-03-08", reason="met vakantie").content.decode()
    assert "Put off until 8 March 2027." in said
    page = browse()
    assert page.one("//h1") == "Nothing waits for you"
    assert page.all("//nav[@aria-label='Which rows']//a") == ["All 0", "put off 1"]
    assert not page.all("//nav[@aria-label='Rooms']//a[span='Today']/span[@class='count']")
    later = browse(f"/{SLUG}/?welke=later")
    assert later.all("//section[@id='work']//tbody//th/a") == ["Traag"]
    assert "met vakantie" in later.one("//p[@class='dim']")
    settings.TODAY_INSTEAD = datetime.fromisoformat("2027-03-08T12:00")
    back = browse()
    assert back.all("//section[@id='work']//tbody//th/a") == ["Traag"]
    assert "met vakantie" in back.one("//section[@id='work']//p[@class='dim']")
    assert back.all("//nav[@aria-label='Rooms']//a[span='Today']/span[@class='count']") == ["1"]


def test_what_was_put_off_is_taken_up_by_the_toast_or_from_its_list(call: House, browse: Browse):
    id_ = waiting(call).public_id
    client = signed_in(OWNER)
    toast = posted(client, f"taken/{id_}/later/", until="2027-03-08", reason="x").content.decode()
    assert f'action="/{SLUG}/taken/{id_}/nu/"' in toast
    assert f'action="/{SLUG}/taken/{id_}/nu/"' in browse(f"/{SLUG}/?welke=later").answer.content.decode()
    for _ in range(2):  # a second press is harmless
        assert "It is on the list again." in posted(client, f"taken/{id_}/nu/").content.decode()
    assert browse().all("//section[@id='work']//tbody//th/a") == ["Traag"]


@pytest.mark.parametrize(
    ("until", "says"),
    [("", "is geen dag"), ("2027-03-01", "niet worden uitgesteld"), ("2027-05-31", "niet later dan 30 mei 2027")],
)
def test_a_day_that_cannot_be_is_refused_in_words(call: House, until: str, says: str):
    id_ = waiting(call).public_id
    answer = posted(signed_in(OWNER), f"taken/{id_}/later/", until=until, reason="x").content.decode()
    assert 'role="alert"' in answer
    assert says in answer
    assert waiting(call).put_off_until is None


def test_a_call_is_one_tap_away(call: House, browse: Browse):
    page = browse()
    (link,) = page.tree.xpath("//section[@id='work']//a[starts-with(@href, 'tel:')]")
    assert (link.get("href"), link.xpath("string()")) == ("tel:+31201234567", "+31 (0)20-123 45 67 / 06-1")
    assert link.get("href") in browse(page.tree.xpath("//tbody//th/a/@href")[0]).answer.content.decode()
