"""Payment terms on paper. PDF/A-2b, the same every time."""

from __future__ import annotations

from datetime import date

from voldaan.formats.shared import typeset
from voldaan.rules.letters import one_line
from voldaan.rules.term_text import TermText


def draw(text: TermText, *, firm: str, since: date) -> bytes:
    """Draw the terms of a firm."""
    values = {
        "title": text.title,
        "firm": typeset.breakable(one_line(firm)),
        "date": typeset.day(since),
        "language": text.language,
        "since": text.since,
        "paragraphs": [
            {
                "heading": one.heading, "before": " ".join(one.before), "lines": list(one.lines),
                "after": " ".join(one.after),
            }
            for one in text.paragraphs
        ],
    }  # fmt: skip
    return typeset.pdf("terms.typ", values)
