"""Where mail leaves: the address of a mail server, as an owner writes it in the setting `smtp`.

`smtps://name:password@mail.example.nl` is encrypted from the first byte (port 465). `smtp://…` turns encryption on
before anything is said (STARTTLS, port 587), and sends nothing where the server offers none. On this machine itself
(`smtp://127.0.0.1:2525`) it may stay plain. `smtp://relay:25?plain=yes` says that it may stay plain on a network that
the owner trusts, and then takes no password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, unquote, urlsplit

from voldaan.rules.refusals import mark

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_PLAIN = "plain=yes"
_TLS_PORT, _SUBMISSION_PORT, _LOCAL_PORT = 465, 587, 25  # RFC 8314, RFC 6409, RFC 5321
_LONGEST_PORT = 5  # digits

NO_ADDRESS = mark("an address such as smtps://name:password@mail.example.nl is wanted, without spaces")
NO_SCHEME = mark("an address that begins with smtps:// or smtp:// is wanted")
TOO_MUCH = mark("nothing but ?plain=yes may follow the port; in a name or password, marks such as / ? # are encoded")
NO_HOST = mark("the name or number of a mail server is wanted")
NO_PORT = mark("a port from 1 to 65535 is wanted")
HALF_A_LOGIN = mark("a name and a password are wanted together, or neither")
WRONG_PORT = mark("port 465 is encrypted from the start, so smtps:// is wanted")
NO_PLAIN_PASSWORD = mark("a password is never sent without encryption, so no name and password may go with plain=yes")
PLAIN_TLS = mark("smtps:// is always encrypted, so plain=yes cannot go with it")


class Security(Enum):
    """How the words are kept from others on the way."""

    TLS = "tls"  # from the first byte
    STARTTLS = "starttls"  # turned on before anything is said, or nothing is sent
    PLAIN = "plain"  # turned on where the server offers it, whoever it is


@dataclass(frozen=True, slots=True)
class MailAccount:
    """The server that takes our mail, and who we are there."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(repr=False, default="")

    def __post_init__(self) -> None:
        assert bool(self.user) == bool(self.password), HALF_A_LOGIN
        assert not self.user or self.security is not Security.PLAIN or is_local(self.host), NO_PLAIN_PASSWORD


def is_local(host: str) -> bool:
    """Tell whether `host` is this machine, as far as its name or number says."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def account(url: str) -> MailAccount:
    """Read the address of a mail server.

    Raises:
        ValueError: with a sentence that says what is wanted, and never with the password.
    """
    url = url.strip()
    if not url.isprintable() or " " in url:
        raise ValueError(NO_ADDRESS)
    try:
        parts = urlsplit(url)
    except ValueError:  # its own words would hold the password
        raise ValueError(NO_ADDRESS) from None
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError(NO_SCHEME)
    if parts.path not in {"", "/"} or "#" in url or parts.query not in {"", _PLAIN}:
        raise ValueError(TOO_MUCH)
    host = parts.hostname or ""
    if not _is_host(host):
        raise ValueError(NO_HOST)
    user, password = _text(parts.username), _text(parts.password)
    if bool(user) != bool(password):
        raise ValueError(HALF_A_LOGIN)
    is_tls, is_plain = parts.scheme == "smtps", bool(parts.query)
    port = _port(parts, default=_TLS_PORT if is_tls else _LOCAL_PORT if is_local(host) else _SUBMISSION_PORT)
    if is_tls and is_plain:
        raise ValueError(PLAIN_TLS)
    if not is_tls and port == _TLS_PORT:
        raise ValueError(WRONG_PORT)
    if is_plain and user and not is_local(host):
        raise ValueError(NO_PLAIN_PASSWORD)
    security = Security.TLS if is_tls else Security.PLAIN if is_plain or is_local(host) else Security.STARTTLS
    return MailAccount(host, port, security, user, password)


def written(*, host: str, port: str, security: Security, user: str, password: str) -> str:
    """Write the address of a mail server from its parts, as a form asks for them.

    Raises:
        ValueError: with a sentence that says what is wanted, and never with the password.
    """
    if not _is_host(host):
        raise ValueError(NO_HOST)
    if port and not (port.isascii() and port.isdigit() and len(port) <= _LONGEST_PORT):
        raise ValueError(NO_PORT)
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user or password else ""
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    is_plain = security is Security.PLAIN and not is_local(host)
    url = f"{'smtps' if security is Security.TLS else 'smtp'}://{login}{place}{f'?{_PLAIN}' if is_plain else ''}"
    account(url)
    return url


def shown(url: str) -> str:
    """Write the address for people to see: without its password. Of what is no address, nothing is shown."""
    if not url:
        return ""
    try:
        found = account(url)
    except ValueError:
        return "…"
    scheme = "smtps" if found.security is Security.TLS else "smtp"
    user = f"{quote(found.user, safe='@+')}@" if found.user else ""
    host = f"[{found.host}]" if ":" in found.host else found.host
    plain = f"?{_PLAIN}" if found.security is Security.PLAIN and not is_local(found.host) else ""
    return f"{scheme}://{user}{host}:{found.port}{plain}"


def _is_host(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return _NAME.fullmatch(host) is not None
    return "%" not in host


def _text(encoded: str | None) -> str:
    """Decode a name or password; a line break or another mark for machines in it could be taken for a command."""
    try:
        text = unquote(encoded or "", errors="strict")
    except UnicodeDecodeError:
        raise ValueError(NO_ADDRESS) from None
    if not text.isprintable():
        raise ValueError(NO_ADDRESS)
    return text


def _port(parts: SplitResult, *, default: int) -> int:
    try:
        port = parts.port
    except ValueError:  # its own words would hold a part of a password with a colon too many
        raise ValueError(NO_PORT) from None
    if port == 0:
        raise ValueError(NO_PORT)
    return port or default
