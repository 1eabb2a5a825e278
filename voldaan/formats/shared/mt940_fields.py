"""The fields of an MT940 file: cut by one pattern, each with its line and with the words (:86:) that follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from voldaan.formats.shared.problems import LineProblems
from voldaan.rules.papers import Severity
from voldaan.rules.refusals import mark

CHUNK = 1 << 18
LONGEST = 1 << 20  # bytes between two movements; a real one takes less than a thousand

ENDLESS = mark("More than a megabyte without a movement or a balance: this is no MT940, and is not read further.")
OUTSIDE = mark("This line belongs to no statement and is not read: “{text}”.")

# A time that was cut by the end of a line looks like a field (`:20:11`); a true :20: has :21: or :25: behind it.
FIELD = re.compile(r"\n:(20(?=:[^\n]*\n\s*:2[15])|21|25P?|28C?|13D|34F|60[FM]|61|62[FM]|64|65F?|86|90[CD]|NS|NSF):")
IN_THE_HEAD = frozenset(["21", "25", "25P", "28", "28C", "NSF"])
WORDS = frozenset(["86", "NS"])
ENVELOPE = re.compile(r"|-(?:X{3}|\}.*)?|\{.*|:?94[02]:?(?: ?00)?|0000 01[A-Z0-9]+(?: [0-9]+)?|[A-Z]{6}[A-Z0-9]{2,6}")
END_OF_MESSAGE = re.compile(r"\n *-(?:X{3}|\}[^\n]*)? *(?=\n|$)")

# Control characters frame SWIFT messages, and no database wants them. Inside a line one is a blank: two numbers with
# one between them are never glued together.
CONTROL = bytes(set(range(32)) - set(b"\t\n\r") | {127})
BLANKS = bytes.maketrans(CONTROL, b" " * len(CONTROL))


def plain(data: bytes) -> bytes:
    """Take away what is layout: marks, control characters, the ends of lines in other manners."""
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if len(data.translate(None, CONTROL)) == len(data):
        return data
    return b"\n".join(line.strip(CONTROL) for line in data.split(b"\n")).translate(BLANKS)


def _text(data: bytes) -> str:
    """Decode by the line, so that the answer does not depend on where a chunk ended."""
    data = plain(data)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return "\n".join(map(_line, data.split(b"\n")))


def _line(data: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _blocks(source: BinaryIO, told: LineProblems) -> Iterator[tuple[str, bool]]:
    """Cut the file before movements and opening balances, which nothing else looks like; tell which is the last."""
    rest, line = b"", 1
    while chunk := source.read(CHUNK):
        rest += chunk
        cut = max(rest.rfind(b"\n:61:"), rest.rfind(b"\n:60F:"))
        if cut > 0:
            yield _text(rest[:cut].removesuffix(b"\r")), False
            line += rest.count(b"\n", 0, cut + 1)
            rest = rest[cut + 1 :]
        if len(rest) > LONGEST:
            told.tell(line, ENDLESS)
            rest = b""
            break
    yield _text(rest), True


def fields(source: BinaryIO, told: LineProblems) -> Iterator[tuple[int, str, str, str]]:
    """Give the line, tag and content of each field and the words (:86:) that follow it, all with their line ends."""
    line = 1
    for block, is_last in _blocks(source, told):
        before, *parts = FIELD.split(f"\n{block}")
        outside(told, line, before[1:])
        line += before.count("\n")
        tags, contents = parts[::2], parts[1::2]
        tags.append("20" if is_last else "")
        at = 0
        while at < len(contents):
            place, tag, content = line, tags[at], contents[at]
            line += content.count("\n") + 1
            at += 1
            texts = []
            while (more := tags[at]) in WORDS or (more in IN_THE_HEAD and tag == "61"):
                texts.append(contents[at] if more in WORDS else f":{more}:{contents[at]}")  # a time, cut by a line end
                line += contents[at].count("\n") + 1
                at += 1
            words = "\n".join(texts)
            if tags[at] == "20" and (words or tag == "61"):  # no closing balance: the message ends behind text
                content, words = _without_envelope(told, place, content, words)
            yield place, tag, content, words


def _without_envelope(told: LineProblems, line: int, content: str, words: str) -> tuple[str, str]:
    """Cut off the end of a message, and what follows it, from its last field."""
    last = words or content
    for end in [match.start() for match in END_OF_MESSAGE.finditer(last)][-1:]:
        before = (content.count("\n") + 1 if words else 0) + last.count("\n", 0, end + 1)
        outside(told, line + before, last[end + 1 :])
        last = last[:end]
    return (content, last) if words else (last, "")


def outside(told: LineProblems, line: int, text: str) -> None:
    """Tell what stands where no field is, but for what SWIFT puts around a message."""
    if text and not text.isspace():
        for number, each in enumerate(text.split("\n"), line):
            if not ENVELOPE.fullmatch(each.strip()):
                told.tell(number, OUTSIDE, Severity.WARNING, text=each)
