"""The names of files in a dossier: sorted by their number, and harmless wherever they are unpacked."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from voldaan.rules.dossiers import file_name, harmless

DAY = date(2026, 3, 1)
HOSTILE = ["../../etc/passwd", "a/b\\c", "..", ".", "", "CON", "NUL.txt", "x" * 500, "é" * 500, "a\nb\tc\x00d",
           "  . a. ", "\u202egnp.exe", "a\u200bb", 'v: "1" <2>|3?*', "C:\\x", "~root", "-rf", "\ud800",
           "😀" * 99]  # fmt: skip


def test_a_name_says_which_when_and_what():
    assert file_name(3, 12, DAY, "factuur 2026-0042", ".pdf") == "03 2026-03-01 factuur 2026-0042.pdf"
    assert file_name(3, 1200, DAY, "factuur 2026/0042", ".pdf") == "0003 2026-03-01 factuur 2026-0042.pdf"


@pytest.mark.parametrize("about", HOSTILE, ids=ascii)
def test_no_name_harms_anybody(about):
    for name in (file_name(1, 1, DAY, about, ".pdf"), f"Dossier {harmless(about)} 2026-03-01"):
        assert PurePosixPath(name).name == PureWindowsPath(name).name == name
        assert name.isprintable()
        assert len(name.encode()) < 128
        assert not set(name) & set('<>:"/\\|?*')
        assert name == " ".join(name.split())
        assert not name.startswith((".", "-", "~"))
        assert not name.endswith((".", " "))
