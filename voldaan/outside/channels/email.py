"""How a message leaves by e-mail: one SMTP connection, many messages, and of each message what became of it.

The line that matters is the final dot. Before it the server certainly has nothing to deliver; after it only the
server's own answer tells, and without that answer nobody knows. The standard library speaks; we watch the clock and
remember how far we came. Nothing here knows what a message says or to whom else one goes.
"""

from __future__ import annotations

import math
import re
import smtplib
import socket
import ssl
import time
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Self

from voldaan.rules.mailboxes import MailAccount, Security, is_local
from voldaan.rules.refusals import mark

LONGEST_SAID = 300  # characters
LONGEST_LINE = 998  # octets of a message, RFC 5322 section 2.1.1
_PIECE = 1 << 16  # bytes that are sent or heard at a time; no line of a reply is longer
_MOST_LINES = 200  # of a reply
_FAREWELL_SECONDS = 5.0
_LAST_WORDS_SECONDS = 1.0

_ADDRESS = re.compile(r"(?=.{3,254}\Z)[^\s<>@]+@[^\s<>@]+")
_HOST_NAME = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]*[A-Za-z]")
_REPLY_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_TOO_BIG = re.compile(rb"5\.(?:2\.3|3\.4)\b")  # RFC 3463
_SIGN_IN_WANTED = {530, 534, 535, 538}  # RFC 4954
_HOSTNAME_MISMATCH = {62, 64}  # X509_V_ERR_HOSTNAME_MISMATCH, …IP_ADDRESS_MISMATCH
_NOT_NOW = {9, 10}  # X509_V_ERR_CERT_NOT_YET_VALID, …HAS_EXPIRED

NO_SUCH_HOST = mark("There is no mail server of this name.")
NOT_REACHED = mark("The mail server cannot be reached.")
CLOSED_DOOR = mark("The mail server takes no connections on this port.")
SILENT = mark("The mail server did not answer in time.")
HUNG_UP = mark("The mail server broke off the connection.")
GIBBERISH = mark("What answers is no mail server, or one that does not keep to SMTP.")
NO_ENCRYPTION = mark("The mail server offers no encryption, so nothing was sent to it.")
FAILED_ENCRYPTION = mark("The encryption of the connection with the mail server failed.")
OTHER_NAME = mark("The certificate of the mail server is made out to another name.")
OUT_OF_DATE = mark("The certificate of the mail server is not valid today.")
NOT_TRUSTED = mark("The certificate of the mail server is not signed by an authority that this machine trusts.")
NO_SIGN_IN = mark("The mail server offers no way to sign in with a name and password.")
NOT_AN_ADDRESS = mark("This is no e-mail address that a message can be sent to.")
ASCII_ONLY = mark("The mail server cannot handle the letters in this address or message.")
LONG_LINE = mark("The message has a line that is too long for e-mail.")
NO_WORD = mark("The mail server had the whole message and did not say whether it keeps it.")


class Answer(Enum):
    """What became of a message, as far as can be known."""

    ACCEPTED = "accepted"  # the server said that it keeps it
    REFUSED = "refused"  # for good: this message, or this recipient
    LATER = "later"  # certainly not taken; the same message may be taken another time
    ACCOUNT = "account"  # certainly not taken, and through this account no other message would be
    UNSURE = "unsure"  # handed over, and no word since: nobody knows, so nobody may send it again by himself


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message; the server's words where it had any, else a sentence of ours."""

    answer: Answer
    said: str  # one line, at most `LONGEST_SAID` characters


