"""Verbs of the operator on the whole installation: back it up while it runs, prove a backup, restore it.

A backup is a zip of plain parts that need no database of one kind: a manifest, each table as JSON lines, each document
by its hash. So it can be restored on the other engine, and read by whoever wants to leave.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any, cast

from django.apps import apps
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from voldaan import __version__
from voldaan.records import documents
from voldaan.records.administrations import Administration
from voldaan.records.events import Event
from voldaan.records.fields import SecretField
from voldaan.records.people import SignInLink, User
from voldaan.rules.outbox import HeldSending
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.trail import Said, digest
from voldaan.usecases.ledger import BLOCK

SNAPSHOT = "snapshot"  # the second connection in the settings, on which everything is read at one moment
MANIFEST = "manifest.json"
LAYOUT = 1


class NotABackup(Refusal):
    code = "not_a_backup"
    kind = Kind.INVALID
    says = mark("This is not a whole backup: {why}. Nothing was changed.")


class NotEmpty(Refusal):
    code = "not_empty"
    kind = Kind.CONFLICT
    says = mark(
        "There are books here already. Restore into an empty place: another --data folder, or another database."
    )


class OtherVersion(Refusal):
    code = "other_version"
    kind = Kind.CONFLICT
    says = mark("The backup was made by Voldaan {made}, this is {here}. Restore it with that version, then upgrade.")


def back_up(path: Path, *, progress: Callable[[int, int], None] = lambda _done, _all: None) -> dict[str, int]:
    """Write all books and documents to one file, as they are at this moment; others go on working meanwhile.

    Gives the rows per table. The file appears only when it is whole.
    """
    aside = path.with_name(f".{path.name}.part")
    try:
        with _snapshot(), zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            manifest = _manifest()
            total, done = sum(_rows(table).count() for table in _tables()), 0
            for table in _tables():
                rows, sha256 = _write_table(archive, table)
                manifest["tables"][_name(table)] = {"rows": rows, "sha256": sha256}
                done += rows
                progress(done, total)
            manifest["files"] = sorted(set(_rows(documents.Document).values_list("sha256", flat=True)))
            for sha256 in manifest["files"]:
                with (
                    default_storage.open(documents.place(sha256)) as source,
                    archive.open(f"files/{sha256}", "w") as out,
                ):
                    shutil.copyfileobj(source, out)
            steps = _rows(apps.get_model("mfa", "Authenticator")).values_list("user_id", flat=True)
            manifest["second_steps"] = sorted(set(steps))
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        with aside.open("rb") as written:
            os.fsync(written.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return {name: table["rows"] for name, table in manifest["tables"].items()}


def verify(path: Path) -> dict[str, int]:
    """Prove a backup without a database: every part is there and unchanged, and the trail of each book holds.

    Raises:
        NotABackup: something is missing or was changed; it says what.
    """
    with _opened(path) as (archive, manifest):
        parts = {f"tables/{name}.jsonl": table["sha256"] for name, table in manifest["tables"].items()}
        for name, sha256 in (parts | {f"files/{one}": one for one in manifest["files"]}).items():
            with _part(archive, name) as source:
                if hashlib.file_digest(source, "sha256").hexdigest() != sha256:
                    raise NotABackup(why=f"{name} was changed")
        _prove_trails(archive)
        return {name: table["rows"] for name, table in manifest["tables"].items()}


def restore(path: Path) -> dict[str, int]:
    """Put a backup into an empty place, whole or not at all.

    Raises:
        NotEmpty, NotABackup, OtherVersion: it cannot be; nothing was changed.
    """
    rows = verify(path)
    with _opened(path) as (archive, manifest), transaction.atomic():
        if any(table._base_manager.exists() for table in _tables()):  # noqa: SLF001
            raise NotEmpty
        if manifest["migrations"] != _migrations(connection):
            raise OtherVersion(made=manifest["voldaan"], here=__version__)
        for sha256 in manifest["files"]:
            with _part(archive, f"files/{sha256}") as source:
                default_storage.save(documents.place(sha256), File(cast("Any", source)))
        for table in _tables():
            _read_table(archive, table)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), _tables()):
                cursor.execute(statement)
        # What left since the backup is not in it: a person looks before anything leaves again.
        Administration.objects.update(sending_held=HeldSending.RESTORED.value)
        SignInLink.objects.all().delete()
        # Of whom a second step was asked is not let in by the password alone: he gets a new link, and sets it up anew.
        User.objects.filter(pk__in=manifest.get("second_steps", [])).update(password="")
    return rows


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read everything at one moment: nothing that others do from now on is seen, and nobody waits for us."""
    try:
        with transaction.atomic(using=SNAPSHOT):
            if connection.vendor == "postgresql":
                with connections[SNAPSHOT].cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    finally:
        connections[SNAPSHOT].close()


