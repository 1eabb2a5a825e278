"""A demo that anybody may play with, and that begins anew each night: one process serves it, another plays the next."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

HOUR = 4  # at night, when nobody looks
ALL_WELL = 0


def left_of_the_day(now: datetime) -> float:
    """Give the seconds until the demo begins anew."""
    tonight = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return ((tonight if tonight > now else tonight + timedelta(days=1)) - now).total_seconds()


def serve(folder: Path, *, play: Callable[[Path], None], port: int | None, left: Callable[[], float]) -> int:
    """Play the demo in a folder of its own, serve it until `left` seconds are over, and so on; give how serving ended.

    While the next one is played, the one before is served; the change takes a few seconds.
    """
    signal.signal(signal.SIGTERM, _stop)
    shutil.rmtree(folder, ignore_errors=True)  # what an earlier process left
    number, shown = 1, folder / "1"
    play(shown)
    while True:
        server = _server(shown, port)
        try:
            with suppress(subprocess.TimeoutExpired):
                return server.wait(left())  # it ended by itself
            number += 1
            fresh = folder / str(number)
            play(fresh)
        finally:
            server.terminate()
            server.wait()
        shutil.rmtree(shown)
        shown = fresh


def play(folder: Path) -> None:
    """Play the demo year in this folder."""
    subprocess.run(_command(folder, "demo", "--no-serve"), check=True, env=_environment())  # noqa: S603 - ours


def _server(folder: Path, port: int | None) -> subprocess.Popen[bytes]:
    words = ["--port", str(port)] if port else []
    return subprocess.Popen(_command(folder, "serve", *words), env=_environment())  # noqa: S603 - ours


def _command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "voldaan", "--data", str(folder), *words]


def _environment() -> dict[str, str]:
    """The demo is never played on a server: it would stay there."""
    return {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "VOLDAAN_DATA"}}


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(ALL_WELL)
