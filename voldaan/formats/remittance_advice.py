"""Remittance advices (betaalspecificaties) -> papers: what a payer says to pay, as CSV, XLSX, text, mail or PDF.

A payer of a big sum sends the list beside it. A line that cannot be read exactly is named and left to a person.
"""

from __future__ import annotations

from typing import BinaryIO

from voldaan.formats.shared import mail_parts
from voldaan.formats.shared.advice_columns import TITLE, advice_columns
from voldaan.formats.shared.advice_facts import Facts
from voldaan.formats.shared.advice_rows import NO_LINES, AdviceRows
from voldaan.formats.shared.advice_text import TextLine, lines_of, text_table
from voldaan.formats.shared.columns import Guess
from voldaan.formats.shared.conventions import Columns
from voldaan.formats.shared.pdf_lines import BadPdf, pdf_lines
from voldaan.formats.shared.tables import BadTable, Table, cuts, decoded, is_zip, tables
from voldaan.rules.papers import Problem, Reading, RemittanceAdvice

LARGEST = 4 << 20  # bytes: ten thousand lines take a tenth of it
LARGEST_BOOK = 1 << 20  # of a workbook, which is packed: what is larger is a list of something else
LATEST_TITLE = 500  # lines from the top
PDF = b"%PDF-"

_Found = tuple[Table, Guess, Columns]


def sniff(source: BinaryIO) -> str | None:
    """Recognise a remittance advice by all that is in it, for its beginning may be that of anything.

    Gives `advice-csv`, `advice-xlsx`, `advice-text`, `advice-mail`, `advice-pdf` or None.
    """
    source.seek(0)
    data = source.read(LARGEST + 1)
    return None if len(data) > LARGEST else _kind(data)


def _kind(data: bytes) -> str | None:
    try:
        if mail_parts.is_mail(data[: 1 << 16]):
            mail = mail_parts.opened(data)
            is_one = mail and (_attached(mail) or _is_told(lines_of(f"{mail.subject}\n{mail.text}")))
            return "advice-mail" if is_one else None
        if data.startswith(PDF):
            return "advice-pdf" if _is_told(_of_pdf(data)) else None
        if is_zip(data):
            is_book = b"xl/" in data and len(data) <= LARGEST_BOOK
            return "advice-xlsx" if is_book and _lists(tables(data)) else None
        text, _ = decoded(data)
        if text.lstrip().startswith(("<", "{", ":")):
            return None  # XML, JSON, SWIFT
        return "advice-csv" if _lists(cuts(text)) else "advice-text" if _is_told(lines_of(text)) else None
    except (BadTable, BadPdf):
        return None


def _of_pdf(data: bytes) -> list[TextLine]:
    return [TextLine(pieces) for pieces in pdf_lines(data)]


def _is_told(lines: list[TextLine]) -> bool:
    """Tell whether a text says that it is one, and has a line that can be read."""
    if not any(TITLE.search(line.text) for line in lines[:LATEST_TITLE]):
        return False
    table, guess, columns = text_table(lines)
    rows = AdviceRows(table, guess, columns, Facts(), is_text=True)
    rows.read()
    return rows.advice is not None


def _lists(found: list[Table]) -> list[_Found]:
    looks = ((table, advice_columns(table)) for table in found if not table.hidden)
    return [(table, *found_) for table, found_ in looks if found_]


def _attached(mail: mail_parts.Mail) -> bytes | None:
    """Give the first file in a mail that is an advice itself; a mail in a mail is not opened."""
    files = (data for data in mail.files if len(data) <= LARGEST and not mail_parts.is_mail(data[: 1 << 16]))
    return next((data for data in files if _kind(data)), None)


def read(source: BinaryIO) -> Reading[RemittanceAdvice]:
    """Read an advice. Never raises on bad input. Lines that are for a person to look at are QUESTIONs."""
    source.seek(0)
    return _read(source.read(LARGEST), Facts())


def _read(data: bytes, facts: Facts) -> Reading[RemittanceAdvice]:
    try:
        if mail_parts.is_mail(data[: 1 << 16]) and (mail := mail_parts.opened(data)):
            return _read_mail(mail)
        if data.startswith(PDF):
            return _read_text(_of_pdf(data), facts)
        if is_zip(data):
            found = _lists(tables(data))
        else:
            text, _ = decoded(data)
            if not (found := _lists(cuts(text))):
                return _read_text(lines_of(text), facts)
        if not found:
            return Reading((), [Problem("file", NO_LINES)])
        best = max(found, key=lambda each: len(each[1].headers))
        return _read_rows(best, facts, is_text=False)
    except BadTable as error:
        return Reading((), [error.problem])
    except BadPdf as error:
        return Reading((), [Problem("file", error.what, facts=error.facts)])


def _read_mail(mail: mail_parts.Mail) -> Reading[RemittanceAdvice]:
    facts = Facts()
    attached = _attached(mail)
    reading = _read_text(lines_of(mail.text), facts) if attached is None else _read(attached, facts)
    return Reading([_of_mail(advice, mail) for advice in reading.records], reading.problems, reading.version)


def _of_mail(advice: RemittanceAdvice, mail: mail_parts.Mail) -> RemittanceAdvice:
    """Let the mail say who pays and when, where its list does not."""
    return RemittanceAdvice(
        advice.payer or mail.sender, advice.paid_on or mail.sent_on, advice.currency, advice.cents, advice.lines,
        advice.is_whole,
    )  # fmt: skip


def _read_text(lines: list[TextLine], facts: Facts) -> Reading[RemittanceAdvice]:
    return _read_rows(text_table(lines), facts, is_text=True)


def _read_rows(found: _Found, facts: Facts, *, is_text: bool) -> Reading[RemittanceAdvice]:
    rows = AdviceRows(*found, facts, is_text=is_text)
    rows.read()
    return Reading((rows.advice,) if rows.advice else (), rows.problems)
