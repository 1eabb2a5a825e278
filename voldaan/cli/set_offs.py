"""The command that sets an invoice off against what the customer has of us: set-off."""

from __future__ import annotations

import click

from voldaan.cli.shell import Shell, Verb, in_words, pass_shell
from voldaan.rules import money
from voldaan.rules.refusals import mark
from voldaan.usecases import set_offs


@click.command(cls=Verb, help=mark("Set off INVOICE, wholly or in part, against what you owe."))
@click.argument("invoice")
@click.option("--reference", required=True, help=mark("Number of his invoice, or of his payment to the office."))
@click.option("--reason", required=True, help=mark("Why."))
@click.option("--amount", help=mark("Amount, like 1250.00; else all that is open."))
@click.option("--currency", default="EUR", help=mark("Currency, three letters."))
@pass_shell
def set_off(shell: Shell, invoice: str, reference: str, reason: str, amount: str | None, currency: str) -> None:
    """Set off."""
    actor, today = shell.enter()
    part = money.typed(amount, currency) if amount else None
    set_offs.set_off(invoice=invoice, reference=reference, reason=reason, amount=part, actor=actor, today=today)
    click.echo(in_words(mark("Set off.")))
