"""Somebody before the pages of a running program: signs in, fills in forms, and sees what is answered."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener  # noqa: TID251 - to look at our own pages from outside


class Visitor:
    """One browser without a screen. It keeps its session, also when the program is begun anew."""

    def __init__(self) -> None:
        self._browser = build_opener(HTTPCookieProcessor(CookieJar()))
        self._token = ""

    def sees(self, address: str, words: dict[str, str] | None = None) -> str:
        """Ask for a page, or send a form to it, and give the page that comes of it.

        Raises:
            OSError: nobody answered, or with a refusal.
        """
        data = urlencode(words | {"csrfmiddlewaretoken": self._token}).encode() if words else None
        with self._browser.open(address, data, timeout=20) as answer:
            page: str = answer.read().decode()
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page):
            self._token = found[1]
        return page
