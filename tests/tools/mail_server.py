"""A mail server on this machine that keeps what it gets, and can misbehave in every way that we could think of.

In a test: `with MailServer("take_and_drop") as server: … server.port … server.received`. By hand, or to be killed:
`python -m tests.tools.mail_server --port 2525 --mode mixture --seed 7 --keep FOLDER`. It is strict about what it is
told: `faults` lists what no mail client may say.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import re
import select
import signal
import socket
import ssl
import struct
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Self


@dataclass(frozen=True)
class Mode:
    """One way to behave: at which command, what is said there, and what happens next.

    `at` is greeting, ehlo, starttls, auth, mail, rcpt, data, body (after its first line), dot, between (after the
    answer to the dot) or quit. At the dot `keeps` tells whether the message is kept: the truth behind the answer.
    """

    at: str = ""
    says: str = ""  # instead of the usual answer; lines apart by \n
    then: str = ""  # "drop" the line, "hang" on it, answer "late", or "drip" the answer byte by byte
    keeps: bool = False
    after: int = 0  # so many messages on this connection first


MODES: dict[str, Mode] = {
    "accept": Mode(),
    # At the door.
    "busy_at_greeting": Mode("greeting", "421 4.3.2 Too busy", "drop"),
    "closed_at_greeting": Mode("greeting", "554 5.3.2 No mail service here", "drop"),
    "drop_at_greeting": Mode("greeting", then="drop"),
    "hang_at_greeting": Mode("greeting", then="hang"),
    "babble_at_greeting": Mode("greeting", "SSH-2.0-OpenSSH_9.6"),
    "no_ehlo": Mode("ehlo", "502 5.5.1 Not implemented"),
    "drop_at_ehlo": Mode("ehlo", then="drop"),
    "refuse_starttls": Mode("starttls", "502 5.5.1 Not today"),
    "starttls_later": Mode("starttls", "454 4.7.0 TLS not available"),
    "starttls_with_more": Mode("starttls", "220 Go ahead\n250 AUTH PLAIN"),
    "login_later": Mode("auth", "454 4.7.0 Temporary authentication failure"),
    # The sender.
    "refuse_sender": Mode("mail", "553 5.1.8 Sender not allowed"),
    "want_login": Mode("mail", "530 5.7.0 Authentication required"),
    "too_large_at_mail": Mode("mail", "552 5.3.4 Message too big"),
    "busy_at_mail": Mode("mail", "421 4.3.2 Closing", "drop"),
    "later_at_mail": Mode("mail", "452 4.3.1 Insufficient storage"),
    "drop_at_mail": Mode("mail", then="drop"),
    "babble_at_mail": Mode("mail", "what do you mean?"),
    "odd_code_at_mail": Mode("mail", "600 Odd"),
    # The recipient.
    "refuse_recipient": Mode("rcpt", "550 5.1.1 No such user"),
    "greylist": Mode("rcpt", "450 4.2.0 Greylisted, try again in 5 minutes"),
    "too_many": Mode("rcpt", "452 4.5.3 Too many messages"),
    "drop_after_rcpt": Mode("rcpt", then="drop"),
    "hang_after_rcpt": Mode("rcpt", then="hang"),
    "drip_at_rcpt": Mode("rcpt", "250-" + "x" * 5000 + "\n250 ok", "drip"),
    "two_answers_at_rcpt": Mode("rcpt", "250 2.1.5 Ok\n354 Go\n250 2.0.0 Kept"),
    # The message, before its final dot.
    "refuse_data": Mode("data", "554 5.5.1 No valid recipients"),
    "data_later": Mode("data", "451 4.3.0 Not now"),
    "no_354": Mode("data", "250 2.0.0 Ok"),
    "drop_at_data": Mode("data", then="drop"),
    "drop_in_body": Mode("body", then="drop"),
    "hang_in_body": Mode("body", then="hang"),
    "too_large_in_body": Mode("body", "552 5.3.4 Message too big", "drop"),
    "accept_in_body": Mode("body", "250 2.0.0 Kept", "drop"),
    # Its final dot, with a word.
    "refuse_content": Mode("dot", "554 5.7.1 Spam"),
    "too_large": Mode("dot", "552 5.3.4 Message too big"),
    "later_at_dot": Mode("dot", "451 4.3.0 Local error"),
    "busy_at_dot": Mode("dot", "421 4.3.2 Closing", "drop"),
    "many_lines": Mode("dot", "250-2.0.0 Ok\n250-2.0.0 queued\n250 2.0.0 as 12345", keeps=True),
    "odd_success": Mode("dot", "299 2.0.0 Fine", keeps=True),
    "drip": Mode("dot", "250 2.0.0 Ok", "drip", keeps=True),
    # Its final dot, without a word that says it.
    "take_and_drop": Mode("dot", then="drop", keeps=True),
    "take_and_hang": Mode("dot", then="hang", keeps=True),
    "take_and_answer_late": Mode("dot", "250 2.0.0 Ok", "late", keeps=True),
    "take_and_babble": Mode("dot", "mooi", keeps=True),
    "take_and_break_off": Mode("dot", "250-2.0.0 Ok", "drop", keeps=True),
    "take_and_say_two_things": Mode("dot", "250-2.0.0 Ok\n550 5.0.0 No", keeps=True),
    "take_and_say_600": Mode("dot", "600 Odd", keeps=True),
    "take_and_say_go_on": Mode("dot", "354 Go on", keeps=True),
    "lose_and_drop": Mode("dot", then="drop"),
    "lose_and_hang": Mode("dot", then="hang"),
    # Between two messages, and after the last.
    "close_after_each": Mode("between", then="drop"),
    "goodbye_after_each": Mode("between", "421 4.4.2 Idle too long", "drop"),
    "at_most_three": Mode("mail", "421 4.5.3 Three messages is enough", "drop", after=3),
    "refuse_after_three": Mode("mail", "452 4.5.3 Three messages is enough", after=3),
    "drop_at_quit": Mode("quit", then="drop"),
    "hang_at_quit": Mode("quit", then="hang"),
}

MIXTURE = "mixture"  # another mode for each message, by chance of a seed
# Half of it goes well; what only shows between two connections is left to tests of its own.
_MIXED = [name for name, mode in MODES.items() if mode.at in {"mail", "rcpt", "data", "body", "dot", "between"}]
_USUAL = {
    "greeting": "220 mail.test ESMTP",
    "starttls": "220 2.0.0 Go ahead",
    "data": "354 Go ahead",
    "quit": "221 Bye",
}
_OFFERS = ("PIPELINING", "SIZE 10485760", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")


@dataclass(frozen=True)
class Received:
    """One message that the server keeps, byte for byte, and by which mode."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    mode: str