class Mailer:
    """One mail account at work: connects at the first message, and goes on over the same connection.

    `deadline_seconds` bounds a whole `send`, all but the look-up of the server's name; keep it below the time for which
    a message is claimed. `timeout_seconds` bounds each step before the final dot, and at least as much is kept free for
    the answer after it. Without `context` it trusts the authorities that the machine trusts.
    """

    def __init__(
        self,
        account: MailAccount,
        *,
        timeout_seconds: float = 30,
        deadline_seconds: float = 120,
        context: ssl.SSLContext | None = None,
    ) -> None:
        assert 0 < timeout_seconds < deadline_seconds, "the answer has its own time within the deadline"
        self._account = account
        self._timeout = timeout_seconds
        self._deadline = deadline_seconds
        self._context = context
        self._line: _Line | None = None
        self._is_halfway = False  # the server still holds the sender of a message that came to nothing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if self._line and kind is None:
            self._line.allow(self._timeout, until=time.monotonic() + min(self._timeout, _FAREWELL_SECONDS))
            with suppress(OSError):
                self._line.docmd("QUIT")
        self._hang_up()

    def send(self, content: bytes, *, sender: str, recipient: str) -> Receipt:
        """Hand one message over to the server, at most once, and tell what became of it.

        Line ends become CRLF, the last line too has one, and no other byte changes.
        """
        end = time.monotonic() + self._deadline
        lines = _LINE_END.sub(b"\r\n", content)
        envelope = _Envelope(lines if lines.endswith(b"\r\n") else lines + b"\r\n", sender, recipient)
        try:
            envelope.must_be_fit()
            line = self._with_sender(envelope, until=end - self._timeout)
            _must(line.docmd(f"RCPT TO:<{recipient}>"), 2)
            _must(line.docmd("DATA"), 3)
            return self._hand_over(line, envelope.content, end=end)
        except _StopError as stop:
            if stop.hangs_up:
                self._hang_up()
            return stop.receipt
        except OSError as error:  # `_hand_over` lets none through from the final dot on
            self._hang_up()
            return Receipt(Answer.LATER, _why(error))
        except BaseException:
            self._hang_up()
            raise

    def _with_sender(self, envelope: _Envelope, *, until: float) -> _Line:
        """Name the sender over the connection that is there, or over a new one when the server hung up meanwhile."""
        if self._line:
            with suppress(OSError):
                reply = self._name_sender(self._line, envelope, until=until)
                if reply[0] != 421:
                    return self._sender_known(self._line, reply)
            self._hang_up()
        self._line = _open(self._account, self._context, step_seconds=self._timeout, until=until)
        return self._sender_known(self._line, self._name_sender(self._line, envelope, until=until))

    def _name_sender(self, line: _Line, envelope: _Envelope, *, until: float) -> tuple[int, bytes]:
        line.allow(self._timeout, until=until)
        if not line.is_quiet() or (self._is_halfway and line.docmd("RSET")[0] != 250):
            raise smtplib.SMTPServerDisconnected(HUNG_UP)
        self._is_halfway = False
        return line.docmd(f"MAIL FROM:<{envelope.sender}>{envelope.options(line)}")

    def _sender_known(self, line: _Line, reply: tuple[int, bytes]) -> _Line:
        # A sender that is refused is ours, and so is that of the next message; a size is of this message alone. A
        # server that has had enough of us for now may have had enough of this connection only.
        is_too_big = reply[0] == 552 or _TOO_BIG.match(reply[1])
        _must(reply, 2, refused=Answer.REFUSED if is_too_big else Answer.ACCOUNT, hangs_up=not is_too_big)
        self._is_halfway = True
        return line

    def _hand_over(self, line: _Line, body: bytes, *, end: float) -> Receipt:
        try:
            line.pour(body)
            is_wanted = line.is_quiet()
        except OSError:
            is_wanted = False
        if not is_wanted:
            line.allow(_LAST_WORDS_SECONDS, until=end)
            _must(line.getreply(), None, hangs_up=True)
        # From here on the server may have it all: only its own word counts, and all the time that is left is for it.
        line.allow(math.inf, until=end)
        try:
            line.push(b".\r\n")
            reply = line.getreply()
        except OSError:
            self._hang_up()
            return Receipt(Answer.UNSURE, NO_WORD)
        if reply[0] // 100 == 3:
            self._hang_up()
            return Receipt(Answer.UNSURE, _words(reply))
        self._is_halfway = False
        _must(reply, 2)
        return Receipt(Answer.ACCEPTED, _words(reply))

    def _hang_up(self) -> None:
        self._is_halfway = False
        if self._line:
            self._line.close()
            self._line = None


