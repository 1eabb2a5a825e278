"""A sentence of evidence with its facts, as it is stored: the words are made for who reads it."""

from __future__ import annotations

from typing import Any

Told = dict[str, Any]  # `what` (marked), `facts`, and `against` where it speaks against the match


def told(what: str, *, against: bool = False, **facts: str) -> Told:
    """Make one."""
    return {"what": what, "facts": facts} | ({"against": True} if against else {})
