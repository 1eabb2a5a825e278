"""Commands on the books themselves: init, migrate, settings, close."""

from __future__ import annotations

import sys
from datetime import date

import click

from voldaan.cli.people import LINK
from voldaan.cli.shell import DAY, Shell, Verb, answers, in_words, pass_shell
from voldaan.countries import COUNTRIES
from voldaan.queries import settings as shown
from voldaan.queries import strategies
from voldaan.rules.refusals import mark
from voldaan.usecases import administrations, people


@click.command(cls=Verb, help=mark("Open the books of a company and make its owner."))
@click.option("--name", required=True, help=mark("Name of the company."))
@click.option("--country", required=True, type=click.Choice(sorted(COUNTRIES)), help=mark("Country of the company."))
@click.option(
    "--iban",
    "ibans",
    required=True,
    multiple=True,
    help=mark("Account that customers pay to; the first is on letters."),
)
@click.option("--email", default="", help=mark("E-mail address of the owner."))
@click.option("--slug", default="", help=mark("Short name for the command line; made from the name."))
@pass_shell
def init(shell: Shell, name: str, country: str, ibans: tuple[str, ...], email: str, slug: str) -> None:
    """Open the books."""
    shell.house.open()
    today = shell.moment(COUNTRIES[country].time_zone).date()
    owner = administrations.open_books(
        name=name, country=country, ibans=ibans, owner_email=email, slug=slug, via=shell.via, today=today
    )
    click.echo(in_words(mark("The books of {name} are open."), name=name))
    if email:
        try:
            token = people.invite(email=email, actor=owner, today=today, now=shell.house.now())
        except people.HasPassword:
            return  # who has other books here already comes in by the same door
        except people.MemberElsewhere:
            # Whoever runs this command runs the installation.
            token = people.let_in_again(email=email, via=shell.via, today=today, now=shell.house.now())
        click.echo(in_words(LINK, email=email, link=shell.house.link(token)))


@click.command(cls=Verb, help=mark("Bring the tables of the database up to date."))
@pass_shell
def migrate(shell: Shell) -> None:
    """Migrate."""
    shell.house.migrate()


@click.command(cls=Verb, help=mark("Show the settings of the administration, or change one."))
@click.argument("name", required=False)
@click.argument("value", required=False, metavar="[VALUE|-]")
@answers
@pass_shell
def settings(shell: Shell, name: str | None, value: str | None) -> object:
    """Show or change settings."""
    actor, today = shell.enter()
    if name == "strategy" and value is None:
        return strategies.strategies(actor=actor)
    if name is not None and value is not None:
        if value == "-":
            value = _typed(name)
        if name in administrations.SENDER_SETTINGS:
            administrations.change_sender(name=name, value=value, actor=actor, today=today)
        else:
            administrations.change(name=name, value=value, actor=actor, today=today)
    rows = [row for row in shown.settings(actor=actor, today=today) if name in (None, row.name)]
    if not rows:
        known = sorted({*administrations.SETTINGS, *administrations.SENDER_SETTINGS})
        raise administrations.NoSuchSetting(name=name, known=", ".join(known))
    return rows


def _typed(name: str) -> str:
    """Read a value from stdin, so that a password is not left in the history of the shell."""
    if sys.stdin.isatty():
        return str(click.prompt(name, hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


@click.command(cls=Verb, help=mark("Close a period: nothing is booked on or before UNTIL any more."))
@click.argument("until", type=DAY)
@pass_shell
def close(shell: Shell, until: date) -> None:
    """Close a period."""
    actor, today = shell.enter()
    administrations.close(until=until, actor=actor, today=today)
    click.echo(in_words(mark("Everything up to and including {until} is closed."), until=until))
