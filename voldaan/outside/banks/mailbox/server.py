"""The connection with an IMAP server: always encrypted, with a certificate that is right, and never for long."""

from __future__ import annotations

import imaplib  # noqa: TID251 - this is outside
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from voldaan.outside.banks.mailbox import Account
from voldaan.rules.bank_names import shown
from voldaan.rules.bank_places import FileMoved, PlaceTrouble
from voldaan.rules.refusals import mark

STEP = 30.0  # seconds for one answer of the server
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")
_DIVIDER = re.compile(rb'\) "\\?(.)" ')

NOT_LET_IN = mark("{host} does not let {user} in. Look at the name, and at VOLDAAN_BANK_MAIL_PASSWORD.")
NOT_TRUSTED = mark("{host} has no certificate that can be trusted: {why}. No password was sent.")
SILENT = mark("{host} did not answer within {seconds} seconds. The mails stay where they are.")
UNREACHED = mark("{host} cannot be reached: {why}. The mails stay where they are.")
NOT_DONE = mark("The mail folder {path} cannot be used: {why}. Voldaan must be able to read and move mails there.")


class Server:
    """A server while it is connected, with the mail folder that was opened."""

    def __init__(self, account: Account) -> None:
        """Connect, sign in and open the folder; make it where it is not there.

        Raises:
            PlaceTrouble: one of these is not done.
        """
        self._account = account
        there = account.address
        with self._told():
            self._imap = imaplib.IMAP4_SSL(
                there.host, there.port, ssl_context=ssl.create_default_context(), timeout=STEP
            )
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
        host = self._account.address.host
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise PlaceTrouble(NOT_TRUSTED, host=host, why=shown(error.verify_message)) from error
        except TimeoutError as error:
            raise PlaceTrouble(SILENT, host=host, seconds=f"{STEP:.0f}") from error
        except (OSError, imaplib.IMAP4.abort) as error:
            why = shown(getattr(error, "strerror", None) or "the connection broke off")
            raise PlaceTrouble(UNREACHED, host=host, why=why) from error
        except (imaplib.IMAP4.error, UnicodeError) as error:
            path = getattr(self, "_folder", self._account.address.path)
            raise PlaceTrouble(NOT_DONE, path=path, why=shown(str(error))) from error


def _quoted(said: str) -> str:
    """Give one word as IMAP has it; the library sends what it gets."""
    assert said.isprintable(), "one word is on one line"
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(said: Sequence[Any]) -> str:
    return shown(b" ".join(part for part in said if isinstance(part, bytes)).decode(errors="replace")) or "?"
