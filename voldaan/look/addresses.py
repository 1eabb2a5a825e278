"""The addresses of pages: looked up once for each page, then only filled in. A list has two in each of its rows."""

from __future__ import annotations

from functools import cache, lru_cache
from urllib.parse import quote

from django.urls import get_script_prefix, reverse

STAND_IN = "8097132654"  # fits wherever a slug, an id or a number does, and stands in no address by itself


def address(page: str, *words: object) -> str:
    """Give the address of a page about these words, as `reverse` does."""
    return _pattern(get_script_prefix(), page, len(words)) % tuple(map(_quoted, words))


@lru_cache(10_000)
def _quoted(word: object) -> str:
    return quote(str(word), safe="")


@cache
def _pattern(prefix: str, page: str, count: int) -> str:  # noqa: ARG001 - `reverse` begins with it
    found = reverse(page, args=[STAND_IN] * count)
    return found.replace("%", "%%").replace(STAND_IN, "%s")
