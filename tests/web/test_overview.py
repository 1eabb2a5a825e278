"""The overview: its figures are those of the books to the cent, its state explains itself, its cost does not grow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, Page, customers
from voldaan.look import words
from voldaan.queries import aging, open_items, overview, worklist
from voldaan.queries.moments import NOW
from voldaan.records.messages import Message
from voldaan.records.people import User
from voldaan.rules.money import Money
from voldaan.usecases import administrations, messages, runs


def ran(house: House) -> None:
    runs.run(actor=house.actor, today=house.today)


def left(house: House) -> None:
    """Let everything that waits leave, as a sender would write it down."""
    messages.approve(everything=True, actor=house.actor, today=house.today)
    for row in Message.objects.of(house.actor.administration_id).filter(state="released"):
        messages.taken(row, actor=house.actor, today=house.today)
        row.save()


def shown(cents: int, currency: str = "EUR") -> str:
    return words.amount(Money(cents, currency)).replace("\u00a0", " ")


def test_who_has_no_role_in_any_books_is_told_how_to_get_one(browse: Browse):
    User.objects.create(email=OWNER)
    page = browse("/")
    assert page.one("//pre").endswith(f"--email {OWNER}")
    assert page.one("//h1") == "There are no books for you yet"


def test_the_only_administration_is_entered_at_once(browse: Browse, house: House):
    assert browse("/", status=302).answer["Location"] == f"/{SLUG}/"


def test_with_several_one_chooses(browse: Browse, house: House):
    House.opened("Tweede & Zoon")
    House.opened("Van anderen", owner_email="ander@hart.example")
    page = browse("/")
    assert page.tree.xpath("//ul[@class='doors']//@href") == [f"/{SLUG}/", "/tweede-zoon/"]
    assert "Tweede & Zoon" in page.text


def test_empty_books_explain_themselves_with_one_thing_to_do(browse: Browse, house: House):
    page = browse()
    assert page.one("//h1") == "No invoices yet"
    assert page.one("//main//a[@class='button']") == "Take in a list"
    assert page.all("//table") == []


@pytest.fixture
def trade(house: House) -> House:
    """Sell in two currencies, to customers who pay a part, too much, or nothing."""
    customers(house, 30)
    customers(house, 2, first=40, currency="USD")
    house.pay("A3", "60.00")
    house.pay("A4", "500.00")
    house.credit_note("5", "C5", "33.33")
    house.invoice("6", "OLD", "0.07", issued="2026-09-01", due="2026-10-01")
    ran(house)
    return house


@pytest.fixture
def page(browse: Browse, trade: House) -> Page:
    return browse()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def totals(house: House) -> dict[str, aging.AgingRow]:
    rows = aging.aging(moment=NOW, actor=house.actor, today=house.today)
    return {row.currency: row for row in rows if row.debtor is None}


@pytest.mark.parametrize(("at", "currency"), [(0, "EUR"), (1, "USD")])
def test_the_tiles_are_the_sums_of_the_open_items(page: Page, trade: House, at, currency):
    items = [one for one in open_items.open_items(moment=NOW, actor=trade.actor, today=trade.today)
             if one.currency == currency]  # fmt: skip
    assert page.tile("Open", at) == shown(sum(one.open_cents for one in items), currency)
    assert page.tile("Overdue", at) == shown(sum(one.open_cents for one in items if one.days_overdue), currency)
    assert page.tile("Credits", at) == shown(totals(trade)[currency].credits_cents, currency)
    who = {one.debtor_id for one in items}
    assert page.all("//dt[.='Open']/following-sibling::dd[2]")[at].startswith(f"{len(who)} customers, oldest due ")


def cells(row: Any) -> list[int]:
    text = ["".join(cell.itertext()) for cell in row.xpath("./td")]
    return [int("".join(filter(str.isdigit, one)) or 0) * (-1 if "−" in one else 1) for one in text]


@pytest.mark.parametrize(("at", "currency"), [(0, "EUR"), (1, "USD")])
def test_the_ageing_adds_up_to_its_total_row_and_that_to_the_books(page: Page, trade: House, at, currency):
    table = page.tree.xpath("//table[@class='aged']")[at]
    rows = [cells(row) for row in table.xpath("./tbody/tr")]
    (total,) = map(cells, table.xpath("./tfoot/tr"))
    assert [sum(column) for column in zip(*rows, strict=True)] == total
    books = totals(trade)[currency]
    assert total == [
        books.not_due_cents, books.d1_30_cents, books.d31_60_cents, books.d61_90_cents, books.d91_120_cents,
        books.d120_plus_cents, books.credits_cents, books.total_cents,
    ]  # fmt: skip
    assert [row[-1] for row in rows[:25]] == sorted((row[-1] for row in rows[:25]), reverse=True)


def test_more_customers_than_a_table_holds_stand_in_one_row(page: Page):
    first, second = page.tree.xpath("//table[@class='aged']")
    assert len(first.xpath("./tbody/tr")) == 26
    assert page.one("//tr[@class='rest']/th") == "and 5 others"
    assert len(second.xpath("./tbody/tr")) == 2


def test_the_title_says_how_much_waits_and_what_is_involved(page: Page, trade: House):
    work = worklist.worklist(actor=trade.actor, today=trade.today)
    waiting = {invoice for one in work for invoice in one.invoices}
    sums = {"EUR": 0, "USD": 0}
    for item in open_items.open_items(moment=NOW, actor=trade.actor, today=trade.today):
        if item.invoice in waiting:
            sums[item.currency] += item.open_cents
    assert page.one("//h1") == (
        f"{len(work)} things to do, {shown(sums['EUR'])} and {shown(sums['USD'], 'USD')} involved"
    )
    assert page.tile("Waits for you") == str(len(work))


def test_what_is_on_the_list_twice_is_involved_once(browse: Browse, house: House, settings: Any):
    customer = house.debtor("Traag", email="t@b.example")
    house.invoice(customer, "F1", "100.00", issued="2027-02-10", due="2027-02-24")
    ran(house)
    left(house)
    called = house.on(house.today + timedelta(days=8))
    ran(called)
    later = house.on(house.today + timedelta(days=21))
    ran(later)
    work = worklist.worklist(actor=house.actor, today=later.today)
    assert [one.kind for one in work] == ["message", "call"]
    settings.TODAY_INSTEAD = datetime.combine(later.today, datetime.min.time())
    assert browse().one("//h1") == "2 things to do, €100.00 involved"


def test_each_thing_to_do_says_who_which_how_late_how_much_why_and_leads_there(browse: Browse, trade: House):
    page = browse()
    work = worklist.worklist(actor=trade.actor, today=trade.today)
    rows = page.tree.xpath("//section[@id='work']//tbody/tr")
    assert len(rows) == len(work)
    for row, one in zip(rows, work, strict=True):
        text = " ".join("".join(row.itertext()).split())
        assert one.debtor in text
        assert all(number in text for number in one.invoices[:3])
        assert shown(one.cents, one.currency) in text
        assert row.xpath(f".//a[@href='/{SLUG}/goedkeuren/bericht/{one.id}/']")
        assert words.lateness(one.days_overdue) in text
        assert all(warning in text for warning in one.warnings)
        assert row.xpath(f".//a[@href='/{SLUG}/klanten/{one.debtor_id}/']")


def test_a_long_list_of_work_is_cut_and_says_so(browse: Browse, house: House):
    customers(house, 53)
    ran(house)
    page = browse()
    assert len(page.tree.xpath("//section[@id='work']//tbody/tr")) == 50
    assert "and 3 more, once these are done" in page.text
    assert page.tile("Waits for you") == "53"


def test_one_kind_of_work_is_listed_by_itself_also_from_behind_a_long_list(browse: Browse, house: House):
    customers(house, 53)
    house.debtor("Per post", number="99", street="Kade 1", postcode="1011 AB", city="Amsterdam", kind="business")
    house.invoice("99", "F99", "5.00", issued="2027-02-01", due="2027-02-15")
    ran(house)
    letter = Message.objects.of(house.actor.administration_id).get(channel="letter").public_id
    messages.approve(ids=[letter], actor=house.actor, today=house.today)
    assert "Per post" not in browse().one("//section[@id='work']//tbody")
    page = browse(f"/{SLUG}/?welke=posten")
    (row,) = page.all("//section[@id='work']//tbody/tr")
    assert "Per post" in row
    assert page.all("//nav[@class='filters']/a") == ["All 54", "to approve 53 €5,313.78", "to post 1 €5.00"]
    assert page.one("//nav[@class='filters']/a[@aria-current]") == "to post 1 €5.00"
    assert set(page.tree.xpath("//section[@id='work']//input[@name='back']/@value")) == {f"/{SLUG}/?welke=posten#work"}
    assert "Nothing of this kind waits any more" in browse(f"/{SLUG}/?welke=bellen").one("//section[@id='work']")


def test_when_all_is_done_it_says_so_and_the_next_can_be_decided(browse: Browse, house: House):
    customers(house, 1)
    page = browse()
    assert page.one("//h1") == "Nothing waits for you"
    assert page.one("//section[@id='work']//form//button") == "Decide the follow-up of today"
    assert "all done" in page.text


def test_when_everybody_has_paid_it_says_so(browse: Browse, house: House):
    house.invoice(house.debtor("Vlot"), "F1", "10.00")
    house.pay("F1", "10.00")
    page = browse()
    assert page.one("//section[@id='ageing']/h2") == "Nothing is open"
    assert page.all("//table") == []


def watched(house: House) -> None:
    administrations.change(name="bank_freshness_days", value="3", actor=house.actor, today=house.today)


def test_without_a_statement_nobody_knows_who_has_paid(browse: Browse, house: House):
    watched(house)
    customers(house, 1)
    page = browse()
    assert page.one("//h1") == "First your bank statement, then the rest"
    assert page.one("//aside//b") == "We do not know who has paid already."
    assert "no bank statement yet" in page.one("//header[@class='head']")


@pytest.mark.parametrize(("last", "stale"), [(date(2027, 2, 26), False), (date(2027, 2, 10), True)])
def test_the_bank_data_has_its_day_and_a_banner_when_that_is_too_long_ago(browse: Browse, house: House, last, stale):
    watched(house)
    customers(house, 1)
    files.bring(house, files.camt053([files.Movement(last, 100)], last=last), "afschrift.xml")
    page = browse()
    assert f"bank up to and including {words.own_tongue().day(last)}" in page.one("//header[@class='head']")
    assert len(page.tree.xpath("//aside")) == stale
    if stale:
        assert f"The bank data ends on {words.own_tongue().day(last)}." in page.text


def test_receipts_that_wait_are_told_as_many_as_their_room_says(browse: Browse, house: House):
    customers(house, 2)
    said = files.Movement(date(2027, 2, 27), 5_000, name="Klant 1", text="deel van A1")
    unknown = files.Movement(date(2027, 2, 27), 777, name="Rente")
    files.bring(house, files.camt053([said, unknown]), "afschrift.xml")
    page = browse()
    assert page.one("//section[@id='work']//a") == page.one("//h1") == "2 receipts wait for you"
    assert "All done" not in page.one("//main")


def test_a_page_costs_the_same_questions_for_any_number_of_customers(browse: Browse, house: House):
    counts = []
    for first, more in ((0, 5), (5, 195)):
        customers(house, more, first=first)
        ran(house)
        browse()
        with CaptureQueriesContext(connection) as asked:
            browse()
        counts.append(len(asked))
    assert counts == [4, 4]


def test_looking_changes_nothing(browse: Browse, trade: House):
    before = trade.everything()
    browse()
    assert trade.everything() == before


def test_it_speaks_dutch_and_writes_as_dutch_does(browse: Browse, trade: House):
    page = browse(language="nl")
    assert page.tree.get("lang") == "nl"
    assert "1–30 dagen" in page.text
    assert "maandag 1 maart 2027" in page.text
    with translation.override("nl"):
        assert (total := shown(totals(trade)["EUR"].total_cents)).startswith("€ 5.")
    assert total in page.all("//table[@class='aged']/tfoot//td")


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2027-03-01T23:30:00+00:00", "2 March 2027"), ("2027-03-01T22:30:00+00:00", "1 March 2027"),
     ("2027-03-01T23:59", "1 March 2027")],
)  # fmt: skip
def test_today_is_the_day_it_is_for_the_administration(browse: Browse, trade: House, settings: Any, moment, day):
    settings.TODAY_INSTEAD = datetime.fromisoformat(moment)
    assert day in browse().one("//header[@class='head']/p")


def test_what_it_costs_to_wait_is_told_at_the_own_rate(browse: Browse, house: House):
    customers(house, 1)
    open_cents = 2 * 10_000
    assert (
        f"waiting for it costs €{open_cents * 8 / 10_000:.2f} a year, at 8\u00a0%".replace("\u00a0", " ")
        in browse().text
    )
    administrations.change(name="capital_rate", value="4,5", actor=house.actor, today=house.today)
    assert "waiting for it costs €9.00 a year, at 4.5 %" in browse().text
    administrations.change(name="capital_rate", value="0", actor=house.actor, today=house.today)
    assert "waiting for it" not in browse().text
    for wrong in ("veel", "-1", "100.5", "8.123", ""):
        with pytest.raises(administrations.BadSetting):
            administrations.change(name="capital_rate", value=wrong, actor=house.actor, today=house.today)


def test_each_kind_of_work_tells_how_much_there_is_and_what_it_adds_up_to(browse: Browse, house: House):
    customers(house, 3)
    customers(house, 1, first=9, currency="USD")
    runs.run(actor=house.actor, today=house.today)
    page = browse()
    waiting = worklist.worklist(actor=house.actor, today=house.today)
    assert {one.kind for one in waiting} == {"message"}
    sums = {currency: sum(one.cents for one in waiting if one.currency == currency) for currency in ("EUR", "USD")}
    assert sums == {"EUR": 10_000 + 10_001 + 10_002, "USD": 10_009}
    assert page.all("//nav[@class='filters']/a/small") == ["€300.03 and USD 100.09"]


DONE = "//section[@id='work']/p[@class='says']"


def finished(house: House) -> None:
    """Decide what two customers get today, and let all of it go."""
    customers(house, 2)
    ran(house)
    administrations.change_sender(name="live", value="on", actor=house.actor, today=house.today)
    messages.approve(everything=True, actor=house.actor, today=house.today)


def test_when_all_is_done_it_tells_what_was_asked_today(browse: Browse, house: House, settings: Any):
    finished(house)
    assert browse().one(DONE) == "All done. You asked for €200.01 today. Until tomorrow."
    rows = Message.objects.of(house.actor.administration_id)
    rows.filter(total_cents=10_000).update(state="sent", sent_on=house.today)
    overview.forget()
    assert "€200.01" in browse().one(DONE)
    settings.TODAY_INSTEAD = datetime.fromisoformat("2027-03-05T12:00")  # a Friday, on which nothing was asked
    assert browse().one(DONE) == "All done. Have a good weekend."


@pytest.mark.parametrize("change", [{"is_trial": True, "state": "sent", "sent_on": date(2027, 3, 1)},
                                    {"state": "withdrawn"}, {"released_on": date(2027, 2, 26)}])  # fmt: skip
def test_what_no_customer_got_today_was_not_asked(browse: Browse, house: House, change):
    finished(house)
    Message.objects.of(house.actor.administration_id).update(**change)
    overview.forget()
    assert browse().one(DONE) == "All done. Until tomorrow."


def test_what_stays_here_asked_nobody(browse: Browse, house: House):
    finished(house)
    administrations.change_sender(name="live", value="off", actor=house.actor, today=house.today)
    assert browse().one(DONE) == "All done. Until tomorrow."


def test_what_was_asked_is_looked_up_only_when_nothing_waits(browse: Browse, house: House):
    customers(house, 2)
    ran(house)
    with CaptureQueriesContext(connection) as waits:
        browse()
    messages.approve(everything=True, actor=house.actor, today=house.today)
    with CaptureQueriesContext(connection) as done:
        browse()
    asks = [sum("released_on" in one["sql"] for one in asked.captured_queries) for asked in (waits, done)]
    assert asks == [0, 1]


def test_the_tile_tells_what_a_day_sooner_frees(browse: Browse, house: House):
    house.debtor("Klant", number="1")
    house.invoice("1", "OLD", "9000.00", issued="2026-11-01", due="2026-11-30")  # longer than a quarter ago
    assert "pay sooner" not in browse().text
    house.invoice("1", "F1", "1000.00", issued="2027-02-01", due="2027-03-31")
    house.credit_note("1", "C1", "100.00")
    assert "each day that customers pay sooner frees €10.00" in browse().text
