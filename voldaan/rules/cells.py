"""What a spreadsheet that opens a CSV takes for a formula, and how a text is kept from being one."""

from __future__ import annotations

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), also in its full-width forms.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """Mark a text as text, where a spreadsheet that opens a CSV would take it for a formula."""
    return f"'{text}" if text.lstrip(" \n\"';,").startswith(FORMULA) else text
