"""A letter on paper: A4 for a window envelope, with its items and a box to pay from. PDF/A-2b, the same every time."""

from __future__ import annotations

from typing import Any

from voldaan.formats.shared import pay_code, typeset
from voldaan.formats.shared.shown import Shown, address, cut, particulars, shown, unbroken
from voldaan.formats.shared.typeset import breakable, day
from voldaan.rules.letters import Letter, one_line
from voldaan.rules.tongues import tongue

# Where envelopes have their window on the right.
WINDOW_RIGHT = frozenset({"BE"})

LONGEST_FACT = 50  # characters, in the box beside the address
LONGEST_NAME = 150  # characters, at the head
LONGEST_WORD_OF_FACT = 20
LONGEST_WORD_OF_LINE = 36


def draw(letter: Letter) -> bytes:
    """Draw a letter.

    Raises:
        Unresolved: its text asks for what it does not have.
    """
    return typeset.pdf("letter.typ", values([letter]))


def values(letters: list[Letter]) -> dict[str, Any]:
    """Give what the template shows of letters that are drawn in one run."""
    first = letters[0]
    drawn = [_letter(letter, shown(letter)) for letter in letters]
    return {
        "title": drawn[0]["subject"],
        "author": drawn[0]["sender"],
        "date": day(first.sent_on),
        "language": drawn[0]["language"],
        "letters": drawn,
    }


def _letter(letter: Letter, seen: Shown) -> dict[str, Any]:
    spoken, labels = tongue(letter.wording.language), seen.labels
    facts = [*seen.asked, (labels["concerns"], cut(seen.concerns, LONGEST_FACT))]
    pay = seen.pay if seen.account else ()
    return {
        "language": seen.language,
        "window": "right" if letter.sender.country in WINDOW_RIGHT else "left",
        "sender": breakable(cut(one_line(letter.sender.name), LONGEST_NAME)),
        "particulars": [breakable(words) for words in particulars(letter.sender, spoken)],
        "address": [breakable(words) for words in address(letter.customer, letter.sender.country, spoken)],
        "date": spoken.long_day(letter.sent_on),
        "facts": [(name, breakable(words, LONGEST_WORD_OF_FACT)) for name, words in facts],
        "subject": _prose(seen.words.subject),
        "body": [_prose(words) for words in seen.words.paragraphs],
        "closing": [_prose(words) for words in seen.words.closing] or [""],
        "columns": [labels[name] for name in ("invoice", "issue_date", "due_date", "amount", "open")],
        "rows": [
            (breakable(row.invoice), breakable(row.description), row.issue_date, row.due_date, row.amount, row.open)
            for row in seen.rows
        ],
        "totals": seen.totals,
        "how-to-pay": labels["how_to_pay"],
        "pay": [(name, breakable(words)) for name, words in pay],
        "code": pay_code.svg(seen.code) if seen.code else None,
        "code-in-words": labels["code_in_words"],
        "scan": labels["scan"],
        "page": labels["page"].replace("{count}", "{number}").split("{number}"),
    }


def _prose(words: str) -> str:
    """Keep an amount with its sign on one line, and a number of sixty digits within the page."""
    return breakable(unbroken(words), LONGEST_WORD_OF_LINE)
