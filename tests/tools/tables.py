"""The tables of new books: made once, and laid where a command will look for its books. To make them takes seconds."""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.tools.processes import run


def in_folder(folder: Path) -> Path:
    """Lay them in a new folder, for the embedded default; give the file."""
    folder.mkdir(parents=True, mode=0o700)
    with closing(sqlite3.connect(_file())) as made, closing(sqlite3.connect(folder / "voldaan.sqlite3")) as books:
        made.backup(books)
    return folder / "voldaan.sqlite3"


def on_server(server: str) -> str:
    """Lay them in a database of their own on this PostgreSQL; give its address."""
    return _database(server, f'TEMPLATE "{urlsplit(_template(server)).path[1:]}"')


@cache
def _file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="voldaan-tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _migrate(VOLDAAN_DATA=str(folder))
    return folder / "voldaan.sqlite3"


@cache
def _template(server: str) -> str:
    made = _database(server)
    _migrate(DATABASE_URL=made, VOLDAAN_DATA=tempfile.gettempdir())
    return made


def _database(server: str, like: str = "") -> str:
    name = f"books_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" {like}'.encode())
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def _migrate(**where: str) -> None:
    made = run("migrate", **where)
    assert made.returncode == 0, made.stderr
