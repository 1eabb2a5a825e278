"""The network is only outside: what import-linter asks of each floor by name, asked of every file there is or will be.

An address may be taken apart anywhere (urllib.parse); only outside, and the roof that serves pages, open a connection.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "voldaan"
NETWORK = {
    "aiohttp", "asyncssh", "django.core.mail", "ftplib", "http.client", "httpx",
    "imaplib", "poplib", "requests", "smtplib",
    "socket", "socketserver", "ssl", "urllib.request", "urllib3",
}  # fmt: skip
MAY = {"outside", "config"}


def imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from (f"{module}.{name.name}" for name in names)


def network(source: str) -> set[str]:
    return {name for name in imported(source) for each in NETWORK if f"{name}.".startswith(f"{each}.")}


def test_only_outside_opens_a_connection():
    files = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in MAY]
    assert len(files) > 50
    assert {str(path): found for path in files if (found := network(path.read_text("utf-8")))} == {}


def test_outside_is_where_it_happens():
    assert network((PACKAGE / "outside" / "channels" / "email.py").read_text("utf-8")) == {"smtplib", "socket", "ssl"}


@pytest.mark.parametrize(
    "source",
    [
        "import smtplib", "import os, urllib.request as r", "from http import client", "from django.core import mail",
        "from django.core.mail import send_mail", "def f():\n    from socket import create_connection",
    ],
)  # fmt: skip
def test_a_connection_is_seen(source):
    assert network(source)


def test_taking_an_address_apart_is_no_connection():
    assert network("from urllib.parse import urlsplit\nimport http\nfrom . import socket") == set()
