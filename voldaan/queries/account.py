"""The account of one customer, to read: as it is stated to that customer."""

from __future__ import annotations

from datetime import date

from voldaan.queries.moments import at_one_moment
from voldaan.records import accounts
from voldaan.records.debtors import Debtor
from voldaan.rules.accounts import Account
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.unknown import NoSuchDebtor


def account(debtor: str, *, since: date, actor: Actor, today: date) -> list[Account]:
    """State the account of a customer (public id), one for each currency in which there is anything.

    Raises:
        NoSuchDebtor, TooLongAStatement: there is no such customer here, or too much to tell.
    """
    actor.must(Deed.READ_BOOKS)
    with at_one_moment():
        row = Debtor.objects.of(actor.administration_id).filter(public_id=debtor).select_related("merged_into").first()
        if row is None:
            raise NoSuchDebtor(debtor=debtor)
        return accounts.stated(row.merged_into or row, since=since, today=today)
