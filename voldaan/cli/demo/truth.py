"""What really happened, in plain figures of the demo's own: it books nothing and asks the product nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from voldaan.cli.demo.cast import Customer
from voldaan.cli.demo.papers import Movement, Printed


@dataclass(slots=True)
class Bill:
    """One invoice, and what its payer has still to do about it."""

    printed: Printed
    claimed_cents: int  # what the books were told: of an old debt only what was open of it
    arrived_on: date | None = None  # in the books
    credited_cents: int = 0
    written_off_cents: int = 0
    paid: list[tuple[date, int]] = field(default_factory=list)  # by transfer and by cash, as the payer meant it
    settled_by_list_on: date | None = None  # paid in cash, and a person has accepted that
    is_disputed: bool = False

    @property
    def number(self) -> str:
        """Give its number."""
        return self.printed.number

    @property
    def customer(self) -> Customer:
        """Give whose it is."""
        return self.printed.customer

    def unpaid_cents(self, until: date | None = None) -> int:
        """Give what its payer still owes on it, by what he has paid until a day."""
        paid = sum(cents for day, cents in self.paid if until is None or day <= until)
        return self.claimed_cents - self.credited_cents - self.written_off_cents - paid


@dataclass(frozen=True, slots=True)
class Meant:
    """What a movement on the bank account really was."""

    movement: Movement
    customer: Customer | None  # None: nobody's who owes us anything
    pays: tuple[tuple[str, int], ...] = ()  # invoice, cents; the rest stays as credit
    is_sure: bool = False  # it names what it pays, to the cent: no person need look


@dataclass(frozen=True, slots=True)
class Figures:
    """What a customer owes, and how it came about, in cents."""

    claimed_cents: int
    credited_cents: int
    written_off_cents: int
    received_cents: int

    @property
    def owed_cents(self) -> int:
        """Give what he owes; less than nothing where he has money with us."""
        return self.claimed_cents - self.credited_cents - self.written_off_cents - self.received_cents


@dataclass
class Truth:
    """All that happened to one firm."""

    bills: dict[str, Bill] = field(default_factory=dict)
    meant: dict[str, Meant] = field(default_factory=dict)  # by the reference of the bank
    told_until: date = date.min  # the last day of which the bank has told

    def of(self, customer: Customer) -> list[Bill]:
        """Give the invoices of a customer that are in the books, oldest first."""
        return [bill for bill in self.bills.values() if bill.customer is customer and bill.arrived_on]

    def told(self) -> dict[str, Meant]:
        """Give the movements that the bank has told of."""
        return {name: one for name, one in self.meant.items() if one.movement.day <= self.told_until}

    def open_cents(self, waiting: frozenset[str]) -> dict[str, int]:
        """Give what the books must have open of each invoice, while these movements (bank references) wait."""
        paid: dict[str, int] = defaultdict(int)
        for name, one in self.told().items():
            for number, cents in one.pays if name not in waiting else ():
                paid[number] += cents
        left = {}
        for bill in self.bills.values():
            if bill.arrived_on is None:
                continue
            rest = bill.claimed_cents - bill.credited_cents - bill.written_off_cents - paid[bill.number]
            if bill.settled_by_list_on:
                rest -= sum(cents for _, cents in bill.paid)
            if rest:
                left[bill.number] = rest
        return left

    def figures(self, waiting: frozenset[str]) -> dict[str, Figures]:
        """Give the figures of each customer by name, while these movements (bank references) wait."""
        received: dict[str, int] = defaultdict(int)
        for name, one in self.told().items():
            if one.customer and name not in waiting:
                received[one.customer.name] += one.movement.cents
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for bill in self.bills.values():
            if bill.arrived_on:
                each = sums[bill.customer.name]
                each[0] += bill.claimed_cents
                each[1] += bill.credited_cents
                each[2] += bill.written_off_cents
                if bill.settled_by_list_on:
                    received[bill.customer.name] += sum(cents for _, cents in bill.paid)
        return {
            name: Figures(claimed, credited, written_off, received[name])
            for name, (claimed, credited, written_off) in sums.items()
        }
