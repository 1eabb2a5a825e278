"""A year of invoices and payments, invented day by day from one seed: the same seed gives the same year."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from benchmarks.yardstick import habits, wording
from benchmarks.yardstick.people import Customer
from voldaan.rules.references import make_betalingskenmerk, make_ogm

FIRST_DAY = date(2027, 1, 4)  # a Monday
DAY = timedelta(days=1)
ACCIDENTS = {accident.name: accident for accident in habits.ACCIDENTS}
# A credit note, when paying.
TAKES_OFF = ("reference", "number", "number written otherwise", "bundle, all numbers", habits.OWN_LIST)


@dataclass
class Part:
    """One instalment of an invoice, and what its payer still owes of it."""

    due: date
    cents: int
    open_cents: int


@dataclass
class Invoice:
    """One invoice, or a credit note (less than nothing)."""

    number: str
    customer: Customer
    issued: date
    cents: int
    reference: str = ""
    parts: list[Part] = field(default_factory=list)
    credit: Invoice | None = None  # a credit note on it, which the payer will take off
    is_twin: bool = False  # of another of the same day and amount


@dataclass(frozen=True)
class Payment:
    """One movement on the account of the firm, with its truth."""

    key: str  # the reference of the bank, unique
    day: date
    cents: int
    habit: str
    iban: str = ""
    name: str = ""
    text: str = ""
    reference: str = ""
    end_to_end: str = ""
    lines: tuple[tuple[str, int], ...] = ()  # truth: invoice, cents; of its instalments the oldest due first
    owner: str = ""  # the number of the customer whose credit is what the lines leave; none: money of no customer
    given_up: tuple[tuple[str, int], ...] = ()  # a person writes this off: invoice, cents
    set_off: tuple[tuple[str, str, int], ...] = ()  # credit note, invoice, cents
    takes_back: str = ""  # key of the payment that comes back
    is_blocked: bool = False  # on the blocked account (G-rekening)
    list_on: date | None = None  # the day on which the payer's own list of it comes


@dataclass
class Year:
    """The whole year: what was billed and what came in, money and lists, each by day."""

    customers: list[Customer]
    invoices: dict[date, list[Invoice]]
    payments: dict[date, list[Payment]]
    lists: dict[date, list[bytes]]  # of payers who say what they pay
    days: int

    @property
    def facts(self) -> list[Payment]:
        return [payment for day in sorted(self.payments) for payment in self.payments[day]]


class Maker:
    """What is needed while the year is invented; `payers.py` pays with it."""

    def __init__(self, draw: Random, customers: list[Customer], way: str, *, noisy: bool, after: int = 0) -> None:
        self.draw = draw
        self.noisy = noisy
        self.way = way
        self.customers = customers
        self.invoices: dict[date, list[Invoice]] = defaultdict(list)
        self.payments: dict[date, list[Payment]] = defaultdict(list)
        self.open: dict[str, list[tuple[Invoice, Part]]] = defaultdict(list)  # by customer, in the order of issue
        self.due: dict[date, list[tuple[Invoice, Part]]] = defaultdict(list)  # when the payer means to pay
        self.paid_before: dict[str, list[str]] = defaultdict(list)  # numbers that a customer paid
        self.lists: dict[date, list[bytes]] = defaultdict(list)
        self.billed = after  # so many numbers are another's
        self.told = after

    def bill(self, customer: Customer, day: date) -> None:
        """Issue an invoice, or now and then two equal ones, and let the payer choose his day."""
        spread = 10.3 if customer.kind != habits.BUSINESS else 11.3
        cents = customer.price or int(self.draw.lognormvariate(spread, 0.9)) + 500
        first = self._issue(customer, day, cents)
        invoices = [first]
        if customer.price and self.happens("twins"):
            invoices.append(self._issue(customer, day, cents))
            for invoice in invoices:
                invoice.is_twin = True
        for nth, part in enumerate(first.parts):
            if self.draw.random() >= habits.NEVER:
                payday = self._payday(customer, first, part)
                for invoice in invoices:
                    self.plan(invoice, invoice.parts[nth], payday)
        if customer.style in TAKES_OFF and customer.instalments == 1 and self.happens("set off"):
            back = -max(cents * self.draw.choice((10, 25, 50)) // 100, 1)
            first.credit = Invoice(f"C{first.number}", customer, day + DAY, back)
            self.invoices[day + DAY].append(first.credit)

    def _issue(self, customer: Customer, day: date, cents: int) -> Invoice:
        self.billed += 1
        reference = ""
        if customer.kind == habits.BELGIAN:
            reference = make_ogm(1_000_000 + self.billed * 37)
        elif customer.kind == habits.UTILITY:
            reference = make_betalingskenmerk(10_000_000_000 + self.billed * 7_919)
        number = wording.numbered(self.way, day.year, self.billed)
        invoice = Invoice(number, customer, day, cents, reference)
        share = cents // customer.instalments
        for nth in range(customer.instalments):
            due = day + DAY * (customer.term + 30 * nth)
            of_it = share if nth < customer.instalments - 1 else cents - share * nth
            invoice.parts.append(Part(due, of_it, of_it))
            self.open[customer.number].append((invoice, invoice.parts[-1]))
        self.invoices[day].append(invoice)
        return invoice

    def _payday(self, customer: Customer, invoice: Invoice, part: Part) -> date:
        if customer.style == "direct debit":
            return part.due
        if customer.instalments == 1 and self.happens("at once"):
            return invoice.issued
        if customer.has_discount and self.draw.random() < 0.5:
            return invoice.issued + DAY * self.draw.randrange(3, 15)
        late = self.draw.randrange(30, 91) if self.draw.random() < habits.FORGOTTEN else int(self.draw.gauss(0, 3))
        return max(invoice.issued + DAY, part.due + DAY * (customer.delay + late))

    def plan(self, invoice: Invoice, part: Part, day: date) -> None:
        """Let a part be paid on the first day from `day` on which this payer pays: a bank day, or that of his run."""
        is_run = invoice.customer.style.startswith("bundle") or invoice.customer.style in ("collective", "payout")
        while day.weekday() > 4 or (is_run and (day.weekday() != 3 or day.isocalendar().week % 2)):
            day += DAY
        self.due[day].append((invoice, part))

    def happens(self, accident: str) -> bool:
        """Draw whether an accident happens now."""
        one = ACCIDENTS[accident]
        return self.draw.random() * 1000 < (one.noisy if self.noisy else one.clean)

    def tell(self, day: date, cents: int, habit: str, **facts: object) -> Payment:
        """Put a movement on the account."""
        self.told += 1
        payment = Payment(f"Y{self.told:07}", day, cents, habit, **facts)  # type: ignore[arg-type]
        self.payments[day].append(payment)
        return payment
