"""Large files and the worker: taken in at once, left where it is told to stop, and taken up again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import pytest

from tests.jobs.conftest import firm, said, slots
from tests.jobs.test_embedded import running, until
from tests.tools.files import Movement, camt053
from tests.tools.house import House
from voldaan.records.bank import BankTransaction
from voldaan.records.brought_files import BroughtFile
from voldaan.usecases import bank, bell, brought_files

MOVEMENTS = [Movement(date(2027, 2, 27), 100 + n, name=f"Klant {n}", text=f"F{n}") for n in range(30)]


def bring(house: House, number: str = "1") -> None:
    paper = camt053(MOVEMENTS, number=number).encode()
    brought_files.hand_over(name="groot.xml", source=BytesIO(paper), machine=datetime(2027, 3, 1, tzinfo=UTC),
                            actor=house.actor, today=house.today)  # fmt: skip


def states(house: House) -> list[str]:
    return list(BroughtFile.objects.of(house.actor.administration_id).order_by("pk").values_list("state", flat=True))


def test_without_a_large_file_there_is_no_such_work_and_with_one_it_is_done_at_once(house, desk):
    desk.work(house, "2027-03-01T12:00")
    assert ("brought", "round") not in slots(house)
    bring(house)
    bring(house, "2")
    desk.work(house, "2027-03-01T12:00")
    assert said(house, "brought") == "2 large files taken in, 0 refused, 0 stopped."
    bring(house, "3")
    desk.work(house, "2027-03-01T12:00")
    assert states(house) == ["taken"] * 3


def test_a_worker_that_is_told_to_stop_leaves_the_file_to_the_next(house, desk, monkeypatch):
    monkeypatch.setattr(bank, "BLOCK", 10)
    desk.work(house, "2027-03-01T12:00")
    bring(house)
    desk.asked, desk.stop_after = 0, 3  # some of its lines were written
    desk.work(house, "2027-03-01T12:01")
    assert slots(house)["brought", "round"].state == "left"
    assert states(house) == ["waiting"]
    assert BankTransaction.objects.of(house.actor.administration_id).count() == 0
    desk.stop_after = None
    desk.work(house, "2027-03-01T12:01")
    assert states(house) == ["taken"]
    assert BankTransaction.objects.of(house.actor.administration_id).count() == len(MOVEMENTS)


@pytest.mark.django_db(transaction=True)
def test_the_bell_wakes_the_worker_in_the_same_process(monkeypatch):
    house = firm(customers=1)
    monkeypatch.setattr(bell, "_hear", [])
    with running(tick=3600) as loop:
        until(lambda: slots(house).get(("outbox", "round")) and slots(house)["outbox", "round"].ended_at)
        bell.heard_by(loop.ring)
        bring(house)
        until(lambda: states(house) == ["taken"])
