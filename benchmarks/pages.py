"""A page in large books, against the same page in small ones, and against its bare values: questions and work (CPU).

Its bare values: the same request through the same entrance and in the same frame, with the same answers of the books
written one behind another in place of what the templates make of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, time
from functools import cache, partial
from html import escape
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from benchmarks import books
from benchmarks.measure import Figure, compared, report

SMALL = 1_000
FRAME = '{% extends "look/base.html" %}{% block main %}{{ values|safe }}{% endblock %}'
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

    def address(size: int, page: str) -> str:
        slug, customer, _ = slugs[size]
        return f"/{slug}/{page.format(customer=customer)}"

    def asked(size: int, page: str) -> Callable[[], None]:
        def ask() -> None:
            answer = client.get(address(size, page))
            assert answer.status_code == 200, (page, answer.status_code)

        return ask

    def counted(ask: Callable[[], None]) -> Figure:
        questions: list[str] = []
        with connection.execute_wrapper(partial(_noted, questions)):
            ask()
        count = len(questions)
        return Figure("  its questions", f"{count}", f"{MOST_QUESTIONS}", count / MOST_QUESTIONS, 1)

    for page in PAGES:
        large, small = asked(receivables, page), asked(SMALL, page)
        large()
        small()
        yield _figure(f"page /{page} of {receivables:,}", large, small, 1.5)
        yield counted(large)
        path = urlsplit(address(receivables, page)).path
        yield _figure("  and its bare values", large, _plainly(large, path), 2)

    def anew() -> None:
        overview.forget()
        asked(receivables, OVERVIEW)()

    bare = partial(aging.per_debtor, slugs[receivables][2], NOW, books.TODAY)
    yield _figure(f"page / of {receivables:,} after a change, and bare sums", anew, bare, 2)
    yield counted(anew)


def _figure(what: str, ours: Callable[[], None], limit: Callable[[], object], target: float) -> Figure:
    mine, most = compared(ours, limit, runs=9)
    return Figure(what, f"{mine * 1000:,.1f} ms", f"{most * 1000:,.1f} ms", mine / most, target)


def _plainly(ask: Callable[[], None], page: str) -> Callable[[], None]:
    """Ask for a page, with what its template gets written as bare values instead."""
    from django.http import HttpResponse
    from django.template import engines
    from django.urls import resolve

    room: Any = sys.modules[resolve(page).func.__module__]
    frame, own = engines["django"].from_string(FRAME), room.render

    def render(request: Any, _template: str, context: dict[str, Any]) -> HttpResponse:
        values: list[str] = []
        _write(list(context.values()), values, set())
        return HttpResponse(frame.render({"values": "".join(values)}, request))

    def plain() -> None:
        room.render = render
        try:
            ask()
        finally:
            room.render = own

    return plain


def _write(value: Any, into: list[str], seen: set[int]) -> None:
    """Write a value and what it holds, each record once."""
    if type(value) in (list, tuple):
        for one in value:
            _write(one, into, seen)
    elif is_dataclass(value):
        if id(value) not in seen:
            seen.add(id(value))
            kind: Any = type(value)
            _write(_getter(kind)(value), into, seen)
    else:
        into.append(f"<td>{escape(str(value))}</td>")


@cache
def _getter(kind: type[Any]) -> Any:
    return attrgetter(*(field.name for field in fields(kind)))


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
