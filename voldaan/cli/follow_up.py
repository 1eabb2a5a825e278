"""Commands on the follow-up: run, worklist, skip, done, later, now, why, pause, resume."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import click

from voldaan.cli.output import show
from voldaan.cli.shell import DAY, Shell, Verb, answers, in_words, layouts, pass_shell, telling
from voldaan.queries import follow_up as questions
from voldaan.queries import worklist as work
from voldaan.rules.money import Money
from voldaan.rules.refusals import mark
from voldaan.rules.strategy import IN_WORDS, REASONS
from voldaan.usecases import follow_up, runs


@click.command(cls=Verb, help=mark("Decide what every open item gets today: messages, tasks, or nothing yet."))
@click.option("--dry-run", is_flag=True, help=mark("Say what would come of it; nothing stays."))
@click.option("--explain", is_flag=True, help=mark("Name the reason for every item that waits."))
@layouts
@pass_shell
def run(shell: Shell, dry_run: bool, explain: bool, layout: str) -> None:
    """Run the follow-up of the day."""
    actor, today = shell.enter()
    with telling(mark("Deciding")) as tell:
        found = runs.run(actor=actor, today=today, dry_run=dry_run, explain=explain or dry_run, tell=tell)
    if layout == "json":
        counts = {reason: count for reason, count in sorted(found.counts.items()) if count}
        shown = asdict(replace(found, counts=Counter())) | {"counts": counts}
        if not (dry_run or explain):
            del shown["waiting"]
        show(shown, layout)
        return
    if layout == "csv":
        show(found.messages, layout)
        return
    _tell_run(found, dry_run=dry_run)


def _tell_run(found: runs.Run, *, dry_run: bool) -> None:
    if found.messages:
        show(found.messages, "table", "run")
    if found.tasks:
        show(found.tasks, "table", "run")
    if found.waiting:
        show([asdict(one) | {"reason": in_words(REASONS[one.reason])} for one in found.waiting], "table", "run")
    click.echo(in_words(DRY if dry_run else RAN, decided=found.decided, messages=len(found.messages),
                        tasks=len(found.tasks)))  # fmt: skip
    for reason, count in sorted(found.counts.items()):
        if count:
            click.echo(f"  {count:>6}  {in_words(REASONS[reason])}")
    if found.too_many:
        click.echo(in_words(TOO_MANY, count=found.too_many))


DRY = mark("{decided} items decided: {messages} messages and {tasks} tasks would be written. Nothing was kept.")
RAN = mark("{decided} items decided: {messages} messages and {tasks} tasks. See: voldaan worklist")
TOO_MANY = mark(
    "{count} messages would go by themselves, more than large_run allows: look, then voldaan approve --all --count N"
)


@click.command(cls=Verb, help=mark("List what waits for a person, the most urgent first."))
@click.option("--later", is_flag=True, help=mark("List the tasks that were put off instead."))
@answers
@pass_shell
def worklist(shell: Shell, later: bool) -> object:
    """List the work."""
    actor, today = shell.enter()
    return [
        asdict(one)
        | {
            "in_words": in_words(
                one.in_words, step=one.step, amount=Money(one.cents, one.currency), days=one.days_overdue
            ),
            "warnings": [in_words(w) for w in one.warnings],
        }
        for one in work.worklist(later=later, actor=actor, today=today)
    ]


@click.command(cls=Verb, help=mark("Pass over message or task ID: its step counts as taken today."))
@click.argument("id")
@click.option("--reason", required=True, help=mark("Why."))
@pass_shell
def skip(shell: Shell, id: str, reason: str) -> None:  # noqa: A002 - the word of the contract
    """Skip."""
    actor, today = shell.enter()
    follow_up.skip(id=id, reason=reason, actor=actor, today=today)
    click.echo(in_words(mark("Skipped.")))


@click.command(cls=Verb, help=mark("Finish task ID."))
@click.argument("id")
@click.option("--outcome", default="", help=mark("What came of it, in your own words."))
@pass_shell
def done(shell: Shell, id: str, outcome: str) -> None:  # noqa: A002 - the word of the contract
    """Finish a task."""
    actor, today = shell.enter()
    follow_up.done(id=id, outcome=outcome, actor=actor, today=today)
    click.echo(in_words(mark("Done.")))


@click.command(cls=Verb, help=mark("Put off task ID: from a day on it is on the list again."))
@click.argument("id")
@click.option("--until", type=DAY, required=True, help=mark("The day on which it is on the list again."))
@click.option("--reason", required=True, help=mark("Why."))
@pass_shell
def later(shell: Shell, id: str, until: date, reason: str) -> None:  # noqa: A002
    """Put off a task."""
    actor, today = shell.enter()
    follow_up.put_off(id=id, until=until, reason=reason, actor=actor, today=today)
    click.echo(in_words(mark("Put off until {until}."), until=until))


@click.command(cls=Verb, help=mark("Take up task ID, which was put off."))
@click.argument("id")
@pass_shell
def now(shell: Shell, id: str) -> None:  # noqa: A002
    """Take up a task."""
    actor, today = shell.enter()
    follow_up.take_up(id=id, actor=actor, today=today)
    click.echo(in_words(mark("It is on the list again.")))


@click.command(cls=Verb, help=mark("Explain the next step for INVOICE (number or id), or why it waits."))
@click.argument("invoice")
@answers
@pass_shell
def why(shell: Shell, invoice: str) -> object:
    """Explain."""
    actor, today = shell.enter()
    said = [_explained(one) for one in questions.why(invoice, actor=actor, today=today)]
    return said[0] if len(said) == 1 else said


def _explained(one: questions.Why) -> dict[str, Any]:
    decision = one.decision
    words_of_it, facts = decision.why
    held = in_words(words_of_it, **facts) if words_of_it else ""
    on = decision.leaves_on or decision.on
    said = [in_words(one.rest[0], amount=one.rest[1])] if one.rest else []
    if not (said and one.is_over):
        said.append(in_words(IN_WORDS[decision.because], on=on, why=held))
    return {
        "invoice": one.invoice,
        "state": one.state,
        "step": decision.step.code if decision.step else None,
        "on": on,
        "because": decision.because.value,
        "in_words": " ".join(said),
        "taken": [asdict(step) for step in one.taken],
    }


@click.command(cls=Verb, help=mark("Let INVOICE rest for a while."))
@click.argument("invoice")
@click.option("--until", type=DAY, required=True, help=mark("The last day of the pause."))
@click.option("--reason", required=True, help=mark("Why."))
@pass_shell
def pause(shell: Shell, invoice: str, until: date, reason: str) -> None:
    """Pause."""
    actor, today = shell.enter()
    follow_up.pause(invoice=invoice, until=until, reason=reason, actor=actor, today=today)
    click.echo(in_words(mark("Invoice {invoice} rests up to and including {until}."), invoice=invoice, until=until))


@click.command(cls=Verb, help=mark("End the pause of INVOICE, or the question of the import about it."))
@click.argument("invoice")
@pass_shell
def resume(shell: Shell, invoice: str) -> None:
    """Resume."""
    actor, today = shell.enter()
    follow_up.resume(invoice=invoice, actor=actor, today=today)
    click.echo(in_words(mark("Invoice {invoice} is followed up again."), invoice=invoice))
