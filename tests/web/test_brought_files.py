"""Large files on Inlezen: left to the worker, followed while they come in, and then told as any other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from lxml import etree

from tests.tools import files
from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, signed_in
from voldaan.config import clock
from voldaan.jobs import brought_files as job
from voldaan.records import documents, progress
from voldaan.records.bank import BankTransaction
from voldaan.rules.taking_in import Part, Progress
from voldaan.rules.unknown import NoSuchFile
from voldaan.usecases import bank, matching, people
from voldaan.usecases import brought_files as verbs
from voldaan.web import imports

DOOR = f"/{SLUG}/inlezen/"
MOVEMENTS = [files.Movement(date(2027, 2, 27), 100 + n, name=f"Klant {n}", text=f"F{n}") for n in range(3)]
STATEMENT = files.camt053(MOVEMENTS)


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file be a large one."""
    monkeypatch.setattr(imports, "AT_ONCE", 0)


def bring(*contents: str, name: str = "groot.xml") -> str:
    uploads = [SimpleUploadedFile(name, content.encode()) for content in contents]
    answer = signed_in(OWNER).post(DOOR, {"files": uploads})
    assert answer.status_code == 200
    return answer.content.decode()


def page(email: str = OWNER) -> str:
    answer = signed_in(email).get(DOOR)
    assert answer.status_code == 200
    return answer.content.decode()


def cards(html: str) -> list[str]:
    tree: Any = etree.fromstring(html.encode(), etree.HTMLParser(encoding="utf-8"))
    return [" ".join("".join(one.itertext()).split()) for one in tree.xpath("//article")]


def press(html: str, on: str) -> Any:
    tree: Any = etree.fromstring(html.encode(), etree.HTMLParser(encoding="utf-8"))
    (address,) = tree.xpath(f"//form[contains(@action, '/{on}/')]/@action")
    return signed_in(OWNER).post(address)


def work(house: House) -> dict[str, Any]:
    return job.take_in(actor=house.actor, today=house.today, clock=clock.now, getting_on=lambda *_: None).facts


def how_far(html: str) -> Iterator[str]:
    tree: Any = etree.fromstring(html.encode(), etree.HTMLParser(encoding="utf-8"))
    return iter(tree.xpath("//progress/@value"))


def test_a_large_file_waits_for_the_worker_and_is_told_as_a_small_one(house: House, monkeypatch: pytest.MonkeyPatch):
    (waits,) = cards(bring(STATEMENT))
    assert "groot.xml" in waits
    assert "wacht op zijn beurt" in waits
    assert f"door {OWNER}" in waits
    assert 'http-equiv="refresh"' in page()
    assert work(house) == {"taken": 1, "refused": 0, "stopped": 0}
    told = cards(page())[0]
    assert "3 nieuw" in told
    assert 'http-equiv="refresh"' not in page()
    people.add(email="ander@hart.example", role="controller", actor=house.actor, today=house.today)
    assert cards(page("ander@hart.example"))[0] == told
    assert press(page(), "klaar").status_code == 302
    assert cards(page()) == []
    assert house.broken() == {}


