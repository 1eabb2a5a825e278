"""What may become of something that one person asks and another decides."""

from __future__ import annotations

from enum import Enum


class RequestState(Enum):
    """Where a request stands; the value is stored."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
