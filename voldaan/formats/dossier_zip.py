"""A dossier as a ZIP: every file as it was sent or received, the dossier as a PDF, and a list of checksums."""

from __future__ import annotations

import hashlib
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from voldaan.rules.dossiers import Opened, Written

PDF, SUMS = "dossier.pdf", "SHA256SUMS"
MOMENT = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP knows: the same dossier gives the same bytes
READABLE = 0o644 << 16
CHUNK = 1 << 20


def write(out: IO[bytes], dossier: Written, pdf: bytes, opened: Opened) -> None:
    """Write a dossier; no more of a file is in memory than a part. A file that is gone is left out."""
    sums = [(hashlib.sha256(pdf).hexdigest(), PDF)]
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        packed.writestr(_entry(PDF), pdf)
        for exhibit in dossier.exhibits:
            file = opened(exhibit.paper)
            if file is None:
                continue
            with file, packed.open(_entry(exhibit.name), "w") as into:
                while some := file.read(CHUNK):
                    into.write(some)
            sums.append((exhibit.paper.sha256, exhibit.name))
        packed.writestr(_entry(SUMS), "".join(f"{sha256}  {name}\n" for sha256, name in sums))


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, MOMENT)
    entry.compress_type, entry.external_attr, entry.create_system = ZIP_DEFLATED, READABLE, 3
    return entry
