"""What SQLite knows of the sizes of the tables, by which it chooses how to look things up."""

from __future__ import annotations

from django.db import connection

LOOKED_AT = 400  # rows of each index: that takes a hundredth of a second, however large it is


def renew() -> None:
    """Let it look again: PostgreSQL does so by itself. Without, a page over 100,000 receipts took a minute."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit={LOOKED_AT}")
            cursor.execute("ANALYZE")
