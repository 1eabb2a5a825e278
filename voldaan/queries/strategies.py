"""Strategies, to read: which there are, who follows which, and the steps of every version."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from voldaan.records import situations
from voldaan.records.administrations import Administration
from voldaan.records.debtors import Debtor
from voldaan.records.strategies import StrategyVersion
from voldaan.rules.ladders import strategy_of
from voldaan.rules.law import DebtorKind
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.strategy import Strategy


@dataclass(frozen=True, slots=True)
class StrategyRow:
    """One strategy in its newest version."""

    code: str
    name: str
    version: int
    steps: list[str]
    followed: bool  # by whoever has none of his own


def strategies(*, actor: Actor) -> list[StrategyRow]:
    """List the strategies by code."""
    actor.must(Deed.READ_SETTINGS)
    books = actor.administration_id
    followed = Administration.objects.values_list("strategy", flat=True).get(pk=books)
    newest = {row.code: row for row in StrategyVersion.objects.of(books).order_by("number")}
    return [
        StrategyRow(code, row.content["name"], row.number, [step["code"] for step in row.content["steps"]],
                    code == followed)
        for code, row in sorted(newest.items())
    ]  # fmt: skip


def content(code: str, *, actor: Actor) -> dict[str, Any] | None:
    """Give the newest version of one strategy whole, as its file is written; None where there is none."""
    actor.must(Deed.READ_SETTINGS)
    row = StrategyVersion.objects.of(actor.administration_id).filter(code=code).order_by("-number").first()
    return dict(row.content) if row else None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a strategy, as it was written."""

    number: int
    made_on: date
    strategy: Strategy


@dataclass(frozen=True, slots=True)
class Followed:
    """One strategy: its versions, the newest first, and who follows it."""

    code: str
    versions: list[Version]
    is_default: bool  # whoever has none of his own follows it, unless he is a consumer with another
    is_for_consumers: bool  # some consumer who has none of his own follows it, and not that of everybody
    chosen: int  # customers for whom it was chosen
    others: int  # customers who follow it because they have none of their own

    @property
    def newest(self) -> Version:
        """Give the version that is followed."""
        return self.versions[0]


def followed(*, actor: Actor) -> list[Followed]:
    """List every strategy with all its versions: what everybody follows first, then by code."""
    actor.must(Deed.READ_SETTINGS)
    books = actor.administration_id
    house = situations.books_of(books)
    keys = {key: code for code, (key, _) in house.strategies.items()}
    chosen, others, apart = Counter[str](), Counter[str](), {house.consumer_strategy} - {""}
    customers = Debtor.objects.of(books).real().order_by()
    for code, kind, country, count in customers.values_list("strategy", "kind", "country").annotate(Count("pk")):
        key, _ = house.followed_by(code, DebtorKind(kind) if kind else None, country)
        (chosen if code else others)[keys[key]] += count
        if not code and keys[key] != house.strategy:
            apart.add(keys[key])
    versions: dict[str, list[Version]] = {}
    rows = StrategyVersion.objects.of(books).order_by("code", "-number")
    for code, number, made_on, content_ in rows.values_list("code", "number", "made_on", "content"):
        versions.setdefault(code, []).append(Version(number, made_on, strategy_of(code, content_)))
    found = [
        Followed(code, known, code == house.strategy, code in apart, chosen[code], others[code])
        for code, known in versions.items()
    ]
    return sorted(found, key=lambda one: (not one.is_default, one.code))
