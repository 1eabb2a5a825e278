"""An invented message, to see how a text reads: a round amount, and a customer who is nobody and lives nowhere."""

from __future__ import annotations

from datetime import date, timedelta

from voldaan.rules.letters import Letter, Line, Party, Wording

ADDRESS = "klant@voorbeeld.example"
CENTS = 121_000
DAYS_LATE = {"notice": -3, "reminder": 1, "demand": 16, "final_notice": 31}
DAYS_TO_PAY = 14
OTHER_LATE = 7


def letter(wording: Wording, *, sender: Party, iban: str, term_days: int, today: date) -> Letter:
    """Give a letter about one invoice, as it would leave today."""
    due = today - timedelta(days=DAYS_LATE.get(wording.step, OTHER_LATE))
    issued = due - timedelta(days=DAYS_TO_PAY)
    number = f"{issued.year}-0042"
    return Letter(
        step=wording.step, wording=wording, sent_on=today, sender=sender,
        customer=Party("Voorbeeld B.V.", "Voorbeeldstraat 1", "1234 AB", "Voorbeeldstad", "NL"),
        lines=(Line(number, 1, 1, issued, due, CENTS, CENTS),), currency="EUR", iban=iban,
        final_date=today + timedelta(days=term_days) if term_days else None, paid_until=today - timedelta(days=1),
    )  # fmt: skip
