"""The database itself refuses to change or delete what was booked, whoever asks and however (P19)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from tests.tools.house import House
from voldaan.records import guards
from voldaan.records.events import Event
from voldaan.records.exports import Export
from voldaan.records.interruptions import Interruption
from voldaan.records.messages import WordingText
from voldaan.records.receivables import Allocation, Entry
from voldaan.records.strategies import StrategyVersion
from voldaan.records.terms import TermSetVersion
from voldaan.records.vat_reclaims import VatReclaim
from voldaan.rules.law import DebtorKind
from voldaan.rules.letters import Wording
from voldaan.rules.limitation import Interruption as Kind
from voldaan.rules.term_sets import TermSet
from voldaan.usecases import exports, interruptions, vat_reclaims, wordings
from voldaan.usecases.terms import agree_terms

TABLES: dict[str, Any] = {
    "records_allocation": Allocation,
    "records_entry": Entry,
    "records_event": Event,
    "records_export": Export,
    "records_interruption": Interruption,
    "records_strategyversion": StrategyVersion,
    "records_termsetversion": TermSetVersion,
    "records_vatreclaim": VatReclaim,
    "records_wordingtext": WordingText,
}
WORDS = {
    "records_event": "kind",
    "records_export": "layout",
    "records_interruption": "proof",
    "records_strategyversion": "code",
    "records_termsetversion": "kind",
    "records_vatreclaim": "reason",
    "records_wordingtext": "subject",
}


@pytest.fixture
def house(db: None) -> House:
    house = House.opened()
    zee = house.debtor("Café Zéé")
    house.invoice(zee, "F1", "121.00")
    house.pay("F1", "50.00")
    words = Wording("reminder", "nl", "Factuur {invoices}", "Betaal {total}.", "")
    wordings.write(wording=words, actor=house.actor, today=house.today)
    agree_terms(
        kind=DebtorKind.BUSINESS, terms=TermSet(14), valid_from=house.today, actor=house.actor, today=house.today
    )
    interruptions.record(invoice="F1", kind=Kind.DEMAND, day=house.today, proof="3S1", actor=house.actor,
                         today=house.today)  # fmt: skip
    vat_reclaims.certain(invoice="F1", day=house.today, reason="failliet", actor=house.actor, today=house.today)
    exports.hand_over(layout="csv", actor=house.actor, today=house.today)
    connection.check_constraints()  # or PostgreSQL would refuse for the foreign keys it still has to look at
    return house


def rows(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return list(cursor.fetchall())


def attempts(table: str) -> dict[str, str]:
    column, value = (WORDS[table], "'paid'") if table in WORDS else ("amount_cents", "amount_cents + 1")
    tries = {
        "update all": f"UPDATE {table} SET {column} = {value}",
        "update one": f"UPDATE {table} SET {column} = {value} WHERE id = (SELECT MIN(id) FROM {table})",
        "update to the same": f"UPDATE {table} SET {column} = {column}",
        "delete all": f"DELETE FROM {table}",
        "delete one": f"DELETE FROM {table} WHERE id = (SELECT MIN(id) FROM {table})",
        "delete by a join": f"DELETE FROM {table} WHERE administration_id IN (SELECT id FROM records_administration)",
        "upsert": f"INSERT INTO {table} SELECT * FROM {table} WHERE true "
        f"ON CONFLICT (id) DO UPDATE SET {column} = EXCLUDED.{column}",
    }
    if connection.vendor == "postgresql":
        tries["truncate"] = f"TRUNCATE {table} CASCADE"
        tries["truncate from above"] = "TRUNCATE records_debtor CASCADE"
        tries["merge"] = (
            f"MERGE INTO {table} t USING {table} s ON t.id = s.id WHEN MATCHED THEN UPDATE SET {column} = t.{column}"
        )
    return tries


@pytest.mark.parametrize("table", guards.APPEND_ONLY)
def test_raw_sql_is_refused(house, table):
    before = rows(table)
    assert before, "an empty table proves nothing"
    for sql in attempts(table).values():
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert rows(table) == before


@pytest.mark.parametrize("table", guards.APPEND_ONLY)
def test_the_models_are_refused_as_well_alone_and_in_bulk(house, table):
    model, books = TABLES[table], house.actor.administration_id
    row = model.objects.of(books).first()
    field = WORDS.get(table, "currency")
    setattr(row, field, "zz")
    for attempt in (
        row.save,
        row.delete,
        lambda: model.objects.of(books).update(**{field: F(field)}),
        lambda: model.objects.of(books).bulk_update([row], [field]),
        lambda: model.objects.of(books).delete(),
        lambda: model.objects.of(books).bulk_create(
            [row], update_conflicts=True, update_fields=[field], unique_fields=["id"]
        ),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()
    assert getattr(model.objects.of(books).get(pk=row.pk), field) != "zz"


def test_a_row_cannot_be_replaced_on_sqlite_either(house):
    """Where SQLite replaces a row it calls no delete trigger, unless recursive triggers are switched on."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = ON")
    for table in guards.APPEND_ONLY:
        before = rows(table)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"REPLACE INTO {table} SELECT * FROM {table}")
        assert rows(table) == before


def drop(name: str, table: str) -> None:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")


def test_a_dropped_guard_is_named_and_put_back_by_migrate(house):
    assert guards.missing(connection) == []
    drop("records_entry_no_update", "records_entry")
    assert guards.missing(connection) == ["records_entry_no_update"]
    assert list(house.broken()) == ["guards"]
    call_command("migrate", verbosity=0)
    assert guards.missing(connection) == []


def test_a_guard_that_refuses_nothing_is_missing(house):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE records_entry DISABLE TRIGGER records_entry_no_update")
        else:
            drop("records_entry_no_update", "records_entry")
            cursor.execute("CREATE TRIGGER records_entry_no_update BEFORE UPDATE ON records_entry BEGIN SELECT 1; END")
    assert guards.missing(connection) == ["records_entry_no_update"]


def test_a_gutted_guard_is_missing_and_put_back(house):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION voldaan_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RETURN NEW; END $$"
            )
            wanted = len(guards.APPEND_ONLY) * 3
        else:
            drop("records_event_no_delete", "records_event")
            cursor.execute("CREATE TRIGGER records_event_no_delete BEFORE DELETE ON records_event BEGIN SELECT 1; END")
            wanted = 1
    assert len(guards.missing(connection)) == wanted
    guards.install(connection)
    assert guards.missing(connection) == []


def test_lifted_puts_the_guards_back_also_after_a_fault(house):
    def stumble() -> None:
        with guards.lifted(connection):
            deeds = 3 if connection.vendor == "postgresql" else 2
            assert len(guards.missing(connection)) == len(guards.APPEND_ONLY) * deeds
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    assert guards.missing(connection) == []
