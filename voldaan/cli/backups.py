"""Commands of the operator: backup, restore."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from voldaan.cli.shell import FILES, WRONG, Shell, Verb, in_words, pass_shell
from voldaan.queries import administrations, checks
from voldaan.rules.refusals import mark
from voldaan.usecases import backups

A_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    cls=Verb, help=mark("Write all books and documents to one file while others work, or prove such a file.")
)
@click.option("--to", "to", metavar="FILE", type=A_FILE, help=mark("File to write."))
@click.option("--verify", "proved", metavar="FILE", type=FILES, help=mark("File to prove."))
@pass_shell
def backup(shell: Shell, to: Path | None, proved: Path | None) -> None:
    """Back up."""
    if (to is None) == (proved is None):
        raise click.UsageError(in_words(mark("Say where to: --to FILE; or which one to prove: --verify FILE.")))
    if proved is not None:
        rows = backups.verify(proved)
        click.echo(in_words(mark("{file} is whole: {rows} rows."), file=proved, rows=sum(rows.values())))
        return
    assert to is not None, "one of the two was said"
    shell.house.open()
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(to.name)
        rows = backups.back_up(to, progress=lambda done, total: bar.update(task, completed=done, total=total))
    click.echo(in_words(mark("{rows} rows are in {file}."), rows=sum(rows.values()), file=to))


@click.command(cls=Verb, help=mark("Put a backup into an empty place, and prove what came of it."))
@click.argument("file", type=FILES)
@pass_shell
def restore(shell: Shell, file: Path) -> None:
    """Restore."""
    shell.house.migrate()
    rows = backups.restore(file)
    wrong = 0
    for books in administrations.every():
        actor = administrations.act(books, email=None, via=shell.via)
        for answer in checks.check(actor=actor):
            if not answer.ok:
                wrong += 1
                click.echo(f"{books.slug}, {answer.name}: {'; '.join(answer.rows)}", err=True)
    click.echo(in_words(mark("{rows} rows were put back."), rows=sum(rows.values())))
    if wrong:
        raise click.exceptions.Exit(WRONG)
