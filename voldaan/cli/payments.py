"""The command for a payment that a person saw come in: pay."""

from __future__ import annotations

from datetime import date

import click

from voldaan.cli.shell import DAY, Shell, Verb, answers, pass_shell
from voldaan.rules import money
from voldaan.rules.refusals import mark
from voldaan.usecases import payments


@click.command(cls=Verb, help=mark("Record a payment on INVOICE (number or id)."))
@click.argument("invoice")
@click.option("--amount", required=True, help=mark("Amount, like 1250.00."))
@click.option("--currency", default="EUR", help=mark("Currency, three letters."))
@click.option("--date", "paid_on", type=DAY, required=True, help=mark("Day the money came in."))
@click.option("--key", default="", help=mark("With the same key the same payment is booked once."))
@click.option("--again", is_flag=True, help=mark("There really was a second, identical payment."))
@answers
@pass_shell
def pay(shell: Shell, invoice: str, amount: str, currency: str, paid_on: date, key: str, again: bool) -> object:
    """Record a payment."""
    actor, today = shell.enter()
    return payments.record(
        invoice=invoice, amount=money.typed(amount, currency), paid_on=paid_on, key=key, again=again, actor=actor,
        today=today,
    )  # fmt: skip
