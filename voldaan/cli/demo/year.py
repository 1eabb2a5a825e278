"""The year itself: each working day brings its files and its decisions, all of it through the real verbs.

A morning can be plugged in: it runs the follow-up of that day, and tells who was asked for what.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from voldaan.cli.demo import papers, sales
from voldaan.cli.demo.accountant import SMALL_CENTS, Accountant
from voldaan.cli.demo.cast import FIRMS, Customer, Firm, Words
from voldaan.cli.demo.papers import Listed, Period, Printed
from voldaan.cli.demo.payers import Payers
from voldaan.cli.demo.truth import Bill, Truth
from voldaan.countries import COUNTRIES
from voldaan.queries import administrations as books
from voldaan.rules.days import first_day
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import administrations, debtors, files, follow_up, invoices, write_offs
from voldaan.usecases.files import Imported

DAYS = 365
LEFT_FOR_TODAY = 12  # what came in during the last days waits for whoever looks at the demo
LIST_ON = 0  # Monday
BANK_MAY_BE_BEHIND = 4  # working days: it takes in a statement a week
LIST_LAGS = 14  # days by which the bookkeeping has its payments later than the bank
DISPUTE_DAYS = 24  # after which a credit note settles it
PROMISE_DAYS = 10
BANKRUPT_BEFORE = 15  # days before today on which the write-off is made

# What a morning does with the follow-up; it answers which invoices were asked for, with the code of the step.
Morning = Callable[[Actor, date], Mapping[str, str]]
Tell = Callable[[str, int, int], None]


class DemoBooksExist(Refusal):
    code = "demo_books_exist"
    kind = Kind.CONFLICT
    says = mark("The demo was played here already: {slugs}. Play it in an empty folder, with --data.")


@dataclass(frozen=True, slots=True)
class Played:
    """One firm after its year: as whom to look at it, and what must be found."""

    slug: str
    name: str
    actor: Actor
    truth: Truth


def quiet(_actor: Actor, _today: date) -> Mapping[str, str]:
    """Let a morning pass without asking anybody for anything."""
    return {}


def play(*, until: date, via: str, tell: Tell | None = None, morning: Morning = quiet) -> list[Played]:
    """Play the year before `until` of all firms; `tell` hears the firm, the day, and how many days there are.

    Raises:
        DemoBooksExist: a firm of the demo has books here.
    """
    taken = sorted({each.slug for each in books.every()} & {firm.slug for firm in FIRMS})
    if taken:
        raise DemoBooksExist(slugs=", ".join(taken))
    return [_played(firm, until, via, tell, morning) for firm in FIRMS]


def _played(firm: Firm, until: date, via: str, tell: Tell | None, morning: Morning) -> Played:
    year = Year.opened(firm, until, via)
    days = list(year.working_days())
    for nth, day in enumerate(days, 1):
        year.play(day, morning, is_last=nth == len(days))
        if tell:
            tell(firm.name, nth, len(days))
    return Played(firm.slug, firm.name, year.actor, year.truth)


def _passed(weekday: int, last: date, today: date) -> bool:
    """Tell whether this weekday came since `last`: what falls on a holiday is done on the next working day."""
    since = (today - last).days
    return any((today - timedelta(days=back)).weekday() == weekday for back in range(min(since, 7)))


@dataclass
class Year:
    """The books of one firm while its year passes."""

    firm: Firm
    start: date
    until: date
    actor: Actor
    truth: Truth
    payers: Payers
    accountant: Accountant
    sold: dict[date, list[Printed]] = field(default_factory=dict)
    disputed: dict[date, list[Bill]] = field(default_factory=dict)  # by the day on which each is settled
    listed_on: date = date.min
    has_vanished: bool = False  # something from the last list: it asks whether that was paid
    chosen: set[str] = field(default_factory=set)  # customers for whom a strategy was chosen
    balance_cents: int = 0
    statements: int = 0
    credit_notes: int = 0

    @classmethod
    def opened(cls, firm: Firm, until: date, via: str) -> Year:
        """Open the books of a firm, with what is open in its bookkeeping."""
        start = first_day(until - timedelta(days=DAYS), COUNTRIES[firm.country].is_working_day)
        actor = administrations.open_books(
            name=firm.name, country=firm.country, ibans=[papers.firm_iban(firm)], owner_email=firm.email,
            slug=firm.slug, via=via, today=start, is_demo=True,
        )  # fmt: skip
        settings = {
            "strategy": firm.strategy,
            "payment_term_days": str(firm.term_days),
            "bank_freshness_days": str(BANK_MAY_BE_BEHIND),
            "street": firm.street,
            "postcode": firm.postcode,
            "city": firm.city,
            "registration_number": firm.registration_number,
            # Its bookkeeping books what comes in on the invoice that is named.
            "principal_first": "on",
        }
        for name, value in settings.items():
            administrations.change(name=name, value=value, actor=actor, today=start)
        administrations.change_sender(name="sender", value=firm.email, actor=actor, today=start)
        truth = Truth(told_until=start - timedelta(days=1))
        year = cls(firm, start, until, actor, truth, Payers(firm, start, truth), Accountant(actor, truth))
        year.balance_cents = firm.balance_cents
        for nth, debt in enumerate(firm.debts):
            printed = sales.old(firm, debt, nth, start=start)
            bill = truth.bills[printed.number] = Bill(printed, debt.open_cents)
            if debt.paid_after:
                year.payers.promise(bill, start + timedelta(days=debt.paid_after))
        for printed in sales.sold(firm, start=start, until=until):
            if printed.issued_on < start:
                year._begin(printed)
            else:
                year.sold.setdefault(printed.issued_on, []).append(printed)
        year._list(start, is_last=False)
        year._add_customers()
        return year

    def _add_customers(self) -> None:
        """Type in the customers that are on no list: they owe nothing yet, and get e-invoices."""
        listed = {bill.customer.number for bill in self.truth.bills.values()}
        for who in self.firm.customers:
            if who.e_invoice and who.number and who.number not in listed:
                debtors.open_file(
                    name=who.name, number=who.number, email=who.email, street=who.street, postcode=who.postcode,
                    city=who.city, country=who.country, language=who.language,
                    kind="consumer" if who.is_consumer else "business", strategy=who.strategy,
                    actor=self.actor, today=self.start,
                )  # fmt: skip

    def working_days(self) -> Iterator[date]:
        """Give the days on which something can happen."""
        for nth in range((self.until - self.start).days + 1):
            day = self.start + timedelta(days=nth)
            if COUNTRIES[self.firm.country].is_working_day(day):
                yield day

    def play(self, today: date, morning: Morning, *, is_last: bool) -> None:
        """Play one day: the post, the bank, the decisions, the follow-up; then the others have their turn."""
        if self.firm.sends_lists and (is_last or _passed(LIST_ON, self.listed_on, today)):
            self._list(today, is_last=is_last)
        if is_last or _passed(self.firm.bank_on, self.truth.told_until + timedelta(days=1), today):
            told = self._bank(today)
            if told.proposed or told.unmatched or self.has_vanished:
                received_until = min(today, self.until - timedelta(days=LEFT_FOR_TODAY))
                self.accountant.decide(received_until=received_until, today=today)
        self._stories(today)
        self.payers.hear(morning(self.actor, today), today)
        for printed in self.sold.get(today, []):
            self._begin(printed)
        self.payers.pay(today)

    def _bring_in(self, name: str, content: bytes, today: date) -> Imported:
        done = files.bring_in(name=name, source=io.BytesIO(content), actor=self.actor, today=today)
        assert done.result != "refused", f"the files of the demo are right: {done}"
        return done

    def _begin(self, printed: Printed) -> None:
        """Let an invoice go out; an e-invoice is in the books at once, another with the next list."""
        bill = Bill(printed, printed.cents)
        before = self.payers.plan(bill)
        bill.claimed_cents -= before
        if before and bill.claimed_cents <= SMALL_CENTS:
            return  # settled before the year began
        self.truth.bills[printed.number] = bill
        if printed.customer.e_invoice and printed.issued_on >= self.start:
            self._bring_in(f"{printed.number}.xml", papers.ubl(printed, self.firm), printed.issued_on)
            bill.arrived_on = printed.issued_on

    def _list(self, today: date, *, is_last: bool) -> None:
        """Bring in what the bookkeeping has open; it has cash at once, and what comes by bank later."""
        rows = []
        for bill in self.truth.bills.values():
            lag = 0 if bill.customer.habit.is_cash else LIST_LAGS
            cents = bill.unpaid_cents(today - timedelta(days=lag))
            if cents > 0:
                rows.append(Listed(bill.printed, cents))
        if is_last and rows:
            # The last one was typed in a hurry: somebody has to say when it is due.
            fresh = [at for at, row in enumerate(rows) if not self.truth.bills[row.printed.number].arrived_on]
            for at in fresh[-1:]:
                rows[at] = Listed(rows[at].printed, rows[at].open_cents, says_due=False)
        done = self._bring_in(f"openstaande-posten-{today}.csv", papers.open_items(rows), today)
        self.listed_on, self.has_vanished = today, done.vanished > 0
        for row in rows:
            bill = self.truth.bills[row.printed.number]
            if not bill.arrived_on and bill.customer.strategy and bill.customer.number not in self.chosen:
                self.chosen.add(bill.customer.number)
                debtors.change(debtor=bill.customer.number, strategy=bill.customer.strategy, actor=self.actor,
                               today=today)  # fmt: skip
            bill.arrived_on = bill.arrived_on or today

    def _bank(self, today: date) -> Imported:
        """Bring in the bank statement of the days since the last one."""
        opened_on, closed_on = self.truth.told_until, today - timedelta(days=1)
        meant = [one for one in self.truth.meant.values() if opened_on < one.movement.day <= closed_on]
        for one in meant:
            if one.customer and one.customer.habit.words is Words.LIST:
                day = one.movement.day
                content = papers.remittance_advice(one.customer.name, day, one.pays)
                self._bring_in(f"betaalspecificatie-{day}.csv", content, today)
        moved = [one.movement for one in meant]
        self.statements += 1
        closing = self.balance_cents + sum(movement.cents for movement in moved)
        period = Period(self.statements, papers.firm_iban(self.firm), opened_on, self.balance_cents, closed_on, closing)
        if (today - self.start).days in self.firm.mt940_days:
            name, content = f"afschrift-{today}.sta", papers.mt940(period, moved)
        else:
            name, content = f"afschrift-{today}.xml", papers.camt053(period, moved, made_on=today)
        self.balance_cents, self.truth.told_until = closing, closed_on
        return self._bring_in(name, content, today)

    def _stories(self, today: date) -> None:
        """Let disputes, promises and the bankruptcy happen on their days."""
        for bill in self.disputed.pop(today, []):
            self._settle(bill, today)
        for customer in self.firm.customers:
            late = self._overdue(customer, today)
            for before in customer.habit.disputes:
                if late and self._is_day(today, before):
                    self._dispute(late, today)
            for nth, before in enumerate(customer.habit.promises):
                if late and self._is_day(today, before):
                    self._promise(late, today, is_kept=nth != 1)
            if customer.habit.is_bankrupt and self._is_day(today, BANKRUPT_BEFORE):
                self._write_off(customer, today)

    def _is_day(self, today: date, before: int) -> bool:
        return today == self._working(self.until - timedelta(days=before))

    def _working(self, day: date) -> date:
        return first_day(day, COUNTRIES[self.firm.country].is_working_day)

    def _overdue(self, customer: Customer, today: date) -> Bill | None:
        """Find the last invoice of a customer that is overdue."""
        late = [bill for bill in self.truth.of(customer) if bill.unpaid_cents() > 0 and bill.printed.due_on < today]
        return late[-1] if late else None

    def _dispute(self, bill: Bill, today: date) -> None:
        settled_on = self._working(today + timedelta(days=DISPUTE_DAYS))
        bill.is_disputed = True
        self.disputed.setdefault(settled_on, []).append(bill)
        follow_up.pause(
            invoice=bill.number, until=settled_on, reason="Betwist: een deel van de levering was beschadigd",
            actor=self.actor, today=today,
        )  # fmt: skip

    def _settle(self, bill: Bill, today: date) -> None:
        """Give in for a fifth, and get the rest."""
        cents = bill.unpaid_cents() // 5
        self.credit_notes += 1
        note = sales.credit_note(self.firm, bill.printed, cents, self.credit_notes, day=today)
        if bill.customer.e_invoice:
            self._bring_in(f"{note.number}.xml", papers.ubl(note, self.firm), today)
        else:
            invoices.credit(
                debtor=bill.customer.number, number=note.number, issue_date=today, amount=Money(note.cents),
                vat_cents=note.vat_cents, corrects=bill.number, actor=self.actor, today=today,
            )  # fmt: skip
        bill.credited_cents += note.cents
        bill.is_disputed = False
        follow_up.resume(invoice=bill.number, actor=self.actor, today=today)
        self.payers.promise(bill, today + timedelta(days=5))

    def _promise(self, bill: Bill, today: date, *, is_kept: bool) -> None:
        day = self._working(today + timedelta(days=PROMISE_DAYS))
        follow_up.pause(
            invoice=bill.number, until=day, reason=f"Toegezegd te betalen op {day:%d-%m-%Y}", actor=self.actor,
            today=today,
        )  # fmt: skip
        if is_kept:
            self.payers.promise(bill, day)

    def _write_off(self, customer: Customer, today: date) -> None:
        for bill in self.truth.of(customer):
            if rest := bill.unpaid_cents():
                write_offs.write_off(
                    invoice=bill.number, reason="Failliet verklaard; de curator verwacht geen uitkering",
                    actor=self.actor, today=today,
                )  # fmt: skip
                bill.written_off_cents += rest