@dataclass(frozen=True, slots=True)
class _Envelope:
    """A message, and who writes to whom."""

    content: bytes
    sender: str
    recipient: str

    def must_be_fit(self) -> None:
        """Let through what a mail server can be asked at all."""
        if not _is_address(self.sender):
            raise _StopError(Answer.ACCOUNT, NOT_AN_ADDRESS, hangs_up=False)
        if not _is_address(self.recipient):
            raise _StopError(Answer.REFUSED, NOT_AN_ADDRESS, hangs_up=False)
        if any(len(line) > LONGEST_LINE for line in self.content.split(b"\r\n")):
            raise _StopError(Answer.REFUSED, LONG_LINE, hangs_up=False)

    def options(self, line: _Line) -> str:
        """Tell the server beforehand what it must be able to handle, where it can."""
        head = self.content.partition(b"\r\n\r\n")[0]
        needs_utf8 = not (self.sender.isascii() and self.recipient.isascii() and head.isascii())
        needs_8bit = not self.content.isascii()
        if (needs_utf8 and not line.has_extn("smtputf8")) or (needs_8bit and not line.has_extn("8bitmime")):
            raise _StopError(Answer.REFUSED if self.sender.isascii() else Answer.ACCOUNT, ASCII_ONLY, hangs_up=False)
        return (
            (f" SIZE={len(self.content)}" if line.has_extn("size") else "")
            + (" BODY=8BITMIME" if needs_8bit else "")
            + (" SMTPUTF8" if needs_utf8 else "")
        )


class _StopError(Exception):
    """This message goes no further; what there is to say about it."""

    def __init__(self, answer: Answer, said: str, *, hangs_up: bool = True) -> None:
        self.receipt = Receipt(answer, said)
        self.hangs_up = hangs_up
        super().__init__(said)


class _GibberishError(smtplib.SMTPException):
    """What came is no reply of a mail server."""


class _Line(smtplib.SMTP):
    """A connection under the clock: every byte in or out has its time, and every reply its form."""

    def __init__(self) -> None:
        super().__init__(local_hostname="")  # known when connected; without it, the library asks the name service
        self._heard = bytearray()  # said by the server and not yet read as a reply

    def allow(self, step_seconds: float, *, until: float) -> None:
        """Give each step from here so much time, and all of them together until `until`."""
        self._step_seconds = step_seconds
        self._until = until

    def reach(self, host: str, port: int) -> None:
        """Connect to the first address of the host that answers."""
        failed: OSError = OSError()
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            self.sock = socket.socket(family, kind, protocol)
            try:
                self._timed().connect(address)
            except OSError as error:
                failed = error
                self.close()
            else:
                # The final dot goes apart, and would wait 40 ms for the other side to say that it has the rest.
                self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.local_hostname = _own_name(self.sock)
                return
        raise failed

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Let nobody else read on from here. Words slipped in before it stop the next command."""
        self.sock = context.wrap_socket(self._timed(), server_hostname=host)

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Send a command; one that the server has answered before it was asked, is not sent."""
        command = f"{cmd} {args}".rstrip()
        assert command.isprintable(), "one command is one line"
        if self._heard:
            raise _GibberishError
        self.push(f"{command}\r\n".encode())

    def push(self, words: bytes) -> None:
        """Send these bytes, all of them."""
        rest = memoryview(words)
        while rest:
            rest = rest[self._timed().send(rest[:_PIECE]) :]

    def pour(self, message: bytes) -> None:
        """Send a message without its final dot; where a line begins with a dot, it gets a second one."""
        self.push((b"\r\n" + message).replace(b"\r\n.", b"\r\n..")[2:])

    def getreply(self) -> tuple[int, bytes]:
        """Read one reply, of one line or many."""
        said: list[tuple[bytes, bytes]] = []
        while True:
            found = _REPLY_LINE.fullmatch(self._heard_line())
            if not found or (said and found[1] != said[0][0]):
                raise _GibberishError
            said.append((found[1], (found[3] or b"").strip()))
            if found[2] != b"-":
                return int(found[1]), b"\n".join(text for _, text in said)
            if len(said) == _MOST_LINES:
                raise _GibberishError

    def is_quiet(self) -> bool:
        """Tell whether the server is still there and has said nothing that it was not asked."""
        assert self.sock
        self.sock.settimeout(0)
        with suppress(OSError):
            try:
                self._heard += self.sock.recv(_PIECE)
            except (BlockingIOError, ssl.SSLWantReadError):
                return not self._heard
        return False

    def _heard_line(self) -> bytes:
        while b"\n" not in self._heard:
            if len(self._heard) > _PIECE:
                raise _GibberishError
            heard = self._timed().recv(_PIECE)
            if not heard:
                raise smtplib.SMTPServerDisconnected(HUNG_UP)
            self._heard += heard
        line, _, self._heard = self._heard.partition(b"\n")
        return bytes(line.removesuffix(b"\r"))

    def _timed(self) -> socket.socket:
        """Give the socket, with as much patience as there is left for one step."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if not self.sock:
            raise smtplib.SMTPServerDisconnected(HUNG_UP)
        self.sock.settimeout(min(left, self._step_seconds))
        return self.sock


def _open(account: MailAccount, context: ssl.SSLContext | None, *, step_seconds: float, until: float) -> _Line:
    """Connect, encrypt and sign in. Nobody's message is at fault where that fails."""
    line = _Line()
    line.allow(step_seconds, until=until)
    try:
        _introduce(line, account, context)
    except BaseException as error:
        line.close()
        if isinstance(error, OSError | UnicodeError):
            raise _StopError(Answer.ACCOUNT, _why(error)) from error
        raise
    return line


