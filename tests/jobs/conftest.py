"""A worker for stories: the books of a firm with something due, and clocks that are set by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.tools.house import House
from voldaan.jobs import rounds
from voldaan.jobs.hands import Hands
from voldaan.queries import administrations
from voldaan.queries.administrations import Entered
from voldaan.records.administrations import Administration
from voldaan.records.jobs import JobSlot
from voldaan.records.messages import Message
from voldaan.usecases import administrations as books_verbs


def utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def change(house: House, name: str, value: str) -> None:
    verb = books_verbs.change_sender if name in books_verbs.SENDER_SETTINGS else books_verbs.change
    verb(name=name, value=value, actor=house.actor, today=house.today)


@dataclass
class Desk:
    """A worker at his desk: one clock for the books and the machine, told when to stop."""

    at: datetime
    by: str = "here:1"
    stop_after: int | None = None  # so many times that he was asked whether he must
    asked: int = 0
    clock: Callable[[], datetime] = field(init=False)

    def __post_init__(self) -> None:
        self.clock = lambda: self.at

    @property
    def hands(self) -> Hands:
        return Hands(self.by, lambda zone: self.at.astimezone(ZoneInfo(zone)), self.clock, self._must_stop)

    def _must_stop(self) -> bool:
        self.asked += 1
        return self.stop_after is not None and self.asked > self.stop_after

    def work(self, house: House, at: str | None = None, *, rung: bool = False) -> int:
        if at is not None:
            self.at = utc(at)
        return rounds.work(entered(house), self.hands, rung=rung)


def entered(house: House) -> Entered:
    (found,) = [one for one in administrations.every() if one.administration_id == house.actor.administration_id]
    return found


def slots(house: House) -> dict[tuple[str, str], JobSlot]:
    return {(row.job, row.slot): row for row in JobSlot.objects.of(house.actor.administration_id)}


def said(house: House, job: str, slot: str = "round") -> str:
    row = slots(house)[job, slot]
    return row.said.format(**row.facts)


def messages(house: House) -> list[Message]:
    return list(Message.objects.of(house.actor.administration_id).order_by("pk"))


def decided_on(house: House) -> list[date]:
    from voldaan.records.events import Event

    trail = Event.objects.of(house.actor.administration_id).filter(kind="follow_up.decided")
    return list(trail.order_by("number").values_list("day", flat=True))


def firm(name: str = "Bakkerij 't Hart", *, customers: int = 3, **settings: Any) -> House:
    """Open the books of a firm in which every customer has something due."""
    house = House.opened(name, today=date(2027, 3, 1))
    change(house, "bank_freshness_days", "off")
    for setting, value in settings.items():
        change(house, setting, value)
    for nth in range(customers):
        one = house.debtor(f"Klant {nth}", number=str(nth), email=f"klant{nth}@zee.example")
        house.invoice(one, f"F{nth}", "121.00", issued="2027-02-01", due="2027-02-26")
    return house


@pytest.fixture
def house(db: None) -> House:
    return firm()


@pytest.fixture
def desk() -> Desk:
    return Desk(utc("2027-03-01T05:00"))


def release(house: House) -> None:
    """Let everything go that waits."""
    from voldaan.usecases import messages as verbs

    verbs.approve(ids=(), everything=True, count=None, actor=house.actor, today=house.today)


def lease(house: House) -> timedelta:
    own = Administration.objects.get(pk=house.actor.administration_id)
    return timedelta(seconds=own.claim_lease_seconds)
