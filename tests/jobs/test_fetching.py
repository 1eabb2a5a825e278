"""The round along the watched folders: taken in before the follow-up is decided, and said in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.jobs.conftest import said, slots
from tests.tools.files import PAYER, Movement, camt053
from voldaan.outside.banks import folder
from voldaan.records.administrations import Administration


def test_where_nothing_is_watched_there_is_no_such_work(house, desk, monkeypatch):
    monkeypatch.delenv("VOLDAAN_DROP", raising=False)
    desk.work(house, "2027-03-01T12:00")
    assert ("fetch", "round") not in slots(house)


def test_what_lies_there_is_taken_in_every_five_minutes(house, desk, monkeypatch, tmp_path):
    monkeypatch.setattr(folder, "SETTLED", 0)
    monkeypatch.setenv("VOLDAAN_DROP", str(tmp_path))
    slug = Administration.objects.get(pk=house.actor.administration_id).slug
    drop = Path(tmp_path, slug)
    desk.work(house, "2027-03-01T12:00")
    assert said(house, "fetch", "round") == "0 files taken in, 0 refused; 0 still arriving."
    (drop / "a.xml").write_text(camt053([Movement(date(2027, 2, 1), 100, PAYER, "J", "F1", "E1")]))
    desk.work(house, "2027-03-01T12:04")
    assert (drop / "a.xml").exists()
    desk.work(house, "2027-03-01T12:05")
    assert said(house, "fetch", "round") == "1 files taken in, 0 refused; 0 still arriving."
    drop.rename(tmp_path / "was")
    drop.symlink_to(tmp_path / "was")
    desk.work(house, "2027-03-01T12:10")
    assert "is a link" in said(house, "fetch", "round")
