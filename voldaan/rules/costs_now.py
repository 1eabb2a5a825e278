"""Which collection costs may be asked on a day, and why not yet: what the law wants sent before is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from voldaan.rules.claims import Basis
from voldaan.rules.cost_working import CostWorking
from voldaan.rules.money import Money
from voldaan.rules.refusals import mark

SPARED = mark("No interest and no costs are asked of this customer.")
NONE_BY_LAW = mark("The law of this country gives no collection costs here.")
NOT_LATE = mark("Nothing is in default yet: until it is, there are no costs.")
NO_NOTICE = mark("Not yet: the law first wants a free letter that names the costs, and its term must have passed.")
RUNS = mark("Not yet: {costs} were announced on {sent}, and may be asked from {day} on.")
RUNS_UNKNOWN = mark("Not yet: {costs} were announced on {sent}; from which day they may be asked is not known.")
LAPSED = mark("{costs} were announced on {sent}, and since {day} they may be asked.")
IN_TIME = mark("What was asked on {sent} was paid within the term of the letter, so its costs are not due.")
NO_DEMAND = mark("No demand was sent yet: until then only the fixed sum for each late invoice is due.")
NOT_ALL = mark("Of what was not demanded yet, only the fixed sum counts.")
ONLY_AGREED = mark("Costs may be asked only where the terms say so, and nothing of the kind is known here.")

Said = tuple[str, dict[str, object]]  # a marked sentence and its facts


@dataclass(frozen=True, slots=True)
class Notice:
    """A letter that announced costs, and what was left of its items when its term ended."""

    sent_on: date
    costs_from: date | None
    cents: int
    left: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CostsNow:
    """Costs that may be asked, by whatever letter; of these, some may have been claimed already."""

    cents: int
    why: tuple[Said, ...]
    working: CostWorking | None = None
    asked_from: date | None = None  # where they were announced, and may be asked later


def costs_now(basis: Basis, demanded: Sequence[int], others: Sequence[int], notices: Sequence[Notice], *,
              on: date) -> CostsNow:  # fmt: skip
    """Tell which costs may be asked at the end of a day.

    `demanded` is what was owed of each item that a demand was sent of, when it fell in default, or when the term ended
    of the letter that announced its costs; `others` are the rest. In trade they are due by themselves, above the fixed
    sum only after a demand. A consumer owes what a free letter announced, once its term has passed, and no more than on
    what he left open then.
    """
    rule = basis.law.costs
    if not basis.asks_costs:
        return CostsNow(0, ((SPARED, {}),))
    if rule is None:
        return CostsNow(0, ((NONE_BY_LAW, {}),))
    late = [*demanded, *others]
    if not any(late):
        in_time: list[Said] = [
            (IN_TIME, {"sent": one.sent_on}) for one in notices if one.costs_from and one.costs_from <= on
        ]
        return CostsNow(0, tuple(in_time) or ((NOT_LATE, {}),))
    if rule.only_if_agreed and basis.agreed_costs(late) is None:
        return CostsNow(0, ((ONLY_AGREED, {}),))
    if basis.law.notice is not None:
        return _after_notices(basis, notices, on)
    if rule.ladder is None or not any(others):
        working = CostWorking(rule, late, basis.agreed_costs(late), basis.same_agreement)
        return CostsNow(working.cents, tuple(working.why), working)
    least = CostWorking(replace(rule, ladder=None), late, None, basis.same_agreement)
    more = CostWorking(rule, demanded, basis.agreed_costs(demanded), basis.same_agreement)
    if least.cents >= more.cents:
        return CostsNow(least.cents, ((NOT_ALL if any(demanded) else NO_DEMAND, {}), *least.why), least)
    return CostsNow(more.cents, ((NOT_ALL, {}), *more.why), more)


def _after_notices(basis: Basis, notices: Sequence[Notice], on: date) -> CostsNow:
    rule, cents, why = basis.law.costs, 0, []
    assert rule is not None, "a notice announces something"
    runs_until = [one.costs_from for one in notices if one.costs_from and one.costs_from > on]
    for one in notices:
        facts: dict[str, object] = {"costs": Money(one.cents), "sent": one.sent_on, "day": one.costs_from}
        if one.costs_from is None:
            why.append((RUNS_UNKNOWN, facts))
        elif one.costs_from > on:
            why.append((RUNS, facts))
        elif due := min(one.cents, rule.due(one.left, agreed_cents=basis.agreed_costs(one.left),
                                            same_agreement=basis.same_agreement)):  # fmt: skip
            cents += due
            why.append((LAPSED, facts | {"costs": Money(due)}))
        else:
            why.append((IN_TIME, facts))
    return CostsNow(cents, tuple(why) or ((NO_NOTICE, {}),), asked_from=min(runs_until, default=None))
