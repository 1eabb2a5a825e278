"""What stands around every page about one administration."""

from __future__ import annotations

from typing import Any

from voldaan.queries import administrations
from voldaan.web.entered import Entered


def around(request: Entered, **page: Any) -> dict[str, Any]:
    """Give a template its page, and what is shown around it."""
    several = len(administrations.every()) > 1
    # A page only shows; it tells what to type, and whose books are meant once there are more.
    command = f"voldaan --administration {request.books.slug}" if several else "voldaan"
    return {"books": request.books, "today": request.today, "several": several, "voldaan": command, **page}
