"""Commands on what became of a message after it left: received, returned, withdraw."""

from __future__ import annotations

from datetime import date

import click

from voldaan.cli.shell import DAY, Shell, Verb, in_words, pass_shell
from voldaan.rules.money import Money
from voldaan.rules.refusals import mark
from voldaan.usecases import deliveries


@click.command(cls=Verb, help=mark("Write down that MESSAGE was received, and what proves it."))
@click.argument("message")
@click.option("--on", type=DAY, required=True, help=mark("The day it was received."))
@click.option("--proof", required=True, help=mark("What proves it, for instance the number of a registered letter."))
@pass_shell
def received(shell: Shell, message: str, on: date, proof: str) -> None:
    """Write down a receipt."""
    actor, today = shell.enter()
    since = deliveries.received(message=message, on=on, proof=proof, actor=actor, today=today)
    click.echo(in_words(mark("Written down.")))
    if since:
        click.echo(in_words(mark("What it announced may be asked from {day} on."), day=since))


@click.command(cls=Verb, help=mark("Write down that MESSAGE came back: it was never received."))
@click.argument("message")
@click.option("--on", type=DAY, required=True, help=mark("The day it came back."))
@click.option("--words", required=True, help=mark("What stands on it, for instance: moved."))
@pass_shell
def returned(shell: Shell, message: str, on: date, words: str) -> None:
    """Write down a return."""
    actor, today = shell.enter()
    _told(deliveries.returned(message=message, on=on, words=words, actor=actor, today=today))
    click.echo(in_words(mark("Correct the address of the customer: the next run writes again.")))


@click.command(cls=Verb, help=mark("Withdraw MESSAGE, which was sent or lies printed: as if it never was."))
@click.argument("message")
@click.option("--reason", required=True, help=mark("Why."))
@pass_shell
def withdraw(shell: Shell, message: str, reason: str) -> None:
    """Withdraw a message."""
    actor, today = shell.enter()
    back = deliveries.withdrawn(message=message, reason=reason, actor=actor, today=today)
    if back is None:
        click.echo(
            in_words(mark("Withdrawn. Do not post it: throw the letter away. The customer knows nothing of it."))
        )
        return
    _told(back)
    click.echo(in_words(mark("Tell the customer too: nothing is sent by this.")))


def _told(back: Money) -> None:
    click.echo(in_words(mark("Written down.")))
    if back.cents:
        click.echo(in_words(mark("Taken back of interest and costs: {amount}"), amount=back))
