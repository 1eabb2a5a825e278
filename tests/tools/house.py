"""A house to play stories in: books opened by the real verbs, and short words for what happens in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from voldaan.rules.money import Money, typed
from voldaan.rules.permissions import Actor, Role, actor_as
from voldaan.usecases import administrations, allocations, debtors, invoices, payments


@dataclass(frozen=True)
class House:
    """The books of one firm on one day, through the eyes of its owner."""

    actor: Actor
    today: date

    @classmethod
    def opened(cls, name: str = "Bakkerij 't Hart", *, country: str = "NL", today: date = date(2027, 3, 1)) -> House:
        """Open the books of a firm."""
        actor = administrations.open_books(
            name=name, country=country, ibans=["NL91ABNA0417164300"], owner_email="eigenaar@hart.example",
            via="test", today=today,
        )  # fmt: skip
        return cls(actor, today)

    def on(self, day: str | date) -> House:
        """Let it be another day."""
        return replace(self, today=date.fromisoformat(day) if isinstance(day, str) else day)

    def as_role(self, role: Role) -> House:
        """Look through the eyes of somebody else."""
        return replace(
            self, actor=actor_as(role, administration_id=self.actor.administration_id, user_id=None, via="test")
        )

    def debtor(self, name: str, *, number: str = "", **known: object) -> str:
        """Add a customer; give its id."""
        return debtors.open_file(name=name, number=number, actor=self.actor, today=self.today, **known)  # type: ignore[arg-type]

    def invoice(self, debtor: str, number: str, amount: str, *, due: str | None = None, issued: str | None = None,
                currency: str = "EUR") -> str:  # fmt: skip
        """Receive an invoice; give its number."""
        invoices.receive(
            debtor=debtor, number=number, amount=typed(amount, currency),
            issue_date=date.fromisoformat(issued) if issued else self.today,
            due_date=date.fromisoformat(due) if due else None, actor=self.actor, today=self.today,
        )  # fmt: skip
        return number

    def credit_note(self, debtor: str, number: str, amount: str, *, corrects: str = "", currency: str = "EUR") -> str:
        """Receive a credit note; give its number."""
        invoices.credit(
            debtor=debtor, number=number, amount=typed(amount, currency), issue_date=self.today, corrects=corrects,
            actor=self.actor, today=self.today,
        )  # fmt: skip
        return number

    def pay(self, invoice: str, amount: str, *, on: str | None = None, key: str = "", again: bool = False,
            currency: str = "EUR") -> payments.Recorded:  # fmt: skip
        """Record a payment."""
        return payments.record(
            invoice=invoice, amount=typed(amount, currency), paid_on=date.fromisoformat(on) if on else self.today,
            key=key, again=again, actor=self.actor, today=self.today,
        )  # fmt: skip

    def allocate(self, booking: int, invoice: str, amount: Money | None = None) -> int:
        """Let a receipt or credit note pay an invoice."""
        return allocations.allocate(
            credit_number=booking, invoice=invoice, amount=amount, actor=self.actor, today=self.today
        )

    def undo(self, allocation: int) -> None:
        """Undo an allocation."""
        allocations.reverse(number=allocation, actor=self.actor, today=self.today)
