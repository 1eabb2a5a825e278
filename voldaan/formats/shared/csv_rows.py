"""Bytes of a CSV -> rows of cells as a stream, each with the line on which it begins; memory stays as it is."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

CHUNK = 1 << 16
LONGEST = 1 << 18  # characters of a line; a real one has less than a thousand


class Endless(Exception):  # noqa: N818 - caught by the reader and given back as its problem
    """A line does not end."""


def encoding_of(head: bytes) -> str:
    """Tell UTF-16 from text in single bytes; which of those it is, the whole file must say."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:400]
    # Latin text in UTF-16 has a zero in every second byte; text in one byte has none.
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if start[::2].count(0) > len(start) // 4:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def encoding_of_all(source: BinaryIO, encoding: str) -> str:
    """Look through the file: an accent far below its beginning may show that it is Windows-1252 after all."""
    if encoding != "utf-8":
        return encoding
    source.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := source.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return encoding


def lines_of(source: BinaryIO, encoding: str) -> Iterator[str]:
    """Give the lines with their ends, whichever these are; a quoted cell may go on over several.

    Raises:
        Endless: for a line that is longer than any.
    """
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    rest = ""
    is_first = True
    while chunk := source.read(CHUNK):
        rest += decoder.decode(chunk)
        if is_first:
            rest = rest.removeprefix("\ufeff")
            is_first = False
        *lines, rest = io.StringIO(rest, newline="")
        yield from lines
        if len(rest) > LONGEST:
            raise Endless
    yield from io.StringIO(rest + decoder.decode(b"", final=True), newline="")


def rows_of(lines: Iterable[str], delimiter: str, most: int | None = None) -> Iterator[tuple[int, list[str] | str]]:
    """Give each row and the line on which it begins; for one of which the quotation marks are wrong, why."""
    # Strict: a quotation mark that never closes would swallow the rows below it in silence.
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t")
    count = 0
    while most is None or count < most:
        line = reader.line_num + 1
        count += 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, str(error)
