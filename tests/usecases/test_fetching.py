"""Bank files that come by themselves: through the verb of any file, once; what is refused waits for a person."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from tests.tools.files import OTHER_PAYER, PAYER, Movement, bring, camt053
from tests.tools.house import House
from voldaan.look.refused_files import reason
from voldaan.outside.banks import folder
from voldaan.outside.banks.folder import Folder
from voldaan.queries import bank_places, held_lists, status
from voldaan.records import documents
from voldaan.records.bank import BankTransaction
from voldaan.rules.permissions import NotAllowed, Role
from voldaan.usecases import fetching, files
from voldaan.usecases.fetching import Look

pytestmark = pytest.mark.django_db(transaction=True)  # what is put aside was committed

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
FIRST = camt053([Movement(date(2027, 2, 1), 10_000, PAYER, "Janssen", "F1", "E1")])
SECOND = camt053([Movement(date(2027, 2, 2), 20_000, OTHER_PAYER, "Peters", "F2", "E2")], opening=10_000, number="2")
OPEN = camt053([Movement(date(2027, 2, 1), 10_000, PAYER, "Janssen", "F1", "E1")], closing=99)


@pytest.fixture
def house() -> House:
    return House.opened()


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of the house, in which a file is whole at once."""
    monkeypatch.setattr(folder, "SETTLED", 0)
    monkeypatch.setenv("VOLDAAN_DROP", str(tmp_path))
    there = tmp_path / "bakkerij-t-hart"
    there.mkdir()
    return there


def look(house: House, **more: Any) -> Look:
    (found,) = fetching.fetch(why=reason, actor=house.actor, today=house.today, now=NOW, **more)
    return found


def lying(folder_: Path) -> set[str]:
    return {path.name for path in folder_.iterdir() if path.is_file() and path.name != folder.LOCK}


def came_in(house: House) -> int:
    return BankTransaction.objects.of(house.actor.administration_id).count()


def waiting(house: House) -> list[str]:
    return [one.name for one in bank_places.refused_files(most=9, actor=house.actor)]


def sign(house: House) -> status.Sign:
    (found,) = [one for one in status.status(actor=house.actor, now=NOW, machine=NOW) if one.name == "fetch"]
    return found


def test_where_nothing_is_watched_nothing_is_done(house, monkeypatch):
    monkeypatch.delenv("VOLDAAN_DROP", raising=False)
    assert fetching.fetch(why=reason, actor=house.actor, today=house.today, now=NOW) == []
    assert bank_places.places(actor=house.actor) == []


def test_a_file_comes_in_and_is_put_aside(house, drop):
    (drop / "een.xml").write_text(FIRST)
    (one,) = look(house).fetched
    assert (one.is_taken, one.answers[0].new, came_in(house)) == (True, 1, 1)
    assert (lying(drop), lying(drop / "taken")) == (set(), {"een.xml"})
    assert look(house).fetched == []
    assert house.events()[-1] == "file.imported"
    assert sign(house).ok


def test_a_statement_that_follows_on_another_waits_for_it(house, drop):
    bring(house, camt053([], first=date(2027, 1, 31)))
    for age, name, content in ((9, "een.xml", SECOND), (1, "twee.xml", FIRST)):  # the later one was laid there first
        (drop / name).write_text(content)
        os.utime(drop / name, (1_000_000 - age, 1_000_000 - age))
    assert [one.name for one in look(house).fetched if one.is_taken] == ["twee.xml", "een.xml"]
    assert came_in(house) == 2
    assert waiting(house) == []


def test_what_is_refused_is_put_aside_with_the_reason_and_waits(house, drop):
    (drop / "stuk.xml").write_text(OPEN)
    found = look(house)
    assert [one.is_taken for one in found.fetched] == [False]
    assert (came_in(house), lying(drop), lying(drop / "refused")) == (0, set(), {"stuk.xml", "stuk.xml.why.txt"})
    why = (drop / "refused" / "stuk.xml.why.txt").read_text()
    assert "stuk.xml" in why
    assert "99" in why
    assert waiting(house) == ["stuk.xml"]
    assert house.events()[-1] == "file.refused"
    assert (sign(house).ok, sign(house).count) == (False, 1)


