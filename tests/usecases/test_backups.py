"""A backup is whole or not there; a restore proves itself; what was changed in between is found."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, connections

from tests.tools.house import House
from voldaan.queries import checks, fingerprints
from voldaan.records import guards
from voldaan.records.administrations import Administration
from voldaan.records.documents import keep
from voldaan.usecases import administrations, backups, sending
from voldaan.usecases.backups import NotABackup, NotEmpty, OtherVersion

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "snapshot"])


@pytest.fixture
def house() -> House:
    """Books with every kind of booking, a document, and a name that needs care."""
    house = House.opened(name="Łódź & Zn “B.V.”")
    zee = house.debtor("Café Zéé 🐚", email="info@zee.example", iban="NL20INGB0001234567")
    house.invoice(zee, "F1", "121.00")
    house.invoice(zee, "F2", "50.00", currency="USD")
    house.credit_note(zee, "C1", "21.00", corrects="F1")
    paid = house.pay("F1", "150.00", key="k1")
    house.undo(paid.number + 1)
    keep(io.BytesIO(b"%PDF-1.7 a document"), administration_id=house.actor.administration_id, name="f.pdf",
         media_type="application/pdf")  # fmt: skip
    return house


@pytest.fixture
def backup(house: House, tmp_path: Path) -> Path:
    path = tmp_path / "backup.zip"
    backups.back_up(path)
    return path


def emptied() -> None:
    with guards.lifted(connection), connection.cursor() as cursor, connection.constraint_checks_disabled():
        for table in reversed(list(apps.get_app_config("records").get_models())):
            cursor.execute(
                f"TRUNCATE {table._meta.db_table} CASCADE"
                if connection.vendor == "postgresql"
                else f"DELETE FROM {table._meta.db_table}"
            )


def changed(backup: Path, name: str, old: bytes, new: bytes) -> Path:
    """Write the backup again with one part changed."""
    other = backup.with_name(f"changed-{backup.name}")
    with zipfile.ZipFile(backup) as archive, zipfile.ZipFile(other, "w") as out:
        for part in archive.namelist():
            content = archive.read(part)
            if part == name:
                assert old in content
                content = content.replace(old, new)
            out.writestr(part, content)
    return other


def test_what_is_restored_is_what_was_backed_up(house, backup):
    before = fingerprints.fingerprint(actor=house.actor)
    trail = list(connection_rows("SELECT number, kind, hash FROM records_event ORDER BY id"))
    emptied()
    backups.restore(backup)
    assert fingerprints.fingerprint(actor=house.actor) == before
    assert list(connection_rows("SELECT number, kind, hash FROM records_event ORDER BY id")) == trail
    assert [answer for answer in checks.check(actor=house.actor) if not answer.ok] == []


def connection_rows(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_work_goes_on_after_a_restore(house, backup):
    emptied()
    backups.restore(backup)
    house.invoice(house.debtor("Nieuw"), "F9", "10.00")
    assert house.pay("F1", "150.00", key="k1").known
    assert [answer for answer in checks.check(actor=house.actor) if not answer.ok] == []


def test_a_restore_refuses_a_place_with_books(house, backup):
    before = fingerprints.fingerprint(actor=house.actor)
    with pytest.raises(NotEmpty):
        backups.restore(backup)
    assert fingerprints.fingerprint(actor=house.actor) == before


def test_a_backup_sees_one_moment(house, tmp_path):
    """What another process books while the backup runs is wholly in it or wholly not; and it need not wait."""
    path, seen = tmp_path / "busy.zip", list[int]()
    zee = house.debtor("Druk")

    def meanwhile(_done: int, _all: int) -> None:
        with ThreadPoolExecutor(1) as other:
            other.submit(booked, len(seen)).result()
        seen.append(len(seen))

    def booked(nth: int) -> None:
        try:
            house.invoice(zee, f"F10{nth}", "10.00")
        finally:
            connections.close_all()

    backups.back_up(path, progress=meanwhile)
    assert len(seen) > 10
    emptied()
    backups.restore(path)
    assert [answer for answer in checks.check(actor=house.actor) if not answer.ok] == []
    assert not connection_rows("SELECT 1 FROM records_invoice WHERE number LIKE 'F10%'")


def test_a_backup_that_fails_leaves_nothing_behind(house, tmp_path, monkeypatch):
    def broken(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", broken)
    with pytest.raises(OSError, match="No space left"):
        backups.back_up(tmp_path / "b.zip")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("tables/records_entry.jsonl", b"12100", b"12101"),
        ("tables/records_debtor.jsonl", b"Caf", b"Cof"),
        ("tables/records_event.jsonl", b"invoice.received", b"invoice.receivex"),
    ],
)
def test_a_changed_backup_is_refused(backup, part, old, new):
    with pytest.raises(NotABackup):
        backups.verify(changed(backup, part, old, new))


def test_a_changed_event_is_found_even_with_a_fitting_checksum(backup):
    part = "tables/records_event.jsonl"
    other = changed(backup, part, b"invoice.received", b"invoice.deceived")
    with zipfile.ZipFile(other) as archive:
        sha256 = hashlib.sha256(archive.read(part)).hexdigest()
        was = json.loads(archive.read("manifest.json"))["tables"]["records_event"]["sha256"]
    again = changed(other, "manifest.json", was.encode(), sha256.encode())
    with pytest.raises(NotABackup, match="event"):
        backups.verify(again)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip at all", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_backup_is_refused(tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(NotABackup):
        backups.verify(path)


def test_a_cut_off_backup_is_refused(backup):
    whole = backup.read_bytes()
    for at in (1, len(whole) // 2, len(whole) - 1):
        backup.write_bytes(whole[:at])
        with pytest.raises(NotABackup):
            backups.verify(backup)


def test_a_backup_of_another_version_is_refused(backup):
    emptied()
    other = changed(backup, "manifest.json", b"0001_initial", b"0099_later")
    with pytest.raises(OtherVersion):
        backups.restore(other)


def test_documents_come_back(house, backup):
    emptied()
    folder = Path(default_storage.location)  # type: ignore[attr-defined]
    stored = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path in list(folder.rglob("*")):
        if path.is_file():
            path.unlink()
    backups.restore(backup)
    there = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert there
    assert there.items() <= stored.items()


def test_a_restored_outbox_is_held_and_no_credential_was_in_the_backup(house, tmp_path):
    for name, value in (("sender", "wij@hart.example"), ("smtp", "smtps://wij:geheim@mail.example"), ("live", "on")):
        administrations.change_sender(name=name, value=value, actor=house.actor, today=house.today)
    path = tmp_path / "backup.zip"
    backups.back_up(path)
    with zipfile.ZipFile(path) as archive:
        assert not any(b"geheim" in archive.read(name) for name in archive.namelist())
    emptied()
    backups.restore(path)
    own = Administration.objects.get(pk=house.actor.administration_id)
    assert (own.smtp, own.sender, own.sending_held) == ("", "wij@hart.example", "restored")
    now = datetime(2027, 3, 16, 12, tzinfo=UTC)
    with pytest.raises(sending.SendingIsHeld):
        sending.send(actor=house.actor, today=now.date(), now=now, clock=lambda: now)
