"""A dossier as one PDF: its front, and behind it every exhibit as it was sent or received, with page numbers."""

from __future__ import annotations

import ctypes
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from typing import Any

import pypdfium2
from pypdfium2 import raw

from voldaan.formats.shared import typeset
from voldaan.formats.shared.pdfium import ONE_AT_A_TIME
from voldaan.formats.shared.typeset import breakable
from voldaan.rules.dossiers import Exhibit, Opened, PaperKind, Written
from voldaan.rules.letters import one_line

MOST_SHOWN = 64 * 2**20  # bytes of all files whose pages are put behind it
MOST_NUMBERED = 50  # pages of one file; of a longer one only the first is: for each page PDFium looks through the file
LONGEST_WORD = 60
POINT, EDGE, GREY = 8.0, 17.0, (95, 107, 100, 255)  # of the number on a page: its size, and how far from the corner
_ID = re.compile(rb"/ID\s*\[(?:\([^\[\]]*?\)|<[0-9A-Fa-f]*>)<([0-9A-F]{32})>\]>>\s*startxref")


@dataclass(slots=True)
class _Part:
    """An exhibit as it is shown: its own pages, or a sheet of ours."""

    exhibit: Exhibit
    content: bytes | None  # its own pages; None: a sheet
    pages: int
    sheet: dict[str, Any]
    page: int = 0  # the number of its first
    start: int = 0  # that of a sheet among the sheets


def draw(dossier: Written, opened: Opened) -> bytes:
    """Draw a dossier; the same dossier gives the same bytes.

    An exhibit that cannot be shown, as it is damaged or no PDF, has a sheet that says so.
    """
    parts = list(_parts(dossier, opened))
    _count_sheets(_sheets(dossier, parts, 0), parts)
    first = _count(_front(dossier, parts, 0, 0))
    total = first + sum(part.pages for part in parts)
    page = first + 1
    for part in parts:
        part.page = page
        page += part.pages
    front, sheets = _front(dossier, parts, first, total), _sheets(dossier, parts, total)
    with ONE_AT_A_TIME:
        return _same_every_time(_bound(front, sheets, parts, first, total))


def _parts(dossier: Written, opened: Opened) -> Iterator[_Part]:
    shown = 0
    for exhibit in dossier.exhibits:
        paper, labels = exhibit.paper, dossier.labels
        is_pdf, is_mail = paper.media_type == "application/pdf", paper.kind is PaperKind.MAIL
        if is_pdf and shown + paper.size > MOST_SHOWN:
            yield _Part(exhibit, None, 0, _sheet(exhibit, labels["large"]))
            continue
        if not (is_pdf or is_mail):
            yield _Part(exhibit, None, 0, _sheet(exhibit, labels["only_file"]))
            continue
        file = opened(paper)
        if file is None:
            yield _Part(exhibit, None, 0, _sheet(exhibit, labels["gone"]))
            continue
        with file:
            content = file.read()
        if is_mail:
            yield _Part(exhibit, None, 0, _sheet(exhibit, "", *_mail(content, labels)))
        elif pages := _readable(content):
            shown += paper.size
            yield _Part(exhibit, content, pages, {})
        else:
            yield _Part(exhibit, None, 0, _sheet(exhibit, labels["damaged"]))


def _sheet(exhibit: Exhibit, note: str, headers: Sequence[tuple[str, str]] = (), body: Sequence[Sequence[str]] = ()
           ) -> dict[str, Any]:  # fmt: skip
    return {
        "exhibit": exhibit.mark, "mark": f"{exhibit.mark} · {exhibit.day}", "title": breakable(exhibit.title),
        "facts": _broken((*exhibit.facts, ("", exhibit.name))), "note": note, "headers": _broken(headers), "body": body,
    }  # fmt: skip


def _broken(facts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, breakable(words, LONGEST_WORD)) for label, words in facts]


def _mail(content: bytes, labels: Any) -> tuple[list[tuple[str, str]], list[list[str]]]:
    """Take a mail apart: its headers, and the lines of its paragraphs."""
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    plain = mail.get_body(("plain",))
    text = plain.get_content() if plain else ""
    names = [one_line(one.get_filename() or "") for one in mail.iter_attachments()]
    headers = [(labels["from"], mail["From"]), (labels["to"], mail["To"]), (labels["subject"], mail["Subject"]),
               (labels["date"], mail["Date"]), (labels["attached"], ", ".join(filter(None, names)))]  # fmt: skip
    paragraphs = [
        [breakable(one_line(line), LONGEST_WORD) for line in part.split("\n")]
        for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    ]
    return [(label, one_line(str(words))) for label, words in headers if words], paragraphs


def _readable(content: bytes) -> int:
    """Count the pages of a PDF that can be put behind others; 0: it cannot."""
    with ONE_AT_A_TIME:
        try:
            with closing(pypdfium2.PdfDocument.new()) as elsewhere:
                _put(elsewhere, content, 0)
                return len(elsewhere)
        except pypdfium2.PdfiumError:
            return 0


def _put(pages: pypdfium2.PdfDocument, content: bytes, at: int) -> int:
    with closing(pypdfium2.PdfDocument(content)) as one:
        pages.import_pages(one, index=at)
        return len(one)


