"""A mailbox to which banks, or people, mail bank files; as the operator sets it up in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voldaan.rules.bank_addresses import BAD_ADDRESS, Address, address, is_set
from voldaan.rules.bank_places import BankPlace, PlaceTrouble
from voldaan.rules.refusals import mark

SETTING = "VOLDAAN_BANK_MAIL"
EXAMPLE = "imaps://bank%40example.nl@imap.example.nl:993/Bank/{slug}"

NO_SECRET = mark("VOLDAAN_BANK_MAIL_PASSWORD is not set: without it, nobody signs in to the mailbox.")
OPEN_TO_ALL = mark(
    "Anybody may mail to a mailbox, and a bank statement settles invoices. Set VOLDAAN_BANK_MAIL_FROM to who may send, "
    "and VOLDAAN_BANK_MAIL_VOUCHED_BY to the mail server that checks the sender; or VOLDAAN_BANK_MAIL_PRIVATE to 1 "
    "where no stranger can mail to it."
)


@dataclass(frozen=True, slots=True)
class Account:
    """Where to go, how to sign in, and whose mails are taken in."""

    address: Address
    password: str = field(repr=False)
    senders: frozenset[str]  # addresses, or whole domains with an at-sign before them; none: all
    vouched_by: str  # the server whose word on the sender counts; empty: the mailbox is private

    def lets_in(self, sender: str) -> bool:
        """Tell whether this sender may bring files."""
        return not self.senders or sender in self.senders or f"@{sender.rpartition('@')[2]}" in self.senders


def of(slug: str, surroundings: Mapping[str, str]) -> BankPlace | None:
    """Give the mail folder of an administration, where the operator set one up."""
    if not is_set(SETTING, slug, surroundings):
        return None
    from voldaan.outside.banks.mailbox.place import Mailbox  # noqa: PLC0415 - loaded where there is one

    return Mailbox(slug, surroundings)


def account(slug: str, surroundings: Mapping[str, str]) -> Account:
    """Read the settings.

    Raises:
        PlaceTrouble: they cannot be used.
    """
    where = address(SETTING, slug, surroundings, example=EXAMPLE)
    password, said, vouched_by, private = (
        surroundings.get(f"{SETTING}_{name}", "").strip() for name in ("PASSWORD", "FROM", "VOUCHED_BY", "PRIVATE")
    )
    if not where.path.isascii() or "*" in where.path or "%" in where.path:
        raise PlaceTrouble(BAD_ADDRESS, setting=SETTING, example=EXAMPLE)
    if not password:
        raise PlaceTrouble(NO_SECRET)
    senders = frozenset(said.lower().replace(",", " ").split())
    if private != "1" and not (senders and vouched_by):
        raise PlaceTrouble(OPEN_TO_ALL)
    return Account(where, password, senders, "" if private == "1" else vouched_by)
