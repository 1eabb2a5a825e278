"""A house to play stories in: books opened by the real verbs, and short words for what happens in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from voldaan.queries import aging, bookings, checks, open_items
from voldaan.queries.fingerprints import fingerprint
from voldaan.queries.moments import NOW, Moment
from voldaan.rules.money import Money, typed
from voldaan.rules.permissions import Actor, Role, actor_as
from voldaan.rules.refusals import Refusal
from voldaan.usecases import administrations, allocations, debtors, entries, invoices, payments, write_offs


@dataclass(frozen=True)
class House:
    """The books of one firm on one day, through the eyes of its owner."""

    actor: Actor
    today: date

    @classmethod
    def opened(cls, name: str = "Bakkerij 't Hart", *, country: str = "NL", today: date = date(2027, 3, 1),
               owner_email: str = "eigenaar@hart.example") -> House:  # fmt: skip
        """Open the books of a firm."""
        actor = administrations.open_books(
            name=name, country=country, ibans=["NL91ABNA0417164300"], owner_email=owner_email,
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

    def write_off(self, invoice: str, amount: str | None = None, *, reason: str = "oninbaar",
                  currency: str = "EUR") -> int:  # fmt: skip
        """Give up an invoice, or a part of it; give the cents."""
        part = None if amount is None else typed(amount, currency)
        return write_offs.write_off(invoice=invoice, reason=reason, amount=part, actor=self.actor, today=self.today)

    def take_back(self, number: int, *, reason: str = "vergissing") -> int:
        """Take back an entry; give the number of the counter-entry."""
        return entries.reverse(number=number, reason=reason, actor=self.actor, today=self.today)

    def close(self, until: str | date) -> None:
        """Close a period."""
        day = date.fromisoformat(until) if isinstance(until, str) else until
        administrations.close(until=day, actor=self.actor, today=self.today)

    def open(self, moment: Moment = NOW) -> dict[str, int]:
        """Give what is open, in cents by invoice."""
        items = open_items.open_items(moment=moment, actor=self.actor, today=self.today)
        assert len({item.invoice for item in items}) == len(items), "one line per invoice in these stories"
        return {item.invoice: item.open_cents for item in items}

    def reports(self, moment: Moment = NOW) -> dict[str, Any]:
        """Give every report of one moment."""
        eyes: dict[str, Any] = {"moment": moment, "actor": self.actor}
        owed = aging.aging(**eyes, today=self.today)
        return {
            "aging": owed,
            "open_items": open_items.open_items(**eyes, today=self.today),
            "entries": bookings.entries(**eyes),
            "allocations": bookings.allocations(**eyes),
            "statements": [bookings.statement(debtor=row.debtor_id, **eyes) for row in owed if row.debtor_id],
        }

    def entry(self, source: str) -> bookings.EntryRow:
        """Give the entry that this source brought in."""
        (found,) = [row for row in bookings.entries(moment=NOW, actor=self.actor) if row.source == source]
        return found

    def last(self) -> bookings.EntryRow:
        """Give the newest entry."""
        return bookings.entries(moment=NOW, actor=self.actor)[-1]

    def last_allocation(self) -> bookings.AllocationRow:
        """Give the newest allocation."""
        return bookings.allocations(moment=NOW, actor=self.actor)[-1]

    def broken(self) -> dict[str, list[str]]:
        """Give the checks that found something, with what they found."""
        return {answer.name: answer.rows for answer in checks.check(actor=self.actor) if not answer.ok}

    def events(self) -> list[str]:
        """Give the kinds of all events so far."""
        from voldaan.records.events import Event

        books = Event.objects.of(self.actor.administration_id)
        return list(books.order_by("number").values_list("kind", flat=True))

    def everything(self) -> list[object]:
        """Give the books in a form that differs as soon as anything in them differs."""
        from voldaan.records.administrations import Head
        from voldaan.records.people import Membership, User

        books = self.actor.administration_id
        return [
            *fingerprint(actor=self.actor),
            *self.events(),
            *Head.objects.of(books).values_list("booking_number", "event_number", "event_hash"),
            *Membership.objects.of(books).order_by("pk").values_list("user__email", "role"),
            User.objects.count(),
        ]

    @contextmanager
    def refuses(self, refusal: type[Refusal]) -> Iterator[None]:
        """Expect this refusal, a sentence that shows its facts, and nothing changed."""
        before = self.everything()
        with pytest.raises(refusal) as caught:
            yield
        assert caught.type is refusal, f"{caught.type.__name__} is more than was expected"
        assert "{" not in str(caught.value)
        assert self.everything() == before
