"""The lines of a CODA file: 128 positions each, in any encoding that banks and programs give them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import BinaryIO

from voldaan.formats.shared.problems import LineProblems
from voldaan.rules.refusals import mark

WIDTH = 128
CHUNK = 1 << 18
LONGEST = 1 << 16  # characters; what is longer is no line

ENDLESS = mark("This line is longer than any in CODA, and the file is not read further.")

# Control characters have no place in CODA; a blank keeps the columns.
CONTROL = bytes.maketrans(bytes(set(range(32)) - set(b"\n\r") | {127}), b" " * 31)


def lines(source: BinaryIO, told: LineProblems) -> Iterator[str]:
    """Give the lines with one character for each position, as far as they are of the right length."""
    rest, number = "", 0
    while chunk := source.read(CHUNK):
        if chunk[-1:] == b"\r":
            chunk += source.read(1)
        if not number and not rest:
            chunk = chunk.removeprefix(b"\xef\xbb\xbf")
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *whole, rest = (rest + chunk.translate(CONTROL).decode("latin-1")).split("\n")
        for line in whole:
            yield line if len(line) == WIDTH else _fitted(line)
        number += len(whole)
        if len(rest) > LONGEST:
            told.tell(number + 1, ENDLESS)
            return
    yield _fitted(rest)


def _fitted(line: str) -> str:
    """Give a line its true length: UTF-8 takes more bytes than characters, and editors add blanks."""
    if WIDTH < len(line) <= 4 * WIDTH:
        if len(text := decoded(line)) == WIDTH:
            return text
        if line[WIDTH:].isspace():
            return line[:WIDTH]
    return line


def decoded(text: str) -> str:
    """Read characters that were bytes until now."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return text.encode("latin-1").decode(encoding)
        except UnicodeError:
            continue
    return text


@lru_cache(maxsize=4096)
def day(text: str) -> date | None:
    """Read DDMMYY; None for a day that is absent or none."""
    if not (is_number(text) and len(text) == 6):
        return None
    try:
        return date(int(text[4:]) + (1900 if text[4:] >= "80" else 2000), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None


def is_number(text: str) -> bool:
    """Tell whether there is nothing but the digits 0 to 9."""
    return text.isdecimal() and text.isascii()


def cents(field: str, digits: int) -> int | None:
    """Read a sign (1 is debit) and fifteen digits, three of them decimals, into units of a currency with `digits`.

    None where that is not exact.
    """
    if not (field.isdecimal() and field.isascii() and len(field) == 16 and field[0] in "01"):
        return None
    at = 13 + digits
    if int(field[at:] or "0"):
        return None
    return int(field[1:at]) if field[0] == "0" else -int(field[1:at])


def shown(thousandths: int) -> str:
    """Write an amount in thousandths as people do: `12.50`, `12.505`."""
    whole, part = divmod(thousandths, 1000)
    return f"{whole}.{part:03}".removesuffix("0")
