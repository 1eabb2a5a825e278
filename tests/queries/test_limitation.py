"""The watch on limitation: the day of every claim by its law, what interrupted it, and no claim left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from voldaan.queries import limitation
from voldaan.queries.limitation import WatchedClaim, watched
from voldaan.records.actions import Action
from voldaan.records.charges import Charge
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.records.strategies import StrategyVersion
from voldaan.rules.ledger import ReceivableKind
from voldaan.rules.limitation import Interruption
from voldaan.rules.money import Money
from voldaan.rules.permissions import MATRIX, Deed, NotAllowed, Role
from voldaan.usecases import administrations, interruptions, invoices
from voldaan.usecases.interruptions import (
    InterruptedInFuture,
    InterruptedTooEarly,
    NoSuchInterruption,
    ProofMissing,
    WhyTakenBack,
)

DUE = "2025-03-01"


@pytest.fixture
def house(db: None) -> House:
    return House.opened(today=date(2027, 3, 1))


def sells(house: House, what: str) -> None:
    administrations.change(name="sells", value=what, actor=house.actor, today=house.today)


def claims(house: House, until: date | None = None) -> dict[str, WatchedClaim]:
    rows = watched(until=until, actor=house.actor, today=house.today)
    assert [one.last_day for one in rows] == sorted(one.last_day for one in rows)
    return {one.invoice: one for one in rows}


def last_day(house: House, invoice: str = "F1") -> str:
    one = claims(house)[invoice]
    assert one.barred_on == one.last_day + timedelta(1)
    return one.last_day.isoformat()


def owed(house: House, *, due: str = DUE, **whose: Any) -> None:
    house.debtor("Klant", number="1", **whose)
    house.invoice("1", "F1", "100.00", issued="2025-01-01", due=due)


def stop(house: House, kind: Interruption, day: str, proof: str = "3SABC") -> str:
    return interruptions.record(invoice="F1", kind=kind, day=date.fromisoformat(day), proof=proof, actor=house.actor,
                                today=house.today)  # fmt: skip


def sent(house: House, day: str, *, invoice: str = "F1", step: str = "demand", channel: str = "email",
         **more: Any) -> Message:  # fmt: skip
    """Write down a message about an invoice that left."""
    whose = house.actor.administration_id
    item = Receivable.objects.of(whose).get(invoice__number=invoice)
    books: dict[str, Any] = {"administration_id": whose, "debtor": item.debtor}
    on = date.fromisoformat(day)
    facts = {"state": "sent", "sent_on": on, "sent_at": datetime.fromisoformat(f"{day}T12:00+00:00")} | more
    message = Message.objects.of(whose).create(
        **books, currency="EUR", step=step, channel=channel, language="nl", term_days=7, total_cents=item.open_cents,
        is_automatic=False, decided_on=on, **facts,
    )  # fmt: skip
    Action.objects.of(whose).create(
        **books, receivable=item, version=StrategyVersion.objects.of(whose).order_by("pk")[0], step=f"{step}{day}",
        open_cents=item.open_cents, decided_on=on, message=message, state="taken", taken_on=on,
    )  # fmt: skip
    return message


@pytest.mark.parametrize(
    ("books", "sold", "kind", "country", "last", "certain", "letter"),
    [
        ("NL", "goods", "consumer", "NL", "2027-03-01", True, True),
        ("NL", "services", "consumer", "NL", "2030-03-01", True, True),
        ("NL", "utilities", "consumer", "NL", "2027-03-01", True, True),
        ("NL", "periodic", "consumer", "NL", "2030-03-01", True, True),
        ("NL", "", "consumer", "NL", "2027-03-01", False, True),  # the shortest, where nobody said
        ("NL", "goods", "business", "NL", "2030-03-01", True, True),
        ("NL", "", "business", "NL", "2030-03-01", True, True),  # all come to the same
        ("NL", "goods", "public_body", "NL", "2030-03-01", True, True),
        ("NL", "goods", "", "NL", "2027-03-01", False, True),  # a consumer perhaps
        ("NL", "carriage", "business", "NL", "2026-03-01", True, True),
        ("NL", "goods", "consumer", "BE", "2026-03-01", False, False),  # his own law may hold
        ("NL", "goods", "business", "BE", "2030-03-01", True, True),  # that of the seller
        ("NL", "goods", "consumer", "DE", "2027-03-01", False, True),  # of a law that we do not know
        ("BE", "goods", "consumer", "BE", "2026-03-01", True, False),
        ("BE", "services", "consumer", "BE", "2035-03-01", True, False),
        ("BE", "utilities", "consumer", "BE", "2030-03-01", True, False),
        ("BE", "goods", "business", "BE", "2035-03-01", True, False),
        ("BE", "", "business", "BE", "2030-03-01", False, False),
        ("BE", "carriage", "business", "BE", "2026-03-01", True, False),  # no rule of its own: the shortest
    ],
)
def test_the_last_day_is_that_of_the_law_and_the_kind_of_claim(db, books, sold, kind, country, last, certain, letter):
    house = House.opened(country=books)
    sells(house, sold)
    owed(house, kind=kind, country=country)
    one = claims(house)["F1"]
    assert (one.last_day.isoformat(), one.is_certain, one.a_letter_helps) == (last, certain, letter)
    assert one.articles


def test_a_claim_is_barred_the_day_after_its_last_day_and_not_on_it(house: House):
    sells(house, "goods")
    owed(house, kind="consumer")
    for day, barred in (("2027-02-28", False), ("2027-03-01", False), ("2027-03-02", True)):
        assert claims(house.on(day))["F1"].has_lapsed is barred


def test_a_claim_is_listed_from_ninety_days_before(house: House):
    sells(house, "goods")
    owed(house, kind="consumer")  # until 1 March 2027
    for day, waiting in (("2026-11-30", 0), ("2026-12-01", 1), ("2027-03-01", 1), ("2027-03-02", 0)):
        assert len(limitation.waits(house.actor.administration_id, date.fromisoformat(day))) == waiting


@pytest.mark.parametrize("due", ["2024-02-28", "2024-02-29", "2024-03-01"])
def test_what_the_database_leaves_out_does_not_lapse_by_then(house: House, due):
    sells(house, "goods")
    house.debtor("Klant", number="1", kind="consumer")
    house.debtor("Zaak", number="2", kind="business")
    for number in ("1", "2"):
        house.invoice(number, f"F{number}", "1.00", issued="2024-01-01", due=due)
    every = claims(house)
    for day in (date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1), date(2029, 2, 28), date(2029, 3, 1)):
        assert claims(house, day) == {name: one for name, one in every.items() if one.last_day <= day}


@pytest.mark.parametrize(
    ("step", "more", "counts"),
    [
        ("demand", {}, True),
        ("fourteen_day_letter", {}, True),
        ("business_notice", {}, True),
        ("final_notice", {}, True),
        ("reminder", {}, False),  # too friendly to be sure of
        ("consumer_first_reminder", {}, False),
        ("demand", {"is_trial": True}, False),  # it only went to ourselves
        ("demand", {"returned_on": date(2026, 6, 9)}, False),
        ("demand", {"state": "claimed"}, False),
        ("demand", {"state": "uncertain"}, False),
    ],
)
def test_a_demand_that_was_sent_begins_the_term_anew(house: House, step, more, counts):
    sells(house, "goods")
    owed(house, kind="consumer")
    sent(house, "2026-06-01", step=step, **more)
    assert last_day(house) == ("2028-06-01" if counts else "2027-03-01")
    assert len(claims(house)["F1"].interruptions) == counts


@pytest.mark.parametrize(("day", "counts"), [("2025-03-01", False), ("2025-03-02", True), ("2027-03-02", False)])
def test_what_came_too_early_or_too_late_is_told_and_changes_nothing(house: House, day, counts):
    sells(house, "goods")
    owed(house, kind="consumer")
    sent(house, day)
    assert [one.counts for one in claims(house)["F1"].interruptions] == [counts]


@pytest.mark.parametrize(
    ("day", "channel", "more", "last"),
    [
        ("2027-03-01", "email", {}, "2029-03-01"),  # on the last day
        ("2027-03-02", "email", {}, "2027-03-01"),
        ("2027-02-25", "letter", {}, "2029-02-25"),  # on the mat on Saturday the 27th
        ("2027-02-27", "letter", {}, "2027-03-01"),  # after it
        ("2027-02-27", "letter", {"received_on": date(2027, 3, 1)}, "2029-02-27"),  # proven
        ("2027-02-25", "letter", {"received_on": date(2027, 3, 2)}, "2027-03-01"),
    ],
)
def test_a_demand_counts_where_it_arrived_in_time(house: House, day, channel, more, last):
    sells(house, "goods")
    owed(house, kind="consumer")
    sent(house, day, channel=channel, **more)
    assert last_day(house) == last


def test_what_a_person_writes_down_counts_and_is_taken_back(house: House):
    sells(house, "goods")
    owed(house, kind="consumer")
    first = stop(house, Interruption.ACKNOWLEDGEMENT, "2026-05-05", "mail van de klant")
    assert stop(house, Interruption.ACKNOWLEDGEMENT, "2026-05-05") == first  # a second press
    assert last_day(house) == "2028-05-05"
    assert [(one.kind, one.proof) for one in claims(house)["F1"].interruptions] == [
        ("acknowledgement", "mail van de klant")
    ]
    interruptions.take_back(interruption=first, reason="verkeerde klant", actor=house.actor, today=house.today)
    assert last_day(house) == "2027-03-01"
    with house.refuses(NoSuchInterruption):
        interruptions.take_back(interruption=first, reason="nog eens", actor=house.actor, today=house.today)
    again = stop(house, Interruption.ACKNOWLEDGEMENT, "2026-05-05")
    assert again != first
    assert last_day(house) == "2028-05-05"
    assert house.broken() == {}


def test_in_belgium_a_demand_interrupts_nothing_and_a_formal_notice_for_a_year(db):
    house = House.opened(country="BE")
    sells(house, "goods")
    owed(house, kind="business")
    sent(house, "2034-01-01")
    stop(house.on("2034-06-01"), Interruption.DEMAND, "2034-02-01")
    assert last_day(house) == "2035-03-01"
    stop(house.on("2035-03-01"), Interruption.FORMAL_NOTICE, "2035-03-01")
    assert last_day(house) == "2036-03-01"


def test_an_interruption_that_cannot_be_is_refused(house: House):
    owed(house, kind="consumer")
    with house.refuses(ProofMissing):
        stop(house, Interruption.DEMAND, "2026-05-05", "  ")
    with house.refuses(InterruptedInFuture):
        stop(house, Interruption.DEMAND, "2027-03-02")
    with house.refuses(InterruptedTooEarly):
        stop(house, Interruption.DEMAND, "2024-12-31")
    known = stop(house, Interruption.DEMAND, "2027-03-01")
    with house.refuses(WhyTakenBack):
        interruptions.take_back(interruption=known, reason=" ", actor=house.actor, today=house.today)


def test_a_payment_by_itself_is_no_acknowledgement(house: House):
    sells(house, "goods")
    owed(house, kind="consumer")
    house.pay("F1", "40.00", on="2026-06-01")
    one = claims(house)["F1"]
    assert (one.open_cents, one.last_day) == (6000, date(2027, 3, 1))
    house.pay("F1", "60.00")
    assert claims(house) == {}


def charged(house: House, number: str, kind: ReceivableKind, *, due: str, **of: Any) -> None:
    """Book what a letter claimed beside the price."""
    whose = house.actor.administration_id
    invoices.receive(debtor="1", number=number, amount=Money(500), issue_date=date(2026, 6, 1),
                     due_date=date.fromisoformat(due), actor=house.actor, today=house.today)  # fmt: skip
    item = Receivable.objects.of(whose).get(invoice__number=number)
    Receivable.objects.of(whose).filter(pk=item.pk).update(kind=kind.value)
    message = Message.objects.of(whose).order_by("-pk")[0]
    Charge.objects.of(whose).create(
        administration_id=whose, message=message, kind=kind.value, is_announced=False, cents=500, booked_as=item, **of
    )


def test_interest_and_costs_lapse_with_what_they_come_from(house: House):
    sells(house, "goods")
    owed(house, kind="consumer")
    notice = sent(house, "2026-06-01", step="fourteen_day_letter")
    price = Receivable.objects.of(house.actor.administration_id).get(invoice__number="F1")
    charged(house, "R1", ReceivableKind.INTEREST, due="2026-07-01", principal=price)
    charged(house, "K1", ReceivableKind.COSTS, due="2026-07-01", notice=notice)
    found = claims(house)
    assert {name: (one.last_day.isoformat(), one.follows_principal) for name, one in found.items()} == {
        "F1": ("2028-06-01", False),
        "R1": ("2028-06-01", True),
        "K1": ("2028-06-01", True),
    }
    stop(house, Interruption.ACKNOWLEDGEMENT, "2027-01-01")  # of the price: what comes from it lives on with it
    assert {one.last_day for one in claims(house).values()} == {date(2029, 1, 1)}
    house.write_off("F1")  # given up: the interest still lapses when it would have
    assert {name: one.last_day for name, one in claims(house).items()} == dict.fromkeys(("R1", "K1"), date(2029, 1, 1))


def test_the_questions_are_as_many_for_many_claims(house: House):
    sells(house, "goods")
    house.debtor("Klant", number="1", kind="consumer")

    def asks() -> int:
        with CaptureQueriesContext(connection) as asked:
            watched(actor=house.actor, today=house.today)
        return len(asked)

    house.invoice("1", "F1", "1.00", issued="2025-01-01", due=DUE)
    sent(house, "2026-06-01")
    stop(house, Interruption.DEMAND, "2026-06-02")
    few = asks()
    for n in range(2, 12):
        house.invoice("1", f"F{n}", "1.00", issued="2025-01-01", due=DUE)
        sent(house, f"2026-06-{n:02}", invoice=f"F{n}")
    assert asks() == few <= 5
    assert len(claims(house)) == 11


def test_other_books_are_not_looked_at(house: House):
    owed(house, kind="consumer")
    other = House.opened("Ander", owner_email="a@ander.example")
    assert claims(other) == {}


def test_who_may_not_read_the_books_sees_none(house: House):
    caller = replace(house.actor, deeds=MATRIX[Role.CALLER])
    with pytest.raises(NotAllowed, match=Deed.READ_BOOKS.value):
        watched(actor=caller, today=house.today)
