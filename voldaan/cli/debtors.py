"""Commands on customers: debtor add, debtor set, debtor merge, debtor note, debtor list."""

from __future__ import annotations

from typing import Any

import click

from voldaan.cli.shell import Shell, Verb, answers, in_words, pass_shell
from voldaan.queries import debtors as customers
from voldaan.rules.refusals import mark
from voldaan.usecases import debtors, doubles, notes


def known_of(command: Any) -> Any:
    """Add the options for what may be known of a customer."""
    for option in reversed(
        (
            click.option("--email", help=mark("Where invoices and reminders go; empty to remove it.")),
            click.option("--iban", default="", help=mark("An account that this customer pays from.")),
            click.option("--street", help=mark("Street and number.")),
            click.option("--postcode", help=mark("Postcode.")),
            click.option("--city", help=mark("City.")),
            click.option("--country", help=mark("Country, two letters.")),
            click.option("--language", help=mark("Language of messages: nl, fr, en, de.")),
            click.option("--vat-number", help=mark("VAT number.")),
            click.option("--registration-number", help=mark("KvK or enterprise number.")),
            click.option(
                "--consumer", "kind", flag_value="consumer", help=mark("A person who does not act in business.")
            ),
            click.option("--business", "kind", flag_value="business", help=mark("A business, also of one person.")),
            click.option("--public-body", "kind", flag_value="public_body", help=mark("A public body.")),
            click.option(
                "--spared/--not-spared",
                "is_spared",
                default=None,
                help=mark("Never ask interest or costs of this customer."),
            ),
            click.option("--strategy", help=mark("Code of the strategy that this customer follows.")),
            click.option("--payment-term-days", type=click.IntRange(0, 365), help=mark("Agreed payment term.")),
        )
    ):
        command = option(command)
    return command


@click.group(help=mark("Customers: add one, change one, merge two, list them."))
def debtor() -> None:
    """Group the commands on customers."""


@debtor.command(cls=Verb, help=mark("Add a customer; prints its id."))
@click.option("--name", required=True, help=mark("Name of the customer."))
@click.option("--number", default="", help=mark("Number in your bookkeeping."))
@pass_shell
@known_of
def add(shell: Shell, name: str, number: str, email: str | None, iban: str, **known: Any) -> None:
    """Add a customer."""
    actor, today = shell.enter()
    said = {field: value for field, value in known.items() if value is not None}
    click.echo(
        debtors.open_file(name=name, number=number, email=email or "", iban=iban, actor=actor, today=today, **said)
    )


@debtor.command("set", cls=Verb, help=mark("Change what is known of customer ID (or number)."))
@click.argument("id")
@click.option("--name", help=mark("Name of the customer."))
@pass_shell
@known_of
def set_(shell: Shell, id: str, email: str | None, iban: str, **known: Any) -> None:  # noqa: A002 - the word of the contract
    """Change a customer."""
    actor, today = shell.enter()
    said = {field: value for field, value in known.items() if value is not None}
    debtors.change(debtor=id, email=email, iban=iban, actor=actor, today=today, **said)
    click.echo(in_words(mark("Changed.")))


@debtor.command(cls=Verb, help=mark("Let everything of customer DOUBLE (id or number) be of INTO from now on."))
@click.argument("double")
@click.argument("into")
@pass_shell
def merge(shell: Shell, double: str, into: str) -> None:
    """Merge two customers."""
    actor, today = shell.enter()
    items = doubles.merge(double=double, into=into, actor=actor, today=today)
    click.echo(in_words(mark("Merged. Open items moved: {items}."), items=items))


@debtor.command(cls=Verb, help=mark("Write a note TEXT on customer ID (or number); the customer may ask to read it."))
@click.argument("id")
@click.argument("text")
@pass_shell
def note(shell: Shell, id: str, text: str) -> None:  # noqa: A002 - the word of the contract
    """Write a note."""
    actor, today = shell.enter()
    click.echo(notes.write(debtor=id, text=text, actor=actor, today=today))


@debtor.command("list", cls=Verb, help=mark("List the customers, or those whose name holds TEXT."))
@click.argument("text", default="")
@answers
@pass_shell
def list_(shell: Shell, text: str) -> object:
    """List customers."""
    actor, _ = shell.enter()
    return customers.found(text, actor=actor)
