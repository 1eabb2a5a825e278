"""What is owed, on paper: the totals, what is open, and how interest and costs came about. The words are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from voldaan.formats.shared import typeset
from voldaan.formats.shared.typeset import breakable
from voldaan.rules.letters import one_line


@dataclass(frozen=True, slots=True)
class Part:
    """One currency, in words."""

    currency: str
    totals: Sequence[tuple[str, str]]
    items: Sequence[tuple[str, ...]]  # as `columns`
    lines: Sequence[tuple[str, ...]]  # as `line_columns`
    costs: Sequence[str]
    articles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole sheet, in the words of its reader."""

    title: str
    sender: str
    whose: str
    invoice: str
    language: str
    on: date
    until: str
    columns: Sequence[str]
    line_columns: Sequence[str]
    headings: Sequence[str]  # of the items, the interest, the costs and the law
    notes: Sequence[str]
    parts: Sequence[Part]


def draw(sheet: Sheet) -> bytes:
    """Draw the sheet, each currency by itself: PDF/A-2b."""
    values = {
        "title": sheet.title,
        "sender": breakable(one_line(sheet.sender)),
        "whose": breakable(one_line(" · ".join(filter(None, (sheet.whose, sheet.invoice))))),
        "date": typeset.day(sheet.on),
        "language": sheet.language,
        "until": sheet.until,
        "columns": list(sheet.columns),
        "line-columns": list(sheet.line_columns),
        "headings": list(sheet.headings),
        "notes": list(sheet.notes),
        "parts": [
            {
                "totals": part.totals,
                "items": [(breakable(one_line(invoice)), *rest) for invoice, *rest in part.items],
                "lines": [(breakable(one_line(invoice)), *rest) for invoice, *rest in part.lines],
                "costs": part.costs,
                "articles": part.articles,
            }
            for part in sheet.parts
        ],
    }
    return typeset.pdf("claim.typ", values)
