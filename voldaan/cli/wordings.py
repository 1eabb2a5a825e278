"""The command on the texts of messages: wording."""

from __future__ import annotations

from pathlib import Path

import click

from voldaan.cli.shell import FILES, Shell, Verb, in_words, pass_shell
from voldaan.queries import wordings as questions
from voldaan.rules.letters import Wording
from voldaan.rules.refusals import mark
from voldaan.rules.wording import PLACEHOLDERS, EmptyText
from voldaan.usecases import wordings

CLOSING = "\n---\n"  # in a file: the subject, an empty line, the text, this line, the closing


@click.command(cls=Verb, help=mark("Show the text of STEP, or write your own from a file of the same layout."))
@click.argument("step")
@click.option("--language", default="nl", help=mark("Of the text: nl, fr, en, de."))
@click.option("--write", "written", metavar="FILE", type=FILES, help=mark("Your own text, laid out as it is shown."))
@click.option("--shipped", is_flag=True, help=mark("Use the text that comes with Voldaan again."))
@pass_shell
def wording(shell: Shell, step: str, language: str, written: Path | None, *, shipped: bool) -> None:
    """Show or write a text."""
    actor, today = shell.enter()
    if shipped:
        wordings.give_back(step=step, language=language, actor=actor, today=today)
        click.echo(in_words(mark("The text that comes with Voldaan is used again.")))
        return
    if written is not None:
        number = wordings.write(
            wording=_read(step, language, written.read_text(encoding="utf-8")), actor=actor, today=today
        )
        click.echo(in_words(mark("Version {version} is used from now on."), version=number))
        return
    shown = questions.wording(step, language, actor=actor)
    click.echo(f"{shown.subject}\n\n{shown.body.strip()}{CLOSING}{shown.closing.strip()}")
    click.echo(f"\n{in_words(mark('What can be filled in:'))}", err=True)
    for name, meaning in PLACEHOLDERS.items():
        click.echo(f"  {{{name}}}  {in_words(meaning)}", err=True)


def _read(step: str, language: str, text: str) -> Wording:
    subject, _, rest = text.replace("\r\n", "\n").removeprefix("\ufeff").partition("\n")
    body, cut, closing = rest.partition(CLOSING)
    if not cut:
        raise EmptyText(place="closing")
    return Wording(step, language, subject.strip(), body.strip(), closing.strip())
