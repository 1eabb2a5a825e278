"""Several PDFs as one, for the printer."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

import pypdfium2


def bind(parts: Iterable[bytes]) -> bytes:
    """Put PDFs behind one another; a part that is damaged or locked is left out.

    A customer's own invoice may be any file that somebody once attached: it must not keep the letters from the printer.
    """
    whole = pypdfium2.PdfDocument.new()
    for part in parts:
        try:
            with pypdfium2.PdfDocument(part) as one:
                whole.import_pages(one)
        except pypdfium2.PdfiumError:
            continue
    out = BytesIO()
    whole.save(out)
    return out.getvalue()
