"""The command that lists: report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from voldaan.cli.shell import DAY, Shell, Verb, answers, as_asked, excel, in_words, pass_shell
from voldaan.queries import aging, bad_debt_vat, bank_inbox, bookings, first_look, limitation, messages, open_items
from voldaan.queries.moments import Moment
from voldaan.rules.refusals import mark

REPORTS = (
    "aging",
    "allocations",
    "bad-debt-vat",
    "entries",
    "likely-doubles",
    "limitation",
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
        "Print a report: aging, allocations, bad-debt-vat, entries, likely-doubles, limitation, messages, "
        "missing-addresses, old-debts, open-items, proposals, statement or transactions."
    ),
)
@click.argument("name", type=click.Choice(REPORTS), metavar="NAME")
@click.option("--as-of", type=DAY, help=mark("What counted on or before this day; else everything booked."))
@click.option("--known-at", type=KnownAt(), default={}, help=mark("What was booked up to this day, or booking #N."))
@click.option("--period", help=mark("Return of a bad-debt-vat: 2026-03, 2026-Q1 or 2026; else the last one."))
@click.option("--debtor", help=mark("Customer (id or number) of a statement."))
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
) -> object:
    """Print a report."""
    actor, today = shell.enter()
    moment = Moment(as_of=as_of, **known_at)
    if name == "statement" and debtor is None:
        raise click.UsageError(in_words(mark("A statement is of one customer: add --debtor.")))
    asked: dict[str, Callable[[], list[Any]]] = {
        "aging": lambda: aging.aging(moment=moment, actor=actor, today=today),
        "allocations": lambda: bookings.allocations(moment=moment, actor=actor),
        "bad-debt-vat": lambda: bad_debt_vat.lines(period=period or "", actor=actor, today=today),
        "entries": lambda: bookings.entries(moment=moment, actor=actor),
        "messages": lambda: messages.messages(actor=actor, today=today),
        "likely-doubles": lambda: first_look.likely_doubles(actor=actor),
        "limitation": lambda: limitation.watched(actor=actor, today=today),
        "missing-addresses": lambda: first_look.missing_addresses(actor=actor),
        "old-debts": lambda: first_look.old_debts(actor=actor, today=today),
        "open-items": lambda: open_items.open_items(moment=moment, actor=actor, today=today),
        "proposals": lambda: bank_inbox.proposals(actor=actor),
        "statement": lambda: bookings.statement(debtor=debtor or "", moment=moment, actor=actor),
        "transactions": lambda: bank_inbox.transactions(as_of=as_of, actor=actor),
    }
    return as_asked(name, asked[name](), output)
