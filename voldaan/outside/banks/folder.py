"""A folder of this machine, in which a bank program or a person lays files.

Everything is done inside folders that are held open, and no link is followed: whoever may lay a file here can neither
have another one read nor have anything written elsewhere.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self

from voldaan.rules.bank_names import REFUSED, TAKEN, WHY, free, is_meant
from voldaan.rules.bank_places import FileMoved, PlaceBusy, PlaceTrouble, WaitingFile
from voldaan.rules.refusals import mark

SETTLED = 10.0  # seconds: a file in which nothing changed for so long is whole
LOCK = ".voldaan"
INSIDE = os.O_NOFOLLOW | os.O_CLOEXEC
FOLDER = INSIDE | os.O_RDONLY | os.O_DIRECTORY

NO_ROOT = mark("The folder {path} is not there. Make it, or name another one in VOLDAAN_DROP.")
A_LINK = mark("{path} is a link or no folder. Voldaan follows no links here: make it a folder.")
NO_RIGHTS = mark("{path} cannot be used: {why}. Voldaan must be able to read, write and move files there.")
FULL = mark("The disk of {path} is full. The files stay where they are and are taken in once there is room.")


def of(slug: str, surroundings: Mapping[str, str]) -> Folder | None:
    """Give the folder of an administration, where the operator watches folders."""
    root = surroundings.get("VOLDAAN_DROP")
    return Folder(Path(root).absolute() / slug) if root else None


class Folder:
    """The folder of one administration; what was done with lies in `taken` and `refused` in it."""

    kind = "folder"
    keeps_apart = True

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path
        self._open = ExitStack()
        self._folder = self._lock = -1

    def __enter__(self) -> Self:
        """Open it, and make it where it is not there; one at a time takes files here, on whatever machine."""
        try:
            with self._told():
                self._enter()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Let others in."""
        self._open.close()

    def waiting(self, go_on: Callable[[], None] = lambda: None) -> tuple[list[WaitingFile], int]:
        """Give the files that are whole, the oldest first, and count those in which something changed just now."""
        go_on()
        with self._told():
            now, found, arriving = self._now(), [], 0
            with os.scandir(self._folder) as entries:
                files = [one for one in entries if is_meant(one.name) and one.is_file(follow_symlinks=False)]
            for file in files:
                seen = os.stat(file.name, dir_fd=self._folder, follow_symlinks=False)
                # The time of the last change of any kind: unlike that of the content, a copying program cannot set it.
                if abs(now - seen.st_ctime) < SETTLED:
                    arriving += 1
                else:
                    found.append((seen.st_mtime_ns, file.name, _mark(seen)))
        return [WaitingFile(name, known_by) for _, name, known_by in sorted(found)], arriving

    @contextmanager
    def reading(self, file: WaitingFile) -> Iterator[BinaryIO]:
        """Read a file, if it is still the same one."""
        with self._told(file.name), self._same():
            handle = os.open(file.name, INSIDE | os.O_RDONLY | os.O_NONBLOCK, dir_fd=self._folder)
        with os.fdopen(handle, "rb") as source:
            if _mark(os.fstat(handle)) != file.mark:
                raise FileMoved
            yield source

    def put_taken(self, file: WaitingFile) -> None:
        """Move a file to `taken`."""
        with self._told(TAKEN), self._inside(TAKEN) as folder:
            self._move(file, folder, free(file.name, _names(folder)))

    def put_refused(self, file: WaitingFile, why: str) -> None:
        """Move a file to `refused`; its reason is there before it is."""
        with self._told(REFUSED), self._inside(REFUSED) as folder:
            name = free(file.name, _names(folder))
            handle = os.open(name + WHY, INSIDE | os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666, dir_fd=folder)
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as beside:
                beside.write(why)
            self._move(file, folder, name)

    def _enter(self) -> None:
        if not self._path.parent.is_dir():
            raise PlaceTrouble(NO_ROOT, path=str(self._path.parent))
        self._path.mkdir(exist_ok=True)
        self._folder = self._held(os.open(self._path, FOLDER))
        self._lock = self._held(os.open(LOCK, INSIDE | os.O_RDWR | os.O_CREAT, 0o666, dir_fd=self._folder))
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system lets go of a dead one's
        except BlockingIOError as error:
            raise PlaceBusy from error

    def _held(self, handle: int) -> int:
        self._open.callback(os.close, handle)
        return handle

    def _now(self) -> float:
        """Read the clock by which this disk dates its files: it may be that of another machine."""
        os.utime(self._lock)
        return os.fstat(self._lock).st_ctime

    @contextmanager
    def _inside(self, name: str) -> Iterator[int]:
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=self._folder)
        handle = os.open(name, FOLDER, dir_fd=self._folder)
        try:
            yield handle
        finally:
            os.close(handle)

    def _move(self, file: WaitingFile, folder: int, name: str) -> None:
        """Move a file, unless its sender laid another one in its place since: that one waits for the next look."""
        with self._same():
            if _mark(os.stat(file.name, dir_fd=self._folder, follow_symlinks=False)) != file.mark:
                raise FileMoved
            os.rename(file.name, name, src_dir_fd=self._folder, dst_dir_fd=folder)

    @contextmanager
    def _same(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise FileMoved from error

    @contextmanager
    def _told(self, name: str = "") -> Iterator[None]:
        """Say what the disk would not do, with the folder or with what is in it by this name."""
        try:
            yield
        except OSError as error:
            path = str(Path(self.where, name))
            match error.errno:
                case errno.ENOSPC | errno.EDQUOT:
                    raise PlaceTrouble(FULL, path=self.where) from error
                case errno.ELOOP | errno.ENOTDIR | errno.EEXIST:
                    raise PlaceTrouble(A_LINK, path=path) from error
                case _:
                    raise PlaceTrouble(NO_RIGHTS, path=path, why=error.strerror or "?") from error


def _mark(seen: os.stat_result) -> tuple[int, int, int]:
    is_file = stat.S_ISREG(seen.st_mode)
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns) if is_file else (0, 0, 0)


def _names(folder: int) -> set[str]:
    return set(os.listdir(folder))
