"""The command that says that credit was paid back: pay-back."""

from __future__ import annotations

import click

from voldaan.cli.shell import Shell, Verb, in_words, pass_shell
from voldaan.rules.refusals import mark
from voldaan.usecases import refunds


@click.command(cls=Verb, help=mark("Say that the credit of BOOKING was paid back to the customer."))
@click.argument("booking", type=int)
@click.option("--transaction", default="", help=mark("Id of the bank transaction by which it left."))
@pass_shell
def pay_back(shell: Shell, booking: int, transaction: str) -> None:
    """Pay back."""
    actor, today = shell.enter()
    refunds.pay_back(credit_number=booking, bank_line=transaction, actor=actor, today=today)
    click.echo(in_words(mark("Paid back.")))
