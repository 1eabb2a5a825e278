"""The person who keeps the books in the demo: accepts what is right, books the rest by hand, sets aside, writes off.

He knows what a payer meant, as somebody does who rings him up; all he does goes through the verbs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from voldaan.cli.demo.truth import Bill, Meant, Truth
from voldaan.queries import bank_inbox, debtors
from voldaan.queries.bank_inbox import ProposalRow, TransactionRow
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor
from voldaan.rules.receipts import ReceiptState
from voldaan.usecases import receipts_by_hand, write_offs

WAITING = {ReceiptState.UNMATCHED.value, ReceiptState.PROPOSED.value}
SMALL_CENTS = 100  # what is written off without asking anybody


def waiting(actor: Actor) -> dict[str, TransactionRow]:
    """Give the receipts that wait for a person, by the reference of the bank."""
    rows = bank_inbox.transactions(actor=actor)
    return {row.bank_reference: row for row in rows if row.state in WAITING}


@dataclass(frozen=True, slots=True)
class Accountant:
    """One who decides about receipts."""

    actor: Actor
    truth: Truth

    def decide(self, *, received_until: date, today: date) -> None:
        """Decide about everything that waits and came in until a day."""
        rows = waiting(self.actor)
        proposed: dict[str | None, list[ProposalRow]] = defaultdict(list)
        for proposal in bank_inbox.proposals(actor=self.actor):
            proposed[proposal.transaction].append(proposal)
        for name, row in rows.items():
            meant = self.truth.meant[name]
            if row.value_date <= received_until and self._is_known(meant):
                self._book(row, meant, proposed[row.id], today)
        for proposal in proposed[None]:
            self._settle(proposal, received_until, today)

    def _is_known(self, meant: Meant) -> bool:
        """Tell whether the invoices that a payer meant are in the books: some pay before the list has come."""
        return all(self.truth.bills[number].arrived_on for number, _ in meant.pays)

    def _book(self, row: TransactionRow, meant: Meant, proposals: list[ProposalRow], today: date) -> None:
        if meant.customer is None:
            receipts_by_hand.set_aside(receipt=row.id, actor=self.actor, today=today)
            return
        right = next((each for each in proposals if _allocations(each) == dict(meant.pays)), None)
        if right:
            receipts_by_hand.accept(proposal=right.id, actor=self.actor, today=today)
        else:
            self._by_hand(row, meant, meant.customer.name, today)
        for number, _ in meant.pays:
            self._forgive(self.truth.bills[number], today)

    def _by_hand(self, row: TransactionRow, meant: Meant, customer: str, today: date) -> None:
        for number, cents in meant.pays:
            receipts_by_hand.allocate(
                receipt=row.id, invoice=number, amount=Money(cents), actor=self.actor, today=today
            )
        if sum(cents for _, cents in meant.pays) < row.cents:
            whose = next(each.id for each in debtors.found(customer, actor=self.actor) if each.name == customer)
            receipts_by_hand.leave_as_credit(receipt=row.id, debtor=whose, actor=self.actor, today=today)

    def _forgive(self, bill: Bill, today: date) -> None:
        """Write off the cents that a payer left."""
        rest = bill.unpaid_cents()
        if 0 < rest <= SMALL_CENTS:
            write_offs.write_off(
                invoice=bill.number, reason="Betaalverschil", amount=Money(rest), actor=self.actor, today=today
            )
            bill.written_off_cents += rest

    def _settle(self, proposal: ProposalRow, received_until: date, today: date) -> None:
        """Accept what the bookkeeping has settled, where it was paid in cash."""
        ((number, cents),) = _allocations(proposal).items()
        bill = self.truth.bills[number]
        if bill.customer.habit.is_cash and bill.paid and bill.paid[-1][0] <= received_until:
            assert cents == sum(paid for _, paid in bill.paid), "cash pays the whole invoice"
            receipts_by_hand.accept(proposal=proposal.id, actor=self.actor, today=today)
            bill.settled_by_list_on = today


def _allocations(proposal: ProposalRow) -> dict[str, int]:
    return {str(one["invoice"]): int(one["cents"]) for one in proposal.allocations}
