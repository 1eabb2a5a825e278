"""The only way in which a zip comes in: checked on what it declares before unpacking, and on the truth while unpacking.

`unzip` is for zips of bank files and invoices; `check_zip` is for spreadsheets, which their library unpacks itself.
"""

from __future__ import annotations

import copy
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from voldaan.rules.papers import Problem
from voldaan.rules.refusals import mark

MOST_FILES = 1000
MOST_BYTES = 200 * 2**20  # unpacked, all files together
MOST_RATIO = 200  # unpacked to packed; XML and spreadsheets stay below 50
SMALLEST_PACKED = 4096  # bytes; a smaller member counts as this large: a page of zeros harms nobody
CHUNK = 1 << 20
SHOWN = 80  # characters of a stranger's file name that a problem repeats

ENCRYPTED = 0x1 | 0x40 | 0x2000  # flag bits: encrypted, strongly, directory masked (APPNOTE 4.4.4)
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ARCHIVE_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
DIRECTORY_ENTRY = b"PK\x01\x02"
# Everything that zipfile lets through on an archive that is damaged or made to damage; of one that is packed by a
# version or in a way that it does not know, it says so by a kind of RuntimeError.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError)

BROKEN = mark("The zip is damaged or cut off. Download or pack it again.")
TOO_MANY_FILES = mark("The zip holds more than {limit} files.")
TOO_LARGE = mark("The zip is larger than {limit} MB when it is unpacked.")
TOO_DENSE = mark("The file unpacks to more than {limit} times its size, which no bank file or invoice does: refused.")
UNTRUE = mark("The file is not as large as the zip says: the zip is damaged, or made to mislead.")
LOCKED = mark("The file is locked with a password. Pack it again without one.")
OTHER_METHOD = mark("The file is packed in an unusual way. Pack it again as an ordinary zip.")
BAD_NAME = mark("The name of this file in the zip leads to another folder: refused.")
TWICE = mark("The zip holds two files with this name.")
NESTED = mark("The file is itself a zip. Unpack it first.")


class BadZip(Exception):  # noqa: N818 - caught by every caller and given back as its problem
    """The zip is hostile or broken; `problem` names the file in it."""

    def __init__(self, what: str, place: str = "zip", limit: int | None = None) -> None:
        facts = {} if limit is None else {"limit": str(limit)}
        self.problem = Problem(place[:SHOWN], what, facts=facts)
        super().__init__(str(self.problem))


def unzip(
    source: BinaryIO, *, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES, most_ratio: int = MOST_RATIO
) -> Iterator[tuple[str, bytes]]:
    """Give name and content of each file in a zip, one in memory at a time; folders and `__MACOSX` are passed over.

    Names are data, never a path to write to.

    Raises:
        BadZip: for a zip that declares too much, before the first file; for one that lies or holds another zip, at
            that file, so that the files before it have been given already.
    """
    with _opened(source, most_files, most_bytes, most_ratio) as archive:
        for member in archive.infolist():
            if member.filename.endswith("/") or member.filename.startswith("__MACOSX/"):
                continue
            content = b"".join(_pieces(archive, member, member.file_size + 1))
            if content.startswith(ARCHIVE_STARTS):
                raise BadZip(NESTED, member.filename)
            yield member.filename, content


def check_zip(
    source: BinaryIO, *, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES, most_ratio: int = MOST_RATIO
) -> None:
    """Unpack a zip into nothing, so that a library that cannot be held to a limit may unpack it; rewinds `source`.

    Raises:
        BadZip: as `unzip`, except that members may be zips themselves: such a library does not unpack those.
    """
    with _opened(source, most_files, most_bytes, most_ratio) as archive:
        for member in archive.infolist():
            for _ in _pieces(archive, member, CHUNK):
                pass
    source.seek(0)


def _opened(source: BinaryIO, most_files: int, most_bytes: int, most_ratio: int) -> zipfile.ZipFile:
    """Open a zip whose declarations are within the limits."""
    _count(source, most_files)
    try:
        archive = zipfile.ZipFile(source)
    except DAMAGED as error:
        raise BadZip(BROKEN) from error
    names: set[str] = set()
    for member in archive.infolist():
        # zipfile would look for the file where the zip is not, and a large packed size would hide a bomb.
        if member.header_offset < 0 or member.header_offset + member.compress_size > archive.start_dir:
            raise BadZip(BROKEN, member.filename)
        _check(member, most_ratio)
        if member.filename in names:
            raise BadZip(TWICE, member.filename)
        names.add(member.filename)
    if sum(member.file_size for member in archive.infolist()) > most_bytes:
        raise BadZip(TOO_LARGE, limit=most_bytes // 2**20)
    return archive


def _count(source: BinaryIO, most_files: int) -> None:
    """Count the entries before zipfile makes an object of each, which a few MB of directory turn into hundreds."""
    source.seek(0)
    entries, rest = 0, b""
    while chunk := source.read(CHUNK):
        entries += (rest + chunk).count(DIRECTORY_ENTRY)
        rest = (rest + chunk)[1 - len(DIRECTORY_ENTRY) :]
        if entries > most_files:
            raise BadZip(TOO_MANY_FILES, limit=most_files)


def _check(member: zipfile.ZipInfo, most_ratio: int) -> None:
    """Judge one member by what the directory says of it."""
    path = member.filename.replace("\\", "/")
    if not path or path.startswith("/") or re.match("[A-Za-z]:", path) or ".." in path.split("/"):
        raise BadZip(BAD_NAME, member.filename)
    if member.flag_bits & ENCRYPTED:
        raise BadZip(LOCKED, member.filename)
    if member.compress_type not in METHODS:
        raise BadZip(OTHER_METHOD, member.filename)
    if member.file_size > most_ratio * max(member.compress_size, SMALLEST_PACKED):
        raise BadZip(TOO_DENSE, member.filename, most_ratio)


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int) -> Iterator[bytes]:
    """Give the content of a member in pieces of at most `size`, and hold it to the size that it declares."""
    # Left alone, zipfile stops silently at the declared size, and another library would read on.
    lenient = copy.copy(member)
    lenient.file_size += 1
    unpacked = 0
    try:
        with archive.open(lenient) as content:
            while piece := content.read(size):
                unpacked += len(piece)
                yield piece
    except DAMAGED as error:
        raise BadZip(BROKEN, member.filename) from error
    if unpacked != member.file_size:
        raise BadZip(UNTRUE, member.filename)
