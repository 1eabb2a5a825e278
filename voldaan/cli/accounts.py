"""Commands on the accounts that customers pay to: account list, add, first, block, remove."""

from __future__ import annotations

from dataclasses import dataclass

import click

from voldaan.cli.shell import Shell, Verb, answers, in_words, pass_shell
from voldaan.queries import accounts as questions
from voldaan.rules.references import print_iban
from voldaan.rules.refusals import mark
from voldaan.usecases import accounts

BLOCKED = mark("Account {iban} is a blocked account (G-rekening) now.")


@dataclass(frozen=True, slots=True)
class Row:
    """One account."""

    account: str
    is_blocked: bool


@click.group(help=mark("The accounts that customers pay to."))
def account() -> None:
    """Group the commands on accounts."""


@account.command(name="list", cls=Verb, help=mark("List the accounts; customers are asked to pay to the first."))
@answers
@pass_shell
def list_(shell: Shell) -> object:
    """List the accounts."""
    actor, _ = shell.enter()
    blocked = questions.blocked(actor=actor)
    return [Row(print_iban(one), one in blocked) for one in questions.accounts(actor=actor)]


@account.command(cls=Verb, help=mark("Add an account, behind those that are there."))
@click.argument("iban")
@pass_shell
def add(shell: Shell, iban: str) -> None:
    """Add an account."""
    actor, today = shell.enter()
    accounts.add(iban=iban, actor=actor, today=today)
    click.echo(in_words(mark("Account {iban} was added."), iban=iban))


@account.command(cls=Verb, help=mark("Ask customers to pay to this account from now on."))
@click.argument("iban")
@pass_shell
def first(shell: Shell, iban: str) -> None:
    """Put an account first."""
    actor, today = shell.enter()
    accounts.put_first(iban=iban, actor=actor, today=today)
    click.echo(in_words(mark("Customers are asked to pay to {iban} from now on."), iban=iban))


@account.command(
    cls=Verb, help=mark("Say that an account is a blocked one (G-rekening), or with --off that it is not.")
)
@click.argument("iban")
@click.option("--off", is_flag=True, help=mark("It is not, any more."))
@pass_shell
def block(shell: Shell, iban: str, *, off: bool) -> None:
    """Say that an account is blocked."""
    actor, today = shell.enter()
    accounts.block(iban=iban, is_blocked=not off, actor=actor, today=today)
    says = mark("Account {iban} is no blocked account any more.") if off else BLOCKED
    click.echo(in_words(says, iban=iban))


@account.command(cls=Verb, help=mark("Remove an account; what was paid on it stays in the books."))
@click.argument("iban")
@pass_shell
def remove(shell: Shell, iban: str) -> None:
    """Remove an account."""
    actor, today = shell.enter()
    accounts.remove(iban=iban, actor=actor, today=today)
    click.echo(in_words(mark("Account {iban} was removed."), iban=iban))
