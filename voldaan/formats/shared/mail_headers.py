"""Names and subjects as a mail header carries them: quoted, or encoded (RFC 2047), and folded.

The library folds some of them wrongly (it moves spaces among encoded words), so they are written here.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

from voldaan.rules.letters import one_line

LONGEST_PLAIN = 60  # characters that are left as they are; a longer text is encoded, and folded between its words
_ENCODED_BYTES = 45  # in one encoded word, which has 75 characters at most
_FOLD = "\r\n "


def subject(text: str) -> str:
    """Write a text that stands by itself."""
    plain = one_line(text)
    return plain if _is_plain(plain) else _encoded(plain)


def mailbox(name: str, address: str) -> str:
    """Write a name with its address, which was proven before; the address alone where the name is empty."""
    plain = one_line(name)
    if not plain:
        return address
    if _is_plain(plain):
        quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"{_FOLD}<{address}>'
    return f"{_encoded(plain)}{_FOLD}<{address}>"


def _is_plain(text: str) -> bool:
    return text.isascii() and len(text) <= LONGEST_PLAIN and "=?" not in text


def _encoded(text: str) -> str:
    return _FOLD.join(f"=?utf-8?b?{b64encode(piece).decode()}?=" for piece in _pieces(text))


def _pieces(text: str) -> Iterator[bytes]:
    """Cut a text in pieces that are whole characters each."""
    piece = b""
    for char in text:
        encoded = char.encode(errors="replace")  # half a character (a lone surrogate) is a question mark
        if len(piece) + len(encoded) > _ENCODED_BYTES:
            yield piece
            piece = b""
        piece += encoded
    yield piece
