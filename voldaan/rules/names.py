"""Names as people type them: folded for search, cut down to a slug for addresses and the command line."""

from __future__ import annotations

import re
import unicodedata

from voldaan.rules.refusals import Kind, Refusal, mark


class TooLong(Refusal):
    code = "too_long"
    kind = Kind.INVALID
    says = mark("“{text}…” is too long: at most {longest} characters.")


def fitting(text: str, longest: int) -> str:
    """Give a text that fits its column.

    Raises:
        TooLong: it does not.
    """
    if len(text) > longest:
        raise TooLong(text=text[:20], longest=longest)
    return text


def folded(name: str) -> str:
    """Fold a name for search: no accents, no capitals, single spaces, so that both engines find the same."""
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(name.casefold().split())


# Legal forms, and words that say as little of who it is.
_FORMS = frozenset({"bv", "nv", "vof", "cv", "bvba", "sprl", "srl", "sa", "sarl", "gmbh", "ltd", "plc", "inc", "llc",
                    "stichting", "vereniging", "vzw", "asbl", "de", "het", "en", "and", "firma", "fa"})  # fmt: skip


def essence(name: str) -> str:
    """Give what tells a name from others: `De Linde Drukkerij B.V.` and `Drukkerij De Linde` give the same."""
    words = re.sub(r"[^\w\s]", " ", folded(name).replace(".", "").replace("&", " "))
    return " ".join(sorted(word for word in words.split() if word not in _FORMS))


def slug(name: str) -> str:
    """Cut a name down to lower-case letters, digits and hyphens: `Bakkerij 't Hart B.V.` is `bakkerij-t-hart-b-v`."""
    return re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")[:60] or "administratie"
