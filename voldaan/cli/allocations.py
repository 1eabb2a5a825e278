"""Commands on allocations: allocate, undo."""

from __future__ import annotations

import click

from voldaan.cli.shell import Shell, Verb, in_words, pass_shell
from voldaan.rules import money
from voldaan.rules.refusals import mark
from voldaan.usecases import allocations


@click.command(cls=Verb, help=mark("Let receipt or credit note BOOKING (its number) pay INVOICE."))
@click.argument("booking", type=int)
@click.argument("invoice")
@click.option("--amount", help=mark("Amount, like 1250.00; else as much as is open on both."))
@click.option("--currency", default="EUR", help=mark("Currency, three letters."))
@pass_shell
def allocate(shell: Shell, booking: int, invoice: str, amount: str | None, currency: str) -> None:
    """Allocate."""
    actor, today = shell.enter()
    purse = money.typed(amount, currency) if amount else None
    allocations.allocate(credit_number=booking, invoice=invoice, amount=purse, actor=actor, today=today)
    click.echo(in_words(mark("Allocated.")))


@click.command(cls=Verb, help=mark("Undo ALLOCATION (its number): the money is open again on both sides."))
@click.argument("allocation", type=int)
@pass_shell
def undo(shell: Shell, allocation: int) -> None:
    """Undo an allocation."""
    actor, today = shell.enter()
    allocations.reverse(number=allocation, actor=actor, today=today)
    click.echo(in_words(mark("Undone.")))
