"""Rapporten: the figures are those of the books, each opens the rows that sum to it, and a file holds what is shown."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import python_calamine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, Page, customers, signed_in
from tests.web.test_overview import cells, shown
from voldaan.queries.aging import AgingRow, aging
from voldaan.queries.moments import NOW, Moment
from voldaan.queries.open_items import OpenItem, open_items
from voldaan.rules.aging import BUCKETS, bucket_of
from voldaan.rules.permissions import MATRIX, Deed, Role
from voldaan.usecases import people
from voldaan.web.report_asked import days_to_choose

AGEING = f"/{SLUG}/rapporten/"
ITEMS, CREDITS = f"{AGEING}openstaand/", f"{AGEING}tegoeden/"
EARLIER = date(2027, 2, 20)
MOMENTS = {
    "": NOW,
    "op=2027-02-20": Moment(as_of=EARLIER),
    "op=2027-02-20&zicht=toen": Moment(as_of=EARLIER, known_on=EARLIER),
    "op=2027-12-31": Moment(as_of=date(2027, 12, 31)),
}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def trade(house: House) -> House:
    """Sell in two currencies over some weeks: what is paid later, too much or not at all, and what is known later."""
    then = house.on("2027-02-18")
    for n, due in enumerate(("2027-03-20", "2027-02-15", "2027-01-10", "2026-12-10", "2026-11-10", "2026-09-01"), 1):
        whose = then.debtor(f"Klant {n}", number=f"{n}")
        then.invoice(whose, f"F{n}", f"{n}00.{n:02}", issued="2026-08-01", due=due)
        then.invoice(whose, f"G{n}", f"{n}0.00", issued="2026-08-01", due="2027-02-25")
    then.invoice("1", "D1", "77.00", issued="2026-08-01", due="2026-12-24", currency="USD")
    then.pay("F2", "50.00")
    house.pay("F3", "1000.00", on="2027-02-19")
    house.pay("F4", "10.00")
    house.credit_note("5", "C5", "33.33")
    return house


def owed(house: House, moment: Moment, currency: str = "EUR") -> list[AgingRow]:
    rows = aging(moment=moment, actor=house.actor, today=house.today)
    return [row for row in rows if row.currency == currency]


def listed(house: House, moment: Moment) -> list[OpenItem]:
    return open_items(moment=moment, actor=house.actor, today=house.today)


def behind(page: Page) -> dict[str, int]:
    """Give the total of a list of open items, by currency."""
    found = {}
    for total in page.all("//tfoot//td[contains(@class, 'amount')]"):
        digits = "".join(filter(str.isdigit, total))
        found["EUR" if "€" in total else total[:3]] = int(digits)
    return found


def figures(page: Page) -> list[tuple[int, str]]:
    """Give every figure that is a link into the open items, with the address."""
    found = []
    lists = "contains(@href, '/openstaand/?') or contains(@href, '/tegoeden/?')"
    for link in page.tree.xpath(f"//main//a[{lists}]"):
        text = "".join(link.itertext())
        if any(sign in text for sign in ",."):
            found.append((int("".join(filter(str.isdigit, text))), link.get("href")))
    return found


@dataclass(frozen=True)
class Handed:
    """A file that was handed over."""

    answer: Any
    content: bytes

    @property
    def excel(self) -> list[list[Any]]:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self.content))
        return list(book.get_sheet_by_index(0).to_python())

    def csv(self, delimiter: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.content.decode("utf-8-sig")), delimiter=delimiter))


Take = Callable[..., Handed]


@pytest.fixture
def take(trade: House, settings: Any) -> Take:
    client = signed_in(OWNER)

    def taken(address: str, *, language: str = "en") -> Handed:
        settings.LANGUAGE_CODE = language
        answer = client.get(address)
        assert answer.status_code == 200
        return Handed(answer, answer.getvalue())

    return taken


# The ageing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", MOMENTS)
def test_the_ageing_is_that_of_the_books_at_any_moment(browse: Browse, trade: House, asked):
    page = browse(f"{AGEING}?{asked}")
    for currency, table in zip(("EUR", "USD"), page.tree.xpath("//table[@class='aged']"), strict=True):
        *rows, total = owed(trade, MOMENTS[asked], currency)
        rows.sort(key=lambda row: -row.total_cents)
        expected = [
            [*(getattr(row, bucket.column) for bucket in BUCKETS), row.credits_cents, row.total_cents] for row in rows
        ]
        assert sorted(map(cells, table.xpath("./tbody/tr"))) == sorted(expected)
        assert [cells(row)[-1] for row in table.xpath("./tbody/tr")] == [row.total_cents for row in rows]
        assert cells(table.xpath("./tfoot/tr")[0])[-2:] == [total.credits_cents, total.total_cents]


@pytest.mark.parametrize("asked", MOMENTS)
def test_every_figure_opens_the_rows_that_sum_to_it(browse: Browse, trade: House, asked):
    page = browse(f"{AGEING}?{asked}")
    links = figures(page)
    assert len(links) > 12
    for cents, address in links:
        opened = browse(address)
        assert list(behind(opened).values()) == [cents], address
        assert opened.one("//h1").startswith(shown(cents, *behind(opened)))


def test_the_tiles_of_today_open_the_rows_that_sum_to_them(browse: Browse, trade: House):
    links = figures(browse())
    assert len(links) == 3 + 3 + 5 + 1  # the tiles of both currencies, five buckets of euros and one of dollars
    for cents, address in links:
        assert list(behind(browse(address)).values()) == ([cents] if cents else []), address


def test_in_one_currency_nobody_hears_of_currencies(browse: Browse, house: House):
    customers(house, 2)
    for page in (browse(AGEING), browse()):
        assert figures(page)
        assert not any("valuta" in address for _, address in figures(page))


def test_a_row_leads_to_its_customer_and_names_can_come_first(browse: Browse, trade: House):
    page = browse(f"{AGEING}?orde=naam&valuta=EUR")
    assert page.all("//tbody//th/a") == [f"Klant {n}" for n in range(1, 7)]
    (first, *_) = (row for row in owed(trade, NOW) if row.debtor == "Klant 1")
    assert page.tree.xpath("//tbody//th/a/@href")[0] == f"/{SLUG}/klanten/{first.debtor_id}/"
    assert page.tree.xpath("//th[@aria-sort='ascending']/a[.='Customer']")


def test_customers_come_page_by_page_and_every_page_adds_up(browse: Browse, house: House):
    customers(house, 120)
    seen, address, costs = [], AGEING, []
    while address:
        browse(address)
        with CaptureQueriesContext(connection) as questions:
            page = browse(address)
        costs.append(len(questions))
        seen += page.all("//tbody//th/a")
        rows = [cells(row) for row in page.tree.xpath("//table[@class='aged']/tbody/tr")]
        (total,) = map(cells, page.tree.xpath("//table[@class='aged']/tfoot/tr"))
        assert [sum(column) for column in zip(*rows, strict=True)] == total
        onward = page.tree.xpath("//nav[@class='pages']/a[contains(., 'Next')]/@href")
        address = f"{AGEING}{onward[0]}" if onward else ""
    assert len(seen) == len(set(seen)) == 120
    assert len(set(costs)) == 1
    assert page.tree.xpath("//nav[@class='pages']/a[contains(., 'before')]/@href")


def test_books_in_which_nothing_is_open_say_so(browse: Browse, house: House):
    assert "Nothing is open" in browse(AGEING).text
    assert "nobody owed anything" in browse(f"{AGEING}?op=2020-01-01").text
    assert "Nothing is open here" in browse(ITEMS).text


# The open items ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", MOMENTS)
@pytest.mark.parametrize("stretch", ["", "te-laat", "niet-vervallen", "1-30", "31-60", "61-90", "91-120", "120-plus"])
def test_each_stretch_of_days_shows_its_own(browse: Browse, trade: House, asked, stretch):
    page = browse(f"{ITEMS}?{asked}&vak={stretch}")
    names = dict(zip(("niet-vervallen", "1-30", "31-60", "61-90", "91-120", "120-plus"), BUCKETS, strict=True))

    def belongs(one: OpenItem) -> bool:
        late = bool(one.days_overdue)
        return {"": True, "te-laat": late}.get(stretch, bucket_of(one.days_overdue) == names.get(stretch))

    wanted = [one for one in listed(trade, MOMENTS[asked]) if belongs(one)]
    assert sorted(page.all("//tbody//th/bdi")) == sorted(one.invoice for one in wanted)
    sums: dict[str, int] = {}
    for one in wanted:
        sums[one.currency] = sums.get(one.currency, 0) + one.open_cents
    assert behind(page) == sums


def test_a_row_says_all_of_its_item(browse: Browse, trade: House):
    page = browse(f"{ITEMS}?zoek=klant 4&vak=61-90")
    (row,) = page.tree.xpath("//tbody/tr")
    said = " ".join(" ".join(row.itertext()).split())
    assert said == "F4 Klant 4 1 Aug 2026 10 Dec 2026 81 days late €400.04 10.00 €390.04"
    assert "customers with “klant 4”" in page.one("//main/header/p")


def test_a_list_goes_on_to_the_last_with_the_same_questions(browse: Browse, house: House):
    customers(house, 60)
    seen, days, address, costs = [], [], f"{ITEMS}?op=2027-03-01", []
    while address:
        browse(address)
        with CaptureQueriesContext(connection) as questions:
            page = browse(address)
        costs.append(len(questions))
        seen += page.all("//tbody//th/bdi")
        days += page.tree.xpath("//tbody//td[contains(@class, 'when')]/time/@datetime")
        assert page.one("//tfoot//th").startswith("Total of 120 items")
        onward = page.tree.xpath("//nav[@class='pages']/a[contains(@href, 'na=')]/@href")
        address = f"{ITEMS}{onward[0]}" if onward else ""
    assert days == sorted(days)
    assert len(seen) == len(set(seen)) == 120
    assert len(set(costs)) == 1


@pytest.mark.parametrize("place", ["x", "2027-02-15", "2027-02-15_a_b", "2027-13-01_1_1", f"2027-02-15_1_{'9' * 30}"])
def test_a_place_that_is_none_is_the_beginning(browse: Browse, trade: House, place):
    assert browse(f"{ITEMS}?na={place}").all("//tbody//th/bdi") == browse(ITEMS).all("//tbody//th/bdi")
    assert browse(f"{AGEING}?na={place}").all("//tbody//th/a") == browse(AGEING).all("//tbody//th/a")


def test_one_customer_can_be_asked_for_and_let_go(browse: Browse, trade: House):
    (one, *_) = (row for row in owed(trade, NOW) if row.debtor == "Klant 6")
    page = browse(f"{ITEMS}?klant={one.debtor_id}&vak=te-laat")
    assert page.all("//tbody//th/bdi") == ["F6", "G6"]
    (onward,) = page.tree.xpath("//a[.='of all customers']/@href")
    assert parse_qs(urlsplit(onward).query) == {"vak": ["te-laat"]}
    browse(f"{ITEMS}?klant=niemand", status=404)
    browse(f"{ITEMS}bestand/?klant=niemand", status=404)


def test_a_credit_says_what_it_is_and_whose(browse: Browse, take: Take):
    page = browse(CREDITS)
    assert page.one("//h1") == "€733.30 credit on 1 March 2027"
    rows = [" ".join(" ".join(row.itertext()).split()) for row in page.tree.xpath("//tbody/tr")]
    assert rows == ["by hand, or from a list Klant 3 19 Feb 2027 €1,000.00 300.03 €699.97",
                    "C5 Klant 5 1 Mar 2027 €33.33 – €33.33"]  # fmt: skip
    titles, first, _, total = take(f"{CREDITS}bestand/").excel
    assert titles == ["Credit", "Customer", "Date", "Currency", "Amount", "Used", "Left"]
    assert first == ["by hand, or from a list", "Klant 3", date(2027, 2, 19), "EUR", 1000, 300.03, 699.97]
    assert (total[0], total[3], total[6]) == ("Total", "EUR", 733.3)
    assert [row[0] for row in take(f"{CREDITS}bestand/?zoek=klant 5&vorm=csv").csv(",")] == ["Credit", "C5", "Total"]
    assert take(f"{CREDITS}bestand/?vak=120-plus").excel == take(f"{CREDITS}bestand/").excel


def test_without_credit_it_says_what_would_stand_there(browse: Browse, trade: House):
    page = browse(f"{CREDITS}?op=2027-01-31")
    assert page.one("//h1") == "No credit on 31 January 2027"
    assert "until it is used" in page.text


# The day -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [AGEING, ITEMS, CREDITS])
@pytest.mark.parametrize("typed", ["gisteren", "2027-02-30", "0001-01-01", "9999-12-31", "<b>"])
def test_a_day_that_is_none_is_told_where_it_was_typed(browse: Browse, trade: House, address, typed):
    page = browse(f"{address}?op={typed}&zicht=toen&valuta=EUR&vak=te-laat&zoek=klant", status=422)
    (field,) = page.tree.xpath("//input[@name='op']")
    assert (field.get("value"), field.get("type"), field.get("aria-invalid")) == (typed, "text", "true")
    assert f"“{typed}” is no day." in page.one("//p[@role='alert']")
    kept = {one.get("name"): one.get("value") for one in page.tree.xpath("//main//input")}
    assert kept["valuta"] == "EUR"
    assert kept["vak"] == "te-laat"
    assert page.all("//option[@selected]") == ["that day itself"]
    assert not page.tree.xpath("//table")
    assert f"“{typed}” is no day." in browse(f"{address}bestand/?op={typed}", status=409).text


def test_what_the_figures_count_is_said_in_words(browse: Browse, trade: House):
    said = {asked: browse(f"{AGEING}?{asked}").one("//main/header/p") for asked in MOMENTS}
    assert "everything booked so far" in said[""]
    assert "as we know it now" in said["op=2027-02-20"]
    assert "without what was booked later" in said["op=2027-02-20&zicht=toen"]
    assert browse(f"{AGEING}?op=2027-02-20").one("//h1") == "Ageing on 20 February 2027"


@pytest.mark.parametrize(("today", "days"), [
    ("2027-03-01", ["2027-02-28", "2026-12-31"]), ("2027-01-05", ["2026-12-31"]),
    ("2026-11-28", ["2026-10-31", "2026-09-30", "2025-12-31"]),
])  # fmt: skip
def test_the_ends_of_month_quarter_and_year_are_offered(today, days):
    assert [day.isoformat() for day in days_to_choose(date.fromisoformat(today))] == days


# The files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", MOMENTS)
def test_the_excel_file_of_the_open_items_holds_them_all_with_their_totals(take: Take, trade: House, asked):
    titles, *rows = take(f"{ITEMS}bestand/?{asked}").excel
    assert titles == ["Invoice", "Customer", "Issued", "Due", "Days late", "Currency", "Amount", "Settled", "Open"]
    items = listed(trade, MOMENTS[asked])
    found = {row[0]: (row[1], row[2], row[3], max(row[4], 0), row[5], round(row[6] * 100), round(row[8] * 100))
             for row in rows[: len(items)]}  # fmt: skip
    assert found == {one.invoice: (one.debtor, one.issue_date, one.due_date, one.days_overdue, one.currency,
                                   one.original_cents, one.open_cents) for one in items}  # fmt: skip
    assert all(round((row[6] - row[7]) * 100) == round(row[8] * 100) for row in rows[: len(items)])
    totals = {row[5]: round(row[8] * 100) for row in rows[len(items) :]}
    assert totals == {currency: sum(one.open_cents for one in items if one.currency == currency)
                      for currency in {one.currency for one in items}}  # fmt: skip


@pytest.mark.parametrize("asked", MOMENTS)
def test_the_excel_file_of_the_ageing_holds_every_customer_and_the_totals(take: Take, trade: House, asked):
    titles, *rows = take(f"{AGEING}bestand/?{asked}").excel
    assert titles == ["Customer", "Currency", *(bucket.label for bucket in BUCKETS), "credits", "Balance"]
    expected = {
        (row.debtor or "Total", row.currency): [
            *(getattr(row, bucket.column) for bucket in BUCKETS), row.credits_cents, row.total_cents
        ]
        for currency in ("EUR", "USD") for row in owed(trade, MOMENTS[asked], currency)
    }  # fmt: skip
    assert {(row[0], row[1]): [round(cell * 100) for cell in row[2:]] for row in rows} == expected
    assert len(rows) == len(expected)


def test_a_file_holds_what_the_filter_shows_and_no_more(take: Take, browse: Browse):
    asked = "vak=te-laat&valuta=EUR&zoek=klant 6"
    on_page = browse(f"{ITEMS}?{asked}")
    assert on_page.tree.xpath("//a[normalize-space(.)='Excel']/@href") == [
        f"{ITEMS}bestand/?valuta=EUR&vak=te-laat&zoek=klant+6"
    ]
    assert [row[0] for row in take(f"{ITEMS}bestand/?{asked}").excel[1:-1]] == on_page.all("//tbody//th/bdi")
    assert [row[0] for row in take(f"{AGEING}bestand/?valuta=USD").excel[1:]] == ["Klant 1", "Total"]


@pytest.mark.parametrize(("language", "delimiter", "amount", "title"), [
    ("nl", ";", "600,06", "Openstaand"), ("en", ",", "600.06", "Open"),
])  # fmt: skip
def test_csv_is_written_as_the_reader_writes(take: Take, language, delimiter, amount, title):
    titles, *rows = take(f"{ITEMS}bestand/?vorm=csv&zoek=klant 6", language=language).csv(delimiter)
    assert titles[-1] == title
    assert rows[0][0] == "F6"
    assert (rows[0][3], rows[0][-1]) == ("2026-09-01", amount)


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", '"=1'])
def test_no_name_of_a_customer_becomes_a_formula(take: Take, trade: House, evil):
    trade.invoice(trade.debtor(evil, number="66"), f"{evil}-9", "5.00", issued="2026-01-01", due="2026-01-02")
    for address, column in ((f"{ITEMS}bestand/?vak=120-plus", 1), (f"{AGEING}bestand/?op=2027-03-02", 0)):
        file = take(address)
        assert evil in {row[column] for row in file.excel}
        assert b"<f>" not in zipfile.ZipFile(io.BytesIO(file.content)).read("xl/worksheets/sheet1.xml")
        rows = take(f"{address}&vorm=csv").csv(",")
        assert f"'{evil}" in {row[column] for row in rows}
        assert not {cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "＝", '"'))}


@pytest.mark.parametrize(("address", "name"), [
    (f"{ITEMS}bestand/", f"open-{SLUG}-2027-03-01.xlsx"),
    (f"{ITEMS}bestand/?vorm=csv&op=2027-02-20", f"open-{SLUG}-2027-02-20.csv"),
    (f"{AGEING}bestand/", f"ageing-{SLUG}-2027-03-01.xlsx"),
    (f"{CREDITS}bestand/", f"credits-{SLUG}-2027-03-01.xlsx"),
])  # fmt: skip
def test_a_file_is_handed_over_under_a_name_that_speaks_and_kept_nowhere(take: Take, address, name):
    answer = take(address).answer
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"].startswith(("text/csv", "application/vnd.openxmlformats"))


def test_who_may_read_but_not_export_sees_no_button(browse: Browse, trade: House, monkeypatch):
    assert browse(AGEING).tree.xpath("//a[contains(@href, 'bestand')]")
    monkeypatch.setitem(MATRIX, Role.OWNER, MATRIX[Role.OWNER] - {Deed.EXPORT})
    for address in (AGEING, ITEMS, CREDITS):
        assert not browse(address).tree.xpath("//a[contains(@href, 'bestand')]")
        browse(f"{address}bestand/", status=403)


def test_who_calls_sees_no_reports(trade: House):
    people.add(email="beller@hart.example", role="caller", actor=trade.actor, today=trade.today)
    caller: Client = signed_in("beller@hart.example")
    for address in (AGEING, ITEMS, CREDITS, f"{AGEING}bestand/", f"{ITEMS}bestand/", f"{CREDITS}bestand/"):
        assert caller.get(address).status_code == 403


def test_looking_and_taking_change_nothing(browse: Browse, take: Take, trade: House):
    before = trade.everything()
    browse(AGEING)
    browse(ITEMS)
    take(f"{AGEING}bestand/")
    assert trade.everything() == before
