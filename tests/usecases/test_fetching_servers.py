"""Bank files from a server: through the same verb, one worker at a time, and what is wrong there is told."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typst

from tests.tools.files import PAYER, Movement, bring, camt053
from tests.tools.house import House
from tests.tools.imap_server import ImapServer
from tests.tools.sftp_server import PASSWORD, SftpServer
from voldaan.look.refused_files import reason
from voldaan.outside.banks.mailbox.server import NOT_DONE, Server
from voldaan.outside.banks.sftp import place as files
from voldaan.queries import bank_places, status
from voldaan.queries.remittance_advices import waiting_advices
from voldaan.records.bank import BankTransaction
from voldaan.records.bank_places import PlaceSeen
from voldaan.rules.bank_places import PlaceBusy, PlaceTrouble
from voldaan.usecases import fetching
from voldaan.usecases.fetching import Look

pytestmark = pytest.mark.django_db(transaction=True)  # what is put aside was committed

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
FIRST = camt053([Movement(date(2027, 2, 1), 10_000, PAYER, "Janssen", "F1", "E1")])


@pytest.fixture
def house() -> House:
    return House.opened()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SftpServer]:
    """Give a server on which a file is whole at once."""
    monkeypatch.setattr(files, "SETTLED", 0)
    monkeypatch.delenv("VOLDAAN_DROP", raising=False)
    (tmp_path / "served" / "bank" / "bakkerij-t-hart").mkdir(parents=True)
    with SftpServer(tmp_path / "served") as running:
        for name, value in running.surroundings.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def drop(server: SftpServer) -> Path:
    return server.folder / "bank" / "bakkerij-t-hart"


def look(house: House) -> Look:
    (found,) = fetching.fetch(why=reason, actor=house.actor, today=house.today, now=NOW)
    return found


def came_in(house: House) -> int:
    return BankTransaction.objects.of(house.actor.administration_id).count()


def test_a_file_comes_in_once_and_is_put_aside(house, drop):
    for name in ("een.xml", "weer.xml"):
        (drop / name).write_text(FIRST)
        (one,) = look(house).fetched
        assert (one.is_taken, came_in(house)) == (True, 1)
        assert (drop / "taken" / name).is_file()
    (place,) = bank_places.places(actor=house.actor)
    assert (place.kind, place.where, place.says) == ("sftp", "sftp://127.0.0.1/bank/bakkerij-t-hart", "")


def test_what_is_refused_waits_for_a_person_also_when_nobody_read_it(house, drop, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 2_000_000)
    (drop / "stuk.xml").write_text("geen afschrift")
    (drop / "groot.xml").write_bytes(b"x" * 2_000_001)
    look(house)
    assert {one.name for one in bank_places.refused_files(most=9, actor=house.actor)} == {"stuk.xml", "groot.xml"}
    assert "1 MB" in (drop / "refused" / "groot.xml.why.txt").read_text()


def test_where_nothing_can_be_moved_all_comes_in_once_and_it_is_told(house, server, drop):
    (drop / "een.xml").write_text(FIRST)
    (drop / "stuk.xml").write_text("geen afschrift")
    (drop / "stuk2.xml").write_text("ook geen afschrift")
    server.manners.moves = False
    for _ in range(2):
        assert "does not let Voldaan move it" in look(house).says
        assert came_in(house) == 1
        assert len(bank_places.refused_files(most=9, actor=house.actor)) == 2


def test_one_at_a_time_takes_files_and_a_dead_one_keeps_nobody_away_for_long(house, drop):
    look(house)
    (drop / "een.xml").write_text(FIRST)
    row = PlaceSeen.objects.of(house.actor.administration_id)
    row.update(held_until=datetime.now(UTC) + timedelta(seconds=60))  # noqa: TID251, DTZ - by the clock of the database
    assert (look(house).is_busy, came_in(house)) == (True, 0)
    row.update(held_until=datetime.now(UTC) - timedelta(seconds=1))  # noqa: TID251, DTZ
    assert (look(house).is_busy, came_in(house)) == (False, 1)
    assert row.get().held_until is None


def test_who_is_late_neither_prolongs_nor_frees_what_another_holds(house, drop):
    (place,) = fetching.places_of("bakkerij-t-hart")
    row = PlaceSeen.objects.of(house.actor.administration_id)
    with fetching._alone(place, house.actor, NOW) as late:
        late()
        row.update(held_until=datetime.now(UTC) - timedelta(seconds=1))  # noqa: TID251, DTZ
        other = fetching._alone(place, house.actor, NOW)
        other.__enter__()
        held = row.get().held_until
        with pytest.raises(PlaceBusy):
            late()
    assert row.get().held_until == held
    assert look(house).is_busy
    other.__exit__(None, None, None)
    assert (row.get().held_until, row.get().held_by) == (None, "")


def test_who_lost_the_place_takes_no_further_file(house, drop, monkeypatch):
    row = PlaceSeen.objects.of(house.actor.administration_id)
    for number in range(3):
        (drop / f"{number}.xml").write_text(camt053([Movement(date(2027, 2, 1), 100 + number)], number=str(number)))
    copy = files.Sftp._copy

    def late(*words: Any) -> None:
        copy(*words)
        row.update(held_by="ander")

    monkeypatch.setattr(files.Sftp, "_copy", late)
    assert (look(house).is_busy, came_in(house), row.get().held_by) == (True, 1, "ander")


def test_a_look_begins_no_new_file_when_it_took_long_and_the_next_one_does(house, drop, monkeypatch):
    for name in ("een.xml", "weer.xml"):
        (drop / name).write_text(FIRST)
    with monkeypatch.context() as patched:
        patched.setattr(fetching, "LONGEST_LOOK", -1.0)
        assert (look(house).fetched, came_in(house)) == ([], 0)
    assert len(look(house).fetched) == 2


def test_a_place_that_cannot_be_looked_at_is_told_everywhere_without_its_password(house, drop, monkeypatch):
    for name, said in (("VOLDAAN_SFTP_HOST_KEY", ""), ("VOLDAAN_SFTP", f"sftp://a:{PASSWORD}@b/{{slug}}")):
        monkeypatch.setenv(name, said)
        says = look(house).says
        assert says
        (place,) = bank_places.places(actor=house.actor)
        signs = [one for one in status.status(actor=house.actor, now=NOW, machine=NOW) if one.name == "fetch"]
        assert [(one.ok, one.says) for one in signs] == [(False, says)]
        assert PASSWORD not in f"{place}{signs}"


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapServer]:
    monkeypatch.delenv("VOLDAAN_DROP", raising=False)
    with ImapServer(tmp_path) as running:
        for name, value in running.surroundings.items():
            monkeypatch.setenv(name, value)
        yield running


def test_a_mail_comes_in_once_and_one_with_nothing_in_it_waits_for_a_person(house, mailbox):
    folder = "Bank/bakkerij-t-hart"
    for subject, file in (
        ("Een", f"\nContent-Disposition: attachment; filename=a.xml\n\n{FIRST}"),
        ("Leeg", "\n\nHoi"),
    ):
        head = f"From: a@bank.example\nSubject: {subject}\nContent-Type: multipart/mixed; boundary=xyz"
        mailbox.mail(f"{head}\n\n--xyz{file}\n--xyz--\n".replace("\n", "\r\n").encode(), folder)
    for _ in range(2):
        look(house)
        assert came_in(house) == 1
        assert [one.name for one in bank_places.refused_files(most=9, actor=house.actor)] == ["Leeg"]
        assert [mailbox.holds(f"{folder}{end}") for end in ("", "/taken", "/refused")] == [[], ["Een"], ["Leeg"]]
    assert house.events().count("file.refused") == 1


def test_a_file_from_a_stranger_waits_until_a_person_takes_it_in(house, mailbox, monkeypatch):
    monkeypatch.setenv("VOLDAAN_BANK_MAIL_FROM", "a@bank.example")
    head = "From: b@evil.example\nSubject: Een\nContent-Type: multipart/mixed; boundary=xyz\n\n--xyz"
    file = f"Content-Disposition: attachment; filename=a.xml\nContent-Transfer-Encoding: base64\n\n{b64(FIRST)}"
    mailbox.mail(f"{head}\n{file}\n--xyz--\n".replace("\n", "\r\n").encode(), "Bank/bakkerij-t-hart")
    assert (look(house).fetched[0].is_taken, came_in(house)) == (False, 0)
    (one,) = bank_places.refused_files(most=9, actor=house.actor)
    assert (one.name, "b@evil.example" in str(one.problems)) == ("a.xml", True)
    bring(house, FIRST)
    assert bank_places.refused_files(most=9, actor=house.actor) == []


def test_a_mail_that_cannot_be_moved_is_told_once_and_the_others_come_in(house, mailbox, monkeypatch):
    monkeypatch.setenv("VOLDAAN_BANK_MAIL_FROM", "a@bank.example")
    move = Server.put_aside

    def forbids(server: Server, uid: str, folder: str) -> None:
        if folder == "refused":
            raise PlaceTrouble(NOT_DONE, path="Bank", why="no")
        move(server, uid, folder)

    monkeypatch.setattr(Server, "put_aside", forbids)
    for sender in ("b@evil.example", "b@evil.example", "a@bank.example"):
        file = f"\nContent-Disposition: attachment; filename=a.xml\n\n{FIRST}" if sender[0] == "a" else "\n\nHoi"
        head = f"From: {sender}\nSubject: Een\nContent-Type: multipart/mixed; boundary=xyz"
        mailbox.mail(f"{head}\n\n--xyz{file}\n--xyz--\n".replace("\n", "\r\n").encode(), "Bank/bakkerij-t-hart")
    found = look(house)
    assert (found.says, found.facts, came_in(house)) == (NOT_DONE, {"path": "Bank", "why": "no"}, 1)
    (place,) = bank_places.places(actor=house.actor)
    assert place.says == NOT_DONE


def pdf(title: str) -> bytes:
    cells = "[Invoice no], [Paid], [2027-001], [100.50], [Total], [100.50]"
    return typst.compile(f"{title}\n\n#table(columns: 2, {cells})".encode())


def test_the_list_of_a_payer_comes_in_as_pdf_and_a_letter_is_passed_over(house, mailbox):
    folder, head = "Bank/bakkerij-t-hart", "From: a@payer.example\nContent-Type: multipart/mixed; boundary=xyz"
    advice, letter = pdf("Remittance advice"), pdf("Our new prices")
    for subject, files_ in (
        ("Lijst", (letter, advice)), ("Brief", (letter,)), ("Stuk", (b"%PDF-1.7 stuk",)),
        ("Groot", (pdf("Remittance advice 2") + b"\n" * (4 << 20),)),
    ):  # fmt: skip
        parts = "".join(
            "--xyz\nContent-Disposition: attachment; filename=a.pdf\nContent-Transfer-Encoding: base64\n\n"
            f"{base64.encodebytes(one).decode()}\n" for one in files_
        )  # fmt: skip
        mailbox.mail(f"{head}\nSubject: {subject}\n\n{parts}--xyz--\n".replace("\n", "\r\n").encode(), folder)
    (one,) = look(house).fetched
    assert [(answer.format, answer.result, answer.new) for answer in one.answers] == [("advice-pdf", "imported", 1)]
    assert [one.cents for one in waiting_advices(most=9, actor=house.actor)] == [10_050]
    assert bank_places.refused_files(most=9, actor=house.actor) == []
    assert [mailbox.holds(f"{folder}{end}") for end in ("", "/taken")] == [[], ["Lijst", "Brief", "Stuk", "Groot"]]
    assert house.events().count("file.refused") == 0


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
