"""Refusal: the user's mistake, said in one sentence with a stable code. Our own mistakes are assertions."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar


def mark(sentence: str) -> str:
    """Mark an English sentence for the translators; the door that shows it translates it."""
    return sentence


class Kind(Enum):
    """What a door does with a refusal: its status, its exit code, where it shows the sentence."""

    INVALID = "invalid"  # the words do not make sense
    FORBIDDEN = "forbidden"  # this actor may not
    NOT_FOUND = "not_found"  # no such thing in this administration
    CONFLICT = "conflict"  # it does not fit what is already there


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of the program
    """A verb says no, and nothing has changed.

    Subclasses stand beside the verb that raises them and set `code`, `kind` and `says`: an English sentence with
    named placeholders, which says what, why and what now.
    """

    code: ClassVar[str]
    kind: ClassVar[Kind]
    says: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.says.format(**facts))
