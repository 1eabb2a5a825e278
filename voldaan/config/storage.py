"""Where documents lie: a folder, under their content, on disk before the row that names them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class ByContent(FileSystemStorage):
    """Files named by their own hash: written aside, flushed, and moved into place; there already is fine."""

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as aside:
                try:
                    for chunk in content.chunks():
                        aside.write(chunk)
                    aside.flush()
                    os.fsync(aside.fileno())
                    Path(aside.name).replace(path)
                except BaseException:
                    Path(aside.name).unlink(missing_ok=True)
                    raise
            _flush_folder(path.parent)
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002 - Django's signature
        """Keep the name: equal names are equal contents."""
        return name


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