def test_a_small_file_comes_in_at_once_and_what_follows_a_large_one_waits_behind_it(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    small = files.items([files.Item("1", "Klant 1", "F1", 101, due="15-02-2027")])
    monkeypatch.setattr(imports, "AT_ONCE", len(small))
    told, first, second = cards(bring(small, STATEMENT, small + "\n"))
    assert "1 nieuw" in told
    assert ["wacht" in first, "wacht" in second] == [True, True]


def test_a_small_file_never_goes_before_a_large_one_that_came_earlier(house: House, monkeypatch: pytest.MonkeyPatch):
    """An older list, taken in after a newer one, would bring back what was paid."""
    bring(STATEMENT)
    monkeypatch.setattr(imports, "AT_ONCE", 1 << 19)
    small = files.items([files.Item("1", "Klant 1", "F1", 101, due="15-02-2027")])
    assert all("wacht" in one for one in cards(bring(small)))
    assert work(house)["taken"] == 2


def test_who_says_yes_while_it_waits_is_heard(house: House):
    paper = files.camt053(MOVEMENTS, closing=1).encode()
    bring(paper.decode())
    verbs.hand_over(name="a.xml", source=BytesIO(paper), accept_unbalanced=True, actor=house.actor, today=house.today,
                    machine=clock.now())  # fmt: skip
    assert work(house)["taken"] == 1


def test_what_a_power_cut_left_of_how_far_it_was_does_no_harm(house: House):
    bring(STATEMENT)
    progress.write(progress_id(house), Progress(Part.READING, 1, 2, clock.now(), clock.now()))
    (settings.DATA / "progress" / f"{progress_id(house)}.json").write_text("")
    assert "wacht" in page()
    assert work(house)["taken"] == 1


def test_the_same_file_twice_while_it_waits_is_one(house: House):
    bring(STATEMENT)
    assert len(cards(bring(STATEMENT))) == 1
    assert work(house)["taken"] == 1


def test_two_who_bring_the_same_at_the_same_moment_bring_one(house: House, monkeypatch: pytest.MonkeyPatch):
    def other_was_first(*_: Any, **__: Any) -> Any:
        monkeypatch.undo()
        raise IntegrityError

    monkeypatch.setattr(documents, "keep", other_was_first)
    verbs.hand_over(name="a.xml", source=BytesIO(STATEMENT.encode()), actor=house.actor, today=house.today,
                            machine=clock.now())  # fmt: skip
    assert work(house)["taken"] == 1


def test_what_is_known_already_is_said(house: House):
    bring(STATEMENT)
    work(house)
    bring(STATEMENT, name="weer.xml")
    work(house)
    (told,) = cards(page())
    assert "weer.xml" in told
    assert "al bekend" in told


def test_how_far_it_is_stands_on_the_page_and_in_the_fragment(house: House, monkeypatch: pytest.MonkeyPatch):
    bring(STATEMENT)
    seen: list[str] = []

    def look(**_: object) -> matching.Matched:
        (id_,) = {path.stem for path in progress._place("x").parent.glob("*.json")}
        now = clock.now()
        progress.write(id_, Progress(Part.READING, 12_000, 100_000, now - timedelta(seconds=2), now))
        seen.append(signed_in(OWNER).get(DOOR, headers={"HX-Request": "true"}).content.decode())
        return matching.Matched()

    monkeypatch.setattr(matching, "match", look)
    work(house)
    assert list(how_far(seen[0])) == ["48"]
    assert "12.000 van ongeveer 100.000 regels gelezen; nog zo’n 35 seconden" in seen[0]
    assert "<html" not in seen[0]


def test_a_stop_before_it_is_in_the_books_leaves_nothing_of_it(house: House):
    html = bring(STATEMENT)
    assert press(html, "stoppen").status_code == 302
    assert "wordt gestopt" in cards(page())[0]
    assert work(house) == {"taken": 0, "refused": 0, "stopped": 1}
    (told,) = cards(page())
    assert "gestopt" in told
    assert "Er is niets van ingelezen" in told
    assert BankTransaction.objects.of(house.actor.administration_id).count() == 0
    bring(STATEMENT)
    assert work(house)["taken"] == 1, "and it may come again"


def test_a_stop_while_it_is_read_rolls_all_of_it_back(house: House):
    html = bring(STATEMENT)
    heard: list[str] = []

    def getting_on(*_: object) -> None:
        heard.append("")
        if len(heard) == 2:  # some of it was written
            press(html, "stoppen")

    job.take_in(actor=house.actor, today=house.today, clock=clock.now, getting_on=getting_on)
    assert "gestopt" in cards(page())[0]
    assert BankTransaction.objects.of(house.actor.administration_id).count() == 0
    bring(STATEMENT)
    work(house)
    assert "3 nieuw" in cards(page())[0]


def test_a_large_statement_that_does_not_close_comes_in_after_one_press(house: House):
    bring(files.camt053(MOVEMENTS, closing=1))
    assert work(house)["refused"] == 1
    html = page()
    assert "lees het in zoals het is met “Toch inlezen”" in html
    assert "wacht" in cards(press(html, "toch").content.decode())[0]
    work(house)
    (told,) = cards(page())
    assert "3 nieuw" in told


def test_a_fault_of_ours_in_one_file_is_said_and_the_next_comes_in(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    real, calls = bank.take_in, []

    def broken(*words: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        return real(*words, **more)

    monkeypatch.setattr(bank, "take_in", broken)
    bring(STATEMENT, files.camt053(MOVEMENTS[:1], number="2"))
    assert work(house) == {"taken": 1, "refused": 1, "stopped": 0}
    assert "ZeroDivisionError" in page()
    assert "could not be taken in" in caplog.text


def test_a_file_of_other_books_is_not_there(house: House):
    bring(STATEMENT)
    other = House.opened("Ander", owner_email="ander@zee.example")
    with pytest.raises(NoSuchFile):
        verbs.stop(file=progress_id(house), actor=other.actor)
    assert signed_in("ander@zee.example").post(f"/ander/inlezen/groot/{progress_id(house)}/klaar/").status_code == 404


def progress_id(house: House) -> str:
    from voldaan.queries.brought_files import brought_files

    (one,) = brought_files(most=9, actor=house.actor, machine=datetime(2027, 3, 1, tzinfo=UTC))
    return one.id


def test_who_only_looks_writes_nothing_while_a_file_is_taken_in(house: House, monkeypatch: pytest.MonkeyPatch):
    """On SQLite he would wait for the one writer."""
    client = signed_in(OWNER)
    before, later = client.session["seen"], clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    progress.write("a", Progress(Part.READING, 1, 2, later, later))
    client.get(DOOR)
    assert client.session["seen"] == before
    progress.clear("a")
    client.get(DOOR)
    assert client.session["seen"] == later.isoformat()


def test_a_file_that_nobody_begins_with_asks_whether_anybody_works(house: House, monkeypatch: pytest.MonkeyPatch):
    bring(STATEMENT)
    later = clock.now() + timedelta(minutes=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "voldaan status" in cards(page())[0]
