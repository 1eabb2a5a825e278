"""What a PDF unpacks to, before a library that has no limit of its own unpacks it."""

from __future__ import annotations

import re
import zlib

MOST_BYTES = 48 << 20  # of all that is packed in it
MOST_TEXT = 12 << 20  # of what draws text: four hundred full pages take less
PIECE = 1 << 20

_STREAM = re.compile(rb"\bstream\r?\n")
# Packed twice, or in a way that no program has written for twenty years: a few bytes could become any number.
_TWICE = re.compile(rb"/(?:Filter|F)\s*\[[^\]]{0,200}(?:/Fl|RunLength)[^\]]{0,200}(?:/Fl|RunLength)")
_OLD = re.compile(rb"/LZW|/RunLengthDecode")
_DRAWS_TEXT = (b"Tj", b"TJ", b")'", b") '", b')"', b') "')


def is_too_dense(data: bytes) -> bool:
    """Tell whether a PDF would unpack to more than a letter or a list holds."""
    if _OLD.search(data) or _TWICE.search(data):
        return True
    unpacked = text = 0
    for found in _STREAM.finditer(data):
        size, is_text = _unpacked(data, found.end(), MOST_BYTES - unpacked)
        unpacked += size
        text += size if is_text else 0
        if unpacked >= MOST_BYTES or text > MOST_TEXT:
            return True
    return False


def _unpacked(data: bytes, start: int, most: int) -> tuple[int, bool]:
    """Give the size of what is packed here, and whether it draws text; nothing where it is not packed."""
    packed, size, is_text = zlib.decompressobj(), 0, False
    rest, at = b"", start
    try:
        while size < most and not packed.eof:
            if not rest:
                rest, at = data[at : at + PIECE], at + PIECE
            if not rest:
                break
            piece = packed.decompress(rest, PIECE)
            size += len(piece)
            is_text = is_text or any(sign in piece for sign in _DRAWS_TEXT)
            rest = packed.unconsumed_tail
    except zlib.error:
        pass  # what is damaged ends here for the library as well
    return size, is_text
