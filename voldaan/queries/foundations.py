"""What good follow-up stands on: seven things that can be set or done, and whether they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from voldaan.records import situations
from voldaan.records.administrations import OwnAccount
from voldaan.records.events import Event
from voldaan.records.holds import Hold
from voldaan.records.imports import Import
from voldaan.rules.holds import HoldReason
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.strategy import StepKind

LATELY = timedelta(days=7)  # so long ago a list or an invoice may have come in
DAYS_OFF = timedelta(days=4)  # so long the follow-up may rest, over a long weekend


@dataclass(frozen=True, slots=True)
class Foundations:
    """What the follow-up stands on, each in place or not."""

    asks_before: bool  # a customer hears from us before the due date: is all well, and when is it due
    terms_known: bool  # every open item says when it is due
    invoices_fast: bool  # invoices came in lately
    pays_easily: bool  # messages carry an account and a code to pay with
    is_steady: bool  # the follow-up is decided day by day
    has_an_end: bool  # what is never paid gets a final notice, and then a decision
    bank_fresh: bool  # who has paid is known

    @property
    def score(self) -> int:
        """Count what is in place, of seven."""
        return sum(getattr(self, name) for name in self.__slots__)


def foundations(*, actor: Actor, today: date) -> Foundations:
    """Tell what the follow-up of these books stands on."""
    actor.must(Deed.READ_BOOKS)
    books = actor.administration_id
    house = situations.books_of(books)
    _, strategy = house.strategies[house.strategy]
    kinds = [step.kind for step in strategy.steps]
    asked = Hold.objects.of(books).filter(reason=HoldReason.QUESTION.value, ended_on=None, receivable__open_cents__gt=0)
    decided = Event.objects.of(books).filter(debtor=None, kind="follow_up.decided", day__gt=today - DAYS_OFF)
    bank = house.bank
    return Foundations(
        asks_before=any(step.is_before_due for step in strategy.steps),
        terms_known=not asked.exists(),
        invoices_fast=Import.objects.of(books).filter(imported_on__gt=today - LATELY).exists(),
        pays_easily=OwnAccount.objects.of(books).exists(),
        is_steady=decided.exists(),
        has_an_end=kinds[-1:] == [StepKind.HAND_OVER] and StepKind.MESSAGE in kinds,
        bank_fresh=bank.days_behind is not None and not bank.is_stale(today, house.country),
    )
