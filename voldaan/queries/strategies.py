"""Strategies, to read: which there are, and the steps of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from voldaan.records.administrations import Administration
from voldaan.records.strategies import StrategyVersion
from voldaan.rules.permissions import Actor, Deed


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
