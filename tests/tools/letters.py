"""Letters as the books would make them, and how to read what came out."""

from __future__ import annotations

import struct
import zlib
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pypdfium2
import zxingcpp

from voldaan.rules import wording
from voldaan.rules.letters import Announced, Charge, ChargeKind, Letter, Line, Party, TermKind

SENT_ON = date(2027, 3, 12)
IBAN = "NL91ABNA0417164300"

SENDER = Party(
    "Van Dijk Meubelen B.V.", "Oudegracht 218", "3511 NR", "Utrecht", "NL", "administratie@vandijk.example",
    "030 234 56 78", "30123456", "NL820605876B01",
)  # fmt: skip
BELGIAN = Party(
    "Peeters & Zonen BV", "Meir 14", "2000", "Antwerpen", "BE", "facturatie@peeters.example", "03 234 56 78",
    "0403.019.261", "BE0403019261",
)  # fmt: skip
CUSTOMER = Party("Bakkerij Jansen", "Dorpsstraat 12", "3581 AB", "Utrecht", "NL", "info@bakkerijjansen.example")


def line(at: int = 0, *, cents: int = 60_500, open_cents: int | None = None, **changes: Any) -> Line:
    """Give one open item; each `at` another number and day."""
    issued = date(2027, 1, 29) + timedelta(days=at)
    facts: dict[str, Any] = {
        "invoice": f"2027-{42 + at:04}", "instalment": 1, "instalments": 1, "issue_date": issued,
        "due_date": issued + timedelta(days=14), "amount_cents": cents,
        "open_cents": cents if open_cents is None else open_cents,
    }  # fmt: skip
    return Line(**facts | changes)


def letter(step: str = "reminder", language: str = "nl", **changes: Any) -> Letter:
    """Give a letter about one invoice, or about the lines given."""
    facts: dict[str, Any] = {
        "step": step, "wording": wording.shipped(step, language), "sent_on": SENT_ON, "sender": SENDER,
        "customer": CUSTOMER, "lines": (line(),), "currency": "EUR", "iban": IBAN,
        "final_date": None if step == "notice" else SENT_ON + timedelta(days=7),
        "paid_until": SENT_ON - timedelta(days=1),
    }  # fmt: skip
    return Letter(**facts | changes)


ANNOUNCED = {
    "fourteen_day_letter": Announced(TermKind.FIFTEEN_DAYS_AFTER_DELIVERY, 9_075, 0, date(2027, 2, 13), Decimal(4)),
    "consumer_first_reminder": Announced(
        TermKind.FOURTEEN_DAYS_AFTER_SENDING, 7_025, 0, date(2027, 3, 13), Decimal("10.50"), by_agreement=True
    ),
    "business_notice": Announced(None, 9_075, 0, date(2027, 2, 13), Decimal("10.40"), 483),
}
CHARGES = (
    Charge(ChargeKind.INTEREST, 483, "2027-0042", date(2027, 2, 13), SENT_ON),
    Charge(ChargeKind.COSTS, 9_075),
)


def legal(step: str, language: str = "nl", **changes: Any) -> Letter:
    """Give a legal notice, with what it announces, or a final notice that asks what was announced."""
    facts: dict[str, Any] = {"announced": ANNOUNCED.get(step)}
    if step == "final_notice":
        facts["charges"] = CHARGES
    if step == "consumer_first_reminder":
        facts |= {"sender": BELGIAN, "iban": "BE68539007547034"}
    return letter(step, language, **facts | changes)


def pages(pdf: bytes) -> list[str]:
    """Read the words of each page, lines as they stand; a space that holds words together is a space."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        texts = [document[at].get_textpage().get_text_bounded() for at in range(len(document))]
    return [text.replace("\u200b", "").replace("\u00a0", " ").replace("\r\n", "\n") for text in texts]


def scanned(pdf: bytes, page: int = -1, scale: float = 3) -> list[str]:
    """Scan the codes on a page."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        picture = document[page if page >= 0 else len(document) + page].render(scale=scale, grayscale=True)
        return scanned_points(bytes(picture.buffer), picture.height, picture.stride)


def scanned_png(png: bytes) -> list[str]:
    """Scan the codes in a PNG of one bit a point, as we write it."""
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + content) == struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0]
        chunks[kind] = content
        at += 12 + length
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, colour) == (1, 0)
    stride = -(-width // 8) + 1
    raw = zlib.decompress(chunks[b"IDAT"])
    lines = [raw[y * stride : (y + 1) * stride] for y in range(height)]
    points = b"".join(bytes(255 * (line_[1 + x // 8] >> (7 - x % 8) & 1) for x in range(width)) for line_ in lines)
    return scanned_points(points, height, width)


def scanned_points(points: bytes, height: int, stride: int) -> list[str]:
    """Scan the codes in a picture of one byte a point."""
    found = zxingcpp.read_barcodes(memoryview(points).cast("B", (height, stride)))
    return [code.text for code in found]
