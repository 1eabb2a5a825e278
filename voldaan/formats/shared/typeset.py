"""Typst, started once a process: templates of ours, values as data, and the fonts that come with it.

The fonts of the machine are left alone, so that a letter is the same everywhere, byte for byte. What they cannot draw
is replaced: a name in Chinese must not stop a letter (PDF/A allows no missing character).
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

TEMPLATES = Path(__file__).parents[1] / "templates"
STANDARD: Final = "a-2b"
UNDRAWN = "□"
LONGEST_WORD = 32  # characters; a longer one, such as a number of forty digits, may be broken
_BREAK = "\u200b"
_PIECES = re.compile(r"\S{6}(?=\S)")
_PLAIN = re.compile(r"[^\x20-\u017f\u200b\u20ac\u2212\u2026]")
_SPACES = re.compile(" {2,}")  # where a picture was

_turn = threading.Lock()  # a compiler serves one letter at a time
_undrawable: dict[str, bool] = {}  # of each character that was ever asked for


@cache
def _compiler(template: str) -> typst.Compiler:
    return typst.Compiler(TEMPLATES / template, root=TEMPLATES, font_paths=_fonts())


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def pdf(template: str, values: Any, *, is_archival: bool = True) -> bytes:
    """Draw a template with values; the same values give the same bytes. Tags are for readers that read aloud.

    What others' pages are put behind must not claim to be archival: nobody knows whether those are.
    """
    text = json.dumps(values, ensure_ascii=False)
    with _turn:
        text = _drawable(text)
        try:
            return compiled(template, text, is_archival=is_archival)
        except typst.TypstError:
            # Characters that each can be drawn, and together cannot: a letter of plain characters leaves all the same.
            return compiled(template, _PLAIN.sub(UNDRAWN, text), is_archival=is_archival)


def compiled(template: str, text: str, *, is_archival: bool = True) -> bytes:
    """Have typst draw a template with values in JSON, as they are."""
    drawn = _compiler(template).compile(
        format="pdf", sys_inputs={"values": text}, pdf_standards=STANDARD if is_archival else None
    )
    assert isinstance(drawn, bytes)
    return drawn


def day(on: date) -> dict[str, int]:
    """Give a day as a template takes it."""
    return {"year": on.year, "month": on.month, "day": on.day}


def breakable(words: str, longest: int = LONGEST_WORD) -> str:
    """Let a very long word break anywhere, where it would leave its column."""
    return _long_words(longest).sub(lambda found: _PIECES.sub(rf"\g<0>{_BREAK}", found[0]), words)


@cache
def _long_words(longest: int) -> re.Pattern[str]:
    return re.compile(rf"\S{{{longest + 1},}}")


def _drawable(text: str) -> str:
    """Replace what no font can draw: by its plain form (a fullwidth A), else by a box; of a picture nothing stays."""
    if text.isascii():
        return text
    lacking = _lacking(text)
    if not lacking:
        return text
    return _SPACES.sub(" ", text.translate({ord(char): _stand_in(char) for char in lacking}))


def _stand_in(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    if plain != char and not _lacking(plain) and plain.isprintable() and not set(plain) & set('"\\'):
        return plain
    return "" if unicodedata.category(char) in {"So", "Sk", "Mn", "Me", "Cf", "Cs"} else UNDRAWN


def _lacking(text: str) -> list[str]:
    chars = sorted(set(text))
    unasked = [char for char in chars if char not in _undrawable and not (char.isascii() and char.isprintable())]
    _undrawable.update(dict.fromkeys(unasked, False) | dict.fromkeys(_undrawn(unasked), True))
    return [char for char in chars if _undrawable.get(char)]


def _undrawn(chars: list[str]) -> Iterable[str]:
    """Find the characters that typst cannot draw, by halves."""
    if not chars or _draws(chars):
        return []
    if len(chars) == 1:
        return chars
    half = len(chars) // 2
    return [*_undrawn(chars[:half]), *_undrawn(chars[half:])]


def _draws(chars: list[str]) -> bool:
    try:
        # Apart, so that no two of them make one character together.
        compiled("probe.typ", json.dumps(" x ".join(chars)))
    except (typst.TypstError, UnicodeEncodeError):
        return False
    return True
