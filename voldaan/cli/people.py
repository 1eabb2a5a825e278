"""Commands on people: user add."""

from __future__ import annotations

import click

from voldaan.cli.shell import Shell, Verb, in_words, pass_shell
from voldaan.rules.permissions import Role
from voldaan.rules.refusals import mark
from voldaan.usecases import people


@click.group(help=mark("Who may do what in these books."))
def user() -> None:
    """Group the commands on people."""


@user.command(cls=Verb, help=mark("Give a person a role."))
@click.argument("email")
@click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role]), help=mark("What the person may do.")
)
@pass_shell
def add(shell: Shell, email: str, role: str) -> None:
    """Add a person."""
    actor, today = shell.enter()
    people.add(email=email, role=role, actor=actor, today=today)
    click.echo(in_words(mark("{email} is now {role}."), email=email, role=role))
