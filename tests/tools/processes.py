"""The real command as a process that runs on: started, heard, told to stop, killed, and never left behind."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import HTTPError
from urllib.request import urlopen  # noqa: TID251 - to look at our own pages from outside


def environment(**more: str) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items()
             if not name.startswith(("VOLDAAN", "DATABASE_URL", "PORT"))}  # fmt: skip
    return {**known, "VOLDAAN_LANGUAGE": "en", "PYTHONUNBUFFERED": "1", **more}


def run(*words: str, code: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command, or a piece of code, to its end."""
    command = [sys.executable, "-c", code, *words] if code else [sys.executable, "-m", "voldaan", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment(**more))


class Process:
    """A command that runs on, with what it says in a file."""

    def __init__(self, log: Path, *words: str, code: str = "", **more: str) -> None:
        command = [sys.executable, "-c", code, *words] if code else [sys.executable, "-m", "voldaan", *words]
        self.log = log
        with log.open("w") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment(**more))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)

    @property
    def said(self) -> str:
        return self.log.read_text()

    def says(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """Wait until it has said this."""
        found: list[re.Match[str]] = []

        def heard() -> bool:
            if match := re.search(pattern, self.said):
                found.append(match)
            elif self.process.poll() is not None:
                raise AssertionError(f"it ended with {self.process.returncode}: {self.said}")
            return bool(found)

        until(heard, seconds)
        return found[0]

    def stop(self, *, within: float = 5) -> int:
        """Ask it to stop; give its exit code."""
        self.process.terminate()
        return self.process.wait(within)

    def kill(self) -> None:
        """End it without a word."""
        self.process.kill()
        self.process.wait(10)


def until(what: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def fetched(address: str) -> int:
    """Fetch a page; give its status."""
    try:
        answer = urlopen(address, timeout=10)  # noqa: S310 - an address of ours
    except HTTPError as refused:
        answer = refused
    with answer:
        return int(answer.status)


def free_port() -> str:
    """Name a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])
