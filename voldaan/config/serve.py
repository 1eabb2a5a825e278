"""What runs until it is told to stop: page and jobs in one process on SQLite, pages and workers apart on PostgreSQL."""

from __future__ import annotations

import errno
import fcntl
import gc
import ipaddress
import logging
import os
import platform
import signal
import socket
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from types import FrameType
from typing import NoReturn
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import Error, connection
from django.utils.module_loading import import_string
from waitress.server import create_server  # it says no types

from voldaan.config import clock, tables
from voldaan.jobs.embedded import Loop
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import bell

HOST, PORT = "127.0.0.1", 8000
PORTS_TRIED = 100
LOCK = "serve.lock"
LARGEST_REQUEST = 160 << 20  # bytes: a statement of 100,000 lines that a bank says much of
THREADS = 8
LOOKS_EVERY = 5.0  # seconds: whether the tables are still ours

Tell = Callable[[str], None]  # hears the name of the worker
Told = Callable[[str, str], None]  # hears the address, and the one where the first person begins: empty once he has


class ServedAlready(Refusal):
    code = "served_already"
    kind = Kind.CONFLICT
    says = mark("These books are served already: {where}. Stop that one first, or choose another folder with --data.")


class PortTaken(Refusal):
    code = "port_taken"
    kind = Kind.CONFLICT
    says = mark("Port {port} is in use by another program. Choose another one with --port.")


class AddressUnusable(Refusal):
    code = "address_unusable"
    kind = Kind.INVALID
    says = mark("{host} is not an address of this machine.")


class UseWebAndWorker(Refusal):
    code = "use_web_and_worker"
    kind = Kind.CONFLICT
    says = mark("These books are on PostgreSQL (DATABASE_URL is set). Use voldaan web and voldaan worker.")


class UseServe(Refusal):
    code = "use_serve"
    kind = Kind.CONFLICT
    says = mark("Without DATABASE_URL the books are in one file, for one process. Use voldaan serve.")


class PublicAddress(Refusal):
    code = "public_address"
    kind = Kind.FORBIDDEN
    says = mark(
        "{host} can be reached from outside, and Voldaan itself speaks no https: passwords could be overheard. Put a "
        "proxy before it that does, and say so with VOLDAAN_BEHIND_PROXY=1."
    )


class NotOnDisk(Refusal):
    code = "not_on_disk"
    kind = Kind.CONFLICT
    says = mark(
        "This PostgreSQL does not wait for the disk ({settings}): what is confirmed could be lost at a power cut. Set "
        "fsync and synchronous_commit to on."
    )


def serve(*, prepare: Callable[[], None], port: int | None, open_browser: bool, instead: datetime | None,
          tell: Told) -> None:  # fmt: skip
    """Serve the pages and do the daily work until told to stop; `instead` stands in for the clock of the books.

    Raises:
        UseWebAndWorker, ServedAlready, PortTaken: it cannot be.
        TablesAhead: they were brought to a newer version.
    """
    if settings.SERVER:
        raise UseWebAndWorker
    settings.TODAY_INSTEAD = instead
    _stop_on_signals()
    with _alone(settings.DATA) as lock, _listening(HOST, port) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}/"
        _write(lock, address)
        prepare()
        loop = Loop(by=_name(), now=_moments(instead), clock=clock.now, are_ahead=tables.are_ahead, give_up=_end)
        gc.freeze()  # what is loaded stays: looking through it time and again takes a third of reading a large file
        bell.heard_by(loop.ring)
        loop.start()
        try:
            first = _first(address)
            tell(address, first)
            if open_browser:
                webbrowser.open(first or address)
            _answer(listener, behind_proxy=False)
        finally:
            loop.stop()
            if loop.gave_up:
                raise tables.TablesAhead


def web(*, prepare: Callable[[], None], host: str, port: int | None, tell: Told) -> None:
    """Serve the pages of books on PostgreSQL; any number of processes may.

    Raises:
        UseServe, PublicAddress, PortTaken, AddressUnusable, NotOnDisk: it cannot be.
        TablesAhead: they were brought to a newer version.
    """
    if not settings.SERVER:
        raise UseServe
    if not (settings.BEHIND_PROXY or _is_own(host)):
        raise PublicAddress(host=host)
    _stop_on_signals()
    with _listening(host, port or PORT) as listener:
        prepare()
        _must_be_on_disk()
        shown = f"[{host}]" if ":" in host else host
        tell(f"http://{shown}:{listener.getsockname()[1]}/", _first(settings.BASE_URL))
        with _looking_out():
            _answer(listener, behind_proxy=settings.BEHIND_PROXY)


