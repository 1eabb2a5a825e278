"""The key that stored credentials are encrypted with: from the environment, or from a file that only we may read."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet

NAME = "field.key"


@cache
def field_keys(data: Path) -> list[bytes]:
    """Give the keys of this installation, the one that writes first.

    VOLDAAN_FIELD_KEYS holds one or more, apart by commas; without it a key is made in the data folder, once.
    """
    if said := os.environ.get("VOLDAAN_FIELD_KEYS"):
        return [key.strip().encode() for key in said.split(",")]
    place = data / NAME
    if not place.exists():
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = data / f"{NAME}.{os.getpid()}"
        aside.touch(mode=0o600)
        aside.write_bytes(Fernet.generate_key())
        try:
            os.link(aside, place)  # where two begin at once, the first key stays
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return [place.read_bytes().strip()]
