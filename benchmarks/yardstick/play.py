"""The year played through the real verbs: lists and bank days come in, and a person decides what is left by the truth.

So the memory of payers learns as it would, and every payment meets the books as they would stand on that day.
"""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from unittest.mock import patch

from benchmarks.yardstick import files, habits
from benchmarks.yardstick.year import DAY, FIRST_DAY, Payment, Year
from voldaan.rules import precision
from voldaan.rules.law import DebtorKind
from voldaan.rules.matches import CERTAIN
from voldaan.rules.term_sets import Discount, TermSet

LIST_EVERY = 7  # days


@dataclass(frozen=True)
class Outcome:
    """What the machine did with one movement before a person looked."""

    habit: str
    pays: bool  # an invoice: else there is nothing to book it on
    booked: bool  # by itself
    match_class: str  # of the booking, else of the first proposal
    right: bool  # that one has exactly the right invoices and amounts
    right_customer: bool

    @property
    def straight(self) -> bool:
        return self.booked and self.right

    @property
    def false(self) -> bool:
        return self.booked and not self.right


@dataclass(frozen=True)
class _Answer:
    booked: bool
    match_class: str
    customer: str
    lines: Counter[str]  # invoice: cents
    given_up: Counter[str]  # the same, on top
    set_off: Counter[str]  # the same, paid by credit notes that came with it
    proposal: str = ""


