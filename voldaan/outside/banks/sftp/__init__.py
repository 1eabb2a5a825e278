"""A folder on an SFTP server, as the operator sets it up in the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from voldaan.rules.bank_addresses import Address, address, is_set
from voldaan.rules.bank_places import BankPlace, PlaceTrouble
from voldaan.rules.refusals import mark

SETTING = "VOLDAAN_SFTP"
EXAMPLE = "sftp://voldaan@sftp.example.nl:22/bank/{slug}"
FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")

NO_SECRET = mark("Say how to sign in: VOLDAAN_SFTP_KEY names the file with the key, or VOLDAAN_SFTP_PASSWORD is given.")
BAD_FINGERPRINT = mark(
    "VOLDAAN_SFTP_HOST_KEY holds no fingerprint. One looks like SHA256: with 43 characters after it."
)


@dataclass(frozen=True, slots=True)
class Account:
    """Where to go, by which key the server is known, and how to sign in there."""

    address: Address
    host_keys: frozenset[str]  # fingerprints; none: nobody vouched for one yet
    key_file: str
    password: str = field(repr=False)


def of(slug: str, surroundings: Mapping[str, str]) -> BankPlace | None:
    """Give the folder of an administration on a server, where the operator set one up."""
    if not is_set(SETTING, slug, surroundings):
        return None
    from voldaan.outside.banks.sftp.place import Sftp  # noqa: PLC0415 - its library is slow to load

    return Sftp(slug, surroundings)


def account(slug: str, surroundings: Mapping[str, str]) -> Account:
    """Read the settings.

    Raises:
        PlaceTrouble: they cannot be used.
    """
    where = address(SETTING, slug, surroundings, example=EXAMPLE)
    said, key_file, password = (surroundings.get(f"{SETTING}_{name}", "") for name in ("HOST_KEY", "KEY", "PASSWORD"))
    host_keys = frozenset(FINGERPRINT.findall(said))
    if said.strip() and not host_keys:
        raise PlaceTrouble(BAD_FINGERPRINT)
    if not (key_file or password):
        raise PlaceTrouble(NO_SECRET)
    return Account(where, host_keys, key_file, password)
