"""The connection with an SFTP server: only with the server whose key is known, and each step has its time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import asyncssh

from voldaan.outside.banks.sftp import Account
from voldaan.rules.bank_names import shown
from voldaan.rules.bank_places import PlaceTrouble
from voldaan.rules.refusals import mark

STEP = 30.0  # seconds for one answer of the server
# The kinds of keys of a server, each asked for by itself: a server has several, and one of them is vouched for.
KINDS = (
    ("ssh-ed25519",),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    ("rsa-sha2-512", "rsa-sha2-256"),
)

UNKNOWN_HOST = mark(
    "{host} shows the key {fingerprint}, and nobody has vouched for it yet. Ask whoever runs that server whether this "
    "is its key. If so, set VOLDAAN_SFTP_HOST_KEY to it."
)
OTHER_HOST = mark(
    "{host} shows the key {fingerprint}, which is not the one in VOLDAAN_SFTP_HOST_KEY. Somebody may be in between: "
    "nothing was sent or taken. Ask whoever runs that server whether its key has changed."
)
NOT_LET_IN = mark("{host} does not let {user} in. Look at the name, and at VOLDAAN_SFTP_KEY or VOLDAAN_SFTP_PASSWORD.")
BAD_KEY = mark("The key in {path} cannot be read. It must be there, be a private key, and have no passphrase.")
SILENT = mark("{host} did not answer within {seconds} seconds. The files stay where they are.")
UNREACHED = mark("{host} cannot be reached: {why}. The files stay where they are.")
FULL = mark("The disk of {path} is full. The files stay where they are and are taken in once there is room.")
NOT_DONE = mark("{path} cannot be used: {why}. Voldaan must be able to read, write and move files there.")

T = TypeVar("T")


class _Pinned(asyncssh.SSHClient):
    """Knows the server by the fingerprints that somebody vouched for."""

    def __init__(self, host_keys: frozenset[str]) -> None:
        self._host_keys = host_keys
        self.shown = ""

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002
        """Let the library go on to sign in, or not."""
        self.shown = key.get_fingerprint()
        return self.shown in self._host_keys


class Server:
    """A server while it is connected."""

    def __init__(self, account: Account) -> None:
        """Connect and sign in.

        Raises:
            PlaceTrouble: it is another server, it cannot be reached, or it lets nobody in.
        """
        self._account = account
        # In a thread of its own: whoever calls may have a loop of his own that runs.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._connection: asyncssh.SSHClientConnection | None = None
        try:
            self._connection = self._connected()
            self.sftp = self.does(self._connection.start_sftp_client(path_encoding=None), account.address.path)
        except BaseException:
            self.close()
            raise

    def does(self, step: Awaitable[T], path: str = "") -> T:
        """Have one step done, with the file or folder at `path`.

        Raises:
            asyncssh.SFTPNoSuchFile: there is none.
            PlaceTrouble: the server does not do it.
        """
        with self._told(path):
            return asyncio.run_coroutine_threadsafe(asyncio.wait_for(step, STEP), self._loop).result()

    def close(self) -> None:
        """Hang up; a server that says no goodbye is left."""
        with suppress(Exception):
            asyncio.run_coroutine_threadsafe(self._goodbye(), self._loop).result(STEP)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _goodbye(self) -> None:
        if self._connection is not None:
            self._connection.abort()
            with suppress(Exception):
                await asyncio.wait_for(self._connection.wait_closed(), 1)
        begun = asyncio.all_tasks() - {asyncio.current_task()}
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)

    def _connected(self) -> asyncssh.SSHClientConnection:
        host_keys, seen, lost = self._account.host_keys, [], None
        for kind in KINDS:
            client = _Pinned(host_keys)
            try:
                return self.does(self._connect(client, kind))
            except (asyncssh.HostKeyNotVerifiable, asyncssh.KeyExchangeFailed):
                seen += [client.shown] if client.shown else []
            except PlaceTrouble as trouble:
                if not isinstance(trouble.__cause__, asyncssh.ConnectionLost):
                    raise
                lost = trouble  # so says goodbye a server without a key of this kind, or one that is going away
        if lost and not seen:
            raise lost
        says = OTHER_HOST if host_keys else UNKNOWN_HOST
        raise PlaceTrouble(says, host=self._account.address.host, fingerprint=", ".join(seen) or "?")

    async def _connect(self, client: _Pinned, kind: tuple[str, ...]) -> asyncssh.SSHClientConnection:
        there = self._account.address
        return await asyncssh.connect(
            there.host, there.port, username=there.user, password=self._account.password or None,
            client_keys=self._key() or None, client_factory=lambda: client, server_host_key_algs=kind,
            known_hosts=([], [], []), config=None, agent_path=None, login_timeout=STEP,
        )  # fmt: skip

    def _key(self) -> list[asyncssh.SSHKey]:
        path = self._account.key_file
        if not path:
            return []
        try:
            return [asyncssh.read_private_key(path)]
        except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            raise PlaceTrouble(BAD_KEY, path=path) from error

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        host = self._account.address.host
        try:
            yield
        except (asyncssh.SFTPNoSuchFile, asyncssh.HostKeyNotVerifiable, asyncssh.KeyExchangeFailed):
            raise
        except asyncssh.PermissionDenied as error:
            raise PlaceTrouble(NOT_LET_IN, host=host, user=self._account.address.user) from error
        except TimeoutError as error:
            raise PlaceTrouble(SILENT, host=host, seconds=f"{STEP:.0f}") from error
        except (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded) as error:
            raise PlaceTrouble(FULL, path=path) from error
        except (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost, asyncssh.DisconnectError) as error:
            raise PlaceTrouble(UNREACHED, host=host, why=shown(error.reason) or "?") from error
        except asyncssh.Error as error:
            raise PlaceTrouble(NOT_DONE, path=path, why=shown(error.reason) or "?") from error
        except (OSError, ValueError) as error:
            raise PlaceTrouble(UNREACHED, host=host, why=shown(getattr(error, "strerror", "") or str(error))) from error
