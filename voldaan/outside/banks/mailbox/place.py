"""A mail folder from which the files with each mail are taken; a mail is put aside when all its files are.

A sender can be forged, and a statement settles invoices. So the mail server must vouch for the sender, who must be let
in, unless no stranger can mail there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Self, cast

from voldaan.outside.banks.mailbox import SETTING, account
from voldaan.outside.banks.mailbox.server import Server
from voldaan.rules import bank_mail
from voldaan.rules.bank_mail import Attachment, BankMail, Unreadable
from voldaan.rules.bank_names import REFUSED, TAKEN
from voldaan.rules.bank_places import FileMoved, PlaceTrouble, RefusedUnread, WaitingFile
from voldaan.rules.mail_vouching import vouches
from voldaan.rules.refusals import mark

MOST_MAILS = 100  # at one look; the next one is minutes away
MOST_FILES = 20  # with one mail
MOST_BYTES = 32 * 2**20  # of one mail: more, hardly a mail server takes in
MOST_KEPT = 200 * 2**20  # of all that is held at one look
IN_MEMORY = 1 << 20
ENDINGS = (".csv", ".xml", ".sta", ".940", ".mt940", ".942", ".053", ".052", ".zip", ".txt", ".cod", ".coda", ".tab",
           ".asc", ".xlsx")  # fmt: skip

TOO_LARGE = mark("The mail is larger than {limit} MB. Take its file in on the page “Take in”.")
UNREADABLE = mark("This mail cannot be read: it is damaged, or made to do harm.")
NOT_LET_IN = mark(
    "The mail with this file says that it comes from {sender}, who is not in VOLDAAN_BANK_MAIL_FROM. Is it right? Then "
    "take the file in here."
)
NOT_VOUCHED = mark(
    "{server} does not vouch that the mail with this file comes from {sender}, and a sender can be forged. Ask the "
    "sender. Is it right? Then take the file in here."
)
TOO_MANY = mark("More than {limit} files are with this mail. Take them in on the page “Take in”.")
NOTHING_WITH_IT = mark("No file is with this mail of {sender} that can be taken in.")


class Mailbox:
    """The mail folder of one administration; what was done with lies in `taken` and `refused` in it."""

    kind = "mailbox"
    keeps_apart = False

    def __init__(self, slug: str, surroundings: Mapping[str, str]) -> None:
        self.where = SETTING
        self._trouble: PlaceTrouble | None = None
        try:
            self._account = account(slug, surroundings)
        except PlaceTrouble as trouble:
            self._trouble = trouble
            return
        self.where = f"imaps://{self._account.address.host}/{self._account.address.path or 'INBOX'}"

    def __enter__(self) -> Self:
        """Connect, and open the folder."""
        if self._trouble is not None:
            raise self._trouble
        self._server = Server(self._account)
        self._open = ExitStack()
        self._kept: dict[WaitingFile, BinaryIO | RefusedUnread | PlaceTrouble] = {}
        self._done: dict[WaitingFile, str] = {}
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._open.close()
        self._server.close()

    def waiting(self, go_on: Callable[[], None] = lambda: None) -> tuple[list[WaitingFile], int]:
        """Give the files with the mails that wait, the oldest first; a mail that is there is whole."""
        kept = 0
        for uid, size in list(self._server.mails().items())[:MOST_MAILS]:
            if kept > MOST_KEPT:
                break
            go_on()
            kept += size
            self._look_at(uid, size)
        return list(self._kept), 0

    @contextmanager
    def reading(self, file: WaitingFile) -> Iterator[BinaryIO]:
        """Read a file."""
        content = self._kept[file]
        if isinstance(content, RefusedUnread | PlaceTrouble):
            raise content
        content.seek(0)
        yield content

    def put_taken(self, file: WaitingFile) -> None:
        """Put its mail aside, when this was the last of its files."""
        self._put(file, TAKEN)

    def put_refused(self, file: WaitingFile, why: str) -> None:  # noqa: ARG002 - a mail has nothing beside it
        """Put its mail aside among the refused, when this was the last of its files."""
        self._put(file, REFUSED)

    def _put(self, file: WaitingFile, folder: str) -> None:
        self._done[file] = folder
        uid = file.mark[1]
        of_mail = [self._done.get(one, "") for one in self._kept if one.mark[1] == uid]
        if all(of_mail):
            self._server.put_aside(uid, REFUSED if REFUSED in of_mail else TAKEN)

    def _look_at(self, uid: str, size: int) -> None:
        """Keep the files with a mail, or why it is refused."""
        if size > MOST_BYTES:
            self._kept[self._file(uid, uid)] = RefusedUnread(TOO_LARGE, limit=str(MOST_BYTES >> 20))
            return
        try:
            mail = bank_mail.read(self._server.mail(uid))
        except FileMoved:
            return
        except Unreadable:
            self._kept[self._file(uid, uid)] = RefusedUnread(UNREADABLE)
            return
        is_let_in = self._account.lets_in(mail.sender)
        files = [one for one in mail.attachments if _is_wanted(one)]
        if is_let_in:  # the PDF of a stranger is an advertisement
            files += [one for one in mail.attachments if _is_pdf(one)]
        if not files and is_let_in:
            self._kept[self._file(uid, mail.subject or uid)] = RefusedUnread(NOTHING_WITH_IT, sender=mail.sender or "?")
        elif not files:
            try:
                self._server.put_aside(uid, REFUSED)  # what everybody gets: nobody need hear of it
            except PlaceTrouble as trouble:  # that is told when its turn comes, and keeps no other mail waiting
                self._kept[self._file(uid, mail.subject or uid)] = trouble
        elif refusal := self._refusal(mail, files):
            # One tells of all: whoever mails much here fills no page with it.
            self._kept[self._file(uid, files[0].name)] = refusal
        else:
            for number, one in enumerate(files):
                self._kept[self._file(uid, one.name, number, may_be_letter=_is_pdf(one))] = self._keep(one)

    def _refusal(self, mail: BankMail, files: Sequence[Attachment]) -> RefusedUnread | None:
        """Say why the files with a mail are refused for how they came, if they are; a person may take in the first."""
        sender, server = mail.sender or "?", self._account.vouched_by
        sha256 = hashlib.sha256(files[0].content).hexdigest()
        if not self._account.lets_in(mail.sender):
            return RefusedUnread(NOT_LET_IN, sha256=sha256, sender=sender)
        if server and not vouches(mail.results, server=server, sender=mail.sender):
            return RefusedUnread(NOT_VOUCHED, sha256=sha256, sender=sender, server=server)
        if len(files) > MOST_FILES:
            return RefusedUnread(TOO_MANY, limit=str(MOST_FILES))
        return None

    def _keep(self, one: Attachment) -> BinaryIO:
        kept = self._open.enter_context(SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - closed at the end
        kept.write(one.content)
        return cast("BinaryIO", kept)

    def _file(self, uid: str, name: str, number: int = 0, *, may_be_letter: bool = False) -> WaitingFile:
        return WaitingFile(name, (self._server.validity, uid, number), may_be_letter)


def _is_wanted(one: Attachment) -> bool:
    """Tell whether a file may be one for the books: a logo or a signature is not."""
    return one.name.lower().endswith(ENDINGS)


def _is_pdf(one: Attachment) -> bool:
    """Tell whether a file is a PDF: a letter, or the list of a payer; who knows lists tells which."""
    return one.content.startswith(b"%PDF-") and not _is_wanted(one)