class _GoneError(Exception):
    """The connection is over."""


class MailServer:
    """A server in a thread of its own; leave the `with` block and it is gone, however it hangs."""

    def __init__(
        self,
        mode: str = "accept",
        *,
        port: int = 0,
        seed: int = 0,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        offers: tuple[str, ...] = _OFFERS,
        auth: str = "PLAIN LOGIN",
        late_seconds: float = 1.0,
        drip_seconds: float = 0.005,
        keep: Path | None = None,
    ) -> None:
        assert mode in MODES or mode == MIXTURE, f"one of {', '.join([*MODES, MIXTURE])}"
        self.mode = mode
        self.received: list[Received] = []
        self.faults: list[str] = []  # what the client said that it may not say
        self.heard: list[str] = []  # every command, of every connection
        self.connections = 0
        self.login = login
        self.tls = tls
        self.starttls = starttls
        self.offers = offers
        self.auth = auth
        self.late_seconds = late_seconds
        self.drip_seconds = drip_seconds
        self._keep = keep
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._socket = socket.create_server(("127.0.0.1", port))
        # Little fits under way, so that a client notices early when nobody reads on.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        self._start(self._listen)
        return self

    def __exit__(self, *exc: object) -> None:
        self.closing.set()
        while self._threads:  # the first of them may still start another
            self._threads.pop().join()
        self._socket.close()

    def next_mode(self) -> str:
        """Say how the next message is treated."""
        if self.mode != MIXTURE:
            return self.mode
        with self._lock:
            return self._chance.choice(_MIXED) if self._chance.random() < 0.5 else "accept"

    def keep(self, message: Received) -> None:
        """Keep a message, before anything is said about it."""
        with self._lock:
            self.received.append(message)
            if self._keep:
                self._write(self._keep, message)

    def _write(self, folder: Path, message: Received) -> None:
        number = 1 + max((int(path.stem) for path in folder.glob("*.eml")), default=0)
        envelope = {key: value for key, value in asdict(message).items() if key != "content"}
        (folder / f"{number:06}.json").write_text(json.dumps(envelope))
        half = folder / f"{number:06}.half"
        half.write_bytes(message.content)
        half.rename(folder / f"{number:06}.eml")

    def _start(self, work: Callable[..., None], *words: object) -> None:
        thread = threading.Thread(target=work, args=words, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while not self.closing.is_set():
            if select.select([self._socket], [], [], 0.005)[0]:
                connection, _ = self._socket.accept()
                self.connections += 1
                self._start(_Talk(self, connection).run)


class _Talk:
    """One connection."""

    def __init__(self, server: MailServer, connection: socket.socket) -> None:
        self.server = server
        self.socket = connection
        self.lines: deque[bytes] = deque()
        self.rest = b""  # of a line that is not complete
        self.name = "accept" if server.mode == MIXTURE else server.mode
        self.messages = 0
        self.is_greeted = self.is_signed_in = self.is_encrypted = False
        self.sender: str | None = None
        self.recipients: list[str] = []
        self.options = ""

    def run(self) -> None:
        with suppress(_GoneError, OSError):
            try:
                if self.server.tls:
                    self.encrypt(self.server.tls)
                self.answer("greeting")
                while True:
                    self.command(self.line().decode("utf-8", "replace"))
            finally:
                self.socket.close()

    def encrypt(self, context: ssl.SSLContext) -> None:
        if self.lines or self.rest:
            self.server.faults.append("words before the encryption that would count after it")
        self.socket.settimeout(5)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.is_encrypted = True

    # What is said.

    def answer(self, at: str, usual: str = "250 2.0.0 Ok") -> bool:
        """Say what the mode wants here; tell whether it was the usual."""
        mode = MODES[self.name]
        if mode.at != at or self.messages < mode.after:
            self.say(_USUAL.get(at, usual))
            return True
        if mode.then == "hang":
            self.server.closing.wait()
            raise _GoneError
        if mode.then == "late":
            self.server.closing.wait(self.server.late_seconds)
        self.say(mode.says or _USUAL.get(at, usual) if mode.then != "drop" else mode.says, slow=mode.then == "drip")
        if mode.then == "drop":
            self.drop(at)
        return mode.says[:1] in {"", "2", "3"}

    def say(self, words: str, *, slow: bool = False) -> None:
        encoded = "".join(f"{line}\r\n" for line in words.split("\n") if line).encode()
        if not slow:
            self.socket.settimeout(5)
            self.socket.sendall(encoded)
            return
        for at in range(len(encoded)):
            self.socket.sendall(encoded[at : at + 1])
            if self.server.closing.wait(self.server.drip_seconds):
                raise _GoneError

    def drop(self, at: str) -> None:
        """Let go of the connection; in the middle of a message with a slam, as a server that crashes does."""
        if at == "body":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise _GoneError

    # What is heard.

    def line(self) -> bytes:
        while not self.lines:
            self.hear()
        line = self.lines.popleft()
        if not line.endswith(b"\r"):
            self.server.faults.append(f"a bare line feed after {line[:40]!r}")
        if b"\r" in line[:-1]:
            self.server.faults.append(f"a bare carriage return in {line[:40]!r}")
        return line.removesuffix(b"\r")

    def hear(self) -> None:
        self.socket.settimeout(0.005)
        while not self.server.closing.is_set():
            with suppress(TimeoutError):
                heard = self.socket.recv(1 << 16)
                if not heard:
                    raise _GoneError
                *lines, self.rest = (self.rest + heard).split(b"\n")
                self.lines.extend(lines)
                return
        raise _GoneError

    def command(self, words: str) -> None:
        self.server.heard.append(words)
        if not words.isascii() and " SMTPUTF8" not in words + self.options:
            self.server.faults.append(f"letters, unannounced: {words}")
        verb = words[:4].upper()
        if verb not in {"EHLO", "QUIT", "RSET"} and not self.is_greeted:
            self.server.faults.append(f"{verb} before EHLO")
        match verb:
            case "EHLO":
                self.ehlo(words)
            case "STAR" if self.server.starttls and not self.is_encrypted:
                if self.answer("starttls"):
                    self.is_greeted = False
                    self.encrypt(self.server.starttls)
            case "AUTH" if self.server.login:
                self.sign_in(words)
            case "MAIL":
                self.mail(words)
            case "RCPT" if self.sender is not None and (found := re.fullmatch(r"RCPT TO:<([^<>\s]+)>", words)):
                if self.answer("rcpt"):
                    self.recipients.append(found[1])
            case "DATA" if self.recipients:
                if self.answer("data"):
                    self.message()
            case "RSET":
                self.forget()
                self.say("250 2.0.0 Ok")
            case "QUIT":
                self.answer("quit")
                raise _GoneError
            case _:
                self.server.faults.append(f"out of order: {words}")
                self.say("503 5.5.1 Bad sequence of commands")

    def ehlo(self, words: str) -> None:
        if not re.fullmatch(r"EHLO (\[[0-9A-Fa-f:.IPv]+\]|[A-Za-z0-9.-]+)", words, re.IGNORECASE):
            self.server.faults.append(f"not a name: {words}")
        offers = list(self.server.offers)
        if self.server.starttls and not self.is_encrypted:
            offers.append("STARTTLS")
        if self.server.login and self.server.auth:
            offers.append(f"AUTH {self.server.auth}")
        lines = ["mail.test", *offers]
        self.is_greeted = self.answer("ehlo", "\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"]))

    def sign_in(self, words: str) -> None:
        def asked(what: str) -> str:
            self.say(f"334 {base64.b64encode(what.encode()).decode()}")
            return base64.b64decode(self.line()).decode()

        if words.startswith("AUTH PLAIN "):
            _, user, password = base64.b64decode(words.split()[2]).decode().split("\0")
        else:
            user, password = asked("Username:"), asked("Password:")
        if (user, password) != self.server.login:
            # As the servers that mean well, and put the secret into everybody's log.
            self.say(f"535 5.7.8 {user} may not sign in with {password} ({words})")
        elif self.answer("auth", "235 2.7.0 Welcome"):
            self.is_signed_in = True

    def mail(self, words: str) -> None:
        found = re.fullmatch(r"MAIL FROM:<([^<>\s]+)>((?: [A-Z0-9]+(?:=\S+)?)*)", words)
        if self.sender is not None or not found:
            self.server.faults.append(f"out of order: {words}")
            self.say("503 5.5.1 Bad sequence of commands")
            return
        self.name = self.server.next_mode()
        if self.server.login and not self.is_signed_in:
            self.say("530 5.7.0 Authentication required")
        elif self.answer("mail"):
            self.sender, self.options = found[1], found[2]

    def message(self) -> None:
        lines: list[bytes] = []
        while (line := self.line()) != b".":
            lines.append(line.removeprefix(b"."))
            if len(line) > 999:  # with the dot that is doubled
                self.server.faults.append(f"a line of {len(line)}")
            if MODES[self.name].at == "body":
                self.answer("body")
        content = b"".join(line + b"\r\n" for line in lines)
        self.look_at(content)
        mode = MODES[self.name]
        if mode.keeps or mode.at != "dot":
            assert self.sender
            self.server.keep(Received(self.sender, tuple(self.recipients), content, self.name))
        self.answer("dot")
        self.messages += 1
        if mode.at == "between":
            self.answer("between")
        self.forget()

    def look_at(self, content: bytes) -> None:
        """Hold the message against what was said of it."""
        if not content.isascii() and " BODY=8BITMIME" not in self.options:
            self.server.faults.append("eight bits, unannounced")
        if not content.partition(b"\r\n\r\n")[0].isascii() and " SMTPUTF8" not in self.options:
            self.server.faults.append("letters in a header, unannounced")
        size = re.search(r" SIZE=(\d+)", self.options)
        if size and int(size[1]) != len(content):
            self.server.faults.append(f"announced {size[1]} bytes, sent {len(content)}")

    def forget(self) -> None:
        self.sender, self.recipients, self.options = None, [], ""


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--port", type=int, default=2525)
    words.add_argument("--mode", choices=[*MODES, MIXTURE], default="accept", metavar="MODE", help=", ".join(MODES))
    words.add_argument("--seed", type=int, default=0, help="of the mixture")
    words.add_argument("--login", help="NAME:PASSWORD that must be given")
    words.add_argument("--keep", type=Path, help="a folder: each message as .eml, its envelope as .json")
    said = words.parse_args()
    if said.keep:
        said.keep.mkdir(parents=True, exist_ok=True)
    user, _, password = (said.login or "").partition(":")
    login = (user, password) if said.login else None
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with MailServer(said.mode, port=said.port, seed=said.seed, login=login, keep=said.keep) as server:
        sys.stdout.write(f"listening on 127.0.0.1:{server.port}, mode {said.mode}\n")
        sys.stdout.flush()
        ended.wait()
    for fault in server.faults:
        sys.stdout.write(f"fault: {fault}\n")
    sys.stdout.write(f"{len(server.received)} messages kept over {server.connections} connections\n")


if __name__ == "__main__":
    main()
