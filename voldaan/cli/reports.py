"""The command that lists: report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from voldaan.cli.output import Listing
from voldaan.cli.shell import DAY, Shell, Verb, answers, as_asked, excel, in_words, pass_shell
from voldaan.queries import (
    aging,
    bad_debt_vat,
    bank_inbox,
    bookings,
    credits_to_pay_back,
    first_look,
    limitation,
    matching_classes,
    messages,
    open_items,
)
from voldaan.queries.moments import Moment
from voldaan.rules.bad_debt_vat import VatLine
from voldaan.rules.refusals import mark

# What a table shows of a report that is wider than a screen; JSON, CSV and Excel hold all of it.
NARROW = {
    "bad-debt-vat": ("invoice", "debtor", "moment", "why", "period", "unpaid_cents", "vat_cents", "is_recorded"),
    "limitation": ("invoice", "debtor", "due_date", "last_day", "articles", "open_cents"),
}
REPORTS = (
    "aging",
    "allocations",
    "bad-debt-vat",
    "credits",
    "entries",
    "likely-doubles",
    "limitation",
    "matching-classes",
    "messages",
    "missing-addresses",
    "old-debts",
    "open-items",
    "proposals",
    "statement",
    "transactions",
)


class KnownAt(click.ParamType[Any]):
    """A day, or `#N` for a booking number."""

    name = "date|#N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """Read `2027-03-01` or `#120`."""
        if isinstance(value, dict):
            return value
        if value.startswith("#") and value[1:].isascii() and value[1:].isdigit():
            return {"known_number": int(value[1:])}
        return {"known_on": DAY.convert(value, param, ctx)}


@click.command(
    cls=Verb,
    help=mark(
        "Print a report: aging, allocations, bad-debt-vat, credits, entries, likely-doubles, limitation, "
        "matching-classes, messages, missing-addresses, old-debts, open-items, proposals, statement or transactions."
    ),
)
@click.argument("name", type=click.Choice(REPORTS), metavar="NAME")
@click.option("--as-of", type=DAY, help=mark("What counted on or before this day; else everything booked."))
@click.option("--known-at", type=KnownAt(), default={}, help=mark("What was booked up to this day, or booking #N."))
@click.option("--period", help=mark("Return of a bad-debt-vat: 2026-03, 2026-Q1 or 2026; else the last one."))
@click.option("--debtor", help=mark("Customer (id or number) of a statement."))
@click.option("--wide", is_flag=True, help=mark("Every column in the table, also where it is wider than a screen."))
@excel
@answers
@pass_shell
def report(
    shell: Shell,
    name: str,
    as_of: date | None,
    known_at: dict[str, Any],
    period: str | None,
    debtor: str | None,
    output: Path | None,
    *,
    wide: bool,
) -> object:
    """Print a report."""
    actor, today = shell.enter()
    moment = Moment(as_of=as_of, **known_at)
    if name == "statement" and debtor is None:
        raise click.UsageError(in_words(mark("A statement is of one customer: add --debtor.")))
    asked: dict[str, tuple[type, Callable[[], list[Any]]]] = {
        "aging": (aging.AgingRow, lambda: aging.aging(moment=moment, actor=actor, today=today)),
        "allocations": (bookings.AllocationRow, lambda: bookings.allocations(moment=moment, actor=actor)),
        "bad-debt-vat": (
            VatLine,
            lambda: bad_debt_vat.lines(period=period or "", actor=actor, today=today),
        ),
        "credits": (
            credits_to_pay_back.CreditToPayBack,
            lambda: credits_to_pay_back.credits_to_pay_back(actor=actor, today=today),
        ),
        "entries": (bookings.EntryRow, lambda: bookings.entries(moment=moment, actor=actor)),
        "matching-classes": (
            matching_classes.ClassRow,
            lambda: matching_classes.matching_classes(actor=actor),
        ),
        "messages": (messages.MessageRow, lambda: messages.messages(actor=actor, today=today)),
        "likely-doubles": (first_look.LikelyDouble, lambda: first_look.likely_doubles(actor=actor)),
        "limitation": (limitation.WatchedClaim, lambda: limitation.watched(actor=actor, today=today)),
        "missing-addresses": (first_look.Unreached, lambda: first_look.missing_addresses(actor=actor)),
        "old-debts": (first_look.OldDebt, lambda: first_look.old_debts(actor=actor, today=today)),
        "open-items": (open_items.OpenItem, lambda: open_items.open_items(moment=moment, actor=actor, today=today)),
        "proposals": (bank_inbox.ProposalRow, lambda: bank_inbox.proposals(actor=actor)),
        "statement": (
            bookings.StatementLine,
            lambda: bookings.statement(debtor=debtor or "", moment=moment, actor=actor),
        ),
        "transactions": (bank_inbox.TransactionRow, lambda: bank_inbox.transactions(as_of=as_of, actor=actor)),
    }
    kind, rows = asked[name]
    return as_asked(name, Listing(rows(), kind, () if wide else NARROW.get(name, ())), output)