def worker(*, prepare: Callable[[], None], tell: Tell) -> None:
    """Do the daily work of books on PostgreSQL; any number of processes may.

    Raises:
        UseServe, NotOnDisk: they are not on a PostgreSQL that keeps what it confirms.
        TablesAhead: they were brought to a newer version.
    """
    if not settings.SERVER:
        raise UseServe
    from voldaan.jobs import fleet  # noqa: PLC0415 - its engine is there on PostgreSQL only

    prepare()
    _must_be_on_disk()
    gc.freeze()  # as above
    tell(_name())
    if not fleet.work(by=_name(), now=_moments(None), clock=clock.now, are_ahead=tables.are_ahead):
        raise tables.TablesAhead


def _must_be_on_disk() -> None:
    from voldaan.queries.checks import loose_settings  # noqa: PLC0415 - the tables are known once Django is loaded

    if loose := list(loose_settings()):
        raise NotOnDisk(settings=", ".join(loose))


def _moments(instead: datetime | None) -> Callable[[str], datetime]:
    """Give the clock of the books: this moment in a time zone."""

    def now(time_zone: str) -> datetime:
        zone = ZoneInfo(time_zone)
        return clock.now().astimezone(zone) if instead is None else instead.replace(tzinfo=zone)

    return now


def _first(address: str) -> str:
    from voldaan.web import begin  # noqa: PLC0415 - the pages are known once Django is loaded

    path = begin.address(clock.now())
    return urljoin(address, path) if path else ""


def _name() -> str:
    return f"{platform.node()}:{os.getpid()}"


def _is_own(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _stop_on_signals() -> None:
    """Leave in order at the first signal; the second ends us at once, wherever we are."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)
        raise SystemExit(0)

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)


@contextmanager
def _looking_out() -> Iterator[None]:
    """End in order once the tables are those of a newer version: what a page writes would lack its columns."""
    over, ahead = Event(), Event()

    def look() -> None:
        while not over.wait(LOOKS_EVERY):
            try:
                if tables.are_ahead():
                    ahead.set()
                    _end()
                    return
            except Error:
                continue  # the database is away for a while
            finally:
                connection.close()

    Thread(target=look, daemon=True).start()
    try:
        yield
    finally:
        over.set()
        if ahead.is_set():
            raise tables.TablesAhead


def _end() -> None:
    """End in order, from whichever thread: as at a signal."""
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _alone(data: Path) -> Iterator[int]:
    """Hold the lock of a data folder: one process at a time works there. The system lets go of a dead one's."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServedAlready(where=os.pread(handle, 200, 0).decode() or str(data)) from error
        _write(handle, "")
        yield handle
    finally:
        os.close(handle)


def _write(handle: int, words: str) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, words.encode(), 0)


@contextmanager
def _listening(host: str, port: int | None) -> Iterator[socket.socket]:
    """Listen at a port: the one that is asked for, or the first that is free."""
    for each in [port] if port else range(PORT, PORT + PORTS_TRIED):
        try:
            family, kind, _, _, address = socket.getaddrinfo(host, each, type=socket.SOCK_STREAM)[0]
            listener = socket.socket(family, kind)
        except (socket.gaierror, UnicodeError) as error:
            raise AddressUnusable(host=host) from error
        with listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(address)
                listener.listen()
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise AddressUnusable(host=host) from error
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
                continue
            yield listener
            return
    raise PortTaken(port=port or f"{PORT}–{PORT + PORTS_TRIED - 1}")


def _answer(listener: socket.socket, *, behind_proxy: bool) -> None:
    """Answer requests until a signal comes."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that a request waits for a moment is no news
    of_proxy = {
        "trusted_proxy": "*", "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }  # fmt: skip
    server = create_server(
        import_string("voldaan.config.wsgi.application"), sockets=[listener], threads=THREADS, ident="",
        max_request_body_size=LARGEST_REQUEST, clear_untrusted_proxy_headers=True, **(of_proxy if behind_proxy else {}),
    )  # fmt: skip
    server.run()
