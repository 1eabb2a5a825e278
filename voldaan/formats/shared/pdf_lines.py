"""The text of a PDF of somebody else, line by line as it stands on the page, whatever the order in the file."""

from __future__ import annotations

import re

import pypdfium2

from voldaan.formats.shared.pdf_streams import is_too_dense
from voldaan.formats.shared.pdfium import ONE_AT_A_TIME
from voldaan.rules.refusals import mark

MOST_PAGES = 400
MOST_CHARACTERS = 2_000_000

BAD_PDF = mark("The PDF is damaged or has a password.")
TOO_DENSE = mark("The PDF unpacks to far more than a list holds.")
LONG_PDF = mark("The PDF has more than {limit} pages.")
NO_TEXT = mark("The PDF holds no text: it is a scan. Ask the payer for the list as a file.")

_BLANK = re.compile(r"\s+")
Piece = tuple[float, float, str]  # left, right, text
_Piece = tuple[float, float, float, float, str]  # middle of its line, left, right, height, text


class BadPdf(Exception):  # noqa: N818 - caught by the reader and given back as its problem
    """There is no text to be had; `what` says why."""

    def __init__(self, what: str, **facts: str) -> None:
        self.what, self.facts = what, facts
        super().__init__(what)


def pdf_lines(data: bytes) -> list[tuple[Piece, ...]]:
    """Give the lines of all pages, each in pieces that stand apart: left, right and text.

    Raises:
        BadPdf: it cannot be read, is too long, or has no text.
    """
    if is_too_dense(data):
        raise BadPdf(TOO_DENSE)
    with ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise BadPdf(BAD_PDF) from error
        try:
            if len(document) > MOST_PAGES:
                raise BadPdf(LONG_PDF, limit=str(MOST_PAGES))
            lines: list[tuple[Piece, ...]] = []
            characters = 0
            for number in range(len(document)):
                lines += (page := _page(document[number]))
                characters += sum(len(text) for line in page for _, _, text in line)
                if characters > MOST_CHARACTERS:
                    raise BadPdf(LONG_PDF, limit=str(MOST_PAGES))
        except pypdfium2.PdfiumError as error:
            raise BadPdf(BAD_PDF) from error
        finally:
            document.close()
    if not any(lines):
        raise BadPdf(NO_TEXT)
    return lines


def _page(page: pypdfium2.PdfPage) -> list[tuple[Piece, ...]]:
    """Put the pieces of a page in lines: those of one height, from left to right."""
    text = page.get_textpage()
    try:
        pieces: list[_Piece] = []
        for number in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(number)
            words = _BLANK.sub(" ", text.get_text_bounded(left, bottom, right, top)).strip()
            if words:
                pieces.append(((bottom + top) / 2, left, right, top - bottom, words))
    finally:
        text.close()
    pieces.sort(key=lambda piece: -piece[0])
    lines: list[list[_Piece]] = []
    for piece in pieces:
        if lines and abs(lines[-1][0][0] - piece[0]) <= max(piece[3], 4) / 2:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [_pieces(sorted(set(line), key=lambda piece: piece[1])) for line in lines]


def _pieces(words: list[_Piece]) -> tuple[Piece, ...]:
    """Join the words of a line that stand as near to each other as in a sentence."""
    pieces: list[Piece] = []
    for _, left, right, height, said in words:
        gap = left - pieces[-1][1] if pieces else 0
        if pieces and gap <= height * 0.7:
            start, _, before = pieces[-1]
            pieces[-1] = (start, right, before + (" " if gap > height * 0.15 else "") + said)
        else:
            pieces.append((left, right, said))
    return tuple(pieces)
