"""Commands on allocations: allocate, undo."""

from __future__ import annotations

import click

from voldaan.cli.shell import Shell, Verb, in_words, pass_shell
from voldaan.rules import money
from voldaan.rules.refusals import mark
from voldaan.usecases import allocations, receipts_by_hand

PUBLIC_ID = 12  # characters: a booking number is shorter


@click.command(
    cls=Verb,
    help=mark(
        "Let bank TRANSACTION, or the receipt or credit note with booking number #N, pay INVOICE; or leave what is "
        "left of the transaction as credit of a customer."
    ),
)
@click.argument("transaction")
@click.argument("invoice", required=False)
@click.option("--credit", metavar="DEBTOR", help=mark("Customer (id or number) to leave it with as credit."))
@click.option("--amount", help=mark("Amount, like 1250.00; else as much as is open on both."))
@click.option("--currency", default="EUR", help=mark("Currency, three letters."))
@pass_shell
def allocate(
    shell: Shell, transaction: str, invoice: str | None, credit: str | None, amount: str | None, currency: str
) -> None:
    """Allocate."""
    if (invoice is None) == (credit is None):
        raise click.UsageError(in_words(mark("Say which invoice it pays, or with --credit whose credit it is.")))
    actor, today = shell.enter()
    purse = money.typed(amount, currency) if amount else None
    number = transaction.removeprefix("#")
    if credit is not None:
        receipts_by_hand.leave_as_credit(receipt=transaction, debtor=credit, amount=purse, actor=actor, today=today)
    elif invoice is not None and number.isascii() and number.isdigit() and len(number) < PUBLIC_ID:
        allocations.allocate(credit_number=int(number), invoice=invoice, amount=purse, actor=actor, today=today)
    elif invoice is not None:
        receipts_by_hand.allocate(receipt=transaction, invoice=invoice, amount=purse, actor=actor, today=today)
    click.echo(in_words(mark("Allocated.")))


@click.command(
    cls=Verb,
    help=mark("Undo WHAT: an allocation (its number), or all that became of a bank transaction (its id)."),
)
@click.argument("what")
@pass_shell
def undo(shell: Shell, what: str) -> None:
    """Undo an allocation, or all that became of a receipt."""
    actor, today = shell.enter()
    if what.isascii() and what.isdigit() and len(what) < PUBLIC_ID:
        allocations.reverse(number=int(what), actor=actor, today=today)
    else:
        receipts_by_hand.take_back(receipt=what, actor=actor, today=today)
    click.echo(in_words(mark("Undone.")))
