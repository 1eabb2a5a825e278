"""How the work grows with its size: counted in lines of ours that are run, so no machine is too slow for a test."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import voldaan

OURS = str(Path(voldaan.__file__).parent)
STRAIGHT = 15  # at most, for ten times as much: where all is held against all, it is a hundred


def growth(prepared: Callable[[int], Callable[[], object]], size: int) -> float:
    """Say how many times as many steps ten times as much takes; `prepared` gives the work of a size."""
    return _steps(prepared(size * 10)) / _steps(prepared(size))


def _steps(work: Callable[[], object]) -> int:
    count, before = 0, sys.gettrace()

    def line(_frame: FrameType, event: str, _more: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    sys.settrace(lambda frame, *_: line if frame.f_code.co_filename.startswith(OURS) else None)
    try:
        work()
    finally:
        sys.settrace(before)
    return count
