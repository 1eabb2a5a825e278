"""Strategies as data: the ones that every administration begins with, and how one is read and written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from itertools import pairwise
from typing import Any, TypeVar

from voldaan.rules.notices import BUSINESS_NOTICE, CONSUMER_FIRST_REMINDER, FINAL_NOTICE, FOURTEEN_DAY_LETTER
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.strategy import Anchor, Approval, Step, StepKind, Strategy

Known = TypeVar("Known", bound=Enum)

CODE = re.compile("[a-z0-9_-]+")
NO_LETTER = re.compile("[\0\ud800-\udfff]")  # JSON can say half a character; no page and no database can
MOST_STEPS, MOST_DAYS, LONGEST_CODE = 20, 3650, 40


class BadStrategy(Refusal):
    code = "bad_strategy"
    kind = Kind.INVALID
    says = mark("The strategy cannot be used: {place}: {why}.")


def _message(code: str, anchor: Anchor, days: int, term_days: int = 0, *, prefers_post: bool = False) -> Step:
    return Step(code, StepKind.MESSAGE, anchor, days, term_days, prefers_post=prefers_post)


def _notice(days: int) -> Step:
    # It asks nothing yet, and goes by itself.
    return Step("notice", StepKind.MESSAGE, Anchor.DUE_DATE, days, approval=Approval.AUTOMATIC)


def _call(code: str, anchor: Anchor, days: int) -> Step:
    return Step(code, StepKind.CALL, anchor, days)


FOURTEEN_DAYS = Strategy(
    "14-dagen",
    mark("14 days (15-21-30-44)"),
    (
        _notice(-3),
        _message("reminder", Anchor.INVOICE_DATE, 15, term_days=7),
        _call("call", Anchor.INVOICE_DATE, 21),
        _message("demand", Anchor.INVOICE_DATE, 30, term_days=7),
        _call("last_call", Anchor.INVOICE_DATE, 44),
        _message("final_notice", Anchor.INVOICE_DATE, 45, term_days=7, prefers_post=True),
        # Nothing is handed over before the term of the final notice is over.
        Step("hand_over", StepKind.HAND_OVER, Anchor.INVOICE_DATE, 53),
    ),
)

THIRTY_DAYS = Strategy(
    "30-dagen",
    mark("30 days, friendly"),
    (
        _notice(-5),
        _message("reminder", Anchor.DUE_DATE, 3, term_days=10),
        _call("call", Anchor.DUE_DATE, 14),
        _message("demand", Anchor.DUE_DATE, 28, term_days=10),
        _call("last_call", Anchor.DUE_DATE, 42),
        _message("final_notice", Anchor.DUE_DATE, 45, term_days=14, prefers_post=True),
        Step("hand_over", StepKind.HAND_OVER, Anchor.DUE_DATE, 60),
    ),
)

# The reminder is a demand with a term, and so puts in default who did not agree on a day (art. 6:82 BW); from then on
# the fourteen-day letter can be sent. Its term, by post, is over before the final notice.
CONSUMERS_NL = Strategy(
    "consument-nl",
    mark("Consumers in the Netherlands"),
    (
        _notice(-3),
        _message("reminder", Anchor.DUE_DATE, 1, term_days=14),
        _call("call", Anchor.DUE_DATE, 7),
        _message(FOURTEEN_DAY_LETTER, Anchor.DUE_DATE, 16, prefers_post=True),
        _call("last_call", Anchor.DUE_DATE, 40),
        _message(FINAL_NOTICE, Anchor.DUE_DATE, 42, term_days=7, prefers_post=True),
        Step("hand_over", StepKind.HAND_OVER, Anchor.DUE_DATE, 50),
    ),
)

# The first reminder is free, and carries all that book XIX wants to read in it.
CONSUMERS_BE = Strategy(
    "consument-be",
    mark("Consumers in Belgium"),
    (
        _notice(-3),
        _message(CONSUMER_FIRST_REMINDER, Anchor.DUE_DATE, 1),
        _call("call", Anchor.DUE_DATE, 8),
        _message("demand", Anchor.DUE_DATE, 22, term_days=7),
        _call("last_call", Anchor.DUE_DATE, 31),
        _message(FINAL_NOTICE, Anchor.DUE_DATE, 32, term_days=7, prefers_post=True),
        Step("hand_over", StepKind.HAND_OVER, Anchor.DUE_DATE, 40),
    ),
)

BUSINESSES = Strategy(
    "zakelijk",
    mark("Businesses, with interest and costs"),
    (
        _notice(-3),
        _message("reminder", Anchor.DUE_DATE, 1, term_days=7),
        _call("call", Anchor.DUE_DATE, 7),
        _message(BUSINESS_NOTICE, Anchor.DUE_DATE, 16, term_days=14, prefers_post=True),
        _call("last_call", Anchor.DUE_DATE, 32),
        _message(FINAL_NOTICE, Anchor.DUE_DATE, 33, term_days=7, prefers_post=True),
        Step("hand_over", StepKind.HAND_OVER, Anchor.DUE_DATE, 41),
    ),
)

# What every administration begins with.
PRESETS = (FOURTEEN_DAYS, THIRTY_DAYS, CONSUMERS_NL, CONSUMERS_BE, BUSINESSES)

# What a consumer follows for whom nothing else was chosen, by his country: its law asks for a ladder of its own.
FOR_CONSUMERS = {"NL": CONSUMERS_NL.code, "BE": CONSUMERS_BE.code}


def written(strategy: Strategy) -> dict[str, Any]:
    """Write a strategy as plain values, as a file and the database keep it."""
    return {
        "name": strategy.name,
        "minimum_cents": strategy.minimum_cents,
        "steps": [
            {
                "code": step.code,
                "kind": step.kind.value,
                "anchor": step.anchor.value,
                "days": step.days,
                "term_days": step.term_days,
                "approval": step.approval.value,
                "prefers_post": step.prefers_post,
            }
            for step in strategy.steps
        ],
    }


def strategy_of(code: str, content: Any) -> Strategy:
    """Read a strategy from plain values.

    Raises:
        BadStrategy: something in it cannot be, with its place.
    """
    _must(_is_code(code), "code", mark("lower-case letters, digits, - and _ are wanted, at most 40"))
    _must(isinstance(content, Mapping), "file", mark("a name, a minimum and a list of steps are wanted"))
    name, steps = content.get("name", code), content.get("steps")
    _must(isinstance(name, str) and name.strip() != "" and not NO_LETTER.search(name), "name", mark("a name is wanted"))
    _must(isinstance(steps, list) and 0 < len(steps) <= MOST_STEPS, "steps", mark("one to twenty steps are wanted"))
    ladder = tuple(_step(number, step) for number, step in enumerate(steps, 1))
    codes = [step.code for step in ladder]
    _must(len(set(codes)) == len(codes), "steps", mark("every step wants a code of its own"))
    for number, (before, step) in enumerate(pairwise(ladder), 2):
        ordered = before.anchor is not step.anchor or before.days < step.days
        _must(ordered, f"step {number}", mark("it comes before, or on the day of, the step above it"))
        _must(
            not step.is_before_due or before.is_before_due,
            f"step {number}",
            mark("what comes before the due date stands first"),
        )
    return Strategy(code, name.strip()[:200], ladder, _whole(content, "minimum_cents", "minimum_cents", 500, 0, 10**12))


def _step(number: int, content: Any) -> Step:
    place = f"step {number}"
    _must(isinstance(content, Mapping), place, mark("a code, a kind, an anchor and days are wanted"))
    code = content.get("code")
    _must(_is_code(code), place, mark("lower-case letters, digits, - and _ are wanted, at most 40"))
    kind = _one_of(StepKind, content, "kind", place)
    _must(isinstance(content.get("prefers_post", False), bool), place, mark("prefers_post is true or false"))
    return Step(
        code, kind, _one_of(Anchor, content, "anchor", place),
        _whole(content, "days", place, None, -MOST_DAYS, MOST_DAYS),
        _whole(content, "term_days", place, 0, 0, 365),
        _one_of(Approval, {"approval": Approval.ASKED.value} | dict(content), "approval", place),
        content.get("prefers_post", False),
    )  # fmt: skip


def _is_code(code: Any) -> bool:
    return isinstance(code, str) and 0 < len(code) <= LONGEST_CODE and CODE.fullmatch(code) is not None


def _one_of(kinds: type[Known], content: Mapping[str, Any], name: str, place: str) -> Known:
    known = {kind.value: kind for kind in kinds}
    value = content.get(name)
    if not isinstance(value, str) or value not in known:
        raise BadStrategy(place=f"{place}, {name}", why=f"{value!r}; {', '.join(known)}")
    return known[value]


def _whole(content: Mapping[str, Any], name: str, place: str, default: int | None, least: int, most: int) -> int:
    value = content.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadStrategy(place=f"{place}, {name}", why=f"{value!r}; {least} … {most}")
    return value


def _must(holds: bool, place: str, why: str) -> None:  # noqa: FBT001
    if not holds:
        raise BadStrategy(place=place, why=ValueError(why))
