"""Equal books print the same however they came about; one fact changed prints differently."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from tests.tools.house import House
from voldaan.queries import bookings
from voldaan.queries.fingerprints import FACTS, fingerprint
from voldaan.queries.moments import NOW
from voldaan.records import guards
from voldaan.records.fields import CentsField
from voldaan.usecases import administrations


def story(house: House, debtor: int) -> list[Callable[[], Any]]:
    """Give what happens to one customer, in its order."""
    number, f, c = f"{debtor}", f"F{debtor}", f"C{debtor}"
    return [
        lambda: house.debtor(f"Klant {debtor}", number=number, email=f"k{debtor}@k.example", iban="NL91ABNA0417164300",
                             city="Gent", vat_number="NL1", kind="business"),
        lambda: house.invoice(number, f, "100.00", issued="2027-02-01"),
        lambda: house.pay(f, "30.00", on="2027-02-10"),
        lambda: house.pay(f, "30.00", on="2027-02-10", again=True),
        lambda: house.credit_note(number, c, "50.00", corrects=f),
        lambda: house.undo(by_credit_note(house, f)),
        lambda: house.write_off(f, "5.00"),
        lambda: house.take_back(house.entry(f"write-off:{f}/1:1").number),
    ]  # fmt: skip


def by_credit_note(house: House, invoice: str) -> int:
    """Give the newest allocation to this invoice."""
    made = bookings.allocations(moment=NOW, actor=house.actor)
    return [row.id for row in made if row.invoice == invoice][-1]


def played(order: Callable[[list[int]], list[int]]) -> House:
    """Play the stories of three customers through each other, in books of the same name."""
    house = House.opened("Huis")
    stories = [iter(story(house, debtor)) for debtor in range(3)]
    for which in order([debtor for debtor in range(3) for _ in range(8)]):
        next(stories[which])()
    return house


def printed(order: Callable[[list[int]], list[int]]) -> list[Any]:
    with transaction.atomic():
        house = played(order)
        answer = fingerprint(actor=house.actor)
        transaction.set_rollback(True)
    return answer


def shuffled(seed: int) -> Callable[[list[int]], list[int]]:
    return lambda turns: random.Random(seed).sample(turns, len(turns))


def test_unrelated_customers_in_another_order_print_the_same(db):
    first = printed(lambda turns: turns)
    assert printed(lambda turns: turns[::-1]) == first
    for seed in range(3):
        assert printed(shuffled(seed)) == first
    assert {line.name: line.rows for line in first}["entries"] == 3 * 6


def test_another_history_prints_differently(db):
    first = printed(lambda turns: turns)
    assert printed(lambda turns: turns[:-1]) != first


# Facts that may differ between equal books: how they were numbered, when they were typed in, what was drawn at random.
NOT_PRINTED = {
    "public_id": "drawn at random",
    "number": "a booking number; that of an invoice or customer is printed",
    "booked_on": "a clock",
    "name_search": "follows from the name",
    "number_folded": "follows from the number",
    "evidence": "the words of the matcher, which may learn to say it better",
    "next_on": "a cache: when an item is looked at again",
    "media_type": "follows from the content",
    "name": "of a document: that of the first who sent it; any other name is printed",
}


def test_a_table_that_is_not_printed_says_why():
    tables = {model.__name__ for model in apps.get_app_config("records").get_models()}
    printed_tables = {model.__name__ for model, _ in FACTS.values()} | {"Administration"}
    assert printed_tables <= tables
    assert not {"Head", "Event", "User", "Membership"} & printed_tables, "numbers, clocks and people are not the books"


PRINTED = {("Debtor", "number"), ("Debtor", "name"), ("Invoice", "number"), ("Contact", "name")}
LEDGER = ("Allocation", "Contact", "Credit", "Debtor", "Entry", "Invoice", "OwnAccount", "PayerAlias", "Receivable")
CHANGES = [
    (model, field)
    for model in apps.get_app_config("records").get_models()
    if model.__name__ in LEDGER
    for field in model._meta.fields
    if not field.primary_key
    and not field.is_relation
    and (field.name not in NOT_PRINTED or (model.__name__, field.name) in PRINTED)
]  # fmt: skip


def another(field: models.Field[Any, Any], value: Any) -> Any:
    """Give another value for the same column."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(field, models.DateField):
        return value + timedelta(days=1) if value else date(2027, 3, 1)
    if isinstance(field, models.JSONField):
        return '["zz"]'
    if isinstance(field, CentsField | models.IntegerField):
        return 1
    return "zz"


@pytest.fixture
def house(db: None) -> House:
    return played(lambda turns: turns)


@pytest.mark.parametrize(("model", "field"), CHANGES, ids=lambda x: getattr(x, "name", None) or x.__name__)
def test_one_fact_changed_prints_differently(house, model, field):
    before = fingerprint(actor=house.actor)
    row = model.objects.of(house.actor.administration_id).order_by("pk").last()
    assert row is not None, "nothing to change"
    value = another(field, getattr(row, field.attname))
    connection.check_constraints()
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {field.column} = %s WHERE id = %s", [value, row.pk])
    assert fingerprint(actor=house.actor) != before


POINTERS = [
    ("entry", "receivable_id", "receivable_id IS NOT NULL"),
    ("allocation", "receivable_id", "amount_cents > 0"),
    ("allocation", "credit_id", "amount_cents = 3000"),
    ("entry", "debtor_id", "true"),
    ("credit", "debtor_id", "true"),
    ("invoice", "debtor_id", "true"),
    ("payeralias", "debtor_id", "true"),
    ("receivable", "invoice_id", "true"),
]


@pytest.mark.parametrize(("table", "column", "where"), POINTERS)
def test_one_row_that_points_elsewhere_prints_differently(house, table, column, where):
    """Also to a twin: the two receipts of one customer on one day of one amount are told apart."""
    before = fingerprint(actor=house.actor)
    connection.check_constraints()
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {column} FROM records_{table} WHERE {where} ORDER BY id")
        rows = cursor.fetchall()
        changed = next((pk, other) for pk, now in rows for _, other in rows if other != now)
        if table == "receivable":
            cursor.execute("UPDATE records_receivable SET instalment = instalment + id")
            before = fingerprint(actor=house.actor)
        if table == "payeralias":
            cursor.execute("DELETE FROM records_payeralias WHERE debtor_id = %s", [changed[1]])
            before = fingerprint(actor=house.actor)
        cursor.execute(f"UPDATE records_{table} SET {column} = %s WHERE id = %s", [changed[1], changed[0]])
    assert fingerprint(actor=house.actor) != before


@pytest.mark.parametrize(
    ("name", "value"), [("name", "Ander"), ("language", "fr"), ("time_zone", "UTC"), ("payment_term_days", "7")]
)
def test_a_setting_is_a_fact(house, name, value):
    before = fingerprint(actor=house.actor)
    administrations.change(name=name, value=value, actor=house.actor, today=house.today)
    assert fingerprint(actor=house.actor) != before


def test_a_close_is_a_fact(house):
    before = fingerprint(actor=house.actor)
    house.close("2027-01-31")
    assert fingerprint(actor=house.actor) != before
