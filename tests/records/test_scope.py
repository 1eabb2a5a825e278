"""Every table of the books has one way in, which says whose books; and every key begins with whose they are (T1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests.tools.house import House
from voldaan.records.scope import Books, Unscoped

ALL = list(apps.get_app_config("records").get_models())
OF_BOOKS: list[Any] = [model for model in ALL if hasattr(model, "administration_id")]
NOT_OF_BOOKS = {
    "Administration": "the books themselves",
    "SignInLink": "of a person",
    "StatutoryRate": "of the law, which is the same for all books",
    "User": "a person, who may have a role in many books",
}


def named(model: Any) -> str:
    return str(model.__name__)


def test_every_table_is_of_some_books_or_says_why_not():
    assert {named(model) for model in ALL if model not in OF_BOOKS} == set(NOT_OF_BOOKS)
    assert {"Entry", "Event", "Head", "Membership"} <= {named(model) for model in OF_BOOKS}


@pytest.mark.parametrize("model", OF_BOOKS, ids=named)
def test_the_manager_is_that_of_the_books(model):
    assert isinstance(model.objects, Books)
    assert [manager.name for manager in model._meta.managers] == ["objects"], "no second way in"
    key = model._meta.get_field("administration")
    assert (key.null, key.remote_field.on_delete) == (False, models.PROTECT)


@pytest.mark.parametrize("model", OF_BOOKS, ids=named)
def test_without_saying_whose_books_every_question_raises(model):
    ways: list[Any] = [
        lambda m: m.all(), lambda m: m.filter(pk=1), lambda m: m.get(pk=1), lambda m: m.count(), lambda m: m.first(),
        lambda m: m.exists(), lambda m: m.create(), lambda m: m.bulk_create([]), lambda m: m.update(),
        lambda m: m.none(), lambda m: m.values_list("pk"), lambda m: m.in_bulk(), lambda m: m.raw("SELECT 1"),
        lambda m: m.aggregate(n=models.Count("pk")), lambda m: m.get_or_create(pk=1), lambda m: m.exclude(pk=1),
        lambda m: m.order_by("pk"), lambda m: m.using("default").all(), lambda m: m.db_manager("default").all(),
        lambda m: m.select_for_update(), lambda m: list(m.iterator()),
    ]  # fmt: skip
    for way in ways:
        with pytest.raises(Unscoped):
            way(model.objects)


@pytest.mark.parametrize("model", OF_BOOKS, ids=named)
def test_nothing_leads_back_into_the_table_from_another(model):
    for field in model._meta.fields:
        if field.remote_field is not None:
            assert field.remote_field.related_name == "+", f"{field} can be walked backwards, past the books"


def test_books_see_only_their_own(db):
    one, other = House.opened("Een"), House.opened("Twee")
    for house in (one, other):
        house.invoice(house.debtor("Zelfde", number="7"), "F1", "10.00")
        house.pay("F1", "4.00")
    for model in OF_BOOKS:
        mine = model.objects.of(one.actor.administration_id)
        assert {row.administration_id for row in mine} <= {one.actor.administration_id}
    assert one.open() == other.open() == {"F1": 600}
    one.write_off("F1")
    assert (one.open(), other.open()) == ({}, {"F1": 600})


# Keys that do not begin with the administration, each with its reason.
BY_ITSELF = {
    "public_id": "drawn at random, so that a link needs nothing else; every question filters by the books as well",
    "administration": "is the administration",
    "booked_as": "one to one: what was claimed is booked once, whoever asks",
    "takes_back": "one to one: an interruption is taken back once",
    "corrects": "one to one: a note is corrected once, whoever asks",
    "reverses": "one to one: a row is taken back once, whoever asks",
    "credit": "one to one: a line of the bank makes one credit, whoever asks",
}


@pytest.mark.parametrize("model", OF_BOOKS, ids=named)
def test_every_key_begins_with_the_administration(model):
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            assert constraint.fields[0] == "administration", constraint.name
    for index in model._meta.indexes:
        assert index.fields[0] == "administration", index.name
    assert model._meta.unique_together in ((), [])
    for field in model._meta.fields:
        if field.unique and not field.primary_key:
            assert field.name in BY_ITSELF, f"{field} is unique over all administrations"
