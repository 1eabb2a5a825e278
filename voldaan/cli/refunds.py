"""The command that says that credit was paid back: pay-back."""

from __future__ import annotations

from datetime import date

import click

from voldaan.cli.shell import DAY, Shell, Verb, in_words, pass_shell
from voldaan.rules.refusals import mark
from voldaan.usecases import refunds


@click.command(cls=Verb, help=mark("Say that the credit of BOOKING was paid back to the customer."))
@click.argument("booking", type=int)
@click.option("--transaction", default="", help=mark("Id of the bank transaction by which it left."))
@click.option("--date", "paid_on", type=DAY, help=mark("Day it left, where no bank transaction says so; else today."))
@pass_shell
def pay_back(shell: Shell, booking: int, transaction: str, paid_on: date | None) -> None:
    """Pay back."""
    actor, today = shell.enter()
    refunds.pay_back(credit_number=booking, bank_line=transaction, paid_on=paid_on, actor=actor, today=today)
    click.echo(in_words(mark("Paid back.")))
