"""How each bank lays out the CSV of an account: one TOML file per layout; and its ways to write amounts and days."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "bank_layouts"

ROLES = frozenset(
    """
    - account currency booking_date value_date amount sign balance_before balance_after counterparty_iban
    counterparty_name text text_else structured_reference end_to_end_id bank_reference return_reason status
    """.split()  # noqa: SIM905 - reads better than eighteen quoted words
)
SEVERAL = frozenset({"-", "text"})  # roles that more than one column may have
DAYS = {
    "dd-mm-yyyy": r"(?P<d>[0-9]{2})-(?P<m>[0-9]{2})-(?P<y>[0-9]{4})",
    "dd/mm/yyyy": r"(?P<d>[0-9]{2})/(?P<m>[0-9]{2})/(?P<y>[0-9]{4})",
    "yyyy-mm-dd": r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})",
    "yyyymmdd": r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
}
YEARS = range(1950, 2100)
LONGEST = 64  # characters of a cell that can be an amount, an account or a word; no longer one is kept in a cache
DIALECTS = frozenset({"plain", "ing", "abnamro"})

IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
NUMBER = re.compile(r"[A-Z]?[0-9]{5,18}")
CURRENCY = re.compile(r"[A-Z]{3}")
_SPACES = re.compile(r"[\s.-]")


@dataclass(frozen=True, slots=True)
class Layout:
    """One way in which a bank writes the movements of an account. The how-to says what each word means."""

    name: str  # of its file: nl-ing
    bank: str
    days: tuple[str, ...]
    decimal: tuple[str, ...]
    roles: tuple[str, ...]
    headers: tuple[tuple[str, ...], ...]  # the names of each column; empty where the file has no header
    thousands: bool = False
    decimals: str = "always"
    currency: str = ""
    bank_code: str = ""
    dialect: str = "plain"
    quoted_by: str = ""
    reference_in: re.Pattern[str] | None = None
    received: frozenset[str] = frozenset()
    paid: frozenset[str] = frozenset()
    booked: frozenset[str] = frozenset()
    not_booked: frozenset[str] = frozenset()
    account_above: frozenset[str] = frozenset()
    empty: dict[str, re.Pattern[str]] = field(default_factory=dict)
    may_lack: frozenset[str] = frozenset()
    fewest: int = 0
    one_account: bool = False
    only_these: bool = False

    @property
    def has_header(self) -> bool:
        """Tell whether the file names its columns."""
        return bool(self.headers[0])


def plain(name: str) -> str:
    """Give a name without case, accents, spaces and marks; of one that is too long for a name nothing."""
    return _plain(name) if len(name) <= LONGEST else ""


@lru_cache(maxsize=1 << 10)
def _plain(name: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", name).lower() if each.isalnum() and each.isascii())


@cache
def layouts() -> tuple[Layout, ...]:
    """Give every layout in the folder."""
    return tuple(read(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml")))


def read(name: str, text: str) -> Layout:
    """Read one layout.

    Raises:
        ValueError: for a word that is not known, or a layout that could not read a single row.
    """
    said: dict[str, Any] = tomllib.loads(text)
    columns: list[list[str]] = said.pop("columns")
    roles = tuple(column[0] for column in columns)
    for key in ("received", "paid", "booked", "not_booked", "account_above", "may_lack"):
        said[key] = frozenset(map(plain, said.get(key, ())))
    reference_in = said.pop("reference_in", None)
    found = Layout(
        name,
        said.pop("bank"),
        tuple(said.pop("days")),
        tuple(said.pop("decimal")),
        roles,
        tuple(tuple(map(plain, column[1:])) for column in columns),
        reference_in=re.compile(reference_in) if reference_in else None,
        empty={role: re.compile(pattern) for role, pattern in said.pop("empty", {}).items()},
        **said,
    )
    wrong = [
        *(role for role in {*roles, *found.empty} if role not in ROLES),
        *(role for role in set(roles) - SEVERAL if roles.count(role) > 1),
        *(day for day in found.days if day not in DAYS),
        *(mark for mark in found.decimal if mark not in (",", ".")),
        *({found.decimals} - {"always", "when_needed"}),
        *({found.dialect} - DIALECTS),
        *(role for role in ("booking_date", "amount") if role not in roles),
        *(["currency"] if not found.currency and "currency" not in roles else []),
        *(["received and paid"] if ("sign" in roles) != bool(found.received and found.paid) else []),
        *(["booked"] if ("status" in roles) != bool(found.booked) else []),
        *(["headers"] if len({bool(names) for names in found.headers}) > 1 else []),
        *(found.may_lack - {name for names in found.headers for name in names}),
    ]
    if wrong:
        raise ValueError(f"{name}: {', '.join(wrong)}")
    return found


def account(cell: str) -> str:
    """Give an account without spaces and points; empty where it has not the shape of one."""
    return _account(cell) if len(cell) <= LONGEST else ""


@lru_cache(maxsize=1 << 12)
def _account(cell: str) -> str:
    bare = _SPACES.sub("", cell).upper()
    return bare if IBAN.fullmatch(bare) or NUMBER.fullmatch(bare) else ""


@cache
def amounts(decimal: str, decimals: str, *, thousands: bool) -> Callable[[str, int], int | None]:
    """Give the reader of amounts that are written so: minor units, or None for anything else."""
    other = "." if decimal == "," else ","
    whole = rf"[0-9]{{1,15}}|[0-9]{{1,3}}(?:{re.escape(other)}[0-9]{{3}}){{1,4}}" if thousands else "[0-9]{1,15}"
    part = rf"{re.escape(decimal)}(?P<part>[0-9]{{2}})"
    if decimals == "when_needed":
        part = rf"(?:{re.escape(decimal)}(?P<part>[0-9]{{1,2}}))?"
    pattern = re.compile(rf"(?P<sign>[+-]?)(?:(?P<whole>{whole}){part}|{re.escape(decimal)}(?P<only>[0-9]{{2}}))")

    @lru_cache(maxsize=1 << 13)
    def exact(cell: str, digits: int) -> int | None:
        match = pattern.fullmatch(cell)
        if match is None:
            return None
        fraction = match["part"] or match["only"] or ""
        if fraction[digits:].strip("0"):
            return None
        amount = int((match["whole"] or "0").replace(other, "") + fraction[:digits].ljust(digits, "0"))
        return -amount if match["sign"] == "-" else amount

    def cents(cell: str, digits: int) -> int | None:
        return exact(cell, digits) if len(cell) <= LONGEST else None

    return cents


@cache
def days(written: str) -> Callable[[str], date | None]:
    """Give the reader of days that are written so; None for anything else, and for a day of no calendar."""
    pattern = re.compile(DAYS[written])

    @lru_cache(maxsize=1 << 12)
    def known(cell: str) -> date | None:
        match = pattern.fullmatch(cell)
        try:
            found = date(int(match["y"]), int(match["m"]), int(match["d"])) if match else None
        except ValueError:
            return None
        return found if found and found.year in YEARS else None

    def day(cell: str) -> date | None:
        return known(cell) if len(cell) <= LONGEST else None

    return day
