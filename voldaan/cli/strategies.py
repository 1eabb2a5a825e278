"""The command on strategies: strategy."""

from __future__ import annotations

import json
from pathlib import Path

import click

from voldaan.cli.output import show
from voldaan.cli.shell import FILES, Shell, Verb, in_words, layouts, pass_shell
from voldaan.queries import strategies as questions
from voldaan.rules.ladders import BadStrategy
from voldaan.rules.refusals import mark
from voldaan.usecases import strategies


@click.command(
    cls=Verb, help=mark("List the strategies; show one with its CODE, or write its next version from a file.")
)
@click.argument("code", required=False)
@click.option("--define", metavar="FILE", type=FILES, help=mark("JSON file: name, minimum_cents, steps."))
@layouts
@pass_shell
def strategy(shell: Shell, code: str | None, define: Path | None, layout: str) -> None:
    """Show or define a strategy."""
    actor, today = shell.enter()
    if code is None:
        show(questions.strategies(actor=actor), layout, "strategy")
        return
    if define is not None:
        try:
            content = json.loads(define.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise BadStrategy(place=str(define), why=ValueError(mark("it is no JSON"))) from error
        number = strategies.define(code=code, content=content, actor=actor, today=today)
        click.echo(in_words(mark("Version {version} of {strategy} is written."), version=number,
                            strategy=code))  # fmt: skip
        return
    content = questions.content(code, actor=actor)
    if content is None:
        known = ", ".join(row.code for row in questions.strategies(actor=actor))
        raise strategies.NoSuchStrategy(strategy=code, known=known)
    if layout == "table":  # people read the words of the steps; programs their codes
        show([{"step": step["code"]} | {key: step[key] for key in step if key != "code"} for step in content["steps"]],
             layout)  # fmt: skip
        return
    show(content if layout == "json" else content["steps"], layout)
