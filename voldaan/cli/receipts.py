"""Commands on what the matcher proposes: proposals, accept, reject, set-aside."""

from __future__ import annotations

import click

from voldaan.cli.shell import Shell, Verb, answers, in_words, pass_shell
from voldaan.queries import bank_inbox
from voldaan.rules.refusals import mark
from voldaan.usecases import receipts_by_hand


@click.command(cls=Verb, help=mark("List what is proposed and waits for you."))
@answers
@pass_shell
def proposals(shell: Shell) -> object:
    """List proposals."""
    actor, _ = shell.enter()
    return bank_inbox.proposals(actor=actor)


@click.command(cls=Verb, help=mark("Book proposal ID as it stands."))
@click.argument("id")
@pass_shell
def accept(shell: Shell, id: str) -> None:  # noqa: A002 - the word of the contract
    """Accept a proposal."""
    actor, today = shell.enter()
    receipts_by_hand.accept(proposal=id, actor=actor, today=today)
    click.echo(in_words(mark("Booked.")))


@click.command(cls=Verb, help=mark("Refuse proposal ID; it is not made again."))
@click.argument("id")
@pass_shell
def reject(shell: Shell, id: str) -> None:  # noqa: A002 - the word of the contract
    """Reject a proposal."""
    actor, today = shell.enter()
    receipts_by_hand.reject(proposal=id, actor=actor, today=today)
    click.echo(in_words(mark("Refused.")))


@click.command(cls=Verb, help=mark("Say that bank TRANSACTION is not from a customer."))
@click.argument("transaction")
@pass_shell
def set_aside(shell: Shell, transaction: str) -> None:
    """Set a transaction aside."""
    actor, today = shell.enter()
    receipts_by_hand.set_aside(receipt=transaction, actor=actor, today=today)
    click.echo(in_words(mark("Set aside.")))
