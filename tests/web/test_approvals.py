"""Goedkeuren: what is seen is what leaves, one yes is one message, and a minute long it can be taken back (J3)."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from tests.web.test_start import at
from voldaan.config import clock
from voldaan.queries.fingerprints import fingerprint
from voldaan.records.administrations import Administration
from voldaan.records.messages import Message
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.records.receivables import Receivable
from voldaan.usecases import administrations, runs

DESK = f"/{SLUG}/goedkeuren/"


@pytest.fixture
def waiting(house: House) -> House:
    """Let four messages wait: one by letter, and one with a warning."""
    for n, cents in enumerate(("10.00", "20.00", "30.00"), 1):
        house.debtor(f"Klant {n}", number=f"{n}", email=f"k{n}@b.example", kind="business")
        house.invoice(f"{n}", f"F{n}", cents, issued="2027-02-01", due="2027-02-15")
    house.debtor("Brief", number="9", street="Kade 1", postcode="1011 AB", city="Amsterdam", kind="business")
    house.invoice("9", "F9", "5.00", issued="2026-10-01", due="2026-10-15")  # old, and never written to
    runs.run(actor=house.actor, today=house.today)
    assert rows(house).count() == 4
    return house


def rows(house: House, **only: Any) -> Any:
    return Message.objects.of(house.actor.administration_id).filter(**only)


def states(house: House) -> dict[str, str]:
    return dict(rows(house).values_list("debtor__name", "state"))


def id_of(house: House, name: str) -> str:
    return str(rows(house).get(debtor__name=name).public_id)


def posted(client: Client, path: str, **words: str) -> Any:
    answer = client.post(path, words)
    assert answer.status_code == 302
    return client.get(answer["Location"])


def test_the_list_shows_what_carries_a_warning_first_and_then_the_largest(browse: Browse, waiting: House):
    page = browse(DESK)
    assert page.all("//div[@class='desk-list card']//b") == ["Brief", "Klant 3", "Klant 2", "Klant 1"]
    assert page.one("//h1") == "4 messages wait for your yes"
    assert "€65.00" in page.text
    assert "1 with a warning" in page.text
    assert "is it still owed?" in page.text


def test_the_message_beside_it_is_the_very_one_that_leaves(browse: Browse, waiting: House):
    client = signed_in(OWNER)
    mail = id_of(waiting, "Klant 3")
    page = browse(f"{DESK}bericht/{mail}/")
    (frame,) = page.tree.xpath("//iframe")
    assert frame.get("sandbox") == ""
    inside = client.get(frame.get("src"))
    assert "default-src 'none'" in inside["Content-Security-Policy"]
    assert "sandbox" in inside["Content-Security-Policy"]
    whole = client.get(f"/{SLUG}/berichten/{mail}/bestand/")
    sent = message_from_bytes(whole.content)
    html = next(part for part in sent.walk() if part.get_content_type() == "text/html").get_payload(decode=True)
    assert isinstance(html, bytes)
    shown = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "cid", inside.content.decode().replace("\r\n", "\n"))
    assert shown == re.sub(r"cid:[^\"']+", "cid", html.decode().replace("\r\n", "\n"))
    assert str(sent["Subject"]).split("\n")[0][:12] in page.text.replace("\u00a0", " ") or "=?" in str(sent["Subject"])
    (attached,) = page.tree.xpath("//a[contains(@href, '/bijlage/')]/@href")
    file = client.get(attached)
    assert file.content.startswith(b"%PDF")
    assert file["Content-Disposition"].startswith("attachment;")
    assert file["Content-Type"] == "application/octet-stream"


def test_a_letter_is_shown_page_by_page(browse: Browse, waiting: House):
    page = browse(f"{DESK}bericht/{id_of(waiting, 'Brief')}/")
    pictures = page.tree.xpath("//div[@class='letter']/img/@src")
    assert len(pictures) == 2  # the letter, and the specification behind it
    drawn = signed_in(OWNER).get(pictures[0])
    assert drawn["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(drawn.content)).size == (1191, 1684)
    assert signed_in(OWNER).get(pictures[0].replace("/0/", "/7/")).status_code == 404


def test_a_yes_lets_one_message_go_and_shows_the_next(waiting: House):
    client = signed_in(OWNER)
    page = posted(client, f"{DESK}bericht/{id_of(waiting, 'Klant 3')}/")
    assert states(waiting) == {"Brief": "planned", "Klant 3": "released", "Klant 2": "planned", "Klant 1": "planned"}
    assert page.wsgi_request.path == f"{DESK}bericht/{id_of(waiting, 'Klant 2')}/"
    assert "1 bericht goedgekeurd" in page.content.decode()


def test_a_second_yes_to_the_same_message_changes_nothing(waiting: House):
    client = signed_in(OWNER)
    address = f"{DESK}bericht/{id_of(waiting, 'Klant 3')}/"
    posted(client, address)
    before = fingerprint(actor=waiting.actor)
    posted(client, address)
    assert fingerprint(actor=waiting.actor) == before
    assert client.get(address)["Location"] == DESK


def test_a_minute_long_what_was_approved_stays_here_and_can_be_taken_back(waiting: House):
    client = signed_in(OWNER)
    page = posted(client, f"{DESK}bericht/{id_of(waiting, 'Klant 3')}/").content.decode()
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    assert rows(waiting, state="released").get().retry_at.isoformat() == key
    posted(client, f"{DESK}ongedaan/", key=key)
    assert set(states(waiting).values()) == {"planned"}
    assert not rows(waiting).exclude(content_hash="").exists()


def test_the_way_back_is_offered_for_a_minute_and_not_longer(waiting: House):
    client = signed_in(OWNER)
    posted(client, f"{DESK}bericht/{id_of(waiting, 'Klant 3')}/")
    assert "ongedaan" in client.get(DESK).content.decode()
    with at(clock.now() + timedelta(seconds=61)):
        assert "ongedaan" not in client.get(DESK).content.decode()


def test_what_left_meanwhile_is_not_taken_back(waiting: House):
    client = signed_in(OWNER)
    page = posted(client, f"{DESK}alles/", count="3").content.decode()
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    rows(waiting, debtor__name="Klant 2").update(state="claimed")
    assert "2 berichten wachten weer" in posted(client, f"{DESK}ongedaan/", key=key).content.decode()
    assert states(waiting) == {"Brief": "planned", "Klant 3": "planned", "Klant 2": "claimed", "Klant 1": "planned"}


def test_all_without_a_warning_go_at_once_and_the_others_wait_for_a_look(waiting: House):
    page = posted(signed_in(OWNER), f"{DESK}alles/", count="3").content.decode()
    assert states(waiting) == {"Brief": "planned", "Klant 3": "released", "Klant 2": "released", "Klant 1": "released"}
    assert "3 berichten goedgekeurd. 1 met een waarschuwing wacht" in page


def test_a_receipt_that_came_in_since_is_a_warning_too(browse: Browse, waiting: House):
    books = waiting.actor.administration_id
    item = Receivable.objects.of(books).get(invoice__number="F2")
    proposal = Proposal.objects.of(books).create(administration_id=books, debtor=item.debtor, match_class="list")
    ProposalLine.objects.of(books).create(administration_id=books, proposal=proposal, receivable=item, amount_cents=1)
    page = browse(DESK)
    assert page.all("//div[@class='desk-list card']//b") == ["Klant 2", "Brief", "Klant 3", "Klant 1"]
    assert "2 with a warning" in page.text
    assert "see the proposals first" in page.text
    posted(signed_in(OWNER), f"{DESK}alles/", count="2")
    assert states(waiting)["Klant 2"] == "planned"
    assert browse(f"{DESK}bericht/{id_of(waiting, 'Brief')}/").one("//nav[@class='steps']/span") == "2 of 2"


def test_of_very_many_the_number_is_typed(browse: Browse, waiting: House):
    administrations.change(name="large_run", value="2", actor=waiting.actor, today=waiting.today)
    assert browse(DESK).tree.xpath("//input[@name='count']/@required")
    client = signed_in(OWNER)
    for typed in ("", "2", "drie", "3" * 40):
        assert 'role="alert"' in posted(client, f"{DESK}alles/", count=typed, back=DESK).content.decode()
        assert set(states(waiting).values()) == {"planned"}
    posted(client, f"{DESK}alles/", count="3")
    assert list(states(waiting).values()).count("released") == 3


def test_no_more_are_approved_than_the_page_showed(browse: Browse, waiting: House):
    (shown,) = browse(DESK).tree.xpath("//input[@name='count']/@value")
    waiting.debtor("Klant 4", number="4", email="k4@b.example", kind="business")
    waiting.invoice("4", "F4", "40.00", issued="2027-02-01", due="2027-02-15")
    runs.run(actor=waiting.actor, today=waiting.today)
    page = posted(signed_in(OWNER), f"{DESK}alles/", count=shown, back=DESK).content.decode()
    assert 'role="alert"' in page
    assert set(states(waiting).values()) == {"planned"}


@pytest.mark.parametrize("key", ["", "x", "2027-03-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_strange_moment_to_undo_is_no_fault(waiting: House, key):
    assert signed_in(OWNER).post(f"{DESK}ongedaan/", {"key": key}).status_code in (302, 404)


def test_a_message_is_skipped_for_a_reason(waiting: House):
    client = signed_in(OWNER)
    address = f"{DESK}bericht/{id_of(waiting, 'Klant 3')}/"
    refused = posted(client, f"{address}overslaan/", reason=" ", back=address)
    assert 'role="alert"' in refused.content.decode()
    assert refused.wsgi_request.path == address
    posted(client, f"{address}overslaan/", reason="belde al")
    assert states(waiting)["Klant 3"] == "withdrawn"


def test_what_was_paid_meanwhile_is_said_and_a_yes_takes_it_off(browse: Browse, waiting: House):
    waiting.pay("F3", "30.00")
    address = f"{DESK}bericht/{id_of(waiting, 'Klant 3')}/"
    assert "Nothing of this message is open any more" in browse(address).text
    page = posted(signed_in(OWNER), address).content.decode()
    assert "1 was not true any more" in page
    assert states(waiting)["Klant 3"] == "withdrawn"


def test_an_auditor_looks_and_has_nothing_to_press(waiting: House):
    from voldaan.usecases import people

    people.add(email="kijker@hart.example", role="auditor", actor=waiting.actor, today=waiting.today)
    page = signed_in("kijker@hart.example").get(DESK).content.decode()
    assert "Klant 3" in page
    assert "/overslaan/" not in page
    assert "/alles/" not in page


def test_when_nothing_waits_it_says_well_done(browse: Browse, house: House):
    page = browse(DESK)
    assert page.one("//h1") == "All done: nothing waits for your yes"


@pytest.mark.parametrize(
    ("live", "says"),
    [
        ("off", "Sending is off: what you approve stays here."),
        ("self", "What you approved goes to yourself instead of the customer: you are trying."),
        ("on", "What you approved leaves by itself on the next sending day."),
    ],
)
def test_when_all_is_done_it_says_whether_it_leaves(browse: Browse, house: House, live: str, says: str):
    Administration.objects.filter(pk=house.actor.administration_id).update(live=live)
    assert says in browse(DESK).text


def test_a_preview_says_that_nobody_said_from_where_mail_comes(browse: Browse, waiting: House):
    Administration.objects.filter(pk=waiting.actor.administration_id).update(sender="")
    page = browse(f"{DESK}bericht/{id_of(waiting, 'Klant 1')}/")
    assert page.one(f"//dd/a[@href='/{SLUG}/instellingen/afzender/']") == (
        "the address that mail comes from is not set yet"
    )
    assert "sender-not-set" not in page.text
    Administration.objects.filter(pk=waiting.actor.administration_id).update(sender="wij@hart.example")
    assert "wij@hart.example" in browse(f"{DESK}bericht/{id_of(waiting, 'Klant 1')}/").text


def test_one_message_has_one_button_that_approves_it(browse: Browse, house: House):
    house.debtor("Enig", number="1", email="enig@b.example", kind="business")
    house.invoice("1", "F1", "10.00", issued="2027-02-01", due="2027-02-15")
    runs.run(actor=house.actor, today=house.today)
    assert browse(DESK).all("//main//button[contains(., 'Approve')]") == ["Approvea"]
