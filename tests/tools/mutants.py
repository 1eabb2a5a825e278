"""Files that something went wrong with: cut, doubled, overwritten, with numbers and signs that do not belong there."""

from __future__ import annotations

import random
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# What readers trip over, whatever the format: numbers that are none, signs of another script, ends and controls.
ANYWHERE = (
    b"\n", b"\r\n", b"\x00", b"\xff", b"\x1a", b"\xef\xbb\xbf", b" ", b"-", b"+", b".", b",", b";", b'"', b"'",
    b"9" * 40, b"1e308", b"NaN", b"-0", b"0x10", "١٢٣".encode(), "１２".encode(), "−5".encode(), b"20260230", b"\xc3",
)  # fmt: skip
NUMBER = re.compile(rb"[0-9]+")
MOST_CHANGES = 6


def mutant(original: bytes, chance: random.Random, pieces: tuple[bytes, ...]) -> bytes:
    """Spoil a file in a few places; `pieces` are what its format is made of."""
    data = bytearray(original)
    for _ in range(chance.randint(1, MOST_CHANGES)):
        at = chance.randrange(len(data) + 1)
        end = at + chance.randint(1, 30)
        match chance.randrange(8):
            case 0:
                del data[at:end]
            case 1:
                data[at:at] = chance.choice(ANYWHERE + pieces)
            case 2:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 3:
                data[at:at] = data[at:end]
            case 4:
                data[at:end] = chance.choice(ANYWHERE + pieces)
            case 5:
                _another_number(data, at, chance)
            case 6:
                _line_elsewhere(data, at, chance)
            case _:
                if chance.random() < 0.3:
                    del data[at:]
    return bytes(data)


def _another_number(data: bytearray, at: int, chance: random.Random) -> None:
    if found := NUMBER.search(data, at):
        data[found.start() : found.end()] = chance.choice(ANYWHERE)


def _line_elsewhere(data: bytearray, at: int, chance: random.Random) -> None:
    start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at) + 1
    line = data[start:end]
    if chance.random() < 0.5:
        del data[start:end]
    to = chance.randrange(len(data) + 1)
    data[to:to] = line


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Stop what hangs, with the place where it does."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"not done within {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
