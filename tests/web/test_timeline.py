"""Verloop: all that happened with a customer, newest first, part by part, with its notes and its silences."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, Page, signed_in
from voldaan.queries import timeline as questions
from voldaan.records.actions import Task
from voldaan.records.debtors import Debtor
from voldaan.records.messages import Message
from voldaan.usecases import debtors, doubles, follow_up, notes, runs


@pytest.fixture
def zee(house: House) -> str:
    zee = house.debtor("Café Zéé", number="7", email="info@zee.example")
    house.invoice(zee, "F1", "121.00", issued="2027-02-01", due="2027-02-15")
    house.pay("F1", "21.00", on="2027-02-20")
    house.invoice(zee, "F2", "7.00", issued="2027-02-20", due="2027-03-15")
    runs.run(actor=house.actor, today=house.today)
    debtors.change(debtor=zee, city="Breda", actor=house.actor, today=house.today)
    follow_up.pause(invoice="F2", until=date(2027, 4, 1), reason="op reis", actor=house.actor, today=house.today)
    return zee


def url(debtor: str, query: str = "") -> str:
    return f"/{SLUG}/klanten/{debtor}/verloop/{query}"


def told(page: Page) -> list[str]:
    return page.all("//ol[@class='timeline']/li")


def test_what_looks_like_a_day_and_is_none_stays_as_it_was_typed(browse: Browse, house: House, zee: str):
    house.invoice(zee, "2027-00-01", "5.00")
    follow_up.pause(invoice="2027-00-01", until=date(2027, 4, 1), reason="2027-02-30", actor=house.actor,
                    today=house.today)  # fmt: skip
    (row,) = [one for one in told(browse(url(zee))) if "2027-00-01" in one and "2027-02-30" in one]
    assert "April 1" in row or "1 April" in row


def contact(house: House, zee: str, *, sent: date | None = None, called: date | None = None) -> None:
    """Write down a message that left, or a call that was made."""
    debtor = Debtor.objects.of(house.actor.administration_id).get(public_id=zee)
    books = {"administration_id": house.actor.administration_id, "debtor": debtor, "currency": "EUR"}
    if sent:
        Message.objects.of(house.actor.administration_id).create(
            **books, step="reminder", channel="email", recipient="info@zee.example", language="nl", term_days=7,
            total_cents=100, is_automatic=False, decided_on=sent, sent_on=sent, state="sent", subject="Factuur F1",
        )  # fmt: skip
    if called:
        task = Task.objects.of(house.actor.administration_id).create(
            **books, kind="call", decided_on=called, state="open"
        )
        follow_up.done(id=task.public_id, outcome="Betaalt vrijdag", actor=house.actor, today=called)


def test_everything_is_there_newest_first_and_says_who(browse: Browse, house: House, zee: str):
    contact(house, zee, called=date(2027, 3, 1))
    notes.write(debtor=zee, text="Vraag naar Jan.", actor=house.actor, today=house.today)
    rows = told(browse(url(zee)))
    assert "Vraag naar Jan." in rows[0]
    assert "waits for approval · info@zee.example" in rows[1]
    assert "Task call was done: Betaalt vrijdag" in rows[2]
    assert "paused until 1 April 2027: op reis" in rows[3]
    assert "Changed: City." in rows[4]
    assert "The customer was added." in rows[5]
    assert "Invoice F2 of €7.00." in rows[6]
    assert "€21.00 was received." in rows[7]
    assert "Invoice F1 of €121.00." in rows[8]
    assert len(rows) == 9
    assert "test" in rows[4]  # whoever did it


@pytest.mark.parametrize(("kind", "expected"), [
    ("berichten", ["reminder"]),
    ("geld", ["Invoice F2", "received", "Invoice F1"]),
    ("contact", ["Vraag naar Jan"]),
    ("wijzigingen", ["paused", "Changed", "added"]),
])  # fmt: skip
def test_a_part_is_shown_by_itself(browse: Browse, house: House, zee: str, kind, expected):
    notes.write(debtor=zee, text="Vraag naar Jan.", actor=house.actor, today=house.today)
    rows = told(browse(url(zee, f"?soort={kind}")))
    assert len(rows) == len(expected)
    assert all(word in row for word, row in zip(expected, rows, strict=True))


def test_silence_is_told_between_contacts_and_up_to_today(browse: Browse, house: House, zee: str):
    for day in (date(2027, 2, 10), date(2027, 2, 8), date(2027, 1, 1)):
        contact(house, zee, sent=day)
    silences = browse(url(zee)).all("//li[@class='silence']")
    assert silences == ["19 days without contact", "38 days without contact"]
    assert browse(url(zee, "?soort=berichten")).all("//li[@class='silence']") == []


def test_a_message_is_folded_and_opens_the_very_message(browse: Browse, house: House, zee: str):
    page = browse(url(zee))
    (address,) = page.tree.xpath("//li/div/details/iframe/@src")
    assert page.tree.xpath("//li/div/details/@open") == []
    assert "121" in browse(address).text or "100" in browse(address).text


def test_it_goes_on_page_by_page_and_leaves_nothing_out(browse: Browse, house: House):
    zee = house.debtor("Veel", number="1")
    costs = []
    for first, last in ((0, 5), (5, 70)):
        for n in range(first, last):
            house.invoice(zee, f"F{n}", "1.00", issued=f"2027-02-{n % 28 + 1:02}", due="2027-03-15")
            notes.write(debtor=zee, text=f"Notitie {n}.", actor=house.actor, today=house.today)
        browse(url(zee))
        with CaptureQueriesContext(connection) as asked:
            browse(url(zee))
        costs.append(len(asked))
    assert costs == [6, 6]
    seen, address = [], url(zee)
    while address:
        page = browse(address)
        seen += told(page)
        onward = page.tree.xpath("//nav[@class='pages']/a[contains(., 'Earlier')]/@href")
        address = url(zee, onward[0]) if onward else ""
    assert len(seen) == 70 + 70 + 1
    for n in range(70):
        assert sum(f"Invoice F{n} of" in row for row in seen) == 1
        assert sum(f"Notitie {n}." in row for row in seen) == 1


def test_every_place_goes_on_to_what_stands_behind_it(house: House, zee: str):
    for n in range(4):
        notes.write(debtor=zee, text=f"Notitie {n}.", actor=house.actor, today=house.today)
    whole = questions.timeline(zee, most=50, actor=house.actor)
    for at, one in enumerate(whole):
        assert questions.timeline(zee, after=one.key, most=50, actor=house.actor) == whole[at + 1 :]


def test_a_note_is_written_corrected_and_withdrawn_on_the_page(browse: Browse, house: House, zee: str):
    client = signed_in(OWNER)
    assert "The customer may ask to read this" in browse(url(zee)).text
    for text in ("Betaalt maandag.", "<b>Let op</b>\r\nBelt na tien."):
        assert client.post(f"/{SLUG}/klanten/{zee}/notities/", {"text": text})["Location"] == url(zee)
    row = told(browse(url(zee)))[0]
    assert "<b>Let op</b>Belt na tien." in row
    assert OWNER in row
    page = browse(url(zee))
    first, second = page.tree.xpath("//input[@name='corrects']/@value")
    client.post(f"/{SLUG}/klanten/{zee}/notities/", {"text": "Betaalt dinsdag.", "corrects": second})
    client.post(f"/{SLUG}/notities/{first}/intrekken/", {"back": url(zee)})
    rows = told(browse(url(zee, "?soort=contact")))
    assert "Correction of the note of" in rows[0]
    assert "A note, withdrawn" in rows[1]
    assert "A note, corrected later" in rows[2]
    assert len(browse(url(zee)).tree.xpath("//input[@name='corrects']")) == 1


def test_an_empty_note_is_told_and_nothing_is_kept(house: House, zee: str):
    before, client = house.everything(), signed_in(OWNER)
    answer = client.post(f"/{SLUG}/klanten/{zee}/notities/", {"text": " ", "back": url(zee)})
    assert 'role="alert"' in client.get(answer["Location"]).content.decode()
    assert house.everything() == before


def test_what_happened_to_a_double_happened_to_the_one_that_stays(browse: Browse, house: House, zee: str):
    other = house.debtor("Zee", number="8")
    house.invoice("8", "F8", "5.00")
    doubles.merge(double="8", into="7", actor=house.actor, today=house.today)
    text = browse(url(zee)).text
    assert "Invoice F8 of €5.00." in text
    assert "Zee (8) was merged into this customer" in text
    assert "moved" not in text
    assert "Invoice F8" in browse(url(other)).text
    browse(url("niemand"), status=404)


def test_an_address_that_says_nonsense_begins_at_the_top(browse: Browse, zee: str):
    for query in ("?na=2027-13-01.1.1", "?na=x", "?na=2027-03-01.9.9&contact=x"):
        browse(url(zee, query))