def test_the_same_refused_file_once_more_is_told_once(house, drop):
    for _ in range(2):
        (drop / "stuk.xml").write_text(OPEN)
        look(house)
    assert house.events().count("file.refused") == 1
    assert waiting(house) == ["stuk.xml"]


def test_a_refused_file_that_came_in_after_all_waits_no_more(house, drop):
    (drop / "stuk.xml").write_text(OPEN)
    look(house)
    assert bring(house, OPEN, accept_unbalanced=True).result == "imported"
    assert waiting(house) == []
    assert sign(house).ok


def test_a_person_is_done_with_a_refused_file_and_it_waits_again_when_it_comes_again(house, drop):
    (drop / "stuk.xml").write_text(OPEN)
    look(house)
    (one,) = bank_places.refused_files(most=9, actor=house.actor)
    for _ in range(2):
        assert fetching.done_with(file=one.id, actor=house.actor, today=house.today) == "stuk.xml"
    assert waiting(house) == []
    assert house.events().count("file.refused_done") == 1
    (drop / "weer.xml").write_text(OPEN)
    look(house)
    assert waiting(house) == ["weer.xml"]


def test_a_refused_file_of_others_is_not_there(house, drop):
    (drop / "stuk.xml").write_text(OPEN)
    look(house)
    (one,) = bank_places.refused_files(most=9, actor=house.actor)
    other = House.opened("Ander", owner_email="ander@ander.example")
    assert waiting(other) == []
    with pytest.raises(fetching.NoSuchRefusedFile):
        fetching.done_with(file=one.id, actor=other.actor, today=other.today)


def test_a_list_whose_columns_are_not_certain_is_kept_for_a_person(house, drop):
    (drop / "lijst.csv").write_text("Wie;Factuurnr;Gemaakt;Vervaldatum;Openstaand\nJan;9;2027-01-02;2027-02-01;5,00\n")
    look(house)
    (one,) = bank_places.refused_files(most=9, actor=house.actor)
    assert one.held


def test_a_zip_is_taken_when_all_in_it_is(house, drop):
    for name, second in (("goed.zip", SECOND), ("half.zip", "geen afschrift")):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as into:
            into.writestr("a.xml", FIRST)
            into.writestr("b.xml", second)
        (drop / name).write_bytes(packed.getvalue())
        look(house)
    assert (lying(drop / "taken"), waiting(house), came_in(house)) == ({"goed.zip"}, ["half.zip/b.xml"], 2)


