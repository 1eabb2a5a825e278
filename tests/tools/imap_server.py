"""An IMAP server on this machine, with one account and its mails in memory: pymap, behind a certificate of its own.

In a test: `with ImapServer(folder) as server: server.mail(content) … server.folders() … server.surroundings`.
"""

from __future__ import annotations

import asyncio
import imaplib  # noqa: TID251 - to lay mails there
import ssl
import threading
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import BuiltinHash

USER, PASSWORD = "bank@hart.example", 'geheim wachtwoord "é" 9'


class ImapServer:
    """A server with one account."""

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "certificate.pem"
        _write_certificate(self.certificate)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = self._do(self._listen())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def surroundings(self) -> dict[str, str]:
        """What an operator sets to come here, where nobody else can mail to."""
        return {
            "VOLDAAN_BANK_MAIL": f"imaps://{USER.replace('@', '%40')}@127.0.0.1:{self.port}/Bank/{{slug}}",
            "VOLDAAN_BANK_MAIL_PASSWORD": PASSWORD,
            "VOLDAAN_BANK_MAIL_PRIVATE": "1",
            "SSL_CERT_FILE": str(self.certificate),
        }

    def mail(self, content: bytes, folder: str = "Bank/hart") -> None:
        """Lay a mail in a folder."""
        with self._signed_in() as there:
            there.create(folder)
            assert there.append(folder, None, None, content)[0] == "OK"

    def holds(self, folder: str = "Bank/hart") -> list[str]:
        """Give the subjects of the mails in a folder, with ! where it is marked as deleted."""
        with self._signed_in() as there:
            if there.select(folder, readonly=True)[0] != "OK":
                return []
            found = there.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
            return [
                part[1].decode().partition(":")[2].strip() + ("!" if b"Deleted" in part[0] else "")
                for part in found if isinstance(part, tuple)
            ]  # fmt: skip

    def moves(self, *, can: bool) -> None:
        """Say whether the server can move mails."""
        self._config.can_move = can

    def _signed_in(self) -> imaplib.IMAP4_SSL:
        there = imaplib.IMAP4_SSL(
            "127.0.0.1", self.port, ssl_context=ssl.create_default_context(cafile=self.certificate)
        )
        there.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        return there

    def _do(self, what):
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _listen(self) -> int:
        words = Namespace(host=None, port=0, debug=False, cert=None, key=None, tls=False, passlib_cfg=None,
                          proxy_protocol=None, demo_data=False, demo_user=USER, demo_password=PASSWORD)  # fmt: skip
        backend, self._config = await _Backend.init(words, invalid_user_sleep=0, hash_context=BuiltinHash(rounds=1))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate)
        serve = ProxyProtocolReader(self._config.proxy_protocol).get_callback(IMAPServer(backend.login, self._config))
        self._listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        return int(self._listening.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        self._listening.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class _Config(Config):
    can_move = True
    greeting = b"Server ready"  # the library asks the name service who it is

    @property
    def login_capability(self):
        return [one for one in super().login_capability if self.can_move or one != b"MOVE"]


class _Backend(DictBackend):
    @classmethod
    async def init(cls, args, **overrides):
        from pymap.backend.dict import Login

        config = _Config.from_args(args, **overrides)
        login = Login(config)
        await cls._add_demo_user(config, login)
        return cls(login, config), config


def _write_certificate(path: Path) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)  # noqa: TID251 - of this machine
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
