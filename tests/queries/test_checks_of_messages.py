"""Corruptions of what was decided and sent, seeded by raw SQL: each is found by its own check (P33)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.queries.test_checks import sql
from tests.tools.house import House
from tests.tools.mail_server import MailServer
from voldaan.usecases import administrations, messages, runs, sending

DAY = date(2027, 3, 16)
NOON = datetime(2027, 3, 16, 12, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def house(db: None) -> House:
    """Give books with a message that left, and one that waits."""
    house = House.opened()
    for name, value in (("bank_freshness_days", "off"),):
        administrations.change(name=name, value=value, actor=house.actor, today=house.today)
    for number, debtor in enumerate(
        (house.debtor("Zee", email="a@zee.example"), house.debtor("Berg", email="b@b.example"))
    ):
        house.invoice(debtor, f"F{number}", "121.00", due="2027-03-15")
    (first, _) = runs.run(actor=house.actor, today=DAY).messages
    messages.approve(ids=[str(first.id)], actor=house.actor, today=DAY)
    with MailServer() as server:
        words = {"live": "on", "sender": "wij@hart.example", "smtp": f"smtp://127.0.0.1:{server.port}"}
        for name, value in words.items():
            administrations.change_sender(name=name, value=value, actor=house.actor, today=house.today)
        found = sending.send(actor=house.actor, today=DAY, now=NOON, clock=lambda: NOON)
        assert found.sent == [first.id], found
    assert house.broken() == {}
    return house


CORRUPTIONS = {
    "sent and no day": ("UPDATE records_message SET sent_on = NULL WHERE state = 'sent'", {"messages_left"}),
    "sent and nothing kept": ("UPDATE records_message SET content_id = NULL WHERE state = 'sent'", {"messages_left"}),
    "sent and its step not taken": (
        "UPDATE records_action SET state = 'planned' WHERE state = 'taken'", {"messages_left"}
    ),
    "step taken without a message that left": (
        "UPDATE records_action SET state = 'taken', taken_on = '2027-03-16' WHERE state = 'planned'", {"messages_left"}
    ),
    "another amount asked": ("UPDATE records_message SET total_cents = total_cents + 1", {"messages_whole"}),
    "a line of another amount": ("UPDATE records_action SET open_cents = open_cents - 1", {"messages_whole"}),
    "a line of another customer": (
        "UPDATE records_action SET debtor_id = (SELECT MAX(id) FROM records_debtor)", {"messages_whole"}
    ),
    "never looked at again": ("UPDATE records_receivable SET next_on = '9999-12-31'", {"next_days"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_found_and_named(house, name):
    statement, found = CORRUPTIONS[name]
    sql(statement)
    assert set(house.broken()) == found
