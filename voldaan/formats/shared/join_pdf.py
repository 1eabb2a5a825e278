"""Several PDFs of typst's making as one, for a printer: their objects numbered on, under one list of pages.

It reads what typst writes without tags and bookmarks, and nothing else: plain objects in the order of their numbers,
one flat list of pages, and no text of the document's own outside its streams, besides its particulars.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_TRAILER = re.compile(
    rb"trailer\n<</Size \d+/Root (?P<root>\d+) 0 R(?P<rest>.*)>>\nstartxref\n(?P<xref>\d+)\n%%EOF\s*\Z", re.DOTALL
)
_PAGE_COUNT = re.compile(rb"(<xmpTPg:NPages>)\d+")
_LENGTH = re.compile(rb"/Length (\d+)")
_PAGE = b"<</Type/Page/"
_PAGES = b"<</Type/Pages/"
_ENTRY = 20  # bytes in the list of objects

_Object = tuple[int, bytes, bytes]  # its number, its dictionary, and its stream with the words around it


def joined(parts: Iterable[bytes]) -> bytes:
    """Join PDFs in their order. The title and the date are those of the first, of which there is at least one."""
    waiting = iter(parts)
    first = next(waiting, b"")
    kept = {number: (head, stream) for number, head, stream in _objects(first)}
    pages = next(number for number, (head, _) in kept.items() if head.startswith(_PAGES))
    kids = [number for number, (head, _) in kept.items() if head.startswith(_PAGE)]
    for part in waiting:
        before = max(kept)
        particulars = _of_the_document(part)
        for number, head, stream in _objects(part):
            if number in particulars or head.startswith(_PAGES):
                continue
            moved = _numbered_on(head, before)
            if head.startswith(_PAGE):
                moved = re.sub(rb"/Parent \d+ 0 R", b"/Parent %d 0 R" % pages, moved)
                kids.append(before + number)
            kept[before + number] = moved, stream
    kept[pages] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids)), b""
    return _written(first, kept, len(kids))


def _numbered_on(head: bytes, before: int) -> bytes:
    return _REFERENCE.sub(lambda found: b"%d 0 R" % (int(found[1]) + before), head)


def _objects(part: bytes) -> Iterator[_Object]:
    end = _trailer(part)
    xref = int(end["xref"])
    start = part.index(b"\n", xref + 5) + 1
    count = (end.start() - start) // _ENTRY
    offsets = [int(part[start + _ENTRY * at :][:10]) for at in range(1, count)]
    for number, (begin, stop) in enumerate(zip(offsets, [*offsets[1:], xref], strict=True), 1):
        words = part[part.index(b"\n", begin) + 1 : part.rindex(b"\nendobj", begin, stop)]
        head, mark, stream = words.partition(b"\nstream\n")
        yield number, head, mark + stream


def _trailer(part: bytes) -> re.Match[bytes]:
    found = _TRAILER.search(part, len(part) - 400)
    assert found, "a PDF as typst writes it"
    return found


def _of_the_document(part: bytes) -> set[int]:
    """Give the objects that say something of the whole: its root and what only that names."""
    end = _trailer(part)
    root = next(head for number, head, _ in _objects(part) if number == int(end["root"]))
    return {int(end["root"]), *map(int, _REFERENCE.findall(end["rest"])), *map(int, _REFERENCE.findall(root))}


def _written(first: bytes, kept: dict[int, tuple[bytes, bytes]], pages: int) -> bytes:
    out = bytearray(first[: first.index(b"1 0 obj\n")])
    offsets: dict[int, int] = {}
    for number, (head, stream) in kept.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, b"".join(_counted(head, stream, pages)))
    xref, size = len(out), max(kept) + 1
    entries = (b"%010d 00000 n\r\n" % offsets[at] if at in offsets else b"0000000000 65535 f\r\n" for at in range(size))
    end = _trailer(first)
    out += b"xref\n0 %d\n%s" % (size, b"".join(entries))
    out += b"trailer\n<</Size %d/Root %s 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (size, end["root"], end["rest"], xref)
    return bytes(out)


def _counted(head: bytes, stream: bytes, pages: int) -> tuple[bytes, bytes]:
    """Say in the metadata how many pages there are now."""
    if b"/Type/Metadata" not in head:
        return head, stream
    counted = _PAGE_COUNT.sub(rb"\g<1>%d" % pages, stream)
    longer = len(counted) - len(stream)
    return _LENGTH.sub(lambda found: b"/Length %d" % (int(found[1]) + longer), head), counted
