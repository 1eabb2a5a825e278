"""Notices on the screens: what they announce and claim, what became of them, and where the law stands in the way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.tools.stories import AMSTERDAM, Story
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.rules.permissions import Role
from voldaan.usecases import messages, people, runs, sending, strategies

LADDER: dict[str, Any] = {
    "name": "Kort",
    "steps": [
        {"code": "reminder", "kind": "message", "anchor": "due_date", "days": 1, "term_days": 1},
        {"code": "fourteen_day_letter", "kind": "message", "anchor": "due_date", "days": 3, "prefers_post": True},
        {"code": "final_notice", "kind": "message", "anchor": "due_date", "days": 20, "term_days": 7},
    ],
}
OF_BUSINESS = {
    "name": "Zakelijk kort",
    "steps": [
        {"code": "business_notice", "kind": "message", "anchor": "due_date", "days": 1, "term_days": 14},
    ],
}


@dataclass
class Told:
    """A story that jumps from one day to the next that matters, and its pages."""

    story: Story
    settings: Any

    @property
    def house(self) -> House:
        return self.story.house

    def on(self, day: str) -> list[str]:
        self.story.house = self.house.on(day)
        self.settings.TODAY_INSTEAD = datetime.fromisoformat(f"{day}T12:00")
        return list(self.story.day())

    def decided(self, day: str) -> Message:
        """Decide a day, and leave what it brings where it is; give the last message."""
        self.story.house = self.house.on(day)
        self.settings.TODAY_INSTEAD = datetime.fromisoformat(f"{day}T12:00")
        runs.run(actor=self.house.actor, today=self.house.today)
        found = Message.objects.of(self.story.books).order_by("pk").last()
        assert found is not None
        return found

    def page_of(self, step: str) -> str:
        return f"/{SLUG}/opvolging/berichten/{self.story.message(step).public_id}/"

    def invoice(self, number: str) -> str:
        return f"/{SLUG}/facturen/{Invoice.objects.of(self.story.books).get(number=number).public_id}/"

    def customer(self, number: str) -> str:
        return f"/{SLUG}/klanten/{Debtor.objects.of(self.story.books).get(number=number).public_id}/"

    def does(self, step: str, deed: str, **words: str) -> str:
        """Do a deed to a message as its page asks it; give the toast."""
        back = self.page_of(step)
        client = signed_in(OWNER)
        path = f"/{SLUG}/berichten/{self.story.message(step).public_id}/{deed}/"
        answer = client.post(path, words | {"back": back})
        assert answer["Location"] == back
        (toast,) = re.findall(r'<div class="toast.*?</div>', client.get(back).content.decode(), re.DOTALL)
        return " ".join(re.sub("<[^>]*>", " ", toast).split())


@pytest.fixture
def told(browse: Browse, settings: Any) -> Told:
    """Give books with a consumer who follows a short ladder, on the day of his reminder."""
    settings.LANGUAGE_CODE = "en"
    story = Story.begun(today="2027-02-26")
    for code, content in (("kort", LADDER), ("zaak", OF_BUSINESS)):
        strategies.define(code=code, content=content, actor=story.house.actor, today=story.house.today)
    story.house.debtor("Jansen", number="1", kind="consumer", strategy="kort", street="Kade 1", postcode="1011 AB",
                       city="Amsterdam")  # fmt: skip
    story.house.invoice("1", "2027-0042", "250.00", issued="2027-02-01", due="2027-02-26")
    return Told(story, settings)


@pytest.fixture
def noticed(told: Told) -> Told:
    assert told.on("2027-03-01") == ["reminder"]
    assert told.on("2027-03-03") == ["fourteen_day_letter"]
    return told


@pytest.fixture
def claimed(noticed: Told) -> Told:
    assert noticed.on("2027-03-25") == ["final_notice"]
    return noticed


def test_a_notice_shows_what_it_announces_and_from_when_that_may_be_asked(noticed: Told, browse: Browse):
    noticed.on("2027-03-04")
    page = browse(noticed.page_of("fourteen_day_letter"))
    sums = page.one("//section[@class='charges']")
    assert "It announces" in sums
    assert "Collection costs€40.00" in sums
    lapses = noticed.story.message("fourteen_day_letter").lapses_on
    assert lapses is not None
    assert f"{lapses.day} March 2027 on" in page.one("//section[@class='delivery']/p")
    assert page.all("//section[@class='delivery']//summary") == ["Received", "Came back", "Withdraw"]
    assert not browse(noticed.page_of("reminder")).tree.xpath("//section[@class='charges']")


def test_what_is_received_counts_its_term_from_that_day(noticed: Told, browse: Browse):
    noticed.on("2027-03-10")
    says = noticed.does("fourteen_day_letter", "ontvangen", on="2027-03-09", proof="aangetekend 3S123")
    assert says == "Written down. What it announced may be asked from 25 March 2027 on."
    page = browse(noticed.page_of("fourteen_day_letter"))
    assert "Proof: aangetekend 3S123" in page.text
    assert "25 March 2027 on" in page.text
    row = browse(f"{noticed.customer('1')}verloop/?soort=berichten").all("//li[contains(@class, 'message.received')]")
    assert row
    assert "A message was received on 9 March 2027. Proof: aangetekend 3S123" in row[0]


def test_what_came_back_says_to_mend_the_address(noticed: Told, browse: Browse):
    noticed.on("2027-03-10")
    says = noticed.does("fourteen_day_letter", "teruggekomen", on="2027-03-09", words="verhuisd")
    assert "Correct the address" in says
    page = browse(noticed.page_of("fourteen_day_letter"))
    assert "does not count" in page.one("//p[@class='facts']")
    assert "verhuisd" in page.one("//section[@class='delivery']/p[@class='warning']")
    link = page.tree.xpath("//section[@class='delivery']//a[contains(@href, '#details')]/@href")
    assert link == [f"{noticed.customer('1')}#details"]
    assert browse(noticed.customer("1")).tree.xpath("//form[@id='details']")
    assert not page.tree.xpath("//section[@class='delivery']//form")


def test_an_invoice_lists_what_letters_claimed_because_of_it(claimed: Told, browse: Browse):
    claims = "//section[@id='claims']//tbody/tr"
    page = browse(claimed.invoice("2027-0042"))
    told = page.all(claims)
    assert [row.split()[0] for row in told] == ["2027-0042-R1", "2027-0042-K1"]
    assert ("Interest on 2027-0042" in told[0], "Collection costs" in told[1]) == (True, True)
    assert all("claimed by final notice" in row and row.endswith("open") for row in told)
    assert page.tree.xpath(f"{claims}/th/a/@href") == [claimed.invoice(one.split()[0]) for one in told]
    assert not browse(claimed.invoice("2027-0042-K1")).tree.xpath("//section[@id='claims']")
    claimed.does("final_notice", "intrekken", reason="te vroeg", sure="yes")
    assert all(row.endswith("taken back") for row in browse(claimed.invoice("2027-0042")).all(claims))
    hits = browse(f"/{SLUG}/zoeken/?q=2027-0042").all("//div[@class='hits']//li")
    assert ["Collection costs" in one or "Interest" in one for one in hits] == [False, True, True]


def test_a_claim_is_shown_with_what_it_became_and_is_withdrawn_only_when_confirmed(claimed: Told, browse: Browse):
    page = browse(claimed.page_of("final_notice"))
    assert "It claims interest and costs" in page.one("//section[@class='charges']")
    lines = page.all("//section[@class='delivery']//ul[@class='lines']/li")
    assert [line.split(" · ")[0] for line in lines] == [
        "Interest on 2027-0042 2027-0042-R1", "Collection costs 2027-0042-K1",
    ]  # fmt: skip
    total = sum(claimed.story.charges("final_notice").values())
    assert f"taken back: €{total // 100}.{total % 100:02}" in page.one("//form[@id='withdrawn']")
    assert "Nothing was withdrawn" in claimed.does("final_notice", "intrekken", reason="te vroeg")
    assert claimed.story.message("final_notice").returned_on is None
    says = claimed.does("final_notice", "intrekken", reason="te vroeg", sure="yes")
    assert says == f"Withdrawn. Tell the customer too. Taken back of interest and costs: €{total / 100:.2f}."
    assert set(claimed.story.claims().values()) == {0}
    assert "Withdrawn on" in browse(claimed.page_of("final_notice")).text
    rows = browse(f"{claimed.customer('1')}verloop/").text
    assert "A message that was sent was withdrawn, with €40." in rows


def test_only_who_may_send_says_what_became_of_a_message(claimed: Told):
    people.add(
        email="kijker@hart.example", role=Role.AUDITOR.value, actor=claimed.house.actor, today=claimed.house.today
    )
    client = signed_in("kijker@hart.example")
    page = client.get(claimed.page_of("final_notice")).content.decode()
    assert 'class="charges"' in page
    assert "/intrekken/" not in page


def test_what_was_claimed_is_no_invoice_of_its_own(claimed: Told, browse: Browse):
    page = browse(claimed.invoice("2027-0042-R1"))
    assert page.one("//h1") == "Interest on 2027-0042"
    head = page.one("//header[@class='head']")
    assert "claimed by final notice" in head
    assert "VAT" not in head
    links = page.tree.xpath("//header[@class='head']//a/@href")
    assert links[:2] == [claimed.page_of("final_notice"), claimed.invoice("2027-0042")]
    assert browse(claimed.invoice("2027-0042-K1")).one("//h1") == "Collection costs"
    rows = browse(f"/{SLUG}/facturen/").all("//tbody//th")
    assert any("Interest on 2027-0042" in row for row in rows)
    assert any("Collection costs" in row for row in rows)
    items = browse(claimed.customer("1")).all("//section[@id='items']//tbody//th")
    assert ["Collection costs" in item for item in items].count(True) == 1
    assert "1 open invoice" in browse(f"/{SLUG}/beginnen/").text


def test_what_was_claimed_is_waived_or_paid_on_its_own_page(claimed: Told, browse: Browse):
    path, client = claimed.invoice("2027-0042-K1"), signed_in(OWNER)
    assert "Waive" in browse(path).all("//summary")
    said = {"back": path, "currency": "EUR", "was_open": "4000"}
    client.post(f"{path}afboeken/", said | {"amount": "15.00", "reason": "coulance"})
    assert claimed.story.claims()["2027-0042-K1"] == 2500
    client.post(
        f"{path}betaald/", said | {"amount": "25.00", "paid_on": "2027-03-25", "token": "x", "was_open": "2500"}
    )
    assert claimed.story.claims()["2027-0042-K1"] == 0


def test_what_waits_for_a_yes_shows_what_it_announces_and_warns_of_much(told: Told, browse: Browse):
    told.house.debtor("Klein BV", number="2", kind="business", strategy="zaak", email="k@b.example")
    told.house.invoice("2", "2027-0050", "25.00", issued="2027-02-01", due="2027-02-26")
    told.decided("2027-03-01")
    with CaptureQueriesContext(connection) as asked:
        page = browse(f"/{SLUG}/goedkeuren/")
    (row,) = [one for one in page.all("//div[contains(@class, 'desk-list')]//li") if "Klein BV" in one]
    assert "announces" in row
    assert "€40.00 of costs" in row
    assert "The costs are more than" in page.text  # what carries a warning stands first
    assert "Total after its term" in page.one("//section[@class='charges']")
    client = signed_in(OWNER)
    client.post(f"/{SLUG}/goedkeuren/alles/", {"count": "1", "back": "/"})
    states = dict(Message.objects.of(told.story.books).values_list("debtor__number", "state"))
    assert states == {"1": "released", "2": "planned"}
    assert len(asked) < 25


@pytest.mark.parametrize(
    ("known", "strategy", "says", "place"),
    [
        ({}, "zaak", "(art. 6:96(4) BW)", "#who"),
        ({"kind": "business"}, "kort2", "(art. 6:96(6) BW, art. XIX.2 WER)", "#details"),
        ({"kind": "consumer", "country": "BE"}, "kort2", "does not know this notice", "#details"),
        ({"kind": "consumer"}, "kort2", "6:82 and 6:83 BW", "#term"),
    ],
)
def test_where_the_law_stands_in_the_way_the_page_says_why_and_where_to_mend_it(
    told: Told, browse: Browse, known: dict[str, str], strategy: str, says: str, place: str
):
    at_once = LADDER | {"steps": [LADDER["steps"][1] | {"days": 1}]}
    strategies.define(code="kort2", content=at_once, actor=told.house.actor, today=told.house.today)
    told.house.debtor("Wacht", number="9", strategy=strategy, email="w@b.example", **known)
    told.house.invoice("9", "F9", "90.00", issued="2027-02-01", due="2027-02-26")
    told.decided("2027-03-01")
    for path in (told.customer("9"), told.invoice("F9"), f"/{SLUG}/opvolging/vandaag/"):
        page = browse(path)
        assert says in page.text, path
        (link,) = page.tree.xpath(f"//a[contains(@href, '{place}')]/@href")
        assert link in (f"{told.customer('9')}{place}", f"{told.invoice('F9')}{place}")
    assert "The law stands in the way of the step of 1 item" in browse().text


def test_a_notice_of_which_nothing_shows_that_it_arrived_leads_to_where_that_is_written(told: Told, browse: Browse):
    Debtor.objects.of(told.story.books).filter(number="1").update(street="")
    told.house.debtor("Post", number="3", kind="consumer", strategy="kort", email="p@b.example")
    told.house.invoice("3", "F3", "90.00", issued="2027-02-01", due="2027-02-26")
    told.on("2027-03-01")
    told.on("2027-03-03")
    told.decided("2027-03-22")
    place = f"{told.page_of('fourteen_day_letter')}#received"
    for path in (told.customer("3"), told.invoice("F3"), f"/{SLUG}/opvolging/vandaag/"):
        assert browse(path).tree.xpath(f"//a[@href='{place}']"), path
    page = browse(told.page_of("fourteen_day_letter"))
    assert page.tree.xpath("//form[@id='received']")
    assert "nothing shows yet that it was" in page.text


def test_a_final_notice_that_left_too_early_stands_on_the_worklist(claimed: Told, browse: Browse):
    claimed.on("2027-03-26")
    claimed.does("fourteen_day_letter", "ontvangen", on="2027-03-20", proof="aangetekend 3S123")
    page = browse(f"/{SLUG}/?welke=te-vroeg")
    assert "A final notice left before the term of the letter before it was over" in page.text
    assert {"Done", "Later", "Skip"} <= set(page.all("//section[@id='work']//summary"))
    told = browse(f"{claimed.customer('1')}verloop/").text
    assert "was taken back: it was claimed before the term of the notice before it was over" in told
    assert "of costs that were claimed was taken back." in told
    assert "€40.00 taken back: it was more than the law gives" in browse(claimed.page_of("final_notice")).text


def test_a_letter_that_lies_printed_can_be_withdrawn_from_its_page(noticed: Told, browse: Browse):
    final = noticed.decided("2027-03-25")
    messages.approve(ids=[final.public_id], actor=noticed.house.actor, today=noticed.house.today)
    noon = datetime(2027, 3, 25, 12, tzinfo=AMSTERDAM)
    sending.print_letters(confirm=False, actor=noticed.house.actor, today=noticed.house.today, now=noon)
    assert browse(noticed.page_of("final_notice")).all("//section[@class='delivery']//summary") == ["Withdraw"]
    says = noticed.does("final_notice", "intrekken", reason="toch niet", sure="yes")
    assert says == "Withdrawn. Throw the letter away."
    assert noticed.story.message("final_notice").state == "withdrawn"
    assert "was withdrawn before it was posted: toch niet" in browse(f"{noticed.customer('1')}verloop/").text


def test_a_final_notice_for_what_was_paid_late_waits_as_any_other(noticed: Told, browse: Browse):
    noticed.story.house = noticed.house.on("2027-03-24")  # the term is over, and nobody ran that day
    noticed.house.pay("2027-0042", "250.00")
    final = noticed.decided("2027-03-25")
    assert final.step == "final_notice"
    page = browse(f"/{SLUG}/goedkeuren/bericht/{final.public_id}/").text
    assert "Open €0.00 Interest €0.60 Collection costs €40.00 Total €40.60" in page
    assert "2027-0042" in browse(f"/{SLUG}/?welke=goedkeuren").text
