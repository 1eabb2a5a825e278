"""Commands on people: user list, add, role, remove, link."""

from __future__ import annotations

from typing import Any

import click

from voldaan.cli.shell import Shell, Verb, answers, in_words, pass_shell
from voldaan.queries import people as questions
from voldaan.rules.permissions import Role
from voldaan.rules.refusals import mark
from voldaan.usecases import people

LINK = mark("By this link {email} comes in once, within seven days, and chooses a password:\n{link}")


@click.group(help=mark("Who may do what in these books."))
def user() -> None:
    """Group the commands on people."""


def role_option(command: Any) -> Any:
    return click.option(
        "--role", required=True, type=click.Choice([role.value for role in Role]), help=mark("What the person may do.")
    )(command)


@user.command(name="list", cls=Verb, help=mark("List who may do what."))
@answers
@pass_shell
def list_(shell: Shell) -> object:
    """List the people."""
    actor, _ = shell.enter()
    return questions.people(actor=actor)


@user.command(cls=Verb, help=mark("Give a person a role; prints a link that lets a new one in once."))
@click.argument("email")
@role_option
@pass_shell
def add(shell: Shell, email: str, role: str) -> None:
    """Add a person."""
    actor, today = shell.enter()
    people.add(email=email, role=role, actor=actor, today=today)
    click.echo(in_words(mark("{email} is now {role}."), email=email, role=role))
    try:
        token = people.invite(email=email, actor=actor, today=today, now=shell.house.now())
    except people.HasPassword:
        return  # who has other books here already comes in by the same door
    except people.MemberElsewhere as refusal:
        click.echo(in_words(refusal.says, **refusal.facts))
        return
    click.echo(in_words(LINK, email=email, link=shell.house.link(token)))


@user.command(cls=Verb, help=mark("Give a member another role."))
@click.argument("email")
@role_option
@pass_shell
def role(shell: Shell, email: str, role: str) -> None:
    """Change a role."""
    actor, today = shell.enter()
    people.change_role(email=email, role=role, actor=actor, today=today)
    click.echo(in_words(mark("{email} is now {role}."), email=email, role=role))


@user.command(cls=Verb, help=mark("End what a person may do here."))
@click.argument("email")
@pass_shell
def remove(shell: Shell, email: str) -> None:
    """Remove a person."""
    actor, today = shell.enter()
    people.remove(email=email, actor=actor, today=today)
    click.echo(in_words(mark("{email} has no role here any more."), email=email))


@user.command(cls=Verb, help=mark("Print a link that lets a person in once, to choose a new password."))
@click.argument("email")
@pass_shell
def link(shell: Shell, email: str) -> None:
    """Let a person in again."""
    shell.house.open()
    today = shell.moment("UTC").date()
    token = people.let_in_again(email=email, via=shell.via, today=today, now=shell.house.now())
    click.echo(in_words(LINK, email=email, link=shell.house.link(token)))
