"""The commands on payment terms: terms show, terms set."""

from __future__ import annotations

from datetime import date

import click

from voldaan.cli.shell import DAY, Shell, Verb, in_words, pass_shell
from voldaan.queries import terms as questions
from voldaan.rules.law import DebtorKind
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.term_sets import FIELDS, YES, read, written
from voldaan.rules.term_text import LANGUAGES
from voldaan.usecases import terms as verbs

SHOW = "show"
FLAGS = ("compounds", "higher_rate", "costs")
UNWRITTEN = mark("Nothing was written for that day. This is what holds without it.")


class TermNotSure(Refusal):
    code = "term_not_sure"
    kind = Kind.CONFLICT
    says = mark("{why} Nothing was written. Is it so with your customers? Then type the same again with --sure.")


class Terms(click.Group):
    """The group on payment terms; without a word of its own it shows them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words, and put in the one that is left out."""
        is_said = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if is_said else [SHOW, *args])


@click.group(cls=Terms, help=mark("The payment terms of your customers, as a text and as values."))
def terms() -> None:
    """Group the commands on payment terms."""


@terms.command(name=SHOW, cls=Verb, help=mark("Print the terms of a day, as customers read them."))
@click.option("--kind", type=click.Choice([kind.value for kind in DebtorKind]), default=DebtorKind.BUSINESS.value,
              help=mark("For whom they are."))  # fmt: skip
@click.option("--on", type=DAY, help=mark("The day of the invoice; else today."))
@click.option("--language", type=click.Choice(LANGUAGES), default="nl", help=mark("Of the text."))
@pass_shell
def show(shell: Shell, kind: str, on: date | None, language: str) -> None:
    """Show the terms."""
    actor, today = shell.enter()
    known = questions.known(DebtorKind(kind), actor=actor)
    day = on or today
    version = known.at(day)
    said = known.text(version.terms if version else known.unwritten, language, version.valid_from if version else day)
    click.echo(said.plain, nl=False)
    if version is None:
        click.echo(in_words(UNWRITTEN), err=True)


@terms.command(name="set", cls=Verb, help=mark("Write the next version; what is not said stays."))
@click.option("--kind", type=click.Choice([kind.value for kind in verbs.KINDS]), required=True,
              help=mark("For whom they are."))  # fmt: skip
@click.option("--from", "valid_from", type=DAY, help=mark("The first day of invoices that they are for; else today."))
@click.option("--days", "payment_days", metavar="DAYS", help=FIELDS["payment_days"])
@click.option("--interest", metavar="PERCENT", help=mark('Agreed interest, a year; "": that of the law.'))
@click.option("--compounds/--no-compounds", default=None, help=FIELDS["compounds"])
@click.option("--higher-rate/--no-higher-rate", default=None,
              help=mark("Ask consumers more than the interest of the law, knowing what it risks."))  # fmt: skip
@click.option("--costs/--no-costs", default=None, help=FIELDS["costs"])
@click.option("--charge-fixed", metavar="AMOUNT", help=mark("Late charge: a fixed amount for each late invoice."))
@click.option("--charge-percent", metavar="PERCENT", help=mark("Late charge: a part of what is open."))
@click.option("--charge-minimum", metavar="AMOUNT", help=mark("Late charge: the least of that part."))
@click.option("--discount-percent", metavar="PERCENT", help=FIELDS["discount_percent"])
@click.option("--discount-days", metavar="DAYS", help=FIELDS["discount_days"])
@click.option("--limit", metavar="AMOUNT", help=FIELDS["limit"])
@click.option("--sure", is_flag=True, help=mark("Write also a term that holds only under conditions."))
@pass_shell
def set_(shell: Shell, /, kind: str, valid_from: date | None, *, sure: bool, **said: str | bool | None) -> None:
    """Write the terms."""
    actor, today = shell.enter()
    known = questions.known(DebtorKind(kind), actor=actor)
    words = {name: (YES if word else "") if name in FLAGS else str(word)
             for name, word in said.items() if word is not None}  # fmt: skip
    asked = read(written(known.newest) | words)
    first = valid_from or today
    cautions = known.cautions(asked, first)
    if not sure and (risky := [one for one in cautions if one.place == "payment_days"]):
        raise TermNotSure(why=" ".join(in_words(one.says, **one.facts) for one in risky))
    number = verbs.agree_terms(kind=known.kind, terms=asked, valid_from=first, after=known.number, actor=actor,
                               today=today)  # fmt: skip
    click.echo(
        in_words(mark("Version {version} of these terms is for invoices from {day}."), version=number, day=first)
    )
    for caution in cautions:
        click.echo(in_words(caution.says, **caution.facts), err=True)
