"""Why the follow-up of an item may rest."""

from __future__ import annotations

from enum import Enum


class HoldReason(Enum):
    """The kinds of hold; a person ends them, or their day passes."""

    PAUSE = "pause"  # a person said so
    QUESTION = "question"  # the import could not know something: a person answers first
