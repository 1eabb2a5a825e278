"""The QR code that a banking app pays from: EPC069-12, version 002, and how it is drawn in a letter and a mail."""

from __future__ import annotations

import re
import struct
import zlib
from functools import lru_cache

import segno

from voldaan.rules import references
from voldaan.rules.letters import LONGEST_REFERENCE, Letter, one_line
from voldaan.rules.money import Money

# EPC069-12: bounds of the amount, of the name, and of the whole, with which a code stays readable (version 13).
LEAST_CENTS, MOST_CENTS = 1, 99_999_999_999
LONGEST_NAME = 70
LONGEST_CODE = 331  # bytes

# The search for the best of eight masks takes as long as the letter. Any mask is a valid code; this one comes out
# best or nearly so for texts that begin like ours (the tests read a few hundred of them, also small and blurred).
MASK = 2

QUIET_ZONE = 4  # squares around the code
SCALE = 6  # points a square, in a picture
_DARK = re.compile(rb"\x01+")


def payload(letter: Letter) -> str | None:
    """Give what the code says; None where there is no account, or an amount that the code does not know."""
    if not letter.iban or letter.currency != "EUR" or not LEAST_CENTS <= letter.asked_cents <= MOST_CENTS:
        return None
    iban = "".join(letter.iban.split())
    amount = f"EUR{Money(letter.asked_cents).plain()}"
    name = one_line(letter.sender.name)[:LONGEST_NAME].rstrip()
    # A purpose is not given; only a creditor reference (ISO 11649) goes into the field for structured references.
    head = ["BCD", "002", "1", "SCT", "", name, iban, amount, ""]
    if creditor_reference := references.rf(letter.reference):
        return "\n".join([*head, creditor_reference])
    head = [*head, ""]
    room = LONGEST_CODE - len("\n".join([*head, ""]).encode())
    words = printed_reference(letter)[:LONGEST_REFERENCE]
    return "\n".join([*head, words.encode()[:room].decode(errors="ignore")])


def printed_reference(letter: Letter) -> str:
    """Write the reference as the customer types it or compares it: a structured one in its own groups."""
    reference = one_line(letter.reference)
    if not letter.structured_reference:
        return reference
    if creditor_reference := references.rf(reference):
        return references.print_rf(creditor_reference)
    if letter.sender.country == "BE" and (ogm := references.ogm(reference)):
        return references.print_ogm(ogm)
    if kenmerk := references.betalingskenmerk(reference):
        return references.print_betalingskenmerk(kenmerk)
    return reference


@lru_cache(maxsize=64)  # the letter and its mail show the same one
def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m", encoding="utf-8", mask=MASK, boost_error=False)


def forget() -> None:
    """Make each code anew: for who measures what it takes."""
    _code.cache_clear()


def svg(text: str) -> str:
    """Draw the code as one filled path, black on nothing: sharp at any size, without seams between its squares."""
    matrix = _code(text).matrix
    squares = (
        f"M{run.start()} {y}h{len(run[0])}v1h-{len(run[0])}z"
        for y, row in enumerate(matrix)
        for run in _DARK.finditer(row)
    )
    size = len(matrix)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{"".join(squares)}"/></svg>'


def png(text: str) -> bytes:
    """Draw the code as a picture with its quiet zone, for a mail: black on white, also on a dark screen."""
    # A picture of one bit a point is simple enough to write at once, thirty times as fast as the library does.
    matrix = _code(text).matrix
    size = (len(matrix) + 2 * QUIET_ZONE) * SCALE
    margin = "1" * (QUIET_ZONE * SCALE)
    blank = _scan_line("1" * size)
    lines = [blank * (QUIET_ZONE * SCALE)]
    for row in matrix:
        points = "".join("0" * SCALE if dark else "1" * SCALE for dark in row)
        lines.append(_scan_line(f"{margin}{points}{margin}") * SCALE)
    lines.append(lines[0])
    shape = struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)  # one bit of grey a point
    chunks = ((b"IHDR", shape), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _scan_line(points: str) -> bytes:
    width = -(-len(points) // 8)
    return b"\0" + int(points.ljust(width * 8, "1"), 2).to_bytes(width, "big")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
