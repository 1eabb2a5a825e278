"""Questions that are written once, and several asked as one, answer as each does by itself, on both engines."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Sum, Value, When
from django.test.utils import CaptureQueriesContext

from tests.tools.house import House
from voldaan.records.debtors import Debtor
from voldaan.records.events import Event
from voldaan.records.invoices import Invoice
from voldaan.records.prepared import asked
from voldaan.records.receivables import Receivable
from voldaan.records.together import Rows, together

NAMES = ["Café Zéé", 'O\'Hara "Bloemen"', "100%_\\ vers", "شركة النور", "line\nbreak"]


@pytest.fixture
def books(db: None) -> int:
    house = House.opened()
    for number, name in enumerate(NAMES):
        whose = house.debtor(name, number=f"{number}")
        for part in range(number):
            house.invoice(
                whose, f"F{number}{part}", f"{100 + number}.00", issued="2026-12-01", due=f"2027-0{part + 1}-15"
            )
    house.pay("F10", "40.00")
    return house.actor.administration_id


def listed(questions: list[QuerySet[Any, Any]]) -> list[list[list[Any]]]:
    return [list(map(list, question)) for question in questions]


def several(books: int) -> list[QuerySet[Any, Any]]:
    items = Receivable.objects.of(books)
    large = Case(When(open_cents__gt=10_200, then=True), default=False)
    return [
        Debtor.objects.of(books).order_by("-name").values_list("name", "edited", "merged_into", "payment_term_days"),
        items.order_by("-due_date", "pk").values_list("due_date", "open_cents", large, F("invoice__debtor__name")),
        items.order_by("currency").values_list("currency").annotate(Sum("open_cents"), Max("due_date")),
        items.filter(open_cents__lt=0).values_list("pk"),
        items.none().values_list("pk"),
        Event.objects.of(books).order_by("number").values_list("number", "facts", "day")[:3],
        items.annotate(part=Value("a")).values_list("part", "due_date").order_by().union(
            items.annotate(part=Value("b")).values_list("part", "due_date").order_by()
        ).order_by("part", "due_date"),
        Invoice.objects.of(books).order_by("pk").values_list("number", Exists(items.filter(invoice=OuterRef("pk")))),
    ]  # fmt: skip


def test_asked_together_each_answers_as_it_does_by_itself(books: int):
    with CaptureQueriesContext(connection) as queries:
        found = together(several, books)
    assert len(queries) == 1
    alone = listed(several(books))
    assert found == alone
    assert [len(rows) for rows in found] == [5, 10, 1, 0, 0, 3, 8, 10], "the story has something to tell"
    kinds = [[type(value) for row in rows for value in row] for rows in found]
    assert kinds == [[type(value) for row in rows for value in row] for rows in alone]


def test_rows_stand_in_the_rows_they_belong_to(books: int):
    items = Receivable.objects.of(books).filter(debtor=OuterRef("pk")).order_by("-due_date", "pk")
    rows = Debtor.objects.of(books).order_by("pk").values_list("name", Rows(items.values_list("due_date", "pk")))
    wanted = [[name, [list(item) for item in Receivable.objects.of(books).filter(debtor__name=name)
                      .order_by("-due_date", "pk").values_list("due_date", "pk")]] for name in NAMES]  # fmt: skip
    assert listed([rows])[0] == wanted
    assert asked(_with_items, books) == [tuple(row) for row in wanted]
    assert together(_nested, books) == [wanted]  # rows within rows within a row


def _with_items(books: int) -> QuerySet[Debtor, Any]:
    items = Receivable.objects.of(books).filter(debtor=OuterRef("pk")).order_by("-due_date", "pk")
    return Debtor.objects.of(books).order_by("pk").values_list("name", Rows(items.values_list("due_date", "pk")))


def _nested(books: int) -> list[QuerySet[Any, Any]]:
    return [_with_items(books)]


def _items(books: int, since: date | None, name: str, *, most: int) -> QuerySet[Receivable, Any]:
    rows = Receivable.objects.of(books).filter(debtor__name=name)
    if since is not None:
        rows = rows.filter(due_date__gte=since)
    return rows.order_by("due_date").values_list("due_date", "open_cents", "debtor__name")[:most]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("since", [None, date(2027, 1, 15), date(2027, 2, 16)])
@pytest.mark.parametrize("most", [1, 9])
def test_what_is_written_once_answers_for_every_value(books: int, name: str, since: date | None, most: int):
    assert asked(_items, books, since, name, most=most) == list(_items(books, since, name, most=most))


def test_it_is_written_once(books: int):
    written = []

    def named(books: int, name: str) -> QuerySet[Debtor, Any]:
        written.append(name)
        return Debtor.objects.of(books).filter(name=name).values_list("name")

    for name in NAMES:
        assert asked(named, books, name) == [(name,)]
    assert len(written) == 1
    assert asked(named, books + 1, NAMES[0]) == []


@pytest.mark.parametrize("made", [
    lambda books, name: Debtor.objects.of(books).filter(name__icontains=name).values_list("pk"),
    lambda books, name: Debtor.objects.of(books).filter(name__startswith=name).values_list("pk"),
    lambda books, name: Debtor.objects.of(books).filter(name=name.upper()).values_list("pk"),
    lambda books, _: Debtor.objects.of(books).values_list("pk"),
    lambda books, name: Debtor.objects.of(books).filter(Q(name=name) if name == "x" else Q()).values_list("pk"),
])  # fmt: skip
def test_a_value_of_which_something_is_made_is_refused(books: int, made: Any):
    with pytest.raises(AssertionError, match="a value is not asked about"):
        asked(made, books, "x")
