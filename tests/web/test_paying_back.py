"""Credit that is paid back, on the pages: where it could go, that it went, and undone; what lies is on the worklist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.tools.files import PAYER, Item, Movement, bring, camt053, items
from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, Page, signed_in
from voldaan.queries import bank_inbox, credits_to_pay_back, paying_back, worklist
from voldaan.queries.credits_to_pay_back import CreditToPayBack
from voldaan.usecases import receipts_by_hand, refunds

CREDITS = f"/{SLUG}/rapporten/tegoeden/"
OVERVIEW = f"/{SLUG}/"
SINCE = date(2027, 1, 29)  # 31 days before the day of the house


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def move(house: House, cents: int, day: date, text: str = "terug") -> None:
    opening = sum(row.cents for row in bank_inbox.transactions(actor=house.actor))
    moved = Movement(day, cents, PAYER, "Klant 1", text, bank_reference=f"E{day}{cents}")
    bring(house, camt053([moved], opening=opening), f"{day}{cents}.xml")


def too_much(house: House, *, since: date = SINCE) -> CreditToPayBack:
    """Let a customer pay 25.00 too much."""
    bring(house, items([Item("1", "Klant 1", "202700001", 1_000_00, more=(("IBAN", PAYER),))]))
    move(house, 1_025_00, since, "factuur 202700001")
    [proposal, *_] = bank_inbox.proposals(actor=house.actor)
    receipts_by_hand.accept(proposal=proposal.id, actor=house.actor, today=house.today)
    [one] = credits_to_pay_back.credits_to_pay_back(actor=house.actor, today=house.today)
    return one


@dataclass
class Person:
    """The owner, who presses buttons."""

    client: Any

    def send(self, form: Any, **typed: str) -> str:
        """Send a form as it stands on a page, with what is typed; give what is said then."""
        fields = {one.get("name"): one.get("value") or "" for one in form.xpath(".//input[@name]")} | typed
        answer = self.client.post(form.get("action"), fields)
        assert answer.status_code == 302
        return str(self.client.session["toast"]["says"]).replace("\u00a0", " ")

    @property
    def toast(self) -> dict[str, str]:
        return dict(self.client.session["toast"])


@pytest.fixture
def person(house: House) -> Person:
    return Person(signed_in(OWNER))


def forms(page: Page) -> list[Any]:
    return list(page.tree.xpath("//form[contains(@action, '/terugbetaald/')]"))


@pytest.mark.parametrize("where", ["report", "customer"])
def test_with_the_bank_line_that_fits_it_is_one_button(browse: Browse, house: House, person: Person, where):
    one = too_much(house)
    move(house, -25_00, date(2027, 2, 20))
    at = CREDITS if where == "report" else f"/{SLUG}/klanten/{one.debtor_id}/"
    page = browse(at)
    [told] = page.all("//td[.//form[contains(@action, '/terugbetaald/')]]")
    assert f"Could be paid back to {PAYER}" in told
    assert "On 20 Feb 2027, €25.00 left to that account." in told
    by_line, _ = forms(page)
    assert person.send(by_line) == "Written down: €25.00 was paid back."
    assert (house.last().kind, house.last().value_date) == ("refunded", date(2027, 2, 20))
    assert forms(browse(at)) == []
    assert person.send(by_line) == f"Nothing is open on #{one.booking}."  # pressed twice: booked once
    assert house.broken() == {}


def test_a_day_is_typed_where_no_line_fits_and_undo_takes_it_back(browse: Browse, house: House, person: Person):
    one = too_much(house)
    [form] = forms(browse(CREDITS))
    assert "no day" in person.send(form, paid_on="gisteren")
    assert "not paid back on 28 January 2027" in person.send(form, paid_on="2027-01-28")
    assert "not paid back on 2 March 2027" in person.send(form, paid_on="2027-03-02")
    assert person.send(form, paid_on="2027-02-27") == "Written down: €25.00 was paid back."
    assert (house.last().kind, house.last().value_date) == ("refunded", date(2027, 2, 27))
    undo = person.toast["undo"]
    said = []
    for _ in range(2):
        assert person.client.post(undo, {"back": CREDITS})["Location"] == CREDITS
        said.append(person.toast["says"])
    assert said[0] == "Taken back: the credit stands there again."
    assert said[1].startswith(f"Nothing of the credit of booking {one.booking} stands as paid back.")
    assert len(forms(browse(CREDITS))) == 1
    assert house.broken() == {}


def test_a_page_gone_stale_books_nothing(browse: Browse, house: House, person: Person):
    one = too_much(house)
    [form] = forms(browse(CREDITS))
    house.invoice(one.debtor_id, "202700002", "10.00")
    house.allocate(one.booking, "202700002")
    before = house.everything()
    assert person.send(form).startswith("Meanwhile €15.00 is left of this credit, and no longer €25.00.")
    assert house.everything() == before


def test_a_credit_of_a_customer_who_owes_is_offered_on_his_page_only(browse: Browse, house: House):
    zee = house.debtor("Café Zéé", number="7")
    house.invoice(zee, "F1", "100.00")
    house.credit_note(zee, "C1", "10.00")
    assert forms(browse(CREDITS)) == []
    page = browse(f"/{SLUG}/klanten/{zee}/")
    assert len(forms(page)) == 1
    assert "No account of this customer is known · something is open that it could pay" in page.text


def test_on_another_day_nothing_is_offered(browse: Browse, house: House):
    too_much(house)
    assert forms(browse(f"{CREDITS}?op=2027-02-28")) == []
    assert len(forms(browse(CREDITS))) == 1


def test_what_lies_for_more_than_a_month_is_on_the_worklist(browse: Browse, house: House):
    one = too_much(house)
    assert work(house.on("2027-02-28")) == []  # thirty days: not yet
    assert work(house) == [(str(one.booking), 25_00, "EUR", 31)]
    page = browse(f"{OVERVIEW}?welke=tegoed")
    assert "€25.00 lies here for 31 days, and nothing is open that it could pay: pay it back." in page.text
    (leads,) = page.tree.xpath("//section[@id='work']//a[.='Look at the credit']/@href")
    assert leads == f"/{SLUG}/klanten/{one.debtor_id}/#credits"
    assert browse(leads).tree.xpath("//section[@id='credits']")
    assert "to pay back 1 €25.00" in page.one("//nav[@class='filters']")
    refunds.pay_back(credit_number=one.booking, actor=house.actor, today=house.today)
    assert work(house) == []
    assert "to pay back" not in browse().text


def test_what_could_still_pay_is_not_on_the_worklist(house: House):
    one = too_much(house)
    house.invoice(one.debtor_id, "202700002", "10.00")
    assert work(house) == []


def work(house: House) -> list[tuple[str, int, str, int]]:
    found = worklist.worklist(actor=house.actor, today=house.today)
    return [(one.id, one.cents, one.currency, one.days_overdue) for one in found if one.kind == worklist.CREDIT]


def test_a_page_costs_the_same_for_one_credit_and_for_many(browse: Browse, house: House):
    asks: list[Callable[[], object]] = [
        lambda: browse(CREDITS), lambda: browse(f"/{SLUG}/klanten/{many}/"),
        lambda: paying_back.of_customer(many, most=50, actor=house.actor), browse,
    ]  # fmt: skip
    many = house.debtor("Veel")
    costs: list[list[int]] = []
    for first, last in ((0, 1), (1, 60)):
        for n in range(first, last):
            house.credit_note(many, f"C{n}", "1.00")
        costs.append([])
        for ask in asks:
            ask()
            with CaptureQueriesContext(connection) as questions:
                ask()
            costs[-1].append(len(questions))
    assert costs[0] == costs[1]
    assert costs[0][2] == 1
