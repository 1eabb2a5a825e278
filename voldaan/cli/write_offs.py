"""Commands that give up an invoice: write-off; write-offs list, approve, decline, withdraw what is above a limit."""

from __future__ import annotations

import click

from voldaan.cli.output import Listing
from voldaan.cli.rates import Lists
from voldaan.cli.shell import REFUSED, Shell, Verb, answers, in_words, pass_shell
from voldaan.queries import write_off_requests as questions
from voldaan.queries.write_off_requests import WriteOffAsked
from voldaan.rules import money
from voldaan.rules.refusals import mark
from voldaan.usecases import write_off_requests as verbs
from voldaan.usecases import write_offs

NARROW = ("id", "debtor", "invoice", "amount_cents", "was_open_cents", "open_cents", "reason", "asked_by", "asked_on")
WITH_ASK = mark("Add --ask to do that.")


@click.command(cls=Verb, help=mark("Write off INVOICE, wholly or in part."))
@click.argument("invoice")
@click.option("--reason", required=True, help=mark("Why."))
@click.option("--amount", help=mark("Amount, like 1250.00; else all that is open."))
@click.option("--currency", default="EUR", help=mark("Currency, three letters."))
@click.option("--ask", is_flag=True, help=mark("It is above your limit: ask an owner. Prints the id of the request."))
@pass_shell
def write_off(shell: Shell, invoice: str, reason: str, amount: str | None, currency: str, *, ask: bool) -> None:
    """Write off, or ask for it."""
    actor, today = shell.enter()
    part = money.typed(amount, currency) if amount else None
    if ask:
        click.echo(verbs.ask(invoice=invoice, reason=reason, amount=part, actor=actor, today=today))
        click.echo(in_words(mark("An owner was asked. Until then the follow-up of this invoice is held.")), err=True)
        return
    try:
        write_offs.write_off(invoice=invoice, reason=reason, amount=part, actor=actor, today=today)
    except write_offs.AboveLimit as above:
        click.echo(f"{in_words(above.says, **above.facts)} {in_words(WITH_ASK)}", err=True)
        raise click.exceptions.Exit(REFUSED) from above
    click.echo(in_words(mark("Written off.")))


@click.group("write-offs", cls=Lists, help=mark("The write-offs that an owner was asked for."))
def write_offs_() -> None:
    """Group the commands on what was asked."""


@write_offs_.command(name="list", cls=Verb, help=mark("List what waits for an owner, what waits longest first."))
@answers
@pass_shell
def list_(shell: Shell) -> object:
    """List requests."""
    actor, _ = shell.enter()
    return Listing(questions.waiting(actor=actor), WriteOffAsked, NARROW)


@write_offs_.command(cls=Verb, help=mark("Agree to request ID, and write it off."))
@click.argument("id")
@pass_shell
def approve(shell: Shell, id: str) -> None:  # noqa: A002 - the word that is typed
    """Approve a request."""
    actor, today = shell.enter()
    verbs.approve(request=id, actor=actor, today=today)
    click.echo(in_words(mark("Written off.")))


@write_offs_.command(cls=Verb, help=mark("Say no to request ID."))
@click.argument("id")
@click.option("--reason", required=True, help=mark("Why."))
@pass_shell
def decline(shell: Shell, id: str, reason: str) -> None:  # noqa: A002
    """Decline a request."""
    actor, today = shell.enter()
    verbs.decline(request=id, reason=reason, actor=actor, today=today)
    click.echo(in_words(mark("Declined. The follow-up of the invoice goes on.")))


@write_offs_.command(cls=Verb, help=mark("Withdraw request ID: by who asked, or by an owner."))
@click.argument("id")
@pass_shell
def withdraw(shell: Shell, id: str) -> None:  # noqa: A002
    """Withdraw a request."""
    actor, today = shell.enter()
    verbs.withdraw(request=id, actor=actor, today=today)
    click.echo(in_words(mark("Withdrawn. The follow-up of the invoice goes on.")))