class Played:
    """One year in books of its own."""

    def __init__(self, year: Year, name: str) -> None:
        from voldaan.usecases import administrations
        from voldaan.usecases.terms import agree_terms

        self.year = year
        self.actor = administrations.open_books(
            name=name, country="NL", ibans=[files.OWN, files.BLOCKED], owner_email="bench@example.org", via="bench",
            today=FIRST_DAY,
        )  # fmt: skip
        terms = TermSet(30, discount=Discount(habits.DISCOUNT, habits.DISCOUNT_DAYS))
        agree_terms(kind=DebtorKind.BUSINESS, terms=terms, valid_from=FIRST_DAY, actor=self.actor, today=FIRST_DAY)
        self.books = self.actor.administration_id
        self.outcomes: list[tuple[Payment, Outcome]] = []
        self.waiting: dict[str, Payment] = {}
        self.corrected: set[str] = set()  # booked wrongly and taken back, while no list has the right invoice yet
        self.owner_of = {i.number: i.customer.number for some in year.invoices.values() for i in some}
        self.listed: set[str] = set()
        self.balance: Counter[str] = Counter()

    def play(self) -> list[tuple[Payment, Outcome]]:
        """Let the year happen; give what became of every movement.

        Every class books that could: how sure it is, is what is measured.
        """
        with patch.object(precision, "by_itself", lambda _: CERTAIN):
            return self._play()

    def _play(self) -> list[tuple[Payment, Outcome]]:
        for n in range(self.year.days + 1):
            day = FIRST_DAY + n * DAY
            if n and n % LIST_EVERY == 0:
                self._bring_list(day)
                self._look(day)
            if lists := self.year.lists.get(day, []):
                for content in lists:
                    self._bring(content, day)
                self._look(day)
            if payments := self.year.payments.get(day, []):
                for account in (files.OWN, files.BLOCKED):
                    of_it = [p for p in payments if p.is_blocked == (account == files.BLOCKED)]
                    if of_it:
                        write = files.mt940 if n % 2 else files.camt053
                        self._bring(write(of_it, account, self.balance[account], day), day)
                        self.balance[account] += sum(p.cents for p in of_it)
                self.waiting.update((p.key, p) for p in payments)
                self._look(day)
        return self.outcomes

    def _bring(self, content: bytes, day: date) -> None:
        from voldaan.usecases import files as verbs

        done = verbs.bring_in(name="file", source=io.BytesIO(content), actor=self.actor, today=day)
        assert done.result == "imported", done

    def _bring_list(self, day: date) -> None:
        """Bring in what the bookkeeping has open: what is open here, and what it billed since the last list."""
        from voldaan.records.receivables import Receivable

        facts = ("debtor__number", "debtor__name", "invoice__number", "invoice__issue_date", "due_date", "open_cents",
                 "invoice__payment_reference")  # fmt: skip
        still = Receivable.objects.of(self.books).filter(open_cents__gt=0).order_by("pk").values_list(*facts)
        rows: list[files.Item] = [(*row, "") for row in still]
        for back in range(LIST_EVERY, 0, -1):
            for invoice in self.year.invoices.get(day - back * DAY, []):
                customer = invoice.customer
                self.listed.add(invoice.number)
                iban = customer.iban if customer.iban_is_listed else ""
                parts = [(part.due, part.cents) for part in invoice.parts] or [(invoice.issued, invoice.cents)]
                who = (customer.number, customer.name, invoice.number, invoice.issued)
                rows += [(*who, due, cents, invoice.reference, iban) for due, cents in parts]
        if rows:
            self._bring(files.open_items(rows), day)

    def _look(self, day: date) -> None:
        """Write down what the machine did, and decide what it left."""
        from voldaan.records.bank import BankTransaction
        from voldaan.usecases import receipts_by_hand as hand

        rows = BankTransaction.objects.of(self.books).filter(bank_reference__in=self.waiting).order_by("pk")
        found = list(rows.values_list("bank_reference", "pk", "public_id", "state"))
        answers = self._answers([pk for _, pk, _, _ in found], [pk for _, pk, _, state in found if state == "booked"])
        for key, pk, public_id, state in found:
            payment, answer = self.waiting[key], answers.get(pk)
            knows_all = all(number in self.listed for number, _ in payment.lines)
            is_to_come = payment.list_on is not None and payment.list_on > day
            if state != "booked" and (not knows_all or is_to_come):
                continue  # a person waits for the list as well
            outcome = self._outcome(payment, answer)
            if key not in self.corrected:
                self.outcomes.append((payment, outcome))
            if outcome.false and not knows_all:
                hand.take_back(receipt=public_id, actor=self.actor, today=day)
                self.corrected.add(key)
                continue
            del self.waiting[key]
            self._decide(payment, public_id, answer, outcome, day)

    def _answers(self, ids: list[int], booked: list[int]) -> dict[int, _Answer]:
        """Give what was booked on these movements, else the first proposal for each."""
        from voldaan.records.bank import BankTransaction
        from voldaan.records.proposals import Proposal, ProposalLine
        from voldaan.records.receivables import Allocation, Entry

        answers: dict[int, _Answer] = {}
        first = Proposal.objects.of(self.books).filter(transaction__in=ids, state="open", rank=1)
        lines: dict[int, Counter[str]] = defaultdict(Counter)
        given: dict[int, Counter[str]] = defaultdict(Counter)
        of_them = ProposalLine.objects.of(self.books).filter(proposal__in=first)
        for proposal, number, cents, less in of_them.values_list(
            "proposal", "receivable__invoice__number", "amount_cents", "given_up_cents"
        ):
            lines[proposal][number] += cents
            given[proposal] += Counter({number: less})
        for pk, public_id, t, kind, customer, notes in first.values_list(
            "pk", "public_id", "transaction", "match_class", "debtor__number", "taken_off"
        ):
            by_notes = _summed((self._number(item), cents) for _, item, cents in notes)
            answers[t] = _Answer(False, kind, customer, lines[pk], given[pk], by_notes, public_id)
        facts = ("credit__transaction", "receivable__invoice__number", "amount_cents", "rule", "credit__debtor__number")
        for t, number, cents, rule, customer in (
            Allocation.objects.of(self.books).filter(credit__transaction__in=booked).values_list(*facts)
        ):
            if t not in answers or not answers[t].booked:
                answers[t] = _Answer(True, rule, customer, Counter(), Counter(), Counter())
            answers[t].lines[number] += cents
        less_by = Entry.objects.of(self.books).filter(given_with__transaction__in=booked)
        for t, number, cents in less_by.values_list(
            "given_with__transaction", "receivable__invoice__number", "amount_cents"
        ):
            answers[t].given_up[number] -= cents
        receipts = {f"taken_off:{public_id}": pk for pk, public_id in BankTransaction.objects.of(self.books)
                    .filter(pk__in=booked).values_list("pk", "public_id")}  # fmt: skip
        taken_off = Allocation.objects.of(self.books).filter(rule__in=receipts, reverses=None)
        for rule, number, cents in taken_off.values_list("rule", "receivable__invoice__number", "amount_cents"):
            answers[receipts[rule]].set_off[number] += cents
        return answers

    def _number(self, receivable: int) -> str:
        from voldaan.records.receivables import Receivable

        number: str = Receivable.objects.of(self.books).values_list("invoice__number", flat=True).get(pk=receivable)
        return number

    def _outcome(self, payment: Payment, answer: _Answer | None) -> Outcome:
        if answer is None:
            return Outcome(payment.habit, bool(payment.lines), False, "", False, False)
        owners = {self.owner_of[number] for number, _ in payment.lines} or {payment.owner}
        right_customer = answer.customer in owners
        # What a payer took off may also be left to a person: then it is open, and nothing is wrong.
        is_his = not answer.given_up or answer.given_up == _summed(payment.given_up)
        # So may credit notes. Where they were set off, it is all one which cent of an invoice they paid.
        by_notes = [(number, cents) for _, number, cents in payment.set_off] if answer.set_off else []
        settled = answer.lines + answer.set_off
        right = right_customer and is_his and settled == _summed([*payment.lines, *by_notes])
        return Outcome(payment.habit, bool(payment.lines), answer.booked, answer.match_class, right, right_customer)

    def _decide(self, payment: Payment, receipt: str, answer: _Answer | None, outcome: Outcome, day: date) -> None:
        """Do what a person does who knows the truth."""
        from voldaan.records.bank import BankTransaction
        from voldaan.usecases import receipts_by_hand as hand

        eyes: dict[str, Any] = {"actor": self.actor, "today": day}
        if payment.takes_back:
            ids = BankTransaction.objects.of(self.books).filter(bank_reference=payment.takes_back)
            original = ids.values_list("public_id", flat=True).get()
            hand.take_back(receipt=original, **eyes)
            hand.set_aside(receipt=original, **eyes)
            hand.set_aside(receipt=receipt, **eyes)
            return
        if outcome.false:
            hand.take_back(receipt=receipt, **eyes)
        if not payment.lines and not payment.owner:
            hand.set_aside(receipt=receipt, **eyes)
            return
        if not outcome.straight and not (outcome.right and answer and self._accept(answer.proposal, eyes)):
            self._by_hand(payment, receipt, eyes)
        self._afterwards(payment, eyes)

    def _accept(self, proposal: str, eyes: dict[str, Any]) -> bool:
        """Accept a proposal, unless one that was accepted just now took something of it."""
        from voldaan.usecases import receipts_by_hand as hand

        try:
            hand.accept(proposal=proposal, **eyes)
        except hand.ProposalOutdated:
            return False
        return True

    def _by_hand(self, payment: Payment, receipt: str, eyes: dict[str, Any]) -> None:
        from voldaan.rules.money import Money
        from voldaan.usecases import receipts_by_hand as hand

        left = payment.cents
        for number, cents in _summed(payment.lines).items():
            hand.allocate(receipt=receipt, invoice=number, amount=Money(cents), **eyes)
            left -= cents
        if left:
            hand.leave_as_credit(receipt=receipt, debtor=self._debtor(payment.owner), **eyes)

    def _afterwards(self, payment: Payment, eyes: dict[str, Any]) -> None:
        """Set off the credit notes that were taken off, and give up what a person gives up and the machine did not."""
        from voldaan.records.receivables import Entry, Receivable
        from voldaan.rules.money import Money
        from voldaan.usecases import allocations, write_offs

        for note, number, cents in payment.set_off:
            entry = Entry.objects.of(self.books).get(source__startswith=f"list-credit:{self.owner_of[note]}:{note}:")
            if entry.credit is None or entry.credit.open_cents < cents:
                continue  # the machine did
            allocations.allocate(credit_number=entry.number, invoice=number, amount=Money(cents), **eyes)
        for number, cents in payment.given_up:
            if not Receivable.objects.of(self.books).filter(invoice__number=number, open_cents__gt=0).exists():
                continue
            write_offs.write_off(invoice=number, reason="verschil", amount=Money(cents), **eyes)

    def _debtor(self, number: str) -> str:
        from voldaan.records.debtors import Debtor

        public_id: str = Debtor.objects.of(self.books).get(number=number).public_id
        return public_id


def _summed(lines: Iterable[tuple[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for number, cents in lines:
        found[number] += cents
    return found
