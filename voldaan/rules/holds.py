"""Why the follow-up of an item may rest."""

from __future__ import annotations

from enum import Enum


class HoldReason(Enum):
    """The kinds of hold; a person ends them, their day passes, or what they wait for is decided."""

    PAUSE = "pause"  # a person said so
    QUESTION = "question"  # the import could not know something: a person answers first
    WRITE_OFF = "write_off"  # an owner was asked to write it off
