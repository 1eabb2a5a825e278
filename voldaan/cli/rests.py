"""The command on small rests: rests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import click

from voldaan.cli.output import Listing
from voldaan.cli.shell import DAY, Shell, Verb, answers, in_words, pass_shell
from voldaan.queries import rests as questions
from voldaan.queries.rests import Rest
from voldaan.rules import money
from voldaan.rules.refusals import mark
from voldaan.usecases import rests as verbs


@dataclass(frozen=True, slots=True)
class GivenUp:
    """What was given up, in one currency."""

    currency: str
    total_cents: int


@click.command(cls=Verb, help=mark("List what is left of invoices after their payment, or give it up."))
@click.option("--up-to", help=mark("Amount, like 0.50; else the limit of the administration: rest_limit."))
@click.option("--since", type=DAY, help=mark("Of invoices on which money came in since this day; else the last month."))
@click.option("--give-up", type=click.IntRange(min=1), metavar="N", help=mark("Give them up: all N that were listed."))
@answers
@pass_shell
def rests(shell: Shell, up_to: str | None, since: date | None, give_up: int | None) -> object:
    """List small rests, or give them up."""
    actor, today = shell.enter()
    most = money.typed(up_to).cents if up_to else None
    found = questions.rests(most_cents=most, paid_since=since, actor=actor, today=today)
    if give_up is None:
        return Listing(found.rows, Rest)
    sums = verbs.give_up_all(
        most_cents=found.most_cents if most is None else most, paid_since=found.paid_since, count=give_up, actor=actor,
        today=today,
    )  # fmt: skip
    click.echo(in_words(mark("Given up.")), err=True)
    return Listing([GivenUp(one.currency, one.cents) for one in sums], GivenUp)
