"""The statement of account on paper: what is open with a box to pay from, and what was booked. The same every time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from voldaan.formats.shared import pay_code, typeset
from voldaan.formats.shared.shown import address, cut, particulars, shown
from voldaan.formats.shared.typeset import breakable
from voldaan.rules.accounts import Account
from voldaan.rules.letters import one_line
from voldaan.rules.tongues import tongue
from voldaan.rules.wording import put

# Where envelopes have their window on the right.
WINDOW_RIGHT = frozenset({"BE"})
LONGEST_NAME = 150  # characters, at the head


def draw(accounts: Sequence[Account]) -> bytes:
    """Draw the account of one customer, each currency by itself: PDF/A-2b."""
    assert accounts, "a statement is about something"
    first = accounts[0]
    spoken = tongue(first.language)
    values = {
        "title": f"{spoken.labels['statement']} {one_line(first.customer.name)}",
        "author": one_line(first.sender.name),
        "date": typeset.day(first.on),
        "language": spoken.language,
        "letters": [],  # of the template of letters, whose parts this one takes
        "accounts": [_account(account) for account in accounts],
    }
    return typeset.pdf("statement.typ", values)


def _account(account: Account) -> dict[str, Any]:
    spoken = tongue(account.language)
    labels = spoken.labels

    def amount(cents: int) -> str:
        return spoken.amount(cents, account.currency)

    letter = account.asked(labels["statement"])
    seen = shown(letter) if letter else None
    asks = seen is not None and letter is not None and letter.asked_cents > 0
    stated = (labels["sheet_stated_on"], spoken.short_day(account.on))
    balance = (labels["statement_balance"], amount(account.balance_cents))
    rows = [
        (spoken.short_day(one.day), labels[f"booked_{one.kind}"], breakable(one_line(one.invoice)), amount(one.cents),
         amount(after))
        for one, after in zip(account.bookings, account.balances(), strict=True)
    ]  # fmt: skip
    return {
        "window": "right" if account.sender.country in WINDOW_RIGHT else "left",
        "sender": breakable(cut(one_line(account.sender.name), LONGEST_NAME)),
        "particulars": [breakable(words) for words in particulars(account.sender, spoken)],
        "address": [breakable(words) for words in address(account.customer, account.sender.country, spoken)],
        "facts": [(labels["to_pay"], seen.to_pay) if seen and asks else balance, stated],
        "date": spoken.long_day(account.on),
        "heading": labels["statement"],
        "open-heading": labels["statement_open" if seen else "statement_nothing_open"],
        "columns": [labels[name] for name in ("invoice", "issue_date", "due_date", "amount", "open")],
        "rows": [
            (breakable(row.invoice), breakable(row.description), row.issue_date, row.due_date, row.amount, row.open)
            for row in (seen.rows if seen else ())
        ],
        "totals": seen.totals if seen else (),
        "booked-heading": put(labels["statement_since"], {"day": spoken.day(account.since)}),
        "booked-columns": [labels[f"statement_{name}"] for name in ("day", "booking", "amount", "balance")],
        "before": (labels["statement_before"], amount(account.before_cents)),
        "booked": rows,
        "how-to-pay": labels["how_to_pay"],
        "pay": [(name, breakable(words)) for name, words in (*seen.asked, *seen.account)] if seen and asks else [],
        "code": pay_code.svg(seen.code) if seen and seen.code else None,
        "code-in-words": labels["code_in_words"],
        "scan": labels["scan"],
        "page": labels["page"].replace("{count}", "{number}").split("{number}"),
    }
