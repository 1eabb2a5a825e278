"""What may become of a large file that a person brought."""

from __future__ import annotations

from enum import Enum


class BroughtState(Enum):
    """Of one file."""

    WAITING = "waiting"  # for the worker, or being taken in
    TAKEN = "taken"  # it is in the books
    REFUSED = "refused"  # or held, until a person has looked
    STOPPED = "stopped"  # a person stopped it: nothing of it came in
