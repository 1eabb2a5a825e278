"""Books of any size, written straight into the tables: the fixture of the benchmarks, not a way to book."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from itertools import islice
from typing import Any

TODAY = date(2027, 3, 1)


def prepare() -> None:
    """Load Django for a database of our own in a folder that goes away; `VOLDAAN_TEST_DB=postgres` starts a server."""
    import_module("tests.tools.database")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voldaan.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def spread(i: int, over: int) -> int:
    """Give a number below `over` that looks drawn, the same in every run."""
    return (i * 2654435761) % 4294967296 % over


def opened(receivables: int, name: str) -> Any:
    """Open books with so many receivables over a fifth as many debtors, a third of them partly paid; give the actor."""
    from django.db import connection, transaction

    from voldaan.rules.permissions import Role, actor_as
    from voldaan.rules.remittance import folded
    from voldaan.usecases import administrations

    actor = administrations.open_books(
        name=name, country="NL", ibans=["NL91ABNA0417164300"], owner_email="bench@example.org", via="bench", today=TODAY
    )
    books = actor.administration_id
    debtors = max(receivables // 5, 1)
    first = books * 100_000_000

    def rows(table: str, columns: str, values: Iterator[tuple[Any, ...]]) -> None:
        marks = ", ".join(["%s"] * (columns.count(",") + 1))
        with connection.cursor() as cursor:
            while block := list(islice(values, 50_000)):  # the memory of the fixture is not that of the product
                cursor.executemany(f"INSERT INTO records_{table} ({columns}) VALUES ({marks})", block)

    def due(i: int) -> date:
        return TODAY - timedelta(days=spread(i, 700) - 20)

    with transaction.atomic():
        rows(
            "debtor",
            "id, administration_id, public_id, number, name, name_search, kind, is_spared, country, language, street,"
            " postcode, city, vat_number, registration_number, strategy, edited",
            (
                (
                    first + i,
                    books,
                    f"{books:x}d{i:x}",
                    str(i),
                    f"Klant {i}",
                    f"klant {i}",
                    "business",
                    False,
                    "NL",
                    "nl",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "[]",
                )
                for i in range(debtors)
            ),
        )
        rows(
            "payeralias",
            "id, administration_id, debtor_id, iban, seen, is_told",
            ((first + i, books, first + i, f"NL00BANK{i:010}", 1, False) for i in range(debtors)),
        )
        rows(
            "invoice",
            "id, administration_id, public_id, debtor_id, number, number_folded, kind, issue_date, currency,"
            " amount_cents, payment_reference, description",
            (
                (
                    first + i,
                    books,
                    f"{books:x}i{i:x}",
                    first + i % debtors,
                    f"F{i:07}",
                    folded(f"F{i:07}"),
                    "invoice",
                    (due(i) - timedelta(days=14)).isoformat(),
                    "EUR",
                    1000 + spread(i, 900_001),
                    "",
                    "",
                )
                for i in range(receivables)
            ),
        )
        rows(
            "receivable",
            "id, administration_id, debtor_id, invoice_id, instalment, currency, due_date, term_basis, open_cents,"
            " next_on",
            (
                (
                    first + i,
                    books,
                    first + i % debtors,
                    first + i,
                    1,
                    "EUR",
                    due(i).isoformat(),
                    "stated",
                    1000 + spread(i, 900_001) - (500 if i % 3 == 0 else 0),
                    date.min.isoformat(),
                )
                for i in range(receivables)
            ),
        )
        booked = "id, administration_id, number, debtor_id, currency, amount_cents, value_date, booked_on, counts_on"
        rows(
            "credit",
            "id, administration_id, debtor_id, currency, value_date, open_cents",
            ((first + i, books, first + i % debtors, "EUR", due(i).isoformat(), 0) for i in range(0, receivables, 3)),
        )
        rows(
            "entry",
            f"{booked}, receivable_id, credit_id, kind, source",
            (
                (
                    first + i,
                    books,
                    i + 1,
                    first + i % debtors,
                    "EUR",
                    1000 + spread(i, 900_001),
                    *[(due(i) - timedelta(days=14)).isoformat()] * 3,
                    first + i,
                    None,
                    "invoiced",
                    f"invoice:F{i:07}",
                )
                for i in range(receivables)
            ),
        )
        third = len(range(0, receivables, 3))
        rows(
            "entry",
            f"{booked}, receivable_id, credit_id, kind, source",
            (
                (
                    first + receivables + n,
                    books,
                    receivables + n + 1,
                    first + i % debtors,
                    "EUR",
                    -500,
                    *[due(i).isoformat()] * 3,
                    None,
                    first + i,
                    "received",
                    f"bank:{i}",
                )
                for n, i in enumerate(range(0, receivables, 3))
            ),
        )
        rows(
            "allocation",
            f"{booked}, credit_id, receivable_id, by, rule, evidence",
            (
                (
                    first + n,
                    books,
                    receivables + third + n + 1,
                    first + i % debtors,
                    "EUR",
                    500,
                    *[due(i).isoformat()] * 3,
                    first + i,
                    first + i,
                    "machine",
                    "bench",
                    "[]",
                )
                for n, i in enumerate(range(0, receivables, 3))
            ),
        )
        last = receivables + 2 * third
        with connection.cursor() as cursor:
            cursor.execute("UPDATE records_head SET booking_number = %s WHERE administration_id = %s", [last, books])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return actor_as(Role.OWNER, administration_id=books, user_id=None, via="bench")
