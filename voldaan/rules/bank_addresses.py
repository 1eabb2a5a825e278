"""Addresses of places where banks leave files, as the operator sets them: never with a password in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from voldaan.rules.bank_places import PlaceTrouble
from voldaan.rules.refusals import mark

BAD_ADDRESS = mark("{setting} is no address that can be used. It looks like {example}")
PASSWORD_INSIDE = mark(
    "{setting} has a password in it, where others may see it. Take it out, and give it as {setting}_PASSWORD."
)
WHOSE = mark(
    "{setting} does not say whose files these are. Write {{slug}} in it where the short name of the administration "
    "belongs, or name the one administration in {setting}_FOR."
)


@dataclass(frozen=True, slots=True)
class Address:
    """A folder on a server, and as whom we come there."""

    host: str
    port: int
    user: str
    path: str  # its parts apart by slashes, without one at either end; empty: where one comes in


def is_set(setting: str, slug: str, surroundings: Mapping[str, str]) -> bool:
    """Tell whether the operator set an address for this administration."""
    only = surroundings.get(f"{setting}_FOR", "").strip()
    return bool(surroundings.get(setting, "").strip()) and only in {"", slug}


def address(setting: str, slug: str, surroundings: Mapping[str, str], *, example: str) -> Address:
    """Take the address of an administration apart; `example` shows its scheme and port.

    Raises:
        PlaceTrouble: it cannot be used.
    """
    model, wrong = urlsplit(example), PlaceTrouble(BAD_ADDRESS, setting=setting, example=example)
    said = surroundings[setting].strip()
    try:
        found = urlsplit(said)
        port = found.port or model.port
    except ValueError as error:
        raise wrong from error
    if found.password is not None:
        raise PlaceTrouble(PASSWORD_INSIDE, setting=setting)
    if "{slug}" not in found.path and not surroundings.get(f"{setting}_FOR", "").strip():
        raise PlaceTrouble(WHOSE, setting=setting)
    user, path = unquote(found.username or ""), unquote(found.path).replace("{slug}", slug).strip("/")
    is_plain = f"{said}{user}{path}".isprintable() and not (found.query or found.fragment)
    is_inside = not path or not {"", ".", ".."} & {*path.split("/")}
    if found.scheme != model.scheme or not (found.hostname and user and port and is_plain and is_inside):
        raise wrong
    return Address(found.hostname, port, user, path)
