"""The command that takes a booking back: take-back."""

from __future__ import annotations

import click

from voldaan.cli.shell import Shell, Verb, in_words, pass_shell
from voldaan.rules.refusals import mark
from voldaan.usecases import entries


@click.command("take-back", cls=Verb, help=mark("Take back entry NUMBER, such as a write-off or a wrong payment."))
@click.argument("number", type=int)
@click.option("--reason", required=True, help=mark("Why."))
@pass_shell
def take_back(shell: Shell, number: int, reason: str) -> None:
    """Take back an entry."""
    actor, today = shell.enter()
    back = entries.reverse(number=number, reason=reason, actor=actor, today=today)
    click.echo(in_words(mark("Taken back by booking {number}."), number=back))
