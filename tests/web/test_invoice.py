"""The page of one invoice: what was booked and why, and each deed once, however often it is asked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, signed_in
from voldaan.queries import bookings, open_items
from voldaan.queries.moments import NOW
from voldaan.records.events import Event
from voldaan.records.invoices import Invoice
from voldaan.rules.money import Money
from voldaan.usecases import doubles, payments
from voldaan.usecases.write_offs import OpenChanged, write_off


@pytest.fixture
def sold(house: House) -> House:
    house.debtor("Klant 1", number="1", email="a@b.example")
    house.invoice("1", "20270042", "100.00", issued="2027-01-01", due="2027-01-15")
    return house


def door(house: House, invoice: str = "20270042") -> str:
    found = Invoice.objects.of(house.actor.administration_id).get(number=invoice)
    return f"/{SLUG}/facturen/{found.public_id}/"


def opened(house: House, invoice: str = "20270042") -> int:
    rows = open_items.open_items(moment=NOW, actor=house.actor, today=house.today)
    return next((row.open_cents for row in rows if row.invoice == invoice), 0)


def posted(house: House, deed: str, **words: str) -> str:
    """Do a deed as the form asks it; give what the page says afterwards."""
    client = signed_in(OWNER)
    path = door(house)
    answer = client.post(f"{path}{deed}/", words | {"back": path, "currency": "EUR"})
    assert answer.status_code == 302
    assert answer["Location"] == path
    page = client.get(path).content.decode()
    (toast,) = re.findall(r'<div class="toast.*?</div>', page, re.DOTALL)
    return " ".join(re.sub("<[^>]*>", " ", toast).split())


def test_it_shows_what_it_was_what_is_open_and_what_follows(sold: House, browse: Browse):
    page = browse(door(sold))
    assert page.one("//h1") == "Invoice 20270042"
    assert page.tile("Open") == "€100.00"
    assert "reminder" in page.one("//section[h2='What follows']//p[@class='says']")
    assert page.all("//section[h2='What was booked']//tbody//p[@class='says']") == ["invoiced"]


def test_a_payment_is_written_down_once_per_form(sold: House):
    words = {"amount": "40,00", "paid_on": "2027-02-20", "token": "eens", "was_open": "10000"}
    assert "€ 40,00" in posted(sold, "betaald", **words).replace("\u00a0", " ")
    assert opened(sold) == 6_000
    posted(sold, "betaald", **words)
    assert opened(sold) == 6_000
    # A page that was opened before, by a colleague who saw the same money come in.
    posted(sold, "betaald", **words | {"token": "nog eens"})
    assert opened(sold) == 6_000
    posted(sold, "betaald", **words | {"token": "nog eens", "amount": "90,00", "was_open": "6000"})
    assert opened(sold) == 0
    assert sold.broken() == {}


@pytest.mark.parametrize(
    "wrong", [{"amount": "veel"}, {"amount": "-1"}, {"paid_on": "gisteren"}, {"paid_on": "2028-01-01"}]
)
def test_what_is_no_payment_is_refused_and_nothing_is_booked(sold: House, wrong):
    before = sold.everything()
    posted(sold, "betaald", **{"amount": "10", "paid_on": "2027-02-20", "token": "a", "was_open": "10000"} | wrong)
    assert sold.everything() == before


def test_a_write_off_counts_once_and_is_taken_back(sold: House, browse: Browse):
    words = {"amount": "60,00", "reason": "regeling", "was_open": "10000"}
    posted(sold, "afboeken", **words)
    assert opened(sold) == 4_000
    assert "Ondertussen staat" in posted(sold, "afboeken", **words)
    assert opened(sold) == 4_000
    (number,) = browse(door(sold)).tree.xpath("//form[contains(@action, 'terugnemen')]//input[@name='number']/@value")
    posted(sold, "terugnemen", number=number, reason="toch betaald")
    assert opened(sold) == 10_000
    reasons = browse(door(sold)).all("//td[@class='what']//small[bdi]")
    assert reasons == ["regeling ·", "toch betaald ·"]
    posted(sold, "afboeken", amount="10,00", reason="tweede", was_open="10000")
    assert browse(door(sold)).all("//td[@class='what']//small[bdi]") == [*reasons, "tweede"]
    (number,) = browse(door(sold)).tree.xpath("//form[contains(@action, 'terugnemen')]//input[@name='number']/@value")
    posted(sold, "terugnemen", number=number, reason="nee")
    assert not browse(door(sold)).tree.xpath("//form[contains(@action, 'terugnemen')]")
    assert sold.broken() == {}


def test_who_says_what_was_open_is_refused_once_that_changed(sold: House):
    words: dict[str, Any] = {"invoice": "20270042", "reason": "klein", "actor": sold.actor, "today": sold.today}
    with pytest.raises(OpenChanged):
        write_off(amount=Money(100), was_open=Money(9_999), **words)
    assert write_off(amount=Money(100), was_open=Money(10_000), **words) == 100


def test_credit_of_a_double_settles_it_after_the_merge(sold: House, browse: Browse):
    sold.debtor("Klant Een", number="9")
    sold.invoice("9", "20270043", "10.00")
    sold.pay("20270043", "30.00")
    doubles.merge(double="9", into="1", actor=sold.actor, today=sold.today)
    (number,) = browse(door(sold)).tree.xpath("//form[contains(@action, 'verreken')]/input[@name='number']/@value")
    posted(sold, "verrekenen", number=number)
    assert (opened(sold), sold.broken()) == (8_000, {})
    said = Event.objects.of(sold.actor.administration_id).filter(kind="allocation.made").get()
    assert said.facts["invoice"] == "20270042"  # its number, also where the page named it by its id


def test_credit_settles_it_and_is_undone(sold: House, browse: Browse):
    sold.credit_note("1", "C1", "30.00")
    (number,) = browse(door(sold)).tree.xpath("//form[contains(@action, 'verrekenen')]//input[@name='number']/@value")
    posted(sold, "verrekenen", number=number)
    assert opened(sold) == 7_000
    posted(sold, "verrekenen", number=number)
    assert opened(sold) == 7_000
    page = browse(door(sold))
    assert "C1" in page.one("//section[h2='What was booked']//tbody/tr[2]//p[@class='says']")
    (number,) = page.tree.xpath("//form[contains(@action, 'ongedaan')]//input[@name='number']/@value")
    posted(sold, "ongedaan", number=number)
    posted(sold, "ongedaan", number=number)
    assert opened(sold) == 10_000
    credit = browse(door(sold, "C1"))
    assert credit.one("//h1") == "Credit note C1"
    assert credit.tile("Can still pay") == "€30.00"
    assert sold.broken() == {}


def test_a_booking_of_another_invoice_is_not_touched(sold: House):
    sold.invoice("1", "20270043", "5.00", issued="2027-02-01")
    sold.pay("20270043", "5.00")
    before = sold.everything()
    for number in ("1", "2", "3", "4", "99", "x", "9" * 30):
        posted(sold, "ongedaan", number=number)
    assert sold.everything() == before


def test_a_receipt_is_taken_back_from_the_invoice(sold: House, browse: Browse):
    moved = [files.Movement(sold.today, 10_000, name="Klant 1", text="factuur 20270042")]
    files.bring(sold, files.camt053(moved), "afschrift.xml", accept_unbalanced=True)
    assert opened(sold) == 0
    page = browse(door(sold))
    assert "invoice number" in page.text
    assert "Klant 1" in page.one("//section[h2='What was booked']//tbody/tr[2]//p[@class='says']")
    (action,) = page.tree.xpath("//form[contains(@action, '/ontvangsten/')]/@action")
    signed_in(OWNER).post(action, {"back": door(sold)})
    assert opened(sold) == 10_000
    assert "taken back" in browse(door(sold)).text
    assert sold.broken() == {}


def test_a_payment_written_down_by_mistake_is_taken_back_whole(sold: House, browse: Browse):
    posted(sold, "betaald", amount="120,00", paid_on="2027-02-20", token="eens", was_open="10000")
    assert opened(sold) == 0
    (number,) = browse(door(sold)).tree.xpath("//form[contains(@action, 'niet-betaald')]//input[@name='number']/@value")
    posted(sold, "niet-betaald", number=number, reason="van een ander")
    assert opened(sold) == 10_000
    assert sum(row.cents for row in bookings.statement(debtor="1", moment=NOW, actor=sold.actor)) == 10_000
    before = sold.everything()
    posted(sold, "niet-betaald", number=number, reason="nog eens")
    posted(sold, "niet-betaald", number=number, reason=" ")
    assert sold.everything() == before
    assert sold.broken() == {}


def test_what_the_bank_brought_is_no_payment_by_hand(sold: House):
    moved = [files.Movement(sold.today, 10_000, name="Klant 1", text="factuur 20270042")]
    files.bring(sold, files.camt053(moved), "afschrift.xml", accept_unbalanced=True)
    for number in (2, 3, 99):
        with pytest.raises(payments.NoSuchPayment):
            payments.take_back(number=number, reason="mis", actor=sold.actor, today=sold.today)
