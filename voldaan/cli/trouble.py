"""What the machine did to us, in a sentence: the disk, the memory, a lock, the database. Nobody's fault in this house.

Each verb writes in transactions, so whatever breaks off leaves nothing half done, and the same command goes on.
"""

from __future__ import annotations

import errno

from voldaan.rules.refusals import mark

DISK = mark(
    "The disk is full, or takes nothing more: {why}. Nothing is half done. Make room, then type the same again."
)
READ_ONLY = mark("The books cannot be written: {why}. Nothing is half done. Mend the permissions of their folder.")
MEMORY = mark("There is not enough memory. Nothing is half done. Free some, then type the same again.")
BUSY = mark("Another process keeps these books locked. Nothing is half done. Type the same again when it is ready.")
GONE = mark("The database does not answer: {why}. Nothing is half done. When it is back, type the same again.")

# By the last byte of SQLite's result code, by how the SQLSTATE of PostgreSQL begins, and by the number of the system.
OF_SQLITE = {5: BUSY, 6: BUSY, 7: MEMORY, 8: READ_ONLY, 10: DISK, 13: DISK, 14: READ_ONLY}
OF_POSTGRES = {"53100": DISK, "58030": DISK, "53200": MEMORY, "53300": GONE, "08": GONE, "57P": GONE, "55P03": BUSY}
OF_SYSTEM = {errno.ENOSPC: DISK, errno.EDQUOT: DISK, errno.EFBIG: DISK, errno.EIO: DISK, errno.ENOMEM: MEMORY,
             errno.EROFS: READ_ONLY}  # fmt: skip


def told(error: Exception) -> tuple[str, str] | None:
    """Give the marked sentence for an error and its reason, or nothing where it is no trouble of the machine."""
    from django.db import DatabaseError, OperationalError  # noqa: PLC0415 - slow to load, and seldom needed

    # What the client of PostgreSQL lacks has no state.
    if isinstance(error, MemoryError) or (isinstance(error, DatabaseError) and "out of memory" in str(error)):
        return MEMORY, ""
    if isinstance(error, OSError):
        sentence, why = OF_SYSTEM.get(error.errno or 0), error.strerror or ""
    else:
        cause = error.__cause__ if isinstance(error, OperationalError) else error
        sentence, why = _of_database(cause), " ".join(str(error).split())
    return (sentence, why.rstrip(".")) if sentence else None


def _of_database(cause: BaseException | None) -> str | None:
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None:
        return OF_SQLITE.get(code & 0xFF)
    state = getattr(cause, "sqlstate", "")
    if state == "":
        return None
    # A connection that was never made, or was cut, has no state.
    if state is None:
        return GONE
    return next((sentence for begin, sentence in OF_POSTGRES.items() if state.startswith(begin)), None)
