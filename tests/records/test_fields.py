"""Columns that hold on both engines: whole cents, and ids that may be shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from tests.tools.house import House
from voldaan.records.fields import ALPHABET, CentsField, PublicIdField, new_public_id

MODELS: list[Any] = list(apps.get_app_config("records").get_models())
CENTS = [(model, field) for model in MODELS for field in model._meta.fields if isinstance(field, CentsField)]


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    house.invoice(house.debtor("Café Zéé"), "F1", "121.00")
    house.pay("F1", "150.00")
    return house


def test_every_amount_is_in_whole_cents_beside_its_currency():
    assert len(CENTS) >= 5
    for model in MODELS:
        for field in model._meta.fields:
            assert not isinstance(field, models.DecimalField | models.FloatField), field
            if field.name.endswith("_cents"):
                assert isinstance(field, CentsField), field


@pytest.mark.parametrize("bad", ["'abc'", "0.5", "1e308", "''", "'12 euro'", "1e400", "x'31'"])
def test_the_database_refuses_what_is_no_whole_number(house, bad):
    if connection.vendor == "postgresql" and bad == "0.5":
        return  # an assignment rounds there; nothing but a whole number is ever stored
    for table, column in (("receivable", "open_cents"), ("credit", "open_cents"), ("invoice", "amount_cents")):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE records_{table} SET {column} = {bad}")


@pytest.mark.parametrize("bad", ["'abc'", "0.5"])
def test_no_entry_or_allocation_is_added_with_it_either(house, bad):
    if connection.vendor == "postgresql" and bad == "0.5":
        return
    for table in ("entry", "allocation"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM records_{table} LIMIT 0")
            columns = [c.name if hasattr(c, "name") else c[0] for c in cursor.description]
        wanted = {"id": "99", "number": "99", "source": "'x'", "amount_cents": bad}
        values = ", ".join(wanted.get(column, column) for column in columns)
        sql = f"INSERT INTO records_{table} ({', '.join(columns)}) SELECT {values} FROM records_{table} LIMIT 1"
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.replace(bad, "5"))  # the statement itself is sound
            transaction.set_rollback(True)


def test_every_cents_column_has_its_check_on_sqlite():
    if connection.vendor == "sqlite":
        for _, field in CENTS:
            assert field.db_check(connection) == f"typeof(\"{field.column}\") IN ('integer', 'null')"


@pytest.mark.parametrize(
    ("table", "column", "bad"),
    [
        ("receivable", "open_cents", -1),
        ("credit", "open_cents", -1),
        ("administration", "payment_term_days", 366),
        ("administration", "payment_term_days", -1),
    ],
)
def test_what_can_never_be_is_refused(house, table, column, bad):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE records_{table} SET {column} = {bad}")


def test_ids_are_short_unlike_and_of_an_alphabet_that_is_read_aloud():
    drawn = {new_public_id() for _ in range(10_000)}
    assert len(drawn) == 10_000
    assert {len(id_) for id_ in drawn} == {12}
    assert set("".join(drawn)) == set(ALPHABET)
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert not set("ilou") & set(ALPHABET)


def test_an_id_is_drawn_for_each_row_and_twice_the_same_is_refused(house):
    one, two = house.debtor("Een"), house.debtor("Twee")
    assert one != two
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE records_debtor SET public_id = %s", [one])
    shown = [field for model in MODELS for field in model._meta.fields if isinstance(field, PublicIdField)]
    assert len(shown) >= 4
    assert all(field.unique and not field.editable for field in shown)
