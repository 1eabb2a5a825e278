"""A page in large books, against the same page in small ones, and against its bare values: questions and work (CPU)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, time
from functools import partial
from typing import Any

from benchmarks import books
from benchmarks.measure import Figure, compared, report

SMALL = 1_000
PAGES = ("goedkeuren/", "klanten/", "facturen/", "ontvangsten/", "ontvangsten/?welke=geboekt", "klanten/{customer}/",
         "klanten/{customer}/verloop/", "opvolging/", "opvolging/berichten/", "", "zoeken/?q=klant+1",
         "zoeken/?q=F00001")  # fmt: skip
OVERVIEW = ""
MOST_QUESTIONS = 6  # with those of the entrance: the session, the person, the role


def figures(receivables: int) -> Iterator[Figure]:
    """Measure one size."""
    books.prepare()
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from voldaan.queries import aging, overview
    from voldaan.queries.moments import NOW
    from voldaan.records.debtors import Debtor
    from voldaan.records.people import User

    settings.TODAY_INSTEAD = datetime.combine(books.TODAY, time(12))
    slugs = {}
    for size in (SMALL, receivables):
        actor = books.opened(size, f"Pages {size}")
        _work(actor.administration_id, max(60, size // 200))
        customer = Debtor.objects.of(actor.administration_id).order_by("pk").values_list("public_id", flat=True)[0]
        slugs[size] = (f"pages-{size}", customer, actor.administration_id)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(email="bench@example.org"))

    def asked(size: int, page: str) -> Callable[[], None]:
        slug, customer, _ = slugs[size]
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
        yield _figure(f"page /{page} of {receivables:,}", large, small, 1.5)
        count = len(questions)
        yield Figure("  its questions", f"{count}", f"{MOST_QUESTIONS}", count / MOST_QUESTIONS, 1)
    values = partial(_values, slugs[receivables][2])
    yield _figure(
        f"page /facturen/ of {receivables:,}, and its bare values", asked(receivables, "facturen/"), values, 2
    )

    def anew() -> None:
        overview.forget()
        asked(receivables, OVERVIEW)()

    bare = partial(aging.per_debtor, slugs[receivables][2], NOW, books.TODAY)
    yield _figure(f"page / of {receivables:,} after a change, and bare sums", anew, bare, 2)


def _figure(what: str, ours: Callable[[], None], limit: Callable[[], object], target: float) -> Figure:
    mine, most = compared(ours, limit, runs=9)
    return Figure(what, f"{mine * 1000:,.1f} ms", f"{most * 1000:,.1f} ms", mine / most, target)


def _values(whose: int) -> None:
    """Build the rows of the invoices as a string of bare values: the least that a page of them takes."""
    from voldaan.records.receivables import Receivable

    columns = ("invoice__number", "debtor__name", "due_date", "open_cents", "currency")
    rows = Receivable.objects.of(whose).still_open().order_by("-pk").values_list(*columns)[:50]
    "".join(f"<tr><td>{a}<td>{b}<td>{c}<td>{d}<td>{e}" for a, b, c, d, e in rows)


def _work(whose: int, count: int) -> None:
    """Let so many messages wait for a yes, of one item each."""
    from voldaan.records import bulk
    from voldaan.records.actions import Action
    from voldaan.records.messages import Message
    from voldaan.records.receivables import Receivable
    from voldaan.records.strategies import StrategyVersion

    columns = ("pk", "debtor_id", "open_cents")
    some = Receivable.objects.of(whose).still_open().order_by("pk").values_list(*columns)[:count]
    items = {debtor: (pk, cents) for pk, debtor, cents in some}
    bulk.insert(
        Message, ("public_id", "debtor_id", "total_cents"),
        ((f"{whose:x}m{debtor:x}", debtor, cents) for debtor, (_, cents) in items.items()),
        administration_id=whose, currency="EUR", step="reminder", channel="email", recipient="k@b.example",
        language="nl", term_days=14, is_automatic=False, warnings=[], credit_cents=0, decided_on=books.TODAY,
        state="planned",
    )  # fmt: skip
    version = StrategyVersion.objects.of(whose).values_list("pk", flat=True)[0]
    sent = Message.objects.of(whose).values_list("pk", "debtor_id")
    bulk.insert(
        Action, ("message_id", "debtor_id", "receivable_id", "open_cents"),
        [(pk, debtor, *items[debtor]) for pk, debtor in sent],
        administration_id=whose, version_id=version, step="reminder", decided_on=books.TODAY, state="planned",
    )  # fmt: skip


def _noted(questions: list[str], execute: Callable[..., Any], sql: str, *words: Any) -> Any:
    questions.append(sql)
    return execute(sql, *words)


if __name__ == "__main__":
    sys.exit(report(figures, sys.argv[1:]))