def _rows(table: type[models.Model]) -> models.QuerySet[models.Model]:
    return table._base_manager.using(SNAPSHOT)  # noqa: SLF001 - all books at once: the operator's view


def _tables() -> list[type[models.Model]]:
    return sorted(apps.get_app_config("records").get_models(), key=_name)


def _name(table: type[models.Model]) -> str:
    return table._meta.db_table  # noqa: SLF001 - Django's documented way to ask


def _columns(table: type[models.Model]) -> list[models.Field[Any, Any]]:
    return list(table._meta.concrete_fields)  # noqa: SLF001


def _migrations(there: BaseDatabaseWrapper) -> list[str]:
    applied = MigrationRecorder(there).applied_migrations()
    return sorted(name for app, name in applied if app == "records")


def _manifest() -> dict[str, Any]:
    migrations = _migrations(connections[SNAPSHOT])
    return {"layout": LAYOUT, "voldaan": __version__, "migrations": migrations, "tables": {}, "files": []}


def _write_table(archive: zipfile.ZipFile, table: type[models.Model]) -> tuple[int, str]:
    """Write the names of the columns and then each row, as JSON lines; give the rows and the hash of it all."""
    names = [field.attname for field in _columns(table)]
    sha256, count = hashlib.sha256(), -1  # the first line is no row
    with archive.open(f"tables/{_name(table)}.jsonl", "w", force_zip64=True) as out:
        secret = [at for at, field in enumerate(_columns(table)) if isinstance(field, SecretField)]
        for row in chain([names], _rows(table).order_by("pk").values_list(*names).iterator(chunk_size=BLOCK)):
            if secret and count >= 0:  # a backup may lie anywhere: credentials are typed in again after a restore
                row = ["" if at in secret else value for at, value in enumerate(row)]  # noqa: PLW2901
            line = json.dumps(row, default=str, separators=(",", ":")).encode() + b"\n"
            sha256.update(line)
            out.write(line)
            count += 1
    return count, sha256.hexdigest()


def _read_table(archive: zipfile.ZipFile, table: type[models.Model]) -> None:
    lines = _lines(archive, table)
    fields = {field.attname: field for field in _columns(table)}
    names = next(lines)
    if sorted(names) != sorted(fields):
        raise NotABackup(why=f"table {_name(table)} has other columns")
    columns = [fields[name] for name in names]
    quoted = ", ".join(connection.ops.quote_name(field.column or "") for field in columns)
    into, marks = connection.ops.quote_name(_name(table)), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        while block := list(islice(lines, BLOCK)):
            values = [
                [f.get_db_prep_save(f.to_python(v), connection) for f, v in zip(columns, row, strict=True)]
                for row in block
            ]
            cursor.executemany(f"INSERT INTO {into} ({quoted}) VALUES ({marks})", values)  # noqa: S608 - own names


def _lines(archive: zipfile.ZipFile, table: type[models.Model]) -> Iterator[list[Any]]:
    """Read a table line by line; the first is the names of its columns."""
    with _part(archive, f"tables/{_name(table)}.jsonl") as source:
        yield from map(json.loads, source)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, Any]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            if manifest.get("layout") != LAYOUT:
                raise NotABackup(why="its layout is unknown")
            yield archive, manifest
    except (zipfile.BadZipFile, zlib.error, KeyError, OSError, ValueError) as error:
        raise NotABackup(why=str(error)) from error


def _part(archive: zipfile.ZipFile, name: str) -> io.BufferedIOBase:
    try:
        return cast("io.BufferedIOBase", archive.open(name))
    except KeyError as error:
        raise NotABackup(why=f"{name} is missing") from error


def _prove_trails(archive: zipfile.ZipFile) -> None:
    """Compute the hash chain of every administration again, from the rows in the file."""
    lines = _lines(archive, Event)
    names = next(lines)
    last: dict[int, str] = {}
    for event in (dict(zip(names, row, strict=True)) for row in lines):  # in the order they were written
        books, day = event["administration_id"], date.fromisoformat(event["day"])
        said = Said(event["number"], event["kind"], day, event["user_id"], event["via"], event["debtor_id"],
                    event["invoice_id"], event["facts"])  # fmt: skip
        if digest(last.get(books, ""), said) != event["hash"]:
            raise NotABackup(why=f"event {said.number} of administration {books} was changed")
        last[books] = event["hash"]
