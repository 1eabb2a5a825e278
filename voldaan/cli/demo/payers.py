"""What the customers do with their invoices, each by his habit; and what else moves on the bank account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from voldaan.cli.demo.cast import Customer, Firm, Words
from voldaan.cli.demo.papers import Movement, iban
from voldaan.cli.demo.sales import dice
from voldaan.cli.demo.truth import Bill, Meant, Truth
from voldaan.countries import COUNTRIES
from voldaan.rules.days import add_months, first_day

PAYMENT_APART = 16  # days between the halves of an invoice
NEVER_ASKED = (36, 52)  # days after the due date, of one who waits to be asked and is not
ASKED = (2, 6)  # days after somebody asked
SUPPLIERS_ON = 3  # Thursday
NAMES_IT = {Words.NUMBER, Words.STRUCTURED, Words.LIST}
REMINDERS = {"reminder", "call", "demand", "last_call", "final_notice"}
MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
          "november", "december")  # fmt: skip


@dataclass
class Payers:
    """The customers of one firm, through the year."""

    firm: Firm
    start: date
    truth: Truth
    agenda: dict[date, list[tuple[Bill, int]]] = field(default_factory=lambda: defaultdict(list))
    again: dict[date, list[Meant]] = field(default_factory=lambda: defaultdict(list))  # paid twice, by mistake
    asked: set[str] = field(default_factory=set)

    def plan(self, bill: Bill) -> int:
        """Let the payer decide when he pays an invoice; give the cents of what he paid before the year began."""
        before = 0
        for day, cents in self._wanted(bill):
            if day < self.start:
                before += cents
            else:
                self.agenda[day].append((bill, cents))
        return before

    def _wanted(self, bill: Bill) -> Iterable[tuple[date, int]]:
        habit, chance = bill.customer.habit, dice(self.firm.slug, bill.number, "pays")
        late = NEVER_ASKED if habit.after_reminder else habit.late
        day = bill.printed.due_on + timedelta(days=chance.randint(*late))
        day = max(day, bill.printed.issued_on + timedelta(days=1))
        if habit.pay_day:
            month = day.replace(day=habit.pay_day)
            day = month if month >= day else add_months(month, 1)
        rest = bill.claimed_cents - habit.short_cents
        for nth in range(habit.parts, 0, -1):
            cents = rest // nth
            if not self._is_silent(bill.customer, day):
                yield self._working(day), cents
            rest -= cents
            day += timedelta(days=PAYMENT_APART)

    def _is_silent(self, customer: Customer, day: date) -> bool:
        after = customer.habit.silent_after
        return after is not None and day > self.start + timedelta(days=after)

    def _working(self, day: date) -> date:
        return first_day(day, COUNTRIES[self.firm.country].is_working_day)

    def promise(self, bill: Bill, day: date) -> None:
        """Let the payer pay all that is open on a day."""
        self.agenda[self._working(day)].append((bill, bill.unpaid_cents()))

    def hear(self, reminded: Mapping[str, str], today: date) -> None:
        """Let those who wait for it hear that they were asked: invoice number, code of the step."""
        for number, step in reminded.items():
            bill = self.truth.bills.get(number)
            if bill is None or step not in REMINDERS or number in self.asked:
                continue
            if bill.customer.habit.after_reminder:
                self.asked.add(number)
                self.promise(bill, today + timedelta(days=dice(number, "asked").randint(*ASKED)))

    def pay(self, today: date) -> None:
        """Let everybody do what he planned for today."""
        for meant in self.again.pop(today, []):
            self._move(today, meant.movement, meant.customer, (), is_sure=False)
        by_customer: dict[str, list[tuple[Bill, int]]] = defaultdict(list)
        for bill, cents in self.agenda.pop(today, []):
            if not bill.is_disputed and (cents := min(cents, bill.unpaid_cents())) > 0:
                habit = bill.customer.habit
                by_customer[bill.customer.name if habit.pay_day else bill.number].append((bill, cents))
        for parts in by_customer.values():
            self._transfer(parts, today)
        self._others(today)

    def _transfer(self, parts: list[tuple[Bill, int]], today: date) -> None:
        customer = parts[0][0].customer
        habit = customer.habit
        is_exact = all(cents == bill.unpaid_cents() for bill, cents in parts)
        for bill, cents in parts:
            bill.paid.append((today, cents))
        if habit.is_cash:
            return
        words = habit.words
        movement = Movement(
            day=today, cents=sum(cents for _, cents in parts), name=habit.payer or customer.name,
            iban=self._account(customer), text=_text([bill for bill, _ in parts], words),
            structured=parts[0][0].printed.reference if words is Words.STRUCTURED else "", bank_reference="",
        )  # fmt: skip
        names_it = words in NAMES_IT and not (customer.account_of or self._lends(customer))
        pays = tuple((bill.number, cents) for bill, cents in parts)
        self._move(today, movement, customer, pays, is_sure=is_exact and names_it)
        if habit.twice_every and int(parts[0][0].number[-4:]) % habit.twice_every == 0:
            self.again[self._working(today + timedelta(days=3))].append(Meant(movement, customer))

    def _lends(self, customer: Customer) -> bool:
        """Tell whether another customer pays from his account too."""
        return any(each.account_of == customer.number for each in self.firm.customers if each.account_of)

    def _account(self, customer: Customer) -> str:
        whose = customer.account_of or customer.number
        behind = "1" if customer.habit.payer else "0"
        country = customer.country if customer.country == "BE" else "NL"
        return iban(country, f"{int(whose) * 613 % 900 + 100}{behind}{int(whose) % 1000:03}")

    def _move(self, day: date, movement: Movement, customer: Customer | None, pays: tuple[tuple[str, int], ...], *,
              is_sure: bool) -> None:  # fmt: skip
        """Put a movement on the account, with a reference that the bank gives it."""
        name = f"{day:%y%m%d}{len(self.truth.meant) + 1:06}"
        told = Movement(day, movement.cents, movement.name, movement.iban, movement.text, movement.structured, name)
        self.truth.meant[name] = Meant(told, customer, pays, is_sure)

    def _others(self, today: date) -> None:
        """Move what has nothing to do with customers: rent, wages, taxes, suppliers."""
        country = COUNTRIES[self.firm.country]
        for nth, one in enumerate(self.firm.standing):
            if today.month in one.months and self._working(today.replace(day=one.day)) == today:
                own = iban(self.firm.country, f"{8800100 + nth}")
                self._move(today, Movement(today, one.cents, one.name, own, one.text, "", ""), None, (), is_sure=False)
        if today.weekday() == SUPPLIERS_ON and country.is_working_day(today):
            chance = dice(self.firm.slug, today - self.start)
            nth = chance.randrange(len(self.firm.suppliers))
            cents, own = -chance.randint(*self.firm.supplies_cents), iban(self.firm.country, f"{7700200 + nth}")
            text = f"Uw factuur {chance.randint(10000, 99999)}"
            paid = Movement(today, cents, self.firm.suppliers[nth], own, text, "", "")
            self._move(today, paid, None, (), is_sure=False)


def _text(bills: list[Bill], words: Words) -> str:
    """Write what a payer writes beside his money."""
    numbers = [bill.number for bill in bills]
    match words:
        case Words.NUMBER if len(bills) == 1:
            return f"Factuur {numbers[0]}"
        case Words.NUMBER:
            return f"Facturen {', '.join(numbers)}"
        case Words.TYPO:
            return f"factuurnr {numbers[0][:-3]}{numbers[0][-1]}{numbers[0][-2]}"
        case Words.VAGUE:
            return f"Levering {MONTHS[bills[-1].printed.issued_on.month - 1]}"
        case Words.STRUCTURED:
            return ""
        case Words.LIST:
            return "Zie betaalspecificatie"