def test_each_file_in_a_zip_waits_by_itself(house, drop):
    """Who says yes to one of them has not said it of the others, and each leaves the list once it is in."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        for number in ("1", "2"):
            line = Movement(date(2027, 2, 1), 10_000, name=f"Klant {number}")
            into.writestr(f"{number}.xml", camt053([line], closing=99, number=number))
        into.writestr("lees.txt", "hallo")
    (drop / "maand.zip").write_bytes(packed.getvalue())
    look(house)
    files_ = {one.name: one for one in bank_places.refused_files(most=9, actor=house.actor)}
    assert {name: bool(one.held) for name, one in files_.items()} == {
        "maand.zip/1.xml": True,
        "maand.zip/2.xml": True,
        "maand.zip/lees.txt": False,
    }
    with held_lists.opened(files_["maand.zip/2.xml"].held, actor=house.actor) as (name, source):
        files.bring_in(name=name, source=source, accept_unbalanced=True, actor=house.actor, today=house.today)
    assert waiting(house) == ["maand.zip/lees.txt", "maand.zip/1.xml"]


def test_a_folder_that_cannot_be_looked_at_is_told_and_the_next_look_is_well(house, drop):
    drop.rmdir()
    drop.symlink_to(drop.parent)
    assert "is a link" in look(house).says
    (place,) = bank_places.places(actor=house.actor)
    assert place.facts == {"path": str(drop)}
    assert not sign(house).ok
    drop.unlink()
    assert look(house).says == ""
    assert sign(house).ok


def test_a_disk_that_keeps_nothing_is_told_and_the_file_stays(house, drop, monkeypatch):
    (drop / "een.xml").write_text(FIRST)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(documents, "keep", full)
        found = look(house)
    assert found.facts == {"name": "een.xml", "why": "No space left on device"}
    assert (lying(drop), came_in(house)) == ({"een.xml"}, 0)
    assert look(house).fetched[0].is_taken


def test_a_place_that_nobody_looks_at_any_more_is_seen_until_it_is_forgotten(house, drop, monkeypatch):
    look(house)
    (found,) = [
        one for one in status.status(actor=house.actor, now=NOW + timedelta(2), machine=NOW) if one.name == "fetch"
    ]
    assert not found.ok
    monkeypatch.delenv("VOLDAAN_DROP")
    fetching.fetch(why=reason, actor=house.actor, today=house.today, now=NOW)
    assert bank_places.places(actor=house.actor) == []


def test_one_file_that_cannot_be_moved_keeps_no_other_waiting(house, drop):
    (drop / "een.xml").write_text(FIRST)
    (drop / "stuk.xml").write_text("geen afschrift")
    (drop / "taken").write_text("dit is geen map")
    found = look(house)
    assert found.says
    assert (came_in(house), sorted(waiting(house))) == (1, ["stuk.xml", "taken"])
    assert lying(drop) == {"een.xml"}
    assert look(house).fetched[0].answers[0].result == "known"
    assert (came_in(house), lying(drop / "taken")) == (1, {"een.xml"})


def test_whoever_finds_another_at_work_leaves_it_to_him(house, drop):
    (drop / "een.xml").write_text(FIRST)
    with Folder(drop):
        assert look(house).fetched == []
    assert look(house).fetched[0].is_taken


def test_who_may_not_bring_a_file_may_not_fetch_one(house, drop):
    (drop / "een.xml").write_text(FIRST)
    with pytest.raises(NotAllowed):
        look(house.as_role(Role.AUDITOR))
    assert lying(drop) == {"een.xml"}


def test_a_file_on_which_we_break_keeps_no_other_waiting(house, drop, monkeypatch):
    (drop / "een.xml").write_text(FIRST)
    (drop / "gif.xml").write_text("gif")
    bring_in = files.bring_in

    def breaking(*, name: str, **words: Any) -> Any:
        if name == "gif.xml":
            raise ZeroDivisionError
        return bring_in(name=name, **words)

    monkeypatch.setattr(files, "bring_in", breaking)
    found = look(house)
    assert found.facts == {"name": "gif.xml", "fault": "ZeroDivisionError"}
    assert (lying(drop), came_in(house)) == ({"gif.xml"}, 1)


def test_a_list_that_is_kept_for_a_person_is_kept_once(house, drop):
    (drop / "een.xml").write_text(FIRST)
    (drop / "lijst.csv").write_text("Wie;Factuurnr;Gemaakt;Vervaldatum;Openstaand\nJan;9;2027-01-02;2027-02-01;5,00\n")
    look(house)
    assert house.events().count("file.held") == 1


def strange(number: str, opening: int = 0) -> str:
    line = Movement(
        date(2027, 2, 20 + int(number)), 10_000, OTHER_PAYER, "Janssen B.V.", "Factuur VF41678", f"E{number}"
    )
    return camt053([line], opening=opening, account="NL20INGB0001234567", number=number)


def test_a_statement_of_an_account_that_nobody_knows_settles_nothing_until_a_person_says_yes(house, drop):
    """Whoever may lay a file here, or mail one, could else pay his invoices with a bank account of his own making."""
    house.invoice(house.debtor("Janssen B.V."), "VF41678", "100.00", issued="2027-01-05", due="2027-01-20")
    (drop / "vals.xml").write_text(strange("1"))
    look(house)
    assert (came_in(house), house.open(), waiting(house)) == (0, {"VF41678": 10_000}, ["vals.xml"])
    assert "NL20INGB0001234567" in (drop / "refused" / "vals.xml.why.txt").read_text()
    (one,) = bank_places.refused_files(most=9, actor=house.actor)
    with held_lists.opened(one.held, actor=house.actor) as (name, source):
        files.bring_in(name=name, source=source, accept_unbalanced=True, actor=house.actor, today=house.today)
    assert (came_in(house), house.open(), waiting(house)) == (1, {}, [])
    (drop / "volgende.xml").write_text(strange("2", opening=10_000))
    assert look(house).fetched[0].is_taken


def test_a_person_who_brings_a_new_account_himself_is_not_asked_and_then_it_comes_by_itself(house, drop):
    (drop / "deze.xml").write_text(strange("1"))
    (drop / "leeg.xml").write_text(camt053([], account="NL20INGB0001234567", number="7"))
    look(house)
    assert sorted(waiting(house)) == ["deze.xml", "leeg.xml"]
    answer = bring(house, strange("1"))
    assert (answer.result, answer.questions) == ("imported", [])
    (drop / "volgende.xml").write_text(strange("2", opening=10_000))
    assert (look(house).fetched[0].is_taken, came_in(house)) == (True, 2)


def test_a_name_that_is_no_text_is_told_as_text(house, drop, monkeypatch):
    """A disk and a server name files by bytes; a page, a terminal and the database know text only."""
    name = os.fsdecode(b"caf\xe9.xml")
    (drop / name).write_text(FIRST)
    opened = os.open

    def closed(path: Any, *words: Any, **more: Any) -> int:
        if path == name:
            raise PermissionError(13, "Permission denied")
        return opened(path, *words, **more)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", closed)
        look(house)
    (place,) = bank_places.places(actor=house.actor)
    assert place.facts["path"] == f"{drop}/caf?.xml"
    (drop / name).write_text("geen afschrift")
    (one,) = look(house).fetched
    assert (one.name, waiting(house)) == ("caf?.xml", ["caf?.xml"])


def test_a_folder_whose_name_is_no_text_is_looked_at(house, drop, monkeypatch, tmp_path):
    root = tmp_path / os.fsdecode(b"caf\xe9")
    root.mkdir()
    monkeypatch.setenv("VOLDAAN_DROP", str(root))
    assert look(house).says == ""
    (place,) = bank_places.places(actor=house.actor)
    assert place.where == f"{tmp_path}/caf?/bakkerij-t-hart"


@pytest.mark.parametrize("fault", [MemoryError, OverflowError, RecursionError, KeyError])
def test_a_place_on_which_we_break_keeps_no_other_waiting(house, drop, monkeypatch, fault):
    def breaks(*_: object) -> None:
        raise fault

    (drop / "een.xml").write_text(FIRST)
    with monkeypatch.context() as patched:
        patched.setenv("VOLDAAN_SFTP", "sftp://a:b@c/{slug}")
        patched.setattr(Folder, "waiting", breaks)
        first, second = fetching.fetch(why=reason, actor=house.actor, today=house.today, now=NOW)
    assert (first.facts, bool(second.says)) == ({"name": str(drop), "fault": fault.__name__}, True)
    assert look(house).fetched[0].is_taken


def test_where_the_database_is_away_nothing_else_is_tried(house, drop, monkeypatch):
    def breaks(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(Folder, "waiting", breaks)
    with pytest.raises(OperationalError):
        look(house)
