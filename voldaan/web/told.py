"""What became of a file, in words: the same for one that came in at once, and one that the worker took in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from voldaan.look import words
from voldaan.rules.statements import INTERIM, STATEMENTS
from voldaan.usecases import files as verbs

MOST_PROBLEMS = 20  # of one file: the rest is counted


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one file, in words."""

    file: str
    what: str  # what it was recognised as
    sign: words.Sign
    answer: verbs.Imported
    does_add_up: (
        bool | None
    )  # the total that the file gives and the one read; None: it gives none, or its balances differ
    wants_a_yes: bool  # it is kept, and comes in once a person says so
    problems: list[tuple[str, str]]  # place and sentence
    more: int  # problems that are left out


def told(answer: verbs.Imported) -> Told:
    """Say what became of a file."""
    problems: list[dict[str, Any]] = [*answer.problems, *answer.questions]
    wants_a_yes = bool(answer.held) and verbs.wants_a_yes(answer.problems)
    said = [words.problem(one, has_button=wants_a_yes) for one in problems[:MOST_PROBLEMS]]
    is_doubted = any("advice" in one["facts"] for one in problems)  # a balance does not close
    asked, read = answer.control_total_cents, answer.total_cents
    return Told(
        answer.file, _kind(answer.format), words.IMPORTS[answer.result], answer,
        None if asked is None or read is None or is_doubted else asked == read,
        wants_a_yes, said, max(len(problems) - MOST_PROBLEMS, 0),
    )  # fmt: skip


def _kind(format_: str | None) -> str:
    """Name what a file is."""
    match format_:
        case None:
            return gettext("not recognised")
        case _ if format_ in STATEMENTS:
            return gettext("bank statement ({format})").format(format=format_.upper())
        case "bank-csv":
            return gettext("bank statement ({format})").format(format="CSV")
        case _ if format_ in INTERIM:
            return gettext("movements told by the bank in between ({format})").format(format=format_.upper())
        case _ if format_.startswith("advice-"):
            return gettext("what a payer says to pay")
        case "ubl":
            return gettext("e-invoice (UBL)")
        case _:
            return gettext("list of open items")