def _introduce(line: _Line, account: MailAccount, context: ssl.SSLContext | None) -> None:
    line.reach(account.host, account.port)
    if account.security is Security.TLS:
        line.encrypt(context or _trusted(account.security), account.host)
    _must(line.getreply(), 2, refused=Answer.ACCOUNT)
    _must(line.ehlo(), 2, refused=Answer.ACCOUNT)
    if account.security is not Security.TLS and line.has_extn("starttls"):
        _must(line.docmd("STARTTLS"), 2, refused=Answer.ACCOUNT)
        line.encrypt(context or _trusted(account.security), account.host)
        _must(line.ehlo(), 2, refused=Answer.ACCOUNT)  # what was offered before was anyone's word
    elif account.security is Security.STARTTLS:
        raise _StopError(Answer.ACCOUNT, NO_ENCRYPTION)
    if account.user:
        _sign_in(line, account)


def _trusted(security: Security) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if security is Security.PLAIN:  # plain would do, so anyone will do; some servers want it before a sign-in
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _sign_in(line: _Line, account: MailAccount) -> None:
    assert isinstance(line.sock, ssl.SSLSocket) or is_local(account.host), "a password is never sent without encryption"
    both, user, password = map(_base64, (f"\0{account.user}\0{account.password}", account.user, account.password))
    offered = line.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        words = [f"AUTH PLAIN {both}"]
    elif "LOGIN" in offered:
        words = ["AUTH LOGIN", user, password]
    else:
        raise _StopError(Answer.ACCOUNT, NO_SIGN_IN)
    for word in words:
        code, text = line.docmd(word)
        if code != 334:
            break
    for secret in (both, password, account.password):  # some servers repeat what they did not understand
        text = text.replace(secret.encode(), b"***")
    _must((code, text), 2, refused=Answer.ACCOUNT)


def _must(
    reply: tuple[int, bytes], wanted: int | None, *, refused: Answer = Answer.REFUSED, hangs_up: bool = False
) -> None:
    """Go on when the server says what is wanted (the first digit of its code); else stop, for good or for now."""
    code = reply[0]
    match code // 100:
        case first if first == wanted:
            return
        case 4:
            raise _StopError(Answer.LATER, _words(reply), hangs_up=hangs_up or code == 421)
        case 5:
            answer = Answer.ACCOUNT if code in _SIGN_IN_WANTED else refused
            raise _StopError(answer, _words(reply), hangs_up=hangs_up)
        case _:
            raise _GibberishError


def _words(reply: tuple[int, bytes]) -> str:
    """Give a reply as one line that can be shown anywhere."""
    text = f"{reply[0]} {reply[1].decode('utf-8', 'replace')}"
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:LONGEST_SAID]


def _why(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError(verify_code=code):
            return OTHER_NAME if code in _HOSTNAME_MISMATCH else OUT_OF_DATE if code in _NOT_NOW else NOT_TRUSTED
        case ssl.SSLError():
            return FAILED_ENCRYPTION
        case socket.gaierror() | UnicodeError():
            return NO_SUCH_HOST
        case ConnectionRefusedError():
            return CLOSED_DOOR
        case TimeoutError():
            return SILENT
        case smtplib.SMTPServerDisconnected() | ConnectionError():
            return HUNG_UP
        case smtplib.SMTPException():
            return GIBBERISH
        case _:
            return NOT_REACHED


def _is_address(text: str) -> bool:
    return text.isprintable() and _ADDRESS.fullmatch(text) is not None


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _own_name(connected: socket.socket) -> str:
    """Tell who we are: the full name of this machine, or the number that it goes by on this connection (RFC 5321)."""
    name = socket.gethostname()
    if _HOST_NAME.fullmatch(name):
        return name
    number = str(connected.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{number}]" if ":" in number else f"[{number}]"
