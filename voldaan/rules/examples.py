"""An invented message, to see how a text reads: a round amount, and a customer who is nobody and lives nowhere."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from voldaan.rules.letters import Announced, Charge, ChargeKind, Letter, Line, Party, TermKind, Wording
from voldaan.rules.wording import FINAL_NOTICE, FOR_THE_REST

ADDRESS = "klant@voorbeeld.example"
CENTS = 121_000
COSTS_CENTS, INTEREST_CENTS = 18_150, 1_069
DAYS_LATE = {"notice": -3, "reminder": 1, "demand": 16, "business_notice": 31, FINAL_NOTICE: 31,
             FOR_THE_REST: 31}  # fmt: skip
DAYS_TO_PAY = 14
OTHER_LATE = 7


def letter(wording: Wording, *, sender: Party, iban: str, term_days: int, today: date, is_posted: bool = False
           ) -> Letter:  # fmt: skip
    """Give a letter about one invoice, as it would leave today."""
    due = today - timedelta(days=DAYS_LATE.get(wording.step, OTHER_LATE))
    issued = due - timedelta(days=DAYS_TO_PAY)
    number = f"{issued.year}-0042"
    is_paid = wording.step == FOR_THE_REST
    return Letter(
        step=FINAL_NOTICE if is_paid else wording.step, wording=wording, sent_on=today, sender=sender,
        customer=Party("Voorbeeld B.V.", "Voorbeeldstraat 1", "1234 AB", "Voorbeeldstad", "NL"),
        lines=(Line(number, 1, 1, issued, due, CENTS, 0 if is_paid else CENTS),), currency="EUR", iban=iban,
        final_date=today + timedelta(days=term_days) if term_days else None, paid_until=today - timedelta(days=1),
        charges=_charges(number, due, today) if wording.step in (FINAL_NOTICE, FOR_THE_REST) else (),
        announced=_announced(wording.step, due), is_posted=is_posted,
    )  # fmt: skip


def _announced(step: str, due: date) -> Announced | None:
    """Give what a legal notice announces."""
    since = due + timedelta(days=1)
    match step:
        case "fourteen_day_letter":
            return Announced(TermKind.FIFTEEN_DAYS_AFTER_DELIVERY, COSTS_CENTS, 0, since, Decimal(4))
        case "consumer_first_reminder":
            return Announced(TermKind.FOURTEEN_DAYS_AFTER_SENDING, 10_050, 0, since, Decimal(10), by_agreement=True)
        case "business_notice":
            return Announced(None, COSTS_CENTS, 0, since, Decimal("10.4"), INTEREST_CENTS)
        case _:
            return None


def _charges(invoice: str, due: date, today: date) -> tuple[Charge, ...]:
    """Give what a final notice asks beside its invoice."""
    interest = Charge(ChargeKind.INTEREST, INTEREST_CENTS, invoice, due + timedelta(days=1), today)
    return interest, Charge(ChargeKind.COSTS, COSTS_CENTS)
