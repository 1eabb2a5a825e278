"""Why an item gets its next step, and when, or why not: the answer of the pure rule, computed when it is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet

from voldaan.queries import charges
from voldaan.records import left, situations
from voldaan.records.actions import Action
from voldaan.records.invoices import Invoice
from voldaan.records.receivables import Receivable
from voldaan.records.situations import Books, Situation
from voldaan.rules.money import Money
from voldaan.rules.outbox import TOO_EARLY, UNDER_WAY, ActionState
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import mark
from voldaan.rules.strategy import Because, Decision, due_step
from voldaan.rules.unknown import NoSuchInvoice


@dataclass(frozen=True, slots=True)
class TakenStep:
    """A step that was taken, on which day, and by which message."""

    step: str
    on: date
    message: str | None


@dataclass(frozen=True, slots=True)
class Why:
    """One receivable and the decision about it."""

    invoice: str
    instalment: int
    state: str
    decision: Decision
    taken: tuple[TakenStep, ...]
    rest: tuple[str, Money] | None = None  # of what is paid: interest and costs that are not, in marked words

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more is to be said of it than that it is paid, or what is left of that."""
        return self.decision.because is Because.SETTLED


TO_ASK = mark("The price is paid; of interest and costs, {amount} is still to be asked.")
ASKED = mark("The price is paid; of interest and costs, {amount} was asked and is still open.")


def why(invoice: str, *, actor: Actor, today: date) -> list[Why]:
    """Explain what follows for an invoice (number or public id), each of its instalments, on this day.

    Raises:
        NoSuchInvoice: there is no such invoice here.
    """
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    known = Invoice.objects.of(books).exclude(kind="credit_note")
    found = known.filter(number=invoice).first() or known.filter(public_id=invoice).first()
    if found is None:
        raise NoSuchInvoice(invoice=invoice)
    house = situations.books_of(books)
    items = Receivable.objects.of(books).filter(invoice=found)
    taken = _taken(books, items)
    there = list(situations.of(items, house, today=today))
    if paid := {one.receivable_id for one in there if not one.item.open_cents}:
        late = set(left.to_ask(books, today).filter(pk__in=paid).values_list("pk", flat=True))
        left.told([one for one in there if one.receivable_id in late], books, today)
    asked = sum(one.open_cents for one in charges.claims_of(books, found.pk) if one.stands) if paid else 0
    return [
        Why(
            one.invoice,
            one.instalment,
            _state(decision := _decided(one, house, today), one.item.open_cents),
            decision,
            taken.get(one.receivable_id, ()),
            _rest(one, asked),
        )
        for one in there
    ]


def _rest(one: Situation, asked_cents: int) -> tuple[str, Money] | None:
    """Say what is still due because of an item whose price is paid."""
    if one.item.left_cents:
        return TO_ASK, Money(one.item.left_cents, one.currency)
    return (ASKED, Money(asked_cents, one.currency)) if asked_cents and not one.item.open_cents else None


def _decided(one: Situation, house: Books, today: date) -> Decision:
    decision = due_step(one.reach.strategy, one.item, house.bank, house.country, today=today)
    # What lies in the outbox is not kept waiting by itself.
    is_under_way = one.message_state in UNDER_WAY and decision.because is Because.RHYTHM
    return replace(decision, because=Because.DUE) if is_under_way else decision


def _taken(books: int, items: QuerySet[Receivable]) -> dict[int, tuple[TakenStep, ...]]:
    steps = Action.objects.of(books).filter(receivable__in=items, state=ActionState.TAKEN.value)
    rows = steps.exclude(step=TOO_EARLY).order_by("taken_on", "pk")  # that one is a question to a person
    taken: dict[int, tuple[TakenStep, ...]] = {}
    for receivable, step, on, message in rows.values_list("receivable_id", "step", "taken_on", "message__public_id"):
        assert on is not None, "a step that was taken has its day"
        taken[receivable] = (*taken.get(receivable, ()), TakenStep(step, on, message))
    return taken


def _state(decision: Decision, open_cents: int) -> str:
    if not open_cents:
        return "paid"
    if decision.because is Because.HANDED_OVER:
        return "handed_over"
    return "paused" if decision.because is Because.PAUSED else "open"
