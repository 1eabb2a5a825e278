"""How much waits in each room is told beside its name, by one question; and pages are put together anew when due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import SLUG, Browse, customers
from voldaan.queries import ready, standing, worklist
from voldaan.records.actions import Task
from voldaan.records.messages import Message
from voldaan.usecases import administrations, debtors, messages, runs, sending, strategies

NAV = "//nav[@aria-label='Rooms']//a"


def waiting(browse: Browse) -> dict[str, str]:
    rooms = browse().tree.xpath(NAV)
    said = {one.xpath("string(./span[1])"): one.xpath("string(./span[@class='unseen'])") for one in rooms}
    return {room: words for room, words in said.items() if words}


def test_each_room_tells_what_waits_there(browse: Browse, house: House):
    customers(house, 3)
    assert waiting(browse) == {}
    runs.run(actor=house.actor, today=house.today)
    said = files.Movement(date(2027, 2, 27), 5_000, name="Klant 1", text="deel van A1")
    files.bring(house, files.camt053([said]), "afschrift.xml")
    assert waiting(browse) == {"Today": "3 waiting", "Approve": "3 waiting", "Receipts": "1 waiting"}


def test_more_than_can_be_told_is_99_and_more(browse: Browse, house: House):
    customers(house, 105)
    runs.run(actor=house.actor, today=house.today)
    assert waiting(browse) == {"Today": "99+ waiting", "Approve": "99+ waiting"}


@pytest.mark.parametrize("state", ["planned", "uncertain", "failed", "released", "sent"])
@pytest.mark.parametrize("channel", ["email", "letter"])
def test_what_waits_is_counted_as_the_worklist_has_it(house: House, state, channel):
    customers(house, 4)
    runs.run(actor=house.actor, today=house.today)
    Message.objects.of(house.actor.administration_id).update(state=state, channel=channel)
    things = worklist.worklist(actor=house.actor, today=house.today)
    assert (
        standing.standing(actor=house.actor, today=house.today).things
        == len(things)
        == (4 if _waits(state, channel) else 0)
    )


def _waits(state: str, channel: str) -> bool:
    return state in ("planned", "uncertain", "failed") or (state == "released" and channel == "letter")


def test_a_task_of_which_all_is_paid_does_not_wait(house: House):
    whose = house.debtor("Traag")
    house.invoice(whose, "F1", "100.00", issued="2027-02-10", due="2027-02-24")
    runs.run(actor=house.actor, today=house.today)
    later = house.on(house.today + timedelta(days=60))
    item = Message.objects.of(house.actor.administration_id).first()
    assert item is None  # nobody is reached: no mail, no address
    row = Task.objects.of(house.actor.administration_id)
    assert standing.standing(actor=later.actor, today=later.today).things == row.filter(state="open").count()
    house.pay("F1", "100.00")
    assert standing.standing(actor=later.actor, today=later.today).things == 0


def test_the_follow_up_counts_the_tasks_that_wait_as_every_page_does(house: House):
    call = {"code": "call", "kind": "call", "anchor": "due_date", "days": 1}
    strategies.define(code="bellen", content={"name": "Bellen", "steps": [call]}, actor=house.actor, today=house.today)
    administrations.change(name="strategy", value="bellen", actor=house.actor, today=house.today)
    house.invoice(house.debtor("Traag"), "F1", "100.00", issued="2027-02-10", due="2027-02-24")
    runs.run(actor=house.actor, today=house.today)
    assert (
        ready.stand(actor=house.actor, today=house.today)[1]
        == standing.standing(actor=house.actor, today=house.today).things
        == 1
    )
    house.pay("F1", "100.00")
    assert (
        ready.stand(actor=house.actor, today=house.today)[1]
        == standing.standing(actor=house.actor, today=house.today).things
        == 0
    )


CHANGES: dict[str, Any] = {
    "a payment": lambda house: house.pay("A1", "1.00"),
    "an invoice": lambda house: house.invoice("1", "NEW", "5.00"),
    "a name": lambda house: debtors.change(debtor="1", name="Anders", actor=house.actor, today=house.today),
    "a yes": lambda house: messages.approve(everything=True, actor=house.actor, today=house.today),
    "a stop": lambda house: sending.stop(actor=house.actor, today=house.today),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_makes_a_kept_page_anew(browse: Browse, house: House, change):
    customers(house, 3)
    runs.run(actor=house.actor, today=house.today)
    books = house.actor.administration_id
    before = standing.state_of(books, house.today)
    browse()
    assert standing.state_of(books, house.today) == before  # looking changes nothing
    CHANGES[change](house)
    assert standing.state_of(books, house.today) != before


def test_the_parts_of_one_page_ask_once_where_the_books_stand(house: House):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            standing.state_of(house.actor.administration_id, house.today)
            standing.standing(actor=house.actor, today=house.today)
        return len(queries)

    with standing.one_look():
        assert (asked(), asked()) == (1, 0)
    assert (asked(), asked()) == (2, 2)  # whoever acts sees what he did


def test_a_name_changed_stands_on_the_overview_at_once(browse: Browse, house: House):
    customers(house, 3)
    assert "Klant 1" in browse().text
    CHANGES["a name"](house)
    assert "Anders" in browse().text
    assert "Klant 1" not in browse().text


def test_a_letter_that_is_not_true_any_more_leaves_the_overview(browse: Browse, house: House):
    customers(house, 2)
    runs.run(actor=house.actor, today=house.today)
    rows = Message.objects.of(house.actor.administration_id)
    rows.update(state="released", channel="letter")
    assert browse().tile("Waits for you") == "2"
    rows.filter(pk=rows.first().pk).update(state="withdrawn")  # type: ignore[union-attr] # as a print does, without an event
    assert browse().tile("Waits for you") == "1"


def test_a_run_that_broke_off_leaves_no_message_that_is_not_there(browse: Browse, house: House, monkeypatch):
    customers(house, 1)
    runs.run(actor=house.actor, today=house.today)
    house.pay("A0", "1.00")
    browse()
    monkeypatch.setattr(runs, "_let_go", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        runs.run(actor=house.actor, today=house.today)
    (id_,) = Message.objects.of(house.actor.administration_id).filter(state="planned").values_list("public_id")
    assert browse().tree.xpath(f"//a[contains(@href, '{id_[0]}')]")


def test_tomorrow_is_another_page(browse: Browse, house: House, settings: Any):
    customers(house, 1)
    assert "14 days" not in (first := browse().text)
    settings.TODAY_INSTEAD = settings.TODAY_INSTEAD + timedelta(days=1)
    assert browse().text != first


# Of which three ask who is there (the session, the person, the role), and one where the books stand.
COSTS = {"": 4, "klanten/": 5, "klanten/{id}/": 6, "facturen/": 5, "ontvangsten/": 5, "goedkeuren/": 7,
         "zoeken/?q=A1": 5, "klanten/{id}/verloop/": 6}  # fmt: skip


@pytest.mark.parametrize("page", COSTS)
def test_every_page_asks_as_much_of_300_customers_as_of_10(browse: Browse, house: House, page):
    counts = []
    customers(house, 3, first=1000)  # of which the next list says nothing: it proposes that they are settled
    for first, more in ((0, 10), (10, 290)):
        customers(house, more, first=first)
        runs.run(actor=house.actor, today=house.today)
        rows = worklist.worklist(actor=house.actor, today=house.today)
        address = f"/{SLUG}/{page.format(id=rows[0].debtor_id)}"
        browse(address)
        with CaptureQueriesContext(connection) as asked:
            browse(address)
        counts.append(len(asked))
    assert counts == [COSTS[page]] * 2


@pytest.mark.parametrize(("page", "cost"), [("", 6), ("klanten/", 6), ("klanten/{id}/", 6)])
def test_what_was_changed_costs_no_more_than_six_questions(browse: Browse, house: House, page, cost):
    customers(house, 10)
    runs.run(actor=house.actor, today=house.today)
    address = f"/{SLUG}/{page.format(id=worklist.worklist(actor=house.actor, today=house.today)[0].debtor_id)}"
    browse(address)
    house.pay("A1", "1.00")
    with CaptureQueriesContext(connection) as asked:
        browse(address)
    assert len(asked) == cost
