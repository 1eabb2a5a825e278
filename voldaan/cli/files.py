"""The command that takes files in: import."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from voldaan import formats
from voldaan.cli.output import say_problems, show
from voldaan.cli.shell import FILES, REFUSED, WAITING, Shell, Verb, in_words, layouts, pass_shell, problem_in_words
from voldaan.formats.open_items import Mapping
from voldaan.rules.papers import Problem
from voldaan.rules.refusals import mark
from voldaan.usecases import files as verbs


@click.command(
    cls=Verb,
    help=mark("Take in FILES: bank statements, e-invoices, lists of open items or of what a payer pays, in any mix."),
)
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option("--dry-run", is_flag=True, help=mark("Say what would come of it; nothing stays."))
@click.option("--mapping", metavar="FILE", type=FILES, help=mark("JSON file that says which column of a list is what."))
@click.option(
    "--accept-unbalanced",
    is_flag=True,
    help=mark("Take a statement in though its balances do not close or its days are far ahead."),
)
@click.option("--account", metavar="IBAN", default="", help=mark("Your account, for a bank file that does not say it."))
@layouts
@pass_shell
def import_(
    shell: Shell, files: tuple[Path, ...], dry_run: bool, mapping: Path | None, accept_unbalanced: bool, account: str,
    layout: str,
) -> None:  # fmt: skip
    """Take files in."""
    gc.freeze()  # what is loaded stays: looking through it time and again takes a third of reading a large file
    actor, today = shell.enter()
    said = Mapping.from_json(mapping.read_text()) if mapping else None
    done: list[dict[str, Any]] = []
    for path in files:
        with _progress(path) as opened:
            for name, source in formats.unwrapped(path.name, opened):
                if isinstance(source, Problem):
                    done.append(_broken(name, source))
                    continue
                answer = verbs.bring_in(
                    name=name, source=source, mapping=said, accept_unbalanced=accept_unbalanced, account=account,
                    dry_run=dry_run, actor=actor, today=today,
                )  # fmt: skip
                done.append(_in_words_of(asdict(answer)))
    if layout == "json":
        show(done, layout)
    else:
        show([{key: value for key, value in one.items() if key not in LONG} for one in done], layout)
        for one in done:
            say_problems(one["file"], one["problems"] + one["questions"])
    if any(one["result"] == "refused" for one in done):
        raise click.exceptions.Exit(REFUSED)
    if any(one["questions"] for one in done):
        raise click.exceptions.Exit(WAITING)


LONG = ("questions", "problems")


class _Then(ProgressColumn):
    """Says what is done when all has been read, which may take as long again."""

    def render(self, task: Task) -> Text:
        """Give the words."""
        is_read = task.total is not None and task.completed >= task.total
        return Text(in_words(mark("read; looking what it pays …")) if is_read else "")


@contextmanager
def _progress(path: Path) -> Iterator[BinaryIO]:
    """Open a file with a bar that shows how far it has been read, on a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        with path.open("rb") as opened:
            yield opened
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        _Then(),
    )
    with (
        Progress(*columns, console=console, transient=True) as bar,
        bar.open(path, "rb", description=path.name) as opened,
    ):
        yield opened


def _broken(name: str, problem: Problem) -> dict[str, Any]:
    return _in_words_of(asdict(verbs.refused(name, None, [problem])))


def _in_words_of(answer: dict[str, Any]) -> dict[str, Any]:
    """Say the problems of an answer in the language of the reader."""
    del answer["held"]  # nothing is, on the command line: a mapping is a file here
    anyway = "--accept-unbalanced" if verbs.wants_a_yes(answer["problems"]) else ""
    for key in LONG:
        answer[key] = [
            {"place": p["place"], "what": problem_in_words(p, anyway), "severity": p["severity"]} for p in answer[key]
        ]
    return answer
