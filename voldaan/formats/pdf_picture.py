"""A PDF as pictures, so that a page can show the very letter that leaves, also where no reader of PDFs is."""

from __future__ import annotations

from io import BytesIO

import pypdfium2

from voldaan.formats.shared.pdfium import ONE_AT_A_TIME

DOTS_PER_POINT = 2  # 144 dots an inch: sharp on a screen


def count(pdf: bytes) -> int:
    """Count the pages of a PDF of ours."""
    with ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def draw(pdf: bytes, page: int) -> bytes | None:
    """Draw a page, the first is 0, as a PNG; None where there is no such page."""
    drawn = BytesIO()
    with ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            if not 0 <= page < len(document):
                return None
            document[page].render(scale=DOTS_PER_POINT).to_pil().save(drawn, "PNG")
        finally:
            document.close()
    return drawn.getvalue()
