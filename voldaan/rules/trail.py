"""The hash chain of the trail: each event is hashed with the one before it, so that none can be changed unseen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """What an event says, apart from the clock: the part that is hashed."""

    number: int
    kind: str
    day: date
    user_id: int | None
    via: str
    debtor_id: int | None
    invoice_id: int | None
    facts: dict[str, Any]


def digest(previous: str, said: Said) -> str:
    """Hash an event with the hash of the one before it (SHA-256, hexadecimal)."""
    words = [previous, said.number, said.kind, said.day.isoformat(), said.user_id, said.via, said.debtor_id,
             said.invoice_id, said.facts]  # fmt: skip
    return hashlib.sha256(json.dumps(words, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
