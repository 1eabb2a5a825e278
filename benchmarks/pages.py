"""A page in large books, against the same page in small ones: as many questions, and hardly more work (CPU)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, time
from functools import partial
from typing import Any

from benchmarks import books
from benchmarks.measure import Figure, compared, report

SMALL = 1_000
PAGES = ("goedkeuren/", "klanten/", "facturen/", "ontvangsten/", "klanten/{customer}/", "opvolging/",
         "opvolging/berichten/", "")  # fmt: skip


def figures(receivables: int) -> Iterator[Figure]:
    """Measure one size."""
    books.prepare()
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from voldaan.records.debtors import Debtor
    from voldaan.records.people import User

    settings.TODAY_INSTEAD = datetime.combine(books.TODAY, time(12))
    slugs = {}
    for size in (SMALL, receivables):
        actor = books.opened(size, f"Pages {size}")
        customer = Debtor.objects.of(actor.administration_id).order_by("pk").values_list("public_id", flat=True)[0]
        slugs[size] = (f"pages-{size}", customer)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(email="bench@example.org"))

    def asked(size: int, page: str) -> Callable[[], None]:
        slug, customer = slugs[size]
        address = f"/{slug}/{page.format(customer=customer)}"

        def ask() -> None:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        return ask

    for page in PAGES:
        large, small = asked(receivables, page), asked(SMALL, page)
        large()
        small()
        questions: list[str] = []
        with connection.execute_wrapper(partial(_noted, questions)):
            large()
        mine, limit = compared(large, small, runs=9)
        yield Figure(
            f"page /{page} of {receivables:,} ({len(questions)} questions)",
            f"{mine * 1000:,.1f} ms", f"{limit * 1000:,.1f} ms", mine / limit, 1.5,
        )  # fmt: skip


def _noted(questions: list[str], execute: Callable[..., Any], sql: str, *words: Any) -> Any:
    questions.append(sql)
    return execute(sql, *words)


if __name__ == "__main__":
    sys.exit(report(figures, sys.argv[1:]))
