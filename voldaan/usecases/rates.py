"""Verbs on statutory rates: add some, take one back. They hold for the whole installation, whosever books it are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from voldaan.countries import told_rates
from voldaan.records import people
from voldaan.records.people import User
from voldaan.records.rates import StatutoryRate
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.rates import Row, Told
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events

NAMED = 20  # of the rates that an event names


class RatesOfOthers(Refusal):
    code = "rates_of_others"
    kind = Kind.FORBIDDEN
    says = mark(
        "Rates hold for all books here, and not all of them are yours. Whoever runs this installation adds them, with: "
        "voldaan rates add."
    )


class NoSuchRate(Refusal):
    code = "no_such_rate"
    kind = Kind.NOT_FOUND
    says = mark("No rate {rate} was added here. What comes with Voldaan cannot be taken back.")


@dataclass(frozen=True, slots=True)
class Added:
    """What became of rates: those that are new, and how many were known."""

    new: list[Row]
    known: int


@transaction.atomic
def add(*, rates: Sequence[Told], actor: Actor, today: date, is_trial: bool = False) -> Added:
    """Add rates, all of them or none; those that are known are left as they are. A trial keeps nothing.

    Raises:
        RatesOfOthers: there are books here of others than the actor.
        Contradiction: one says otherwise than what is known, as it came with Voldaan or was added.
        The refusals of `told_rates.read`: one cannot be read.
    """
    actor.must(Deed.CHANGE_RATES)
    _must_be_all_theirs(actor)
    rows = _added(rates, actor, today)
    if rows:
        named = ", ".join(map(_named, rows[:NAMED])) + (", …" if len(rows) > NAMED else "")
        events.write("rates.added", actor=actor, today=today, count=len(rows), rates=named)
    if is_trial:
        transaction.set_rollback(True)
    return Added(rows, len(rates) - len(rows))


@transaction.atomic
def take_back(*, country: str, kind: str, valid_from: date, actor: Actor, today: date) -> None:
    """Take an added rate back: a slip, or one that was published otherwise.

    Raises:
        RatesOfOthers: there are books here of others than the actor.
        NoSuchRate: it was never added.
    """
    actor.must(Deed.CHANGE_RATES)
    _must_be_all_theirs(actor)
    found = StatutoryRate.objects.select_for_update().filter(country=country, kind=kind, valid_from=valid_from).first()
    if found is None:
        raise NoSuchRate(rate=f"{country} {kind} {valid_from}"[:80])
    row = found.row
    found.delete()
    events.write("rate.taken_back", actor=actor, today=today, rate=_named(row), source=row.source)


def _added(rates: Sequence[Told], actor: Actor, today: date) -> list[Row]:
    """Write down what is new; of two at once, the second finds what the first has written."""
    places = {(told.country, told.kind, told.valid_from): told.place for told in reversed(rates)}
    by = User.objects.get(pk=actor.user_id).email if actor.user_id else actor.via
    there = {row.row[:3]: row for row in StatutoryRate.objects.all()}
    new = []
    for row in told_rates.fresh(rates):
        known, is_new = there.get(row[:3]), False
        if known is None:
            known, is_new = StatutoryRate.objects.get_or_create(
                country=row.country, kind=row.kind, valid_from=row.valid_from,
                defaults={"percent": str(row.percent), "known_until": row.known_until, "source": row.source,
                          "added_on": today, "added_by": by},
            )  # fmt: skip
        if is_new:
            new.append(row)
        else:
            place = places[row.country, row.kind, str(row.valid_from)]
            told_rates.agree(place, row, known.row.percent, known.source)
    return new


def _must_be_all_theirs(actor: Actor) -> None:
    """Let only a person go on who owns all books here; who runs the machine may always."""
    if actor.user_id is not None and not people.owns_all(actor.user_id):
        raise RatesOfOthers


def _named(row: Row) -> str:
    return f"{row.country} {row.kind} {row.percent} % ({row.valid_from})"
