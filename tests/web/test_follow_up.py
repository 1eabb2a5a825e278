"""Opvolging: what a day would bring, beside what lay ready the last time, with the reason for what is no longer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, customers, signed_in
from voldaan.queries.ready import ready
from voldaan.records.actions import Action, Task
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.records.strategies import StrategyVersion
from voldaan.usecases import administrations, follow_up, messages, runs

HERE = f"/{SLUG}/opvolging/"
DAY = f"{HERE}vandaag/"
MONDAY, TUESDAY = date(2027, 3, 1), date(2027, 3, 2)


@pytest.fixture
def late(house: House) -> House:
    """Give five customers, each with something late; the run of Monday wrote to all of them."""
    for number, name in enumerate(("Aalbers", "Bos", "Cohen", "Dekker", "Evers"), 1):
        house.debtor(name, number=f"{number}", email=f"k{number}@b.example", kind="business")
        house.invoice(f"{number}", f"F{number}", f"{number}0.00", issued="2027-02-01", due="2027-02-15")
    runs.run(actor=house.actor, today=MONDAY)
    return house


@pytest.fixture
def tuesday(late: House, settings: Any, browse: Browse) -> House:
    settings.TODAY_INSTEAD = datetime.fromisoformat("2027-03-02T12:00")
    return late.on(TUESDAY)


def id_of(house: House, name: str) -> str:
    found: str = Message.objects.of(house.actor.administration_id).get(debtor__name=name).public_id
    return found


def shown(browse: Browse, group: str, more: str = "") -> dict[str, str]:
    """Give each customer of a group with what is said of him."""
    page = browse(f"{DAY}?welke={group}{more}")
    return dict(zip(page.all("//th[@scope='row']/a"), page.all("//td[contains(@class, 'what')]"), strict=True))


def counts(page: Any) -> list[str]:
    return list(page.all("//nav[@class='filters']/a"))


def test_the_same_day_again_says_that_it_is_all_there(browse: Browse, late: House):
    page = browse(DAY)
    assert page.one("//h1") == "Today: 5 customers would hear from you"
    assert counts(page) == ["new 5", "no longer 0", "still waits 0", "done 0"]
    assert "There was no day before it" in page.text


def test_a_day_is_set_beside_the_one_before(tuesday: House, browse: Browse):
    house = tuesday
    house.pay("F1", "10.00")
    follow_up.pause(
        invoice="F2", until=date(2027, 4, 1), reason="betaalt na de beurs", actor=house.actor, today=TUESDAY
    )
    messages.approve(ids=[id_of(house, "Cohen")], actor=house.actor, today=TUESDAY)
    follow_up.skip(id=id_of(house, "Dekker"), reason="belde zelf", actor=house.actor, today=TUESDAY)
    house.debtor("Nieuw", number="9", email="n@b.example", kind="business")
    house.invoice("9", "F9", "90.00", issued="2027-02-01", due="2027-02-20")
    page = browse(DAY)
    assert page.one("//h1") == "Today: 2 customers would hear from you"
    assert "Beside what was decided on 1 March 2027" in page.text
    assert counts(page) == ["new 1", "no longer 3", "still waits 1", "done 1"]
    assert "10 days late" in shown(browse, "nieuw")["Nieuw"]
    gone = shown(browse, "niet-meer")
    assert "It is paid." in gone["Aalbers"]
    assert "betaalt na de beurs" in gone["Bos"]
    assert "Somebody skipped it." in gone["Dekker"]
    assert "It was approved" in shown(browse, "gedaan")["Cohen"]
    same = shown(browse, "wacht-nog")
    assert list(same) == ["Evers"]
    assert all(words in same["Evers"] for words in ("15 days late", "since 1 March 2027"))


def test_an_item_of_which_two_calls_became_one_task_counts_once(tuesday: House, browse: Browse):
    whose = tuesday.actor.administration_id
    item = Receivable.objects.of(whose).get(invoice__number="F1")
    books = {"administration_id": whose, "debtor": item.debtor}
    task = Task.objects.of(whose).create(**books, public_id="c" * 12, currency="EUR", kind="call", decided_on=MONDAY,
                                         state="open")  # fmt: skip
    version = StrategyVersion.objects.of(whose).order_by("pk")[0]
    for step in ("call", "last_call"):
        Action.objects.of(whose).create(**books, receivable=item, version=version, step=step, open_cents=1000,
                                        decided_on=MONDAY, task=task, state="planned")  # fmt: skip
    (found,) = [one for one in ready(days=[MONDAY], actor=tuesday.actor) if not one.is_message]
    assert found.cents == 1000


def test_what_is_decided_on_the_page_is_what_it_showed(tuesday: House, browse: Browse):
    house = tuesday
    house.pay("F1", "4.00")  # in part: the message of Monday asks too much
    before = house.everything()
    assert "What is open changed" in shown(browse, "niet-meer")["Aalbers"]
    assert list(shown(browse, "nieuw")) == ["Aalbers"]
    assert house.everything() == before  # looking keeps nothing
    assert signed_in(OWNER).post(DAY).status_code == 302
    rows = Message.objects.of(house.actor.administration_id).filter(debtor__name="Aalbers")
    assert sorted(rows.values_list("state", "total_cents")) == [("planned", 600), ("withdrawn", 1000)]
    # And the day is the same, now that it is decided.
    assert list(shown(browse, "nieuw")) == ["Aalbers"]


def test_the_next_sending_day_can_be_looked_at(late: House, browse: Browse, settings: Any):
    late.invoice("1", "F11", "11.00", issued="2027-02-01", due="2027-03-05")
    settings.TODAY_INSTEAD = datetime.fromisoformat("2027-03-05T12:00")  # a Friday
    page = browse(f"{DAY}?dag=volgende")
    assert page.one("//h1").startswith("Monday 8 March 2027: 5 customers")
    assert "F11" in page.text
    assert not page.tree.xpath("//form[@method='post' and contains(@action, 'vandaag')]")  # it is not that day yet


def test_a_task_is_new_then_waits_and_is_gone_when_paid(tuesday: House, browse: Browse, settings: Any):
    house = tuesday
    for row in Message.objects.of(house.actor.administration_id):
        messages.taken(row, actor=house.actor, today=date(2027, 2, 16))  # the reminders left; now it is time to call
        row.save()
    assert "Call" in shown(browse, "nieuw")["Aalbers"]
    runs.run(actor=house.actor, today=TUESDAY)
    assert Task.objects.of(house.actor.administration_id).count() == 5
    assert len(shown(browse, "nieuw")) == 5
    settings.TODAY_INSTEAD = datetime.fromisoformat("2027-03-03T12:00")
    house.on("2027-03-03").pay("F1", "10.00")
    assert "since 2 March 2027" in shown(browse, "wacht-nog")["Bos"]
    assert "It is paid." in shown(browse, "niet-meer")["Aalbers"]


def test_old_bank_data_is_said_and_nobody_hears(house: House, browse: Browse):
    customers(house, 2)
    administrations.change(name="bank_freshness_days", value="3", actor=house.actor, today=house.today)
    page = browse(DAY)
    assert page.one("//h1") == "Today: 0 customers would hear from you"
    assert "The bank data is too old" in page.text
    assert "2 wait for a newer bank statement" in page.text


def test_the_rows_go_on_page_by_page(house: House, browse: Browse):
    customers(house, 60)
    first, second = shown(browse, "nieuw"), shown(browse, "nieuw", "&vanaf=50")
    assert (len(first), len(second)) == (50, 10)
    assert not set(first) & set(second)
    page = browse(f"{DAY}?welke=nieuw&vanaf=50")
    assert page.all("//nav[@class='pages']/a") == ["Back"]
    assert shown(browse, "nieuw", "&vanaf=99999") == {}
    assert len(shown(browse, "nieuw", "&vanaf=²")) == 50


def test_a_day_asks_as_much_for_many_as_for_few(house: House, browse: Browse):
    asked = []
    for first, count in ((0, 3), (3, 47)):
        customers(house, count, first=first)
        browse(DAY)
        with CaptureQueriesContext(connection) as queries:
            browse(DAY)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_where_it_stands_asks_six_questions(house: House, browse: Browse):
    for first, count in ((0, 3), (3, 30)):
        customers(house, count, first=first)
        runs.run(actor=house.actor, today=house.today)
        browse(HERE)
        with CaptureQueriesContext(connection) as queries:
            browse(HERE)
        assert len(queries) == 6


def test_where_the_follow_up_stands(house: House, browse: Browse):
    assert browse(HERE).one("//h1") == "Nothing was decided yet"
    customers(house, 3)
    runs.run(actor=house.actor, today=house.today)
    page = browse(HERE)
    assert page.one("//h1") == "Today is decided"
    assert page.tile("Wait for your yes") == "3"
    messages.approve(everything=True, actor=house.actor, today=house.today)
    Message.objects.of(house.actor.administration_id).filter(debtor__number="1").update(state="uncertain")
    page = browse(HERE)
    assert (page.tile("Wait for your yes"), page.tile("May leave")) == ("0", "2")
    assert "Of 1 message nobody knows" in page.text


def test_who_only_reads_is_not_offered_to_look_ahead(house: House, browse: Browse):
    from voldaan.usecases import people

    people.add(email="kijker@hart.example", role="auditor", actor=house.actor, today=house.today)
    page = signed_in("kijker@hart.example").get(HERE).content.decode()
    assert "vandaag/" not in page
    assert "Met uw rol leest u mee" in page