def _count(content: bytes) -> int:
    with ONE_AT_A_TIME, closing(pypdfium2.PdfDocument(content)) as one:
        return len(one)


def _sheets(dossier: Written, parts: Sequence[_Part], total: int) -> bytes:
    """Draw all sheets at once, so that they share their fonts; nothing where there is none."""
    ours = [part.sheet | {"page": part.page, "start": part.start} for part in parts if part.content is None]
    values = {"language": dossier.language, "pages": total, "sheets": ours}
    return typeset.pdf("dossier_papers.typ", values, is_archival=False) if ours else b""


def _count_sheets(sheets: bytes, parts: Sequence[_Part]) -> None:
    """Find how many pages each sheet has, by the headings with which they begin."""
    if sheets:
        with ONE_AT_A_TIME, closing(pypdfium2.PdfDocument(sheets)) as document:
            starts = [mark.get_dest().get_index() for mark in document.get_toc()]
            ends = [*starts[1:], len(document)]
        ours = (part for part in parts if part.content is None)
        for part, start, end in zip(ours, starts, ends, strict=True):
            part.pages, part.start = end - start, start + 1


def _front(dossier: Written, parts: Sequence[_Part], first: int, total: int) -> bytes:
    """Draw the front; `first` is how many pages it has itself, 0 as long as nobody knows."""
    listed = []
    for part in parts:
        one = part.exhibit
        is_letter = one.paper.kind is PaperKind.LETTER  # a mail has them on its sheet
        facts = " · ".join(f"{label} {words}".strip() for label, words in one.facts) if is_letter else ""
        name, page = breakable(one.name, LONGEST_WORD), str(part.page) if first else ""
        listed.append((str(one.paper.number), one.day, breakable(one.title), breakable(facts, LONGEST_WORD), name,
                       one.paper.sha256, page))  # fmt: skip
    values = {
        "title": dossier.title,
        "author": dossier.parties[0][1][0],
        "date": typeset.day(dossier.on),
        "language": dossier.language,
        "pages": total,
        "labels": dossier.labels,
        "parties": [(label, [breakable(line) for line in lines]) for label, lines in dossier.parties],
        "about": dossier.about,
        "owed": [(breakable(number), *rest) for number, *rest in dossier.owed],
        "totals": dossier.totals,
        "rows": [
            (row.day, breakable(row.says), row.who, str(row.exhibit or ""), row.amount, row.balance)
            for row in dossier.rows
        ],
        "exhibits": listed,
    }
    return typeset.pdf("dossier.typ", values, is_archival=False)


def _bound(front: bytes, sheets: bytes, parts: Sequence[_Part], first: int, total: int) -> bytes:
    """Put everything behind one another: the sheets at once, and between them the files."""
    whole = BytesIO()
    with closing(pypdfium2.PdfDocument(front)) as document:
        assert len(document) == first, "the numbers change nothing in how long the front is"
        if sheets:
            _put(document, sheets, first)
        for part in parts:
            if part.content is not None:
                with closing(pypdfium2.PdfDocument(part.content)) as file:
                    _number(file, part, total)
                    document.import_pages(file, index=part.page - 1)
        document.save(whole)
    return whole.getvalue()


def _number(file: pypdfium2.PdfDocument, part: _Part, total: int) -> None:
    """Write on each page which exhibit it is of and its number, before it is put between thousands of others."""
    font = raw.FPDFText_LoadStandardFont(file.raw, b"Times-Roman")
    for at in range(part.pages if part.pages <= MOST_NUMBERED else 1):
        _write(file, at, font, f"{part.exhibit.mark} · {part.page + at} / {total}")


def _write(document: pypdfium2.PdfDocument, at: int, font: Any, words: str) -> None:
    """Write words at the upper right of a page, however it is turned."""
    with closing(document[at]) as page:
        left, bottom, right, top = page.get_cropbox()
        text = raw.FPDFPageObj_CreateTextObj(document.raw, font, POINT)
        letters = ctypes.create_string_buffer(f"{words}\0".encode("utf-16-le"))
        raw.FPDFText_SetText(text, ctypes.cast(letters, raw.FPDF_WIDESTRING))
        raw.FPDFPageObj_SetFillColor(text, *GREY)
        edges = [ctypes.c_float() for _ in range(4)]
        raw.FPDFPageObj_GetBounds(text, *edges)
        back, down = EDGE + edges[2].value, EDGE + POINT
        turns = {
            0: (1, 0, 0, 1, right - back, top - down),
            90: (0, 1, -1, 0, left + down, top - back),
            180: (-1, 0, 0, -1, left + back, bottom + down),
            270: (0, -1, 1, 0, right - down, bottom + back),
        }
        raw.FPDFPageObj_Transform(text, *turns[page.get_rotation()])
        raw.FPDFPage_InsertObject(page.raw, text)
        page.gen_content()


def _same_every_time(pdf: bytes) -> bytes:
    """Name the file by what is in it: PDFium gives it a new name each time that it writes the same."""
    found = _ID.search(pdf, max(0, len(pdf) - 2_000))
    assert found, "PDFium ends a file with its name"
    start, end = found.span(1)
    rest = hashlib.sha256(pdf[:start] + pdf[end:]).hexdigest()[:32].upper()
    return pdf[:start] + rest.encode() + pdf[end:]
