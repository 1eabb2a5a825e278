"""The command that gives up an invoice: write-off."""

from __future__ import annotations

import click

from voldaan.cli.shell import Shell, Verb, in_words, pass_shell
from voldaan.rules import money
from voldaan.rules.refusals import mark
from voldaan.usecases import write_offs


@click.command(cls=Verb, help=mark("Write off INVOICE, wholly or in part."))
@click.argument("invoice")
@click.option("--reason", required=True, help=mark("Why."))
@click.option("--amount", help=mark("Amount, like 1250.00; else all that is open."))
@click.option("--currency", default="EUR", help=mark("Currency, three letters."))
@pass_shell
def write_off(shell: Shell, invoice: str, reason: str, amount: str | None, currency: str) -> None:
    """Write off."""
    actor, today = shell.enter()
    part = money.typed(amount, currency) if amount else None
    write_offs.write_off(invoice=invoice, reason=reason, amount=part, actor=actor, today=today)
    click.echo(in_words(mark("Written off.")))
