"""The connection with an IMAP server: always encrypted, with a certificate that is right, and not for ever."""

from __future__ import annotations

import imaplib  # noqa: TID251 - this is outside
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from voldaan.outside.banks.mailbox import Account
from voldaan.rules.bank_names import shown
from voldaan.rules.bank_places import FileMoved, PlaceTrouble
from voldaan.rules.refusals import mark

STEP = 30.0  # seconds in which a server that is asked says anything at all
LONGEST = 1800.0  # seconds for all of it: a server that says one letter at a time says something each time
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")
_DIVIDER = re.compile(rb'\) "\\?(.)" ')

NOT_LET_IN = mark("{host} does not let {user} in. Look at the name, and at VOLDAAN_BANK_MAIL_PASSWORD.")
NOT_TRUSTED = mark("{host} has no certificate that can be trusted: {why}. No password was sent.")
SILENT = mark("{host} did not answer within {seconds} seconds. The mails stay where they are.")
UNREACHED = mark("{host} cannot be reached: {why}. The mails stay where they are.")
TOO_SLOW = mark("{host} was not done within {minutes} minutes. The mails that are left stay where they are.")
NOT_DONE = mark("The mail folder {path} cannot be used: {why}. Voldaan must be able to read and move mails there.")


class _Line(imaplib.IMAP4_SSL):
    """A line whose other end is given away before anything is said on it, so that another can hang up at any time."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext, opened: Callable[[socket.socket], None]) -> None:
        self._opened, self._context = opened, context
        super().__init__(host, port, ssl_context=context, timeout=STEP)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain: socket.socket = super(imaplib.IMAP4_SSL, self)._create_socket(timeout)  # type: ignore[misc]
        self._opened(plain)
        return self._context.wrap_socket(plain, server_hostname=self.host)


class Server:
    """A server while it is connected, with the mail folder that was opened."""

    def __init__(self, account: Account) -> None:
        """Connect, sign in and open the folder; make it where it is not there.

        Raises:
            PlaceTrouble: one of these is not done.
        """
        self._account = account
        there = account.address
        self._ends: list[socket.socket] = []
        self._is_over = False
        self._timer = threading.Timer(LONGEST, self._hang_up)
        self._timer.daemon = True
        self._timer.start()
        try:
            with self._told():
                self._imap = _Line(there.host, there.port, ssl.create_default_context(), self._has_opened)
        except BaseException:
            self._let_go()
            raise
        try:
            self._sign_in()
            self._open()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up, with or without a goodbye."""
        with suppress(OSError, imaplib.IMAP4.error):
            self._imap.logout()
        with suppress(OSError):
            self._imap.shutdown()
        self._let_go()

    def _let_go(self) -> None:
        self._timer.cancel()
        for end in self._ends:
            end.close()

    def _has_opened(self, line: socket.socket) -> None:
        self._ends.append(line.dup())
        if self._is_over:
            self._hang_up()

    def _hang_up(self) -> None:
        self._is_over = True
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mails(self) -> dict[str, int]:
        """Give the number of each mail that waits, the oldest first, and its size."""
        searched = self._asked("SEARCH", "UNDELETED")
        numbers = b" ".join(part for part in searched if isinstance(part, bytes)).split()
        sizes: dict[str, int] = {}
        for at in range(0, len(numbers), 500):
            for part in self._asked("FETCH", b",".join(numbers[at : at + 500]).decode(), "(UID RFC822.SIZE)"):
                if isinstance(part, bytes) and (uid := _UID.search(part)) and (size := _SIZE.search(part)):
                    sizes[uid[1].decode()] = int(size[1])
        return dict(sorted(sizes.items(), key=lambda item: int(item[0])))

    def mail(self, uid: str) -> bytes:
        """Fetch a mail, which is not marked as read; raises `FileMoved`."""
        for part in self._asked("FETCH", uid, "(UID BODY.PEEK[])"):
            if isinstance(part, tuple) and len(part) == 2 and isinstance(part[1], bytes):
                return part[1]
        raise FileMoved

    def put_aside(self, uid: str, folder: str) -> None:
        """Move a mail to a folder in this one; where the server cannot move, copy it and mark it as deleted."""
        target = _quoted(f"{self._folder}{self._divider}{folder}")
        with self._told(), suppress(imaplib.IMAP4.error):
            self._imap.create(target)  # it may be there already: then the server says no
        if self._can_move:
            self._asked("MOVE", uid, target)
        else:
            self._asked("COPY", uid, target)
            self._asked("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")

    def _sign_in(self) -> None:
        user, password = self._account.address.user, self._account.password
        try:
            with self._told():
                if "AUTH=PLAIN" in self._imap.capabilities:
                    self._imap.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
                else:
                    self._imap.login(_quoted(user), password)
                able = self._imap.capability()[1]  # who is signed in is told more
                self._can_move = b"MOVE" in b" ".join(one for one in able if isinstance(one, bytes)).upper().split()
        except PlaceTrouble as trouble:
            if trouble.says != NOT_DONE:
                raise
            # Not a word of what the server said: it may say what it was told.
            raise PlaceTrouble(NOT_LET_IN, host=self._account.address.host, user=user) from None

    def _open(self) -> None:
        with self._told():
            _, listed = self._imap.list('""', '""')
            found = _DIVIDER.search(listed[0] if listed and isinstance(listed[0], bytes) else b"")
            self._divider = found[1].decode() if found else "/"
            self._folder = (self._account.address.path or "INBOX").replace("/", self._divider)
            kind, said = self._imap.select(_quoted(self._folder))
            if kind != "OK":
                self._imap.create(_quoted(self._folder))
                kind, said = self._imap.select(_quoted(self._folder))
            self.validity = _words(self._imap.response("UIDVALIDITY")[1])
        if kind != "OK":
            raise PlaceTrouble(NOT_DONE, path=self._folder, why=_words(said))

    def _asked(self, *words: str) -> Sequence[Any]:
        with self._told():
            kind, said = self._imap.uid(*words)
        if kind != "OK":
            raise PlaceTrouble(NOT_DONE, path=self._folder, why=_words(said))
        return said

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
            raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> PlaceTrouble:
        host = self._account.address.host
        match error:
            case _ if self._is_over:
                return PlaceTrouble(TOO_SLOW, host=host, minutes=f"{LONGEST / 60:.0f}")
            case ssl.SSLCertVerificationError():
                return PlaceTrouble(NOT_TRUSTED, host=host, why=shown(error.verify_message))
            case TimeoutError():
                return PlaceTrouble(SILENT, host=host, seconds=f"{STEP:.0f}")
            case OSError() | imaplib.IMAP4.abort():
                why = getattr(error, "strerror", None) or "the connection broke off"
                return PlaceTrouble(UNREACHED, host=host, why=shown(why))
            case _:
                path = getattr(self, "_folder", self._account.address.path)
                return PlaceTrouble(NOT_DONE, path=path, why=shown(str(error)))


def _quoted(said: str) -> str:
    """Give one word as IMAP has it; the library sends what it gets."""
    assert said.isprintable(), "one word is on one line"
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(said: Sequence[Any]) -> str:
    return shown(b" ".join(part for part in said if isinstance(part, bytes)).decode(errors="replace")) or "?"
