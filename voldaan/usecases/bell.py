"""The bell that wakes a worker in this same process; where none hears it, workers look around by themselves."""

from __future__ import annotations

from collections.abc import Callable

Ring = Callable[[int], None]  # hears for which administration there is work

_hear: list[Ring] = []


def heard_by(ring: Ring) -> None:
    """Let a worker hear it from now on."""
    _hear.append(ring)


def ring(administration_id: int) -> None:
    """Say that there is work that need not wait for the next look around."""
    for each in _hear:
        each(administration_id)
