"""Guards: what the database itself refuses, whoever asks. Triggers, kept as a list, put back after every migrate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

# Tables to which rows are only ever added.
APPEND_ONLY = (
    "records_allocation",
    "records_entry",
    "records_event",
    "records_export",
    "records_interruption",
    "records_strategyversion",
    "records_termsetversion",
    "records_vatreclaim",
    "records_wordingtext",
)

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION voldaan_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def _name(table: str, deed: str) -> str:
    return f"{table}_no_{deed}"


def _create(vendor: str, table: str, deed: str) -> str:
    name = _name(table, deed)
    if vendor == "postgresql":
        each = "STATEMENT" if deed == "truncate" else "ROW"
        return (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {deed.upper()} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION voldaan_append_only()"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {deed.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: correct it by a new row'); END"
    )


def _deeds(vendor: str) -> tuple[str, ...]:
    return ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")


def _present(connection: BaseDatabaseWrapper) -> set[str]:
    """Give the triggers that are there, switched on, and still refuse."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
                "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND strpos(prosrc, 'RAISE EXCEPTION') > 0"
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND instr(sql, 'RAISE(ABORT') > 0")
        return {name for (name,) in cursor.fetchall()}


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place on every table that is there."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
        for table in APPEND_ONLY:
            if table in tables:
                for deed in _deeds(connection.vendor):
                    if connection.vendor == "sqlite":
                        cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, deed)}")
                    cursor.execute(_create(connection.vendor, table, deed))


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Name the guards that are not in place; `voldaan check` asks."""
    present = _present(connection)
    wanted = [_name(table, deed) for table in APPEND_ONLY for deed in _deeds(connection.vendor)]
    return [name for name in wanted if name not in present]


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Lift the guards, for the test fixture that empties the tables; nothing in the product does."""
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            for deed in _deeds(connection.vendor):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, deed)}{on}")
    try:
        yield
    finally:
        install(connection)
