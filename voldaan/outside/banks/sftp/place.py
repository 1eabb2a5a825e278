"""A folder on an SFTP server, from which files are taken as from a folder of our own.

Nothing that the server says is a path to us: only plain files with plain names are taken, by their name in the folder.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO, Self

import asyncssh

from voldaan.outside.banks.sftp import SETTING, account
from voldaan.outside.banks.sftp.server import NOT_DONE, Server
from voldaan.rules.bank_names import MOST_BYTES, REFUSED, TAKEN, WHY, free, is_meant
from voldaan.rules.bank_places import FileMoved, PlaceTrouble, RefusedUnread, WaitingFile
from voldaan.rules.refusals import mark

SETTLED = 10.0  # seconds: a file in which nothing changed between two looks so far apart is whole
LONG_AGO = 2 * 86_400  # seconds: older ones are whole at once, whatever clock and time zone the server has
MOST_FILES = 20_000
CHUNK = 1 << 20
LONGEST_READING = 240.0  # seconds for one file: shorter than the place stays with whoever reads it

NO_FOLDER = mark("The folder {path} is not there. Make it, or name another one in VOLDAAN_SFTP.")
A_LINK = mark("{path} is a link or no folder. Voldaan follows no links here: make it a folder.")
NOT_MOVED = mark(
    "{path} was dealt with, but the server does not let Voldaan move it: {why}. Allow it to make folders and to rename "
    "there. Until then the file is read each time, which changes nothing."
)
TOO_SLOW = mark("{path} did not come in within {minutes} minutes. It stays where it is.")
TOO_MANY = mark("More than {limit} files lie in {path}. Take away what is no bank file.")
TOO_LARGE = mark("The file is larger than {limit} MB, which no bank file is.")


class Sftp:
    """The folder of one administration; what was done with lies in `taken` and `refused` in it."""

    kind = "sftp"
    keeps_apart = False  # a lock on the server would outlive whoever died with it

    def __init__(self, slug: str, surroundings: Mapping[str, str]) -> None:
        self.where = SETTING
        self._trouble: PlaceTrouble | None = None
        try:
            self._account = account(slug, surroundings)
        except PlaceTrouble as trouble:
            self._trouble = trouble
            return
        there = self._account.address
        self.where = f"sftp://{there.host}/{there.path}"
        # An account has its own beginning on a server; from there it goes with a tilde, as in most programs.
        is_own = there.path == "~" or there.path.startswith("~/")
        self._path = f".{there.path[1:]}" if is_own else f"/{there.path}"

    def __enter__(self) -> Self:
        """Connect, and make the folder where it is not there; never the one in which it lies."""
        if self._trouble is not None:
            raise self._trouble
        self._server = Server(self._account)
        try:
            self._make_sure_of("")
        except BaseException:
            self._server.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._server.close()

    def waiting(self, go_on: Callable[[], None] = lambda: None) -> tuple[list[WaitingFile], int]:
        """Give the files that are whole, the oldest first, and count those that changed between two looks."""
        before = now = self._server.does(self._listed(), self.where)
        # Our clock and theirs need not agree, and who brings a file may give it any time: so what is not old is
        # looked at twice.
        if any(time.time() - changed < LONG_AGO for _, changed in before.values()):
            time.sleep(SETTLED)
            go_on()
            now = self._server.does(self._listed(), self.where)
        whole = sorted((seen[1], name, seen) for name, seen in now.items() if before.get(name) == seen)
        return [WaitingFile(name, seen) for _, name, seen in whole], len(now) - len(whole)

    @contextmanager
    def reading(self, file: WaitingFile) -> Iterator[BinaryIO]:
        """Read a file, if it is still the same one."""
        if file.mark[0] > MOST_BYTES:
            raise RefusedUnread(TOO_LARGE, limit=str(MOST_BYTES >> 20))
        with TemporaryFile() as kept:
            with self._same():
                self._copy(file, kept)
            kept.seek(0)
            yield kept

    def put_taken(self, file: WaitingFile) -> None:
        """Move a file to `taken`."""
        with self._same(), self._moving(file):
            self._move(file, TAKEN)

    def put_refused(self, file: WaitingFile, why: str) -> None:
        """Move a file to `refused`; its reason is there before it is."""
        with self._same(), self._moving(file):
            self._move(file, REFUSED, why)

    async def _listed(self) -> dict[str, tuple[int, int]]:
        """Give size and moment of each file that may be for us."""
        found: dict[str, tuple[int, int]] = {}
        async for entry in self._server.sftp.scandir(self._path.encode()):
            name = _text(entry.filename)
            if _is_plain(name) and is_meant(name) and (seen := _mark(entry.attrs)):
                found[name] = seen
            if len(found) > MOST_FILES:
                raise PlaceTrouble(TOO_MANY, path=self.where, limit=str(MOST_FILES))
        return found

    def _copy(self, file: WaitingFile, kept: BinaryIO) -> None:
        does, path, end = self._server.does, self._shown(file.name), time.monotonic() + LONGEST_READING
        source = does(self._server.sftp.open(self._bytes(file.name), "rb"), path)
        try:
            if _mark(does(source.stat(), path)) != file.mark:
                raise FileMoved
            while chunk := does(source.read(CHUNK), path):
                assert isinstance(chunk, bytes)
                kept.write(chunk)
                if kept.tell() > file.mark[0]:
                    raise FileMoved
                if time.monotonic() > end:
                    raise PlaceTrouble(TOO_SLOW, path=path, minutes=f"{LONGEST_READING / 60:.0f}")
        finally:
            does(source.close(), path)
        if kept.tell() != file.mark[0]:
            raise FileMoved

    def _move(self, file: WaitingFile, folder: str, why: str = "") -> None:
        """Move a file, unless its sender laid another one in its place since: that one waits for the next look."""
        if self._seen(file.name) != file.mark:
            raise FileMoved
        self._make_sure_of(folder)
        name = f"{folder}/{free(file.name, _There(self, folder))}"
        if why:
            self._server.does(self._write(name + WHY, why), self._shown(name))
        self._rename(file.name, name)
        if self._seen(name) != file.mark:  # it came in the blink of an eye in between, and nobody read it
            self._rename(name, file.name)
            raise FileMoved

    def _rename(self, name: str, to: str) -> None:
        self._server.does(self._server.sftp.rename(self._bytes(name), self._bytes(to)), self._shown(name))

    async def _write(self, name: str, said: str) -> None:
        async with self._server.sftp.open(self._bytes(name), "xb") as beside:  # never through a link that lies there
            await beside.write(said.encode(errors="replace"))

    def _make_sure_of(self, name: str) -> None:
        """Have the folder there, or one in it, and be sure that it is a folder."""
        path, place = self._bytes(name), self._shown(name)
        try:
            seen = self._server.does(self._server.sftp.lstat(path), place)
        except asyncssh.SFTPNoSuchFile:
            try:
                self._server.does(self._server.sftp.mkdir(path), place)
            except asyncssh.SFTPNoSuchFile as error:
                raise PlaceTrouble(NO_FOLDER, path=place.rpartition("/")[0]) from error
            return
        if seen.type != asyncssh.FILEXFER_TYPE_DIRECTORY:
            raise PlaceTrouble(A_LINK, path=place)

    def _seen(self, name: str) -> tuple[int, int] | None:
        return _mark(self._server.does(self._server.sftp.lstat(self._bytes(name)), self._shown(name)))

    def is_there(self, name: str) -> bool:
        """Tell whether anything has this name."""
        try:
            self._seen(name)
        except asyncssh.SFTPNoSuchFile:
            return False
        return True

    def _bytes(self, name: str) -> bytes:
        return f"{self._path}/{name}".rstrip("/").encode(errors="surrogateescape") or b"/"

    def _shown(self, name: str) -> str:
        return f"{self.where}/{name}".rstrip("/")

    @contextmanager
    def _same(self) -> Iterator[None]:
        try:
            yield
        except asyncssh.SFTPNoSuchFile as error:
            raise FileMoved from error

    @contextmanager
    def _moving(self, file: WaitingFile) -> Iterator[None]:
        """Say it clearly where a server lets us read and nothing else."""
        try:
            yield
        except PlaceTrouble as trouble:
            if trouble.says == NOT_DONE:
                raise PlaceTrouble(NOT_MOVED, path=self._shown(file.name), why=trouble.facts["why"]) from trouble
            raise


class _There:
    """The names in a folder on the server, each asked for by itself: there may be very many."""

    def __init__(self, place: Sftp, folder: str) -> None:
        self._place, self._folder = place, folder

    def __contains__(self, name: object) -> bool:
        return any(self._place.is_there(f"{self._folder}/{name}{ending}") for ending in ("", WHY))


def _text(name: str | bytes) -> str:
    return name if isinstance(name, str) else name.decode(errors="surrogateescape")


def _is_plain(name: str) -> bool:
    """Tell whether a name can only be that of a file in this folder, and is one line."""
    return not any(char in "/\\\x7f" or char < " " for char in name)


def _mark(seen: asyncssh.SFTPAttrs) -> tuple[int, int] | None:
    """Give what a plain file is known by, as far as a server tells."""
    if seen.type != asyncssh.FILEXFER_TYPE_REGULAR or seen.size is None or seen.mtime is None:
        return None
    return (seen.size, int(seen.mtime))
