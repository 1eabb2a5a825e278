"""CODA from file to movements, against slices of its lines that check nothing and are put into the same record."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from benchmarks import books
from benchmarks.measure import Figure, compared, report
from voldaan.formats import coda
from voldaan.rules.papers import Transaction


def written(entries: int) -> bytes:
    """Write a statement in CODA whose balances and sums close: three lines for each movement."""
    own, on = f"{'BE68539007547034':34}EUR", "010327"
    lines = ["0000001032772505".ljust(127) + "2", f"12001{own}0{0:015}{on}".ljust(125) + "001"]
    total = 0
    for i in range(entries):
        cents, place = (books.spread(i, 9000) + 1) * 100 + i % 100, f"{i % 9999 + 1:04}0000"
        total += cents
        words = f"Betaling onder vermelding van kenmerk {i}"
        lines += [
            f"21{place}BANK{i:017}0{cents:014}0{on}001500000{words:53}{on}00101 0",
            f"22{place}{'':53}{f'E2E{i:08}':35}{'KREDBEBB':27}1 0",
            f"23{place}{f'BE02{i % 5000:012}':34}EUR{f'Klant {i % 5000}':35}{'':43}0 0",
        ]
    lines.append(f"8001{own}0{total:014}0{on}".ljust(127) + "0")
    lines.append(f"9{'':15}{3 * entries + 2:06}{0:015}{total:014}0".ljust(127) + "2")
    return "\n".join([*lines, ""]).encode()


def by_slices(data: bytes) -> int:
    """Slice the lines into the same record, and check nothing: the limit of reading in this language."""
    rows = 0
    for line in io.TextIOWrapper(io.BytesIO(data), encoding="latin-1"):
        kind = line[:2]
        if kind == "21":
            rows, sign, amount = rows + 1, line[31], line[32:46]
            value, booked, reference, words = line[47:53], line[115:121], line[10:31], line[62:115]
        elif kind == "22":
            end_to_end, words = line[63:98], words + line[10:63]
        elif kind == "23":
            Transaction(
                -int(amount) if sign == "1" else int(amount), "EUR", _day(value), _day(booked), line[47:82].strip(),
                line[10:47].strip(), "", (words + line[82:125]).strip(), end_to_end.strip(), reference.strip(),
            )  # fmt: skip
    return rows


@lru_cache
def _day(text: str) -> date:
    return date(2000 + int(text[4:]), int(text[2:4]), int(text[:2]))


def figures(entries: int) -> Iterator[Figure]:
    """Measure reading alone."""
    data = written(entries)

    def read() -> None:
        reading = coda.read(io.BytesIO(data))
        assert sum(1 for _ in reading.records) == entries + 2
        assert not reading.problems

    mine, limit = compared(read, lambda: by_slices(data))
    yield Figure(
        f"coda read, {entries:,} entries", f"{entries / mine:,.0f}/s", f"{entries / limit:,.0f}/s", limit / mine, 0.3,
        at_least=True,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(report(figures, sys.argv[1:] or ["26000"]))
