"""Commands on the follow-up: why, pause, resume."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from voldaan.cli.shell import DAY, Shell, Verb, answers, in_words, pass_shell
from voldaan.queries import follow_up as questions
from voldaan.rules.refusals import mark
from voldaan.rules.strategy import IN_WORDS
from voldaan.usecases import follow_up


@click.command(cls=Verb, help=mark("Explain the next step for INVOICE (number or id), or why it waits."))
@click.argument("invoice")
@answers
@pass_shell
def why(shell: Shell, invoice: str) -> object:
    """Explain."""
    actor, today = shell.enter()
    said = [_explained(one) for one in questions.why(invoice, actor=actor, today=today)]
    return said[0] if len(said) == 1 else said


def _explained(one: questions.Why) -> dict[str, Any]:
    decision = one.decision
    held = in_words(decision.hold.why, **dict(decision.hold.facts)) if decision.hold else ""
    on = decision.leaves_on or decision.on
    return {
        "invoice": one.invoice,
        "state": one.state,
        "step": decision.step.code if decision.step else None,
        "on": on,
        "because": decision.because.value,
        "in_words": in_words(IN_WORDS[decision.because], on=on, why=held),
        "taken": [],
    }


@click.command(cls=Verb, help=mark("Let INVOICE rest for a while."))
@click.argument("invoice")
@click.option("--until", type=DAY, required=True, help=mark("The last day of the pause."))
@click.option("--reason", required=True, help=mark("Why."))
@pass_shell
def pause(shell: Shell, invoice: str, until: date, reason: str) -> None:
    """Pause."""
    actor, today = shell.enter()
    follow_up.pause(invoice=invoice, until=until, reason=reason, actor=actor, today=today)
    click.echo(in_words(mark("Invoice {invoice} rests up to and including {until}."), invoice=invoice, until=until))


@click.command(cls=Verb, help=mark("End the pause of INVOICE, or the question of the import about it."))
@click.argument("invoice")
@pass_shell
def resume(shell: Shell, invoice: str) -> None:
    """Resume."""
    actor, today = shell.enter()
    follow_up.resume(invoice=invoice, actor=actor, today=today)
    click.echo(in_words(mark("Invoice {invoice} is followed up again."), invoice=invoice))
