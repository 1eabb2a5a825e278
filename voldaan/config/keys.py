"""The keys of an installation: one signs what a browser carries for us, one encrypts the credentials that are stored.

Each comes from the environment, or from a file that only we may read, made once.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet

from voldaan.rules.refusals import Kind, Refusal, mark

SHORTEST = 32  # characters of a signing key


class ShortKey(Refusal):
    code = "short_key"
    kind = Kind.INVALID
    says = mark("VOLDAAN_SECRET_KEY is too short to be secret: at least 32 characters, drawn at random, are wanted.")


@cache
def field_keys(data: Path) -> list[bytes]:
    """Give the keys that stored credentials are encrypted with, the one that writes first.

    VOLDAAN_FIELD_KEYS holds one or more, apart by commas.
    """
    if said := os.environ.get("VOLDAAN_FIELD_KEYS"):
        return [key.strip().encode() for key in said.split(",")]
    return [_kept(data / "field.key", Fernet.generate_key)]


@cache
def signing_key(data: Path) -> str:
    """Give the key that sessions are signed with: VOLDAAN_SECRET_KEY, the same on every machine that serves pages.

    Raises:
        ShortKey: it could be guessed.
    """
    if said := os.environ.get("VOLDAAN_SECRET_KEY"):
        if len(said) < SHORTEST:
            raise ShortKey
        return said
    return _kept(data / "secret.key", lambda: secrets.token_urlsafe(48).encode()).decode()


def _kept(place: Path, draw: Callable[[], bytes]) -> bytes:
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = place.with_name(f"{place.name}.{os.getpid()}")
        aside.touch(mode=0o600)
        aside.write_bytes(draw())
        try:
            os.link(aside, place)  # where two begin at once, the first key stays
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return place.read_bytes().strip()
