"""An SFTP server on this machine, over a folder of its own; it can misbehave as servers and strangers do.

In a test: `with SftpServer(folder) as server: … server.surroundings … server.folder`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncssh

USER, PASSWORD = "voldaan", "geheim-wachtwoord-9"


@dataclass
class Manners:
    """How it behaves."""

    moves: bool = True  # renames, writes and makes folders
    hangs_up_at: int = 0  # after so many bytes of a file
    names: list[bytes] = field(default_factory=list)  # that it says lie there too


class SftpServer:
    """A server with one account, which has a password and a key."""

    def __init__(self, folder: Path, kind: str = "ssh-ed25519") -> None:
        self.folder, self.manners, self.refused = folder, Manners(), 0
        self.connections: list[asyncssh.SSHServerConnection] = []
        self.host_key, self.key = (asyncssh.generate_private_key(each) for each in (kind, "ssh-ed25519"))
        self.key_file = folder.parent / "key"
        self.key.write_private_key(str(self.key_file))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening = self._do(self._listen())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def port(self) -> int:
        return int(self._listening.get_port())

    @property
    def surroundings(self) -> dict[str, str]:
        """What an operator sets to come here."""
        return {
            "VOLDAAN_SFTP": f"sftp://{USER}@127.0.0.1:{self.port}/bank/{{slug}}",
            "VOLDAAN_SFTP_PASSWORD": PASSWORD,
            "VOLDAAN_SFTP_HOST_KEY": self.host_key.get_fingerprint(),
        }

    def stop(self) -> None:
        async def stop() -> None:
            self._listening.close()
            for connection in self.connections:
                connection.abort()
                await connection.wait_closed()

        self._do(stop())

    def _do(self, what):
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _listen(self) -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[self.host_key], server_factory=lambda: _Account(self),
            sftp_factory=lambda channel: _Files(self, channel),
            authorized_client_keys=asyncssh.import_authorized_keys(self.key.export_public_key().decode()),
        )  # fmt: skip


class _Account(asyncssh.SSHServer):
    def __init__(self, server: SftpServer) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._server.connections.append(conn)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        is_right = (username, password) == (USER, PASSWORD)
        self._server.refused += not is_right
        return is_right


class _Files(asyncssh.SFTPServer):
    def __init__(self, server: SftpServer, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        super().__init__(channel, chroot=str(server.folder).encode())
        self._server, self._channel = server, channel

    def _may_move(self) -> None:
        if not self._server.manners.moves:
            raise asyncssh.SFTPPermissionDenied("Permission denied")

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        self._may_move()
        super().rename(oldpath, newpath)

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        self._may_move()
        super().mkdir(path, attrs)

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        if (at := self._server.manners.hangs_up_at) and offset + size > at:
            self._channel.get_connection().abort()
        found = super().read(file_obj, offset, size)
        assert isinstance(found, bytes)
        return found

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        async for entry in super().scandir(path):
            yield entry
        attrs = asyncssh.SFTPAttrs(type=asyncssh.FILEXFER_TYPE_REGULAR, permissions=0o100644, size=9, atime=1, mtime=1)
        for name in self._server.manners.names:
            yield asyncssh.SFTPName(name, b"-rw-r--r-- 1 a a 9 Jan 1 1970 a", attrs)
