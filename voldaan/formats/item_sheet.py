"""The sheet that goes along where we do not have the invoice's own paper: one open item, and that it is no invoice."""

from __future__ import annotations

from voldaan.formats.shared import typeset
from voldaan.formats.shared.shown import row
from voldaan.rules.letters import Letter, Line, one_line
from voldaan.rules.tongues import tongue
from voldaan.rules.wording import put


def draw(letter: Letter, line: Line) -> bytes:
    """Draw the sheet of one line of a letter, in the letter's language: PDF/A-2b, the same every time."""
    assert line in letter.lines, "a sheet goes along with its letter"
    spoken = tongue(letter.wording.language)
    labels, seen, sender = spoken.labels, row(line, letter.currency, spoken), one_line(letter.sender.name)
    settled = line.amount_cents - line.open_cents
    facts = [
        (labels["sheet_customer"], one_line(letter.customer.name)),
        (labels["invoice"], seen.invoice),
        *([(labels["description"], one_line(line.description))] if line.description else []),
        (labels["issue_date"], seen.issue_date),
        (labels["due_date"], seen.due_date),
        (labels["amount"], seen.amount),
        # Of an invoice in instalments the rest is in its other instalments, paid or not.
        *(
            [(labels["sheet_settled"], spoken.amount(settled, letter.currency))]
            if settled and line.instalments == 1
            else []
        ),
        (labels["sheet_stated_on"], spoken.short_day(letter.sent_on)),
    ]
    values = {
        "title": f"{labels['sheet']} {seen.invoice}",
        "language": spoken.language,
        "date": typeset.day(letter.sent_on),
        "sender": sender,
        "heading": labels["sheet"],
        "warning": labels["sheet_is_no_invoice"],
        "explains": put(labels["sheet_explains"], {"sender": sender}),
        "facts": [(name, typeset.breakable(words)) for name, words in facts],
        "open": (labels["open"], seen.open),
    }
    return typeset.pdf("item_sheet.typ", values)
