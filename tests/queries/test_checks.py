"""Corruptions, seeded by raw SQL with the guards lifted: each is found, by the check that is named for it (P33)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections

from tests.tools.house import House
from voldaan.queries import checks
from voldaan.records import guards
from voldaan.records.administrations import Administration
from voldaan.records.bank import BankTransaction, Statement
from voldaan.records.debtors import Debtor
from voldaan.records.documents import Document


@pytest.fixture
def house(db: None) -> House:
    """Give books in which everything has happened once; another administration lies beside them."""
    other = House.opened("Andere")
    other.invoice(other.debtor("Verweg", number="1"), "X1", "10.00")
    other.pay("X1", "4.00")
    house = House.opened()
    zee = house.debtor("Café Zéé", number="1", email="zee@zee.example", iban="NL91ABNA0417164300")
    berg = house.debtor("Berg BV", number="2")
    house.invoice(zee, "F1", "121.00", issued="2027-01-10")  # 1
    house.invoice(zee, "F2", "50.00", issued="2027-02-10")  # 2
    house.invoice(berg, "F3", "80.00", issued="2027-02-10", currency="USD")  # 3
    house.pay("F1", "100.00", on="2027-02-01")  # 4, allocated by 5
    house.credit_note(zee, "C1", "30.00", corrects="F2")  # 6, allocated by 7
    house.write_off("F1", "5.00")  # 8
    house.take_back(8)  # 9
    house.undo(7)  # 10
    house.close("2027-02-28")
    house.pay("F3", "20.00", on="2027-02-15", currency="USD")  # 11 (late: shows on 1 March), allocated by 12
    house.invoice(berg, "F4", "60.00")  # 13
    bank_line(house)
    assert house.broken() == {}
    return house


def bank_line(house: House) -> None:
    """Write down a line of the bank that nothing is booked of."""
    books = {"administration_id": house.actor.administration_id}
    file = Document.objects.of(house.actor.administration_id).create(
        **books, sha256="0" * 64, name="a.xml", media_type="text/xml", size=1
    )
    period = Statement.objects.of(house.actor.administration_id).create(
        **books, document=file, account="NL91ABNA0417164300", currency="EUR"
    )
    BankTransaction.objects.of(house.actor.administration_id).create(
        **books, statement=period, format="camt.053", account=period.account, currency="EUR", amount_cents=500,
        occurrence=1, booking_date=house.today, value_date=house.today, left_cents=500, state="unmatched",
    )  # fmt: skip


def sql(statement: str, *values: Any) -> None:
    """Do what nobody may, with the guards lifted; deferred foreign keys are looked at first."""
    connection.check_constraints()
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount != 0, "the corruption hit nothing"


def pk(table: str, where: str, books: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM records_{table} WHERE administration_id = %s AND {where}", [books])
        ((found,),) = cursor.fetchall()
        return int(found)


def foreign(table: str, house: House) -> int:
    """Give the first row of a table in the other administration."""
    other = Administration.objects.exclude(pk=house.actor.administration_id).get().pk
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MIN(id) FROM records_{table} WHERE administration_id = %s", [other])
        ((found,),) = cursor.fetchall()
        return int(found)


def mine(table: str, change: str, where: str) -> Callable[[House], None]:
    """Change rows of these books."""

    def seed(house: House) -> None:
        sql(
            f"UPDATE records_{table} SET {change} WHERE administration_id = %s AND {where}",
            house.actor.administration_id,
        )

    return seed


def gone(table: str, where: str) -> Callable[[House], None]:
    """Delete rows of these books."""

    def seed(house: House) -> None:
        sql(f"DELETE FROM records_{table} WHERE administration_id = %s AND {where}", house.actor.administration_id)

    return seed


def strays(table: str, column: str, to: str, where: str) -> Callable[[House], None]:
    """Let a row of these books point into those of another."""

    def seed(house: House) -> None:
        sql(
            f"UPDATE records_{table} SET {column} = %s WHERE administration_id = %s AND {where}",
            foreign(to, house), house.actor.administration_id,
        )  # fmt: skip

    return seed


def at(table: str, column: str, of: str, number: str) -> str:
    """Say in SQL which row of these books is meant, by the number of its invoice."""
    same_books = f"o.administration_id = records_{table}.administration_id"
    return f"{column} = (SELECT MIN(id) FROM records_{of} o WHERE o.number = '{number}' AND {same_books})"


def dropped(house: House) -> None:
    on = " ON records_allocation" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER records_allocation_no_delete{on}")


def changed_consistently(house: House) -> None:
    """Lower a claim in the ledger and in its cache alike: only the paper still knows better."""
    mine("entry", "amount_cents = amount_cents - 1000", "number = 1")(house)
    mine("receivable", "open_cents = open_cents - 1000", at("receivable", "invoice_id", "invoice", "F1"))(house)


def credited_consistently(house: House) -> None:
    mine("entry", "amount_cents = amount_cents - 1000", "number = 6")(house)
    mine("credit", "open_cents = open_cents + 1000", at("credit", "invoice_id", "invoice", "C1"))(house)


def other_customer(house: House) -> None:
    """Let the money of one customer pay the invoice of another, with the open amounts brought along."""
    books = house.actor.administration_id
    target = pk("receivable", at("receivable", "invoice_id", "invoice", "F4"), books)
    sql("UPDATE records_allocation SET receivable_id = %s WHERE administration_id = %s AND number = 5", target, books)


def head(change: str) -> Callable[[House], None]:
    return lambda house: sql(
        f"UPDATE records_head SET {change} WHERE administration_id = %s", house.actor.administration_id
    )


def added_event(house: House) -> None:
    sql(
        "INSERT INTO records_event (administration_id, number, kind, day, at, via, facts, hash) "
        "SELECT administration_id, MAX(number) + 1, 'period.closed', MAX(day), MAX(at), 'test', "
        '\'{"until": "2027-02-28", "booked_to": 10}\', \'x\' FROM records_event WHERE administration_id = %s '
        "GROUP BY administration_id",
        house.actor.administration_id,
    )


F1 = at("receivable", "invoice_id", "invoice", "F1")

# Each corruption: what is done, and the checks that must find it (others may as well).
SEEDED: dict[str, tuple[Callable[[House], None], set[str]]] = {
    "open amount of a receivable one cent up": (
        mine("receivable", "open_cents = open_cents + 1", F1),
        {"receivables_open", "debtor_balances"},
    ),
    "open amount of a receivable one cent down": (
        mine("receivable", "open_cents = open_cents - 1", F1),
        {"receivables_open"},
    ),
    "open amount of a credit one cent up": (
        mine("credit", "open_cents = open_cents + 1", at("credit", "invoice_id", "invoice", "C1")),
        {"credits_open"},
    ),
    "amount of an entry": (
        mine("entry", "amount_cents = amount_cents + 1", "number = 1"),
        {"receivables_open", "invoice_amounts"},
    ),
    "amount of an entry and its cache": (changed_consistently, {"invoice_amounts"}),
    "amount of a credit note and its cache": (credited_consistently, {"invoice_amounts"}),
    "amount printed on an invoice": (
        mine("invoice", "amount_cents = amount_cents + 1", "number = 'F4'"),
        {"invoice_amounts"},
    ),
    "amount of an allocation": (
        mine("allocation", "amount_cents = amount_cents - 1", "number = 5"),
        {"receivables_open", "credits_open"},
    ),
    "entry deleted": (gone("entry", "number = 13"), {"booking_numbers", "receivables_open"}),
    "allocation deleted": (gone("allocation", "number = 12"), {"booking_numbers", "receivables_open", "credits_open"}),
    "entry of another customer": (
        mine("entry", "debtor_id = (SELECT MAX(d.id) FROM records_debtor d)", "number = 1"),
        {"one_debtor"},
    ),
    "entry in another currency": (mine("entry", "currency = 'USD'", "number = 1"), {"one_debtor", "debtor_balances"}),
    "allocation in another currency": (mine("allocation", "currency = 'USD'", "number = 5"), {"one_debtor"}),
    "receivable in another currency than its invoice": (mine("receivable", "currency = 'USD'", F1), {"one_debtor"}),
    "receivable of another customer than its invoice": (
        mine("receivable", "debtor_id = (SELECT MAX(d.id) FROM records_debtor d)", F1),
        {"one_debtor"},
    ),
    "allocation to another customer": (other_customer, {"one_debtor", "receivables_open"}),
    "entry that points to another administration": (
        strays("entry", "debtor_id", "debtor", "number = 1"),
        {"same_books", "one_debtor"},
    ),
    "allocation that pays in another administration": (
        strays("allocation", "receivable_id", "receivable", "number = 5"),
        {"same_books"},
    ),
    "invoice of a customer of another administration": (
        strays("invoice", "debtor_id", "debtor", "number = 'F4'"),
        {"same_books"},
    ),
    "contact of a customer of another administration": (
        strays("contact", "debtor_id", "debtor", "role = 'invoice'"),
        {"same_books"},
    ),
    "alias of a customer of another administration": (
        strays("payeralias", "debtor_id", "debtor", "seen = 0"),
        {"same_books"},
    ),
    "event about a customer of another administration": (
        strays("event", "debtor_id", "debtor", "number = 2"),
        {"same_books", "trail"},
    ),
    "gap in the numbers": (mine("entry", "number = 99", "number = 13"), {"booking_numbers"}),
    "two with one number, in two tables": (mine("allocation", "number = 13", "number = 12"), {"booking_numbers"}),
    "head counts too far": (head("booking_number = booking_number + 1"), {"booking_numbers"}),
    "head of the trail too low": (head("event_number = event_number - 1"), {"trail"}),
    "head of the trail with another hash": (head("event_hash = 'x'"), {"trail"}),
    "facts of an event": (mine("event", "facts = '{}'", "number = 4"), {"trail"}),
    "kind of an event": (mine("event", "kind = 'payment.recorded'", "number = 4"), {"trail"}),
    "day of an event": (mine("event", "day = '2027-01-01'", "number = 4"), {"trail"}),
    "who did it": (mine("event", "via = 'somebody else'", "number = 4"), {"trail"}),
    "what is left of a line of the bank": (mine("banktransaction", "left_cents = 499", "true"), {"receipts_left"}),
    "state of a line of the bank": (mine("banktransaction", "state = 'booked'", "true"), {"receipts_left"}),
    "hash of an event": (mine("event", "hash = 'x'", "number = 4"), {"trail"}),
    "event deleted in the middle": (gone("event", "number = 4"), {"trail"}),
    "event deleted at the end": (
        gone(
            "event",
            "number = (SELECT MAX(event_number) FROM records_head h WHERE records_event.administration_id = "
            "h.administration_id)",
        ),
        {"trail"},
    ),
    "event added": (added_event, {"trail"}),
    "guard dropped": (dropped, {"guards"}),
    "reversal that is not the opposite": (
        mine("entry", "amount_cents = amount_cents - 1", "number = 9"),
        {"counter_rows", "receivables_open"},
    ),
    "reversal on another receivable": (
        mine("entry", "receivable_id = (SELECT MAX(r.id) FROM records_receivable r)", "number = 9"),
        {"counter_rows", "receivables_open"},
    ),
    "reversal that names nothing": (mine("entry", "reverses_id = NULL", "number = 9"), {"counter_rows"}),
    "undoing that names another": (
        mine("allocation", "reverses_id = (SELECT a.id FROM records_allocation a WHERE a.number = 12)", "number = 10"),
        {"counter_rows"},
    ),
    "invoice without a receivable": (mine("invoice", "kind = 'credit_note'", "number = 'F4'"), {"invoices_booked"}),
    "credit note without a credit": (
        mine("credit", "invoice_id = NULL", at("credit", "invoice_id", "invoice", "C1")),
        {"invoices_booked"},
    ),
    "value date of an invoice": (
        mine("entry", "value_date = '2027-03-02', counts_on = '2027-03-02'", "number = 13"),
        {"invoice_amounts"},
    ),
    "value date of a receipt": (
        mine("entry", "value_date = '2027-02-02', counts_on = '2027-02-02'", "number = 4"),
        {"receipt_days"},
    ),
    "money that pays before it came": (
        mine("allocation", "value_date = '2027-01-20', counts_on = '2027-01-20'", "number = 5"),
        {"receipt_days"},
    ),
    "late booking moved into the closed period": (
        mine("entry", "counts_on = value_date", "number = 11"),
        {"closed_periods"},
    ),
    "booking that shows on a day of its own": (
        mine("entry", "counts_on = '2027-03-05'", "number = 13"),
        {"closed_periods"},
    ),
    "books reopened": (
        lambda house: sql(
            "UPDATE records_administration SET closed_until = NULL WHERE id = %s", house.actor.administration_id
        ),
        {"closed_periods"},
    ),
    "books closed further": (
        lambda house: sql(
            "UPDATE records_administration SET closed_until = '2027-03-31' WHERE id = %s", house.actor.administration_id
        ),
        {"closed_periods"},
    ),
}


@pytest.mark.parametrize("name", SEEDED)
def test_a_corruption_is_found_and_named(house, name):
    seed, wanted = SEEDED[name]
    seed(house)
    broken = house.broken()
    assert wanted <= set(broken), broken
    assert all(rows and all(rows) for rows in broken.values())


def test_the_books_beside_are_not_blamed(house):
    changed_consistently(house)
    other = Administration.objects.exclude(pk=house.actor.administration_id).get().pk
    assert House(replace(house.actor, administration_id=other), house.today).broken() == {}


def test_every_check_is_broken_by_something():
    from tests.queries.test_checks_of_claims import CORRUPTIONS as OF_CLAIMS
    from tests.queries.test_checks_of_messages import CORRUPTIONS as OF_MESSAGES

    seeded = (*SEEDED.values(), *OF_CLAIMS.values(), *OF_MESSAGES.values())
    assert set().union(*(wanted for _, wanted in seeded)) == set(checks.CHECKS) - {"durable"}


def test_unsafe_commits_are_found(house):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL synchronous_commit = off")
            assert list(house.broken()) == ["durable"]
        else:
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (2,), "FULL; inside a transaction it cannot be turned down"


def test_no_more_than_twenty_rows_are_named_and_all_are_counted(house):
    zee = house.debtor("Zo", number="9")
    for n in range(25):
        house.invoice(zee, f"Z{n}", "1.00")
    sql("UPDATE records_receivable SET open_cents = open_cents + 1 WHERE administration_id = %s AND open_cents = 100",
        house.actor.administration_id)  # fmt: skip
    answer = next(a for a in checks.check(actor=house.actor) if a.name == "receivables_open")
    assert (answer.ok, answer.found, len(answer.rows)) == (False, 25, checks.MOST_ROWS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("transactional_db")
def test_what_others_write_meanwhile_is_not_seen_by_halves(monkeypatch):
    house = House.opened()

    def write() -> None:
        house.debtor("Zee")
        connections.close_all()

    def twice(books: int) -> Iterator[str]:
        before = Debtor.objects.of(books).count()
        other = Thread(target=write)
        other.start()
        other.join()
        yield from map(str, range(before, Debtor.objects.of(books).count()))

    monkeypatch.setattr(checks, "CHECKS", {"twice": twice})
    assert [house.broken(), house.broken()] == [{}, {}]
    assert Debtor.objects.of(house.actor.administration_id).count() == 2
