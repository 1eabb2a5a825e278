"""Several PDFs as one, for the printer."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pypdfium2

from voldaan.formats.shared.pdfium import ONE_AT_A_TIME


def bind(ours: Sequence[bytes], theirs: Sequence[bytes] = ()) -> bytes:
    """Put PDFs behind one another: those that we drew, and then others' files as far as they can be read.

    A customer's own invoice may be any file that somebody once attached: damaged or locked, it must not keep the letter
    from the printer.
    """
    whole = BytesIO()
    with ONE_AT_A_TIME:
        pages = pypdfium2.PdfDocument.new()
        for part in ours:
            _add(pages, part)
        for part in theirs:
            try:
                _add(pages, part)
            except pypdfium2.PdfiumError:
                continue
        pages.save(whole)
        pages.close()
    return whole.getvalue()


def _add(pages: pypdfium2.PdfDocument, part: bytes) -> None:
    one = pypdfium2.PdfDocument(part)
    try:
        pages.import_pages(one)
    finally:
        one.close()
