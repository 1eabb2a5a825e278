"""Strategies: the ladders of steps that items follow. A version is never changed; a change is the next version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from voldaan.records.administrations import Administration
from voldaan.records.scope import Books
from voldaan.rules.ladders import strategy_of
from voldaan.rules.strategy import Strategy


class StrategyVersion(models.Model):
    """One version of one strategy, whole: what an action was decided by can always be read again."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    number = models.PositiveIntegerField()  # 1, 2, …; the highest is the one that is followed
    made_on = models.DateField()
    content = models.JSONField()  # as `written` in rules/strategy.py gives it

    objects = Books["StrategyVersion"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["administration", "code", "number"], name="strategy_version_once"),
        ]


def versions(books: int) -> models.QuerySet[StrategyVersion, Any]:
    """Ask for every version, the one that is followed last of its code."""
    return StrategyVersion.objects.of(books).order_by("number").values_list("code", "pk", "content")


def followed(rows: Iterable[Sequence[Any]]) -> dict[str, tuple[int, Strategy]]:
    """Give by code the key and the content of the version that is followed now, by what was answered to `versions`."""
    newest = {code: (pk, content) for code, pk, content in rows}
    return {code: (pk, strategy_of(code, content)) for code, (pk, content) in newest.items()}
