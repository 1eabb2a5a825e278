"""Commands on what began a term of limitation anew: interruption record, interruption take-back."""

from __future__ import annotations

from datetime import date

import click

from voldaan.cli.shell import DAY, Shell, Verb, in_words, pass_shell
from voldaan.rules.limitation import Interruption
from voldaan.rules.refusals import mark
from voldaan.usecases import interruptions


@click.group(help=mark("What began the term of limitation of an invoice anew."))
def interruption() -> None:
    """Group the commands on interruptions."""


@interruption.command(
    cls=Verb, help=mark("Write down what began the term of INVOICE (id or number) anew; prints the id.")
)
@click.argument("invoice")
@click.option("--what", type=click.Choice([one.value for one in Interruption]), required=True,
              help=mark("What happened."))  # fmt: skip
@click.option("--on", type=DAY, required=True, help=mark("The day of the letter, the words or the writ."))
@click.option("--proof", required=True,
              help=mark("Where the proof is, for instance the number of a registered letter."))  # fmt: skip
@pass_shell
def record(shell: Shell, invoice: str, what: str, on: date, proof: str) -> None:
    """Write an interruption down."""
    actor, today = shell.enter()
    kind = Interruption(what)
    click.echo(interruptions.record(invoice=invoice, kind=kind, day=on, proof=proof, actor=actor, today=today))
    click.echo(in_words(mark("Written down. Keep the proof.")), err=True)


@interruption.command(
    name="take-back", cls=Verb, help=mark("Take back an interruption (its ID is in report limitation --json).")
)
@click.argument("id")
@click.option("--reason", required=True, help=mark("Why."))
@pass_shell
def take_back(shell: Shell, id: str, reason: str) -> None:  # noqa: A002 - the word that is typed
    """Take an interruption back."""
    actor, today = shell.enter()
    interruptions.take_back(interruption=id, reason=reason, actor=actor, today=today)
    click.echo(in_words(mark("Taken back: the term runs as if it had never been.")))
