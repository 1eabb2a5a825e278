"""Verbs on strategies: write the next version of one, and say who follows which."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from voldaan.records.administrations import Administration
from voldaan.records.receivables import Receivable
from voldaan.records.strategies import StrategyVersion
from voldaan.rules import notices
from voldaan.rules.ladders import PRESETS, strategy_of, written
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events


class NoSuchStrategy(Refusal):
    code = "no_such_strategy"
    kind = Kind.NOT_FOUND
    says = mark("There is no strategy {strategy}. There are: {known}.")


class NewerVersion(Refusal):
    code = "newer_version"
    kind = Kind.CONFLICT
    says = mark("Strategy {strategy} has a version {version} meanwhile. Look at that one first. Nothing was kept.")


@transaction.atomic
def define(*, code: str, content: Any, after: int | None = None, actor: Actor, today: date) -> int:
    """Write a strategy, or the next version of it; give its number. The same content again is the same version.

    What was decided keeps the version it was decided by; steps that were taken stay taken. `after` is the version that
    whoever wrote it had before him; 0: there was none.

    Raises:
        BadStrategy: something in it cannot be.
        UnlawfulStrategy: a step of it could never be lawful where it stands.
        NewerVersion: `after` is not the newest any more.
    """
    actor.must(Deed.CHANGE_STRATEGIES)
    strategy = strategy_of(code, content)
    notices.check(strategy)
    books = actor.administration_id
    Administration.objects.select_for_update(no_key=True).get(pk=books)
    last = StrategyVersion.objects.of(books).filter(code=code).order_by("-number").first()
    if last is not None and strategy_of(code, last.content) == strategy:
        return last.number
    number = last.number + 1 if last else 1
    if after is not None and after != number - 1:
        raise NewerVersion(strategy=code, version=number - 1)
    StrategyVersion.objects.of(books).create(
        administration_id=books, code=code, number=number, made_on=today, content=written(strategy)
    )
    look_again_at_all(books)
    events.write("strategy.defined", actor=actor, today=today, strategy=code, version=number)
    return number


def put_in_presets(books: int, today: date) -> None:
    """Give new books the strategies that every administration begins with. Part of a verb, not one itself."""
    StrategyVersion.objects.of(books).bulk_create(
        StrategyVersion(administration_id=books, code=one.code, number=1, made_on=today, content=written(one))
        for one in PRESETS
    )


def known(books: int, code: str) -> str:
    """Give a code back if there is such a strategy.

    Raises:
        NoSuchStrategy: there is none here.
    """
    codes = sorted(set(StrategyVersion.objects.of(books).values_list("code", flat=True)))
    if code not in codes:
        raise NoSuchStrategy(strategy=code, known=", ".join(codes))
    return code


def look_again_at_all(books: int, *, debtor_id: int | None = None) -> None:
    """Have the next run look at everything again, or at everything of one debtor: another ladder counts from now."""
    items = Receivable.objects.of(books).still_open()
    if debtor_id is not None:
        items = items.filter(debtor=debtor_id)
    items.exclude(next_on=date.min).update(next_on=date.min)
