"""Spoilt bank files: no crash, no hang, and no amount that does not stand in the file (P16).

`VOLDAAN_MUTANTS` says how many of each format; `VOLDAAN_SEED` which ones. A new format joins with a line in FORMATS.
"""

from __future__ import annotations

import io
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from tests.tools.files import PAYER, Movement, camt053
from tests.tools.files import bank_csv as as_csv
from tests.tools.files import coda as as_coda
from tests.tools.files import mt940 as as_mt940
from tests.tools.mutants import mutant, within
from voldaan.formats import bank_csv, camt, coda, mt940
from voldaan.rules.money import LARGEST_CENTS
from voldaan.rules.papers import Severity, StatementEnd, StatementPart, StatementStart, Transaction

MUTANTS = int(os.environ.get("VOLDAAN_MUTANTS", "300"))
SEED = int(os.environ.get("VOLDAAN_SEED", "16"))
LARGEST = 50_000 if MUTANTS < 1_000 else 500_000  # bytes of a sample: the large ones take most of the time
SECONDS = 10  # for one file; they take a hundredth

DAYS = [
    Movement(date(2027, 2, 1) + timedelta(days=n), cents, PAYER, "Café Zee", f"factuur 2027{n}", f"E{n}", f"B{n}")
    for n, cents in enumerate([10_000, -2_550, 5, 123_456_789])
]


@dataclass(frozen=True)
class Kind:
    """One format: its reader, a file of our own, the samples of others, and what its files are made of."""

    reader: ModuleType
    own: str
    samples: str
    pieces: tuple[bytes, ...]


OF_CAMT = (b"<Ntry>", b"</Ntry>", b"<Amt Ccy='EUR'>5</Amt>", b"<!--", b"&amp;", b"]]>", b"<CdtDbtInd>DBIT</CdtDbtInd>")
OF_MT940 = (b"\n:61:", b"\n:86:", b"\n:62F:", b"\n:60F:", b"\n:20:", b"\n-}", b"/REMI/", b"/", b"SEPA ", b"\n:34F:")
OF_CSV = (b";", b"\t", b"1,23E+10", b"Bij", b"Af", b"1-2-2027", b'""', b"12,50", b"12.50", b"\r")
OF_CODA = (b"\n0", b"\n1", b"\n21", b"\n22", b"\n31", b"\n8", b"\n9", b"0000", b"127", b"EUR", b"\n2100010001",
           b"150000", b" " * 30)  # fmt: skip
FORMATS = {
    "bank-csv": Kind(bank_csv, as_csv(DAYS), "bank-csv/*.csv", OF_CSV),
    "camt": Kind(camt, camt053(DAYS), "camt/*.xml", OF_CAMT),
    "coda": Kind(coda, as_coda(DAYS), "coda/*", OF_CODA),
    "mt940": Kind(mt940, as_mt940(DAYS), "mt940/*", OF_MT940),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_spoilt_file_is_read_or_refused(name: str) -> None:
    kind = FORMATS[name]
    _spoil(kind, [kind.own.encode()], MUTANTS // 3)


@pytest.mark.shared
@pytest.mark.parametrize("name", FORMATS)
def test_a_spoilt_sample_is_read_or_refused(name: str, samples: Path) -> None:
    kind = FORMATS[name]
    files = [path.read_bytes() for path in sorted(samples.glob(kind.samples)) if path.stat().st_size <= LARGEST]
    _spoil(kind, files, MUTANTS)


def _spoil(kind: Kind, originals: list[bytes], count: int) -> None:
    chance = random.Random(SEED)
    for nth in range(count):
        data = mutant(chance.choice(originals), chance, kind.pieces)
        with within(SECONDS):
            parts, is_refused = _read(kind.reader, data)
        digits = data.translate(None, b".,\x00")
        for one in _well_formed(parts, is_cut_off=is_refused):
            assert abs(one.cents) <= LARGEST_CENTS
            assert str(abs(one.cents)).rstrip("0").encode() in digits, (nth, one)


def _read(reader: ModuleType, data: bytes) -> tuple[list[StatementPart], bool]:
    """Give what a file says, and whether an error in it refuses it."""
    reader.sniff(data[: 1 << 16])
    reading = reader.read(io.BytesIO(data))
    parts = list(reading.records)
    assert parts or reading.problems, "a file of which nothing is said"
    assert all(str(problem) for problem in reading.problems), "each sentence has the facts that it names"
    return parts, any(problem.severity is Severity.ERROR for problem in reading.problems)


def _well_formed(parts: list[StatementPart], *, is_cut_off: bool) -> Iterator[Transaction]:
    """Give the movements, each of which stands in a statement that starts and ends."""
    is_open = False
    for part in parts:
        match part:
            case StatementStart():
                assert not is_open
                is_open = True
            case StatementEnd():
                assert is_open
                is_open = False
            case Transaction():
                assert is_open
                yield part
    assert is_cut_off or not is_open
